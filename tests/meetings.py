"""A coach's meetings with the people of a town."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from sqlalchemy import Row, select

from bot.domain.access import By
from bot.domain.meetings import Hour, MeetingState
from bot.services import meeting
from bot.services.asked import Asked
from bot.services.meeting import Moving, Which
from bot.storage import tables
from tests.town import Person

TUESDAY = Hour(on=date(2026, 12, 1), begins=time(14), minutes=45, place="Biblioteket")
LATER = replace(TUESDAY, on=date(2026, 12, 2), begins=time(10, 30))


@dataclass(frozen=True)
class Met:
    """A meeting with somebody, as it stands whenever it is looked at."""

    person: Person
    id: int

    async def row(self) -> Row[Any]:
        """Its row."""
        table = tables.meetings
        return (await self.person.town.rows(select(table).where(table.c.id == self.id)))[0]

    async def state(self) -> str:
        """How it stands."""
        return str((await self.row()).state)

    async def shown(self) -> Which:
        """As the coach would be shown it now."""
        row = await self.row()
        return Which(meeting=self.id, number=row.number, state=MeetingState(row.state))

    async def moves_to(self, hour: Hour, *, shown: Which | None = None, sent: bool = True) -> None:
        """The coach moves it, and what is queued leaves."""
        town, moving = self.person.town, Moving(which=shown or await self.shown(), hour=hour)
        await meeting.move(town.app.database, town.app.shelf, asked(self.person), moving, now=town.now)
        if sent:
            await town.app.delivery.send_queued(now=town.now)

    async def is_called_off(self, *, shown: Which | None = None) -> bool:
        """The coach calls it off, and what is queued leaves; whether the person is told."""
        town, which = self.person.town, shown or await self.shown()
        told = await meeting.call_off(town.app.database, town.app.shelf, asked(self.person), which, now=town.now)
        await town.app.delivery.send_queued(now=town.now)
        return told


def asked(person: Person) -> Asked:
    """Karin asks for something about this person."""
    return Asked(
        enrolment=person.enrolment,
        by=By(coach_id=person.town.coach, organisation_id=person.town.programme.organisation_id),
    )


async def a_meeting(person: Person, hour: Hour = TUESDAY, *, sent: bool = True) -> Met:
    """Karin makes a meeting, and what is queued leaves."""
    town = person.town
    made = await meeting.make(town.app.database, town.app.shelf, asked(person), hour, now=town.now)
    if sent:
        await town.app.delivery.send_queued(now=town.now)
    return Met(person, made)
