"""Words wait in the outbox of a town, for people with an address of their own each, and are followed to their end."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, select

from bot.domain.messages import Draft, OutboxAct, OutboxStatus, Priority, Purpose
from bot.domain.people import ChannelName
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

OPEN = (OutboxStatus.QUEUED, OutboxStatus.SENDING, OutboxStatus.UNSETTLED)
"""Where words are whose fate is not decided yet."""

LOOK = timedelta(seconds=5)
"""So often a process looks what is in doubt, by the machine's clock."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """Words of their own for one person, so that each can be found again at the provider."""

    person: Person
    text: str

    @property
    def address(self) -> str:
        """A number, or a chat."""
        return self.person.sms or str(self.person.chat)

    def arrived(self) -> int:
        """How often the person got them."""
        return self.person.messages().count(self.text)


async def a_crowd(town: Town, channel: ChannelName, how_many: int) -> list[Person]:
    """So many people, each with an address of their own."""
    return [await town.a_person(channel=channel) for _ in range(how_many)]


async def words_for(
    town: Town,
    people: Iterable[Person],
    *,
    purpose: Purpose = Purpose.REPLY,
    priority: Priority = Priority.REPLY,
    lasts: timedelta | None = None,
    about: str = "words",
) -> list[Words]:
    """Queue something for each of them. `lasts` is programme time."""
    found = [Words(person=one, text=f"{about} {one.id}: vi ses i morgon") for one in people]
    addresses = await _addresses(town)
    drafts = [
        Draft(
            organisation_id=town.programme.organisation_id,
            programme_id=town.programme.id,
            participant_id=one.person.id,
            address_id=addresses[one.person.id],
            channel=ChannelName.SMS if one.person.sms else ChannelName.TELEGRAM,
            act=OutboxAct.SEND,
            purpose=purpose,
            priority=priority,
            text=one.text,
            available_at=town.now,
            expires_at=town.now + lasts if lasts is not None else None,
            language="sv",
            once=f"{about}/{one.person.id}",
        )
        for one in found
    ]
    async with unit_of_work(town.app.database) as work:
        await work.outbox.queue(drafts, now=town.now)
    return found


async def rows_of(town: Town, words: Sequence[Words]) -> dict[str, Row[Any]]:
    """The outbox, by the words."""
    wanted = {one.text for one in words}
    return {row.text: row for row in await town.rows(select(tables.outbox)) if row.text in wanted}


async def followed(town: Town, words: Sequence[Words], *, within: timedelta) -> timedelta:
    """Let the machine's time pass until nothing of this is open, or so long; how long it took."""
    passed = timedelta()
    await town.app.delivery.send_queued(now=town.now)
    while passed < within and await open_ones(town, words):
        passed += LOOK
        town.machine.ahead += LOOK
        while await town.app.delivery.settle(now=town.now):
            pass
        await town.app.delivery.send_queued(now=town.now)
    return passed


async def open_ones(town: Town, words: Sequence[Words]) -> list[str]:
    """The words whose fate is not decided yet."""
    return [text for text, row in (await rows_of(town, words)).items() if row.status in OPEN]


async def seen_by_coach(town: Town, kind: str) -> Counter[int]:
    """How often a coach was told this about each person."""
    table = tables.alerts
    rows = await town.rows(select(table.c.participant_id).where(table.c.kind == kind))
    return Counter(row.participant_id for row in rows)


async def _addresses(town: Town) -> dict[int, int]:
    table = tables.addresses
    rows = await town.rows(select(table.c.id, table.c.participant_id).where(table.c.participant_id.is_not(None)))
    return {row.participant_id: row.id for row in rows}


async def a_multitude(town: Town, how_many: int) -> list[Person]:
    """So many people with a telephone, written into the database at once."""
    sealer, now = town.app.database.sealer, town.now
    organisation, programme = town.programme.organisation_id, town.programme.id
    numbers = [f"+46731{number:06}" for number in range(how_many)]
    person = {"organisation_id": organisation, "first_name": "Amina", "language": "sv", "zone": "Europe/Stockholm"}
    person |= {"preferred_channel": ChannelName.SMS, "created_at": now}
    days = dict.fromkeys(("phase_since", "coach_since", "started_on"), now.date())
    place = {"organisation_id": organisation, "programme_id": programme, "coach_id": town.coach, "phase": "phase-1"}
    async with town.app.database.transaction() as connection:
        made = await connection.execute(
            insert(tables.participants).returning(tables.participants.c.id, sort_by_parameter_order=True),
            [person] * how_many,
        )
        people = list(made.scalars())
        enrolled = await connection.execute(
            insert(tables.enrolments).returning(tables.enrolments.c.id, sort_by_parameter_order=True),
            [{**place, **days, "participant_id": one} for one in people],
        )
        enrolments = list(enrolled.scalars())
        address = {"organisation_id": organisation, "channel": ChannelName.SMS, "state": "active", "state_at": now}
        await connection.execute(
            insert(tables.addresses),
            [
                {
                    **address,
                    "participant_id": one,
                    "hash": sealer.hash(ChannelName.SMS, number),
                    "cipher": sealer.seal(number.encode()),
                }
                for one, number in zip(people, numbers, strict=True)
            ],
        )
    return [
        Person(town=town, enrolment=enrolment, id=one, sms=number)
        for one, enrolment, number in zip(people, enrolments, numbers, strict=True)
    ]
