"""The program's own app, served for a measurement: with its doors alone, or whole with every tick.

Nothing leaves: there is no channel behind the outbox, whose rows are what is looked at.
"""

import asyncio
import os
import sys

import uvicorn
from starlette.applications import Starlette

from bot.app import build, machine_clock
from bot.serving import routes
from bot.settings import Settings
from bot.ticking import clock_of
from tests.databases import KEY


async def serve(what: str, url: str, port: int) -> None:
    """Serve until stopped."""
    settings = Settings(
        database_url=url,
        key=KEY,
        public_url=f"http://127.0.0.1:{port}",
        twilio_account=os.environ["BENCH_ACCOUNT"],
        twilio_token=os.environ["BENCH_TOKEN"],
        twilio_sender=os.environ["BENCH_NUMBER"],
    )
    app = build(settings, now=machine_clock, channels=lambda *_: {})
    await app.learn()
    if what == "whole":
        app.clock = clock_of(app)
        app.clock.start()
    config = uvicorn.Config(
        Starlette(routes=routes(app)), port=port, lifespan="off", access_log=False, log_level="error"
    )
    await uvicorn.Server(config).serve()
    await app.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
