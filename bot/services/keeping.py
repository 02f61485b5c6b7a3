"""Which holidays somebody has free from our messages is their own choice, that they make or have a coach note."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.calendar import first_awake
from bot.domain.free_days import DAYS_OFF, Keeping, kept_of
from bot.domain.people import Participant
from bot.services.asked import Asked, done, hold, note
from bot.services.conversation import Start, begin
from bot.services.published import Plan, Shelf
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work

ASKED_FOR = timedelta(days=2)
"""The question is sent so long at most; later it has lost its meaning."""


class NotToBeAsked(Exception):
    """The person cannot be asked by a message now, or is being asked something else."""


def may_ask_days_off(plan: Plan, person: Participant, *, now: datetime) -> bool:
    """Whether the programme has the question, and the person may be written to."""
    return DAYS_OFF in plan.flows and person.may_be_written_to(now=now)


async def ask_days_off(database: Database, shelf: Shelf, asked: Asked, *, now: datetime) -> None:
    """Ask somebody by a message which holidays they want free, at night in the morning. Raises `NotToBeAsked`."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
        busy = person.id in await work.conversations.open_with([person.id])
        if busy or person.address is None or not may_ask_days_off(plan, person, now=now):
            raise NotToBeAsked
        at = first_awake(plan.programme.quiet, zone=person.zone, now=now)
        start = Start(
            participant=person,
            address=person.address,
            plan=plan,
            flow=DAYS_OFF,
            once=f"{DAYS_OFF}/{person.enrolment_id}/{now:%Y%m%dT%H%M%S}/",
            expires_at=at + ASKED_FOR,
        )
        await begin(work, [start], now=at)
        await note(work, done("days-off-asked", person), asked=asked, now=now)


async def set_days_off(database: Database, asked: Asked, *, calendars: Iterable[Keeping], now: datetime) -> None:
    """The person told a coach which holidays they want free. The log says that it was noted, never which."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        await work.participants.change(person.id, calendars=kept_of(",".join(calendars)))
        await note(work, done("days-off-set", person), asked=asked, now=now)
