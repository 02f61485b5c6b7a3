"""Two people who share one telephone or chat."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage import tables
from tests.town import Person, Town

WHO = "Vem skriver? Svara 1 för Amina eller 2 för Omar."
SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
NUMBER, CHAT = "+46701740690", 9690


@dataclass
class Phone:
    """One telephone or chat, and the two who share it."""

    town: Town
    amina: Person
    omar: Person

    async def says(self, words: str) -> list[str]:
        """One of them writes."""
        return await self.amina.says(words)

    def news(self) -> list[str]:
        """What came since this was last asked."""
        return self.amina.news()

    async def written_by(self) -> list[tuple[str | None, str, str | None]]:
        """Every arrival: what it said, what became of it and whose it is."""
        names = {self.amina.id: "Amina", self.omar.id: "Omar"}
        rows = await self.town.rows(select(tables.inbox).order_by(tables.inbox.c.id))
        return [(row.words, row.state, names.get(row.participant_id)) for row in rows]


async def a_shared_phone(town: Town, channel: ChannelName = SMS, **more: object) -> Phone:
    """Amina and Omar have one."""
    both = []
    for name in ("Amina", "Omar"):
        addresses = ((channel, NUMBER if channel is SMS else str(CHAT)),)
        person = await town.a_person(first_name=name, channel=channel, addresses=addresses, **more)
        person.sms, person.chat = (NUMBER, 0) if channel is SMS else ("", CHAT)
        both.append(person)
    return Phone(town=town, amina=both[0], omar=both[1])
