"""People on the street write to their programmes, by SMS and Telegram, as the providers would bring it."""

import itertools
import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import func, select, update

from bot.channels.telegram_updates import read_update
from bot.channels.twilio_forms import read_message
from bot.domain.messages import Arrival
from bot.domain.people import ChannelName
from bot.services.reception import Reception
from bot.storage import tables
from bot.storage.landing import Landing
from tests.console.street import PEOPLE, Street

NORRBY, SODERBY = "+46766000001", "+46766000002"
"""The numbers of the two organisations."""


@dataclass
class Post:
    """What is posted is kept and answered when `post` returns."""

    street: Street
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def open(self) -> None:
        """Give each organisation its own number."""
        async with self.street.database.transaction() as connection:
            for owner, number in (("norrby/stega", NORRBY), ("soderby/stega", SODERBY)):
                which = tables.programmes.c.id == self.street.programmes[owner]
                await connection.execute(update(tables.programmes).where(which).values(sms_sender=number))

    async def person(self, name: str, words: str) -> int:
        """A participant writes from where they are known. Gives the number in the inbox."""
        channel, address = PEOPLE[name][2:4]
        if channel is ChannelName.TELEGRAM:
            return await self.chat(int(address), words)
        return await self.sms(address, words, to=SODERBY if name == "Berit" else NORRBY)

    async def sms(self, sender: str, words: str, *, to: str = NORRBY) -> int:
        """An SMS from any number."""
        number = f"SM{next(self.numbers):032}"
        form = {"AccountSid": "AC" + "0" * 32, "MessageSid": number, "From": sender, "To": to, "Body": words}
        return await self._arrive(ChannelName.SMS, number, sender=sender, account=to, raw=urlencode(form).encode())

    async def chat(self, chat: int, words: str) -> int:
        """Words in a Telegram chat."""
        number = next(self.numbers)
        message = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}, "text": words}
        raw = json.dumps({"update_id": number, "message": message}).encode()
        return await self._arrive(ChannelName.TELEGRAM, str(number), sender=str(chat), account="1", raw=raw)

    async def _arrive(self, channel: ChannelName, number: str, *, sender: str, account: str, raw: bytes) -> int:
        street = self.street
        landing = Landing(street.database)
        await landing.keep(
            Arrival(
                channel=channel,
                provider_id=number,
                sender=sender,
                account=account,
                raw=raw,
                received_at=street.hours.now,
            )
        )
        await landing.close()
        readers = {ChannelName.SMS: read_message, ChannelName.TELEGRAM: read_update}
        await Reception(street.database, street.desk.shelf, readers).receive(now=street.hours.now)
        async with street.database.reading() as connection:
            return int(await connection.scalar(select(func.max(tables.inbox.c.id))) or 0)
