"""`framsteg run` and `rehearse` serve until they are told to stop, and say in one line why they cannot."""

import functools
import gc
from collections.abc import Sequence
from datetime import timedelta

from bot.cli.logbook import begin_logging
from bot.cli.terminal import do, refuse, say
from bot.parts import EVERYTHING, Part
from bot.settings import Settings


def serve(chosen: Settings, *, lease: timedelta | None = None, only: Sequence[str] = ()) -> None:
    """Serve. `lease` is how long we may be silent before another process takes over what we had in hand; `only` names
    our share of the work, with commas if need be: without it, all of it is ours."""
    # Before anything else is imported: what is said meanwhile is said our way.
    begin_logging(chosen.log_level)
    # What a start makes, stays: looking through it for garbage took a tenth of the time.
    gc.disable()
    from starlette.routing import BaseRoute

    from bot.app import App, build
    from bot.services.pace import LEASE
    from bot.serving import run
    from bot.web import NotReady

    def look_out(app: App) -> BaseRoute:
        # The pages are a fifth of a start: they are fetched when somebody first looks at one.
        from bot.cli.window import console_of

        return console_of(app)

    def look_in(app: App, parts: frozenset[Part]) -> BaseRoute:
        from bot.cli.watching import metrics_of

        return metrics_of(app, parts)

    async def work() -> None:
        try:
            parts = _parts(only, chosen)
            app = build(chosen, lease=lease or LEASE)
            gc.enable()
            gc.freeze()
            if chosen.rehearsal:
                say("a rehearsal: nobody is written to but the addresses of FRAMSTEG_REHEARSAL")
            metrics = functools.partial(look_in, app, parts)
            await run(app, console=lambda: look_out(app), ready=say, parts=parts, metrics=metrics)
        except NotReady as missing:
            refuse(str(missing))

    do(work)


def _parts(only: Sequence[str], chosen: Settings) -> frozenset[Part]:
    named = [word.strip() for words in only for word in words.split(",")]
    if not only:
        return EVERYTHING
    for name in named:
        if name not in tuple(Part):
            refuse(f"--only takes {', '.join(Part)}, with commas between: {name or 'nothing'!r} is none of them")
    if chosen.database_url.startswith("sqlite"):
        refuse("--only needs PostgreSQL: an SQLite file belongs to one process, which does everything")
    parts = frozenset(map(Part, named))
    if Part.TELEGRAM in parts and not (chosen.telegram_token and chosen.telegram_mode == "poll"):
        refuse("--only telegram has nothing to fetch: FRAMSTEG_TELEGRAM_TOKEN is empty, or the mode is webhook")
    return parts
