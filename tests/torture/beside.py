"""A process of its own looks once what is in doubt and what may leave: to be run where the clock is another.

`python -m tests.torture.beside DATABASE TWILIO PUBLIC NOW`; it prints what time it believes it is.
"""

import asyncio
import sys
from datetime import UTC, datetime

from bot.app import build
from bot.settings import Settings
from tests.databases import KEY
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TOKEN
from tests.vocabulary import vocabulary


async def main(database: str, twilio: str, public: str, now: datetime) -> None:
    """Settle and send, as the ticks do."""
    settings = Settings(
        database_url=database,
        key=KEY,
        public_url=public,
        twilio_account=ACCOUNT,
        twilio_token=TOKEN,
        twilio_sender=NUMBER,
        twilio_api=twilio,
    )
    app = build(settings, now=lambda: now)
    try:
        app.shelf.learn(vocabulary())
        await app.refresh()
        await app.delivery.settle(now=now)
        await app.delivery.send_queued(now=now)
    finally:
        await app.close()
    print(datetime.now(UTC).isoformat())


if __name__ == "__main__":
    _, where, provider, own, hour = sys.argv
    asyncio.run(main(where, provider, own, datetime.fromisoformat(hour)))
