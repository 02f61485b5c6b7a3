"""`framsteg run` and `rehearse` serve until they are told to stop, and say in one line why they cannot."""

import gc
from datetime import timedelta

from bot.cli.logbook import begin_logging
from bot.cli.terminal import do, refuse, say
from bot.settings import Settings


def serve(chosen: Settings, *, lease: timedelta | None = None) -> None:
    """Serve. `lease` is how long we may be silent before another process takes over what we had in hand."""
    # Before anything else is imported: what is said meanwhile is said our way.
    begin_logging(chosen.log_level)
    # What a start makes, stays: looking through it for garbage took a tenth of the time.
    gc.disable()
    from starlette.routing import BaseRoute

    from bot.app import App, build
    from bot.services.delivery import LEASE
    from bot.serving import run
    from bot.web import NotReady

    def look_out(app: App) -> BaseRoute:
        # The pages are a fifth of a start: they are fetched when somebody first looks at one.
        from bot.cli.window import console_of

        return console_of(app)

    async def work() -> None:
        try:
            app = build(chosen, lease=lease or LEASE)
            gc.enable()
            gc.freeze()
            if chosen.rehearsal:
                say("a rehearsal: nobody is written to but the addresses of FRAMSTEG_REHEARSAL")
            await run(app, console=lambda: look_out(app), ready=say)
        except NotReady as missing:
            refuse(str(missing))

    do(work)
