"""What somebody will get is found by letting time run ahead in a copy of their world, by the code that plans and sends.

Nobody answers there, nobody changes anything, and no provider is slow. What others share with the person (a budget, a
channel's rate) is not in the copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.channel import Channel
from bot.channels.paper import Paper
from bot.domain.calendar import moment, zone_of
from bot.domain.firing import Clockwork
from bot.domain.people import ChannelName, Participant
from bot.domain.speaking import speaking
from bot.services.delivery import Delivery
from bot.services.published import Plan, Shelf
from bot.services.reminders import Reminders
from bot.services.returning import FIRST, ask_back
from bot.services.unanswered import fall_silent
from bot.storage.database import Database
from bot.storage.unit_of_work import looking, unit_of_work
from bot.storage.views.coming import Coming, Kept, Left, left_out, next_kept, sent
from bot.storage.worlds import world_of

FARTHEST = timedelta(days=62)
"""So far ahead somebody may look; what comes later hangs on too much that nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a person will get between two moments, in the order it comes, and what they will not, with the reason."""

    coming: tuple[Coming, ...]
    left_out: tuple[Left, ...]


async def foresee(
    database: Database, shelf: Shelf, enrolment: int, *, now: datetime, between: tuple[datetime, datetime]
) -> Foreseen:
    """All that this person will get, in any of their programmes, if nobody does anything.

    `between` begins at `now` or later, and ends `FARTHEST` after it at the latest: raises `ValueError` otherwise, and
    `LookupError` when there is no such enrolment.
    """
    since, until = between
    if not now <= since < until <= now + FARTHEST:
        raise ValueError(f"from now to {FARTHEST.days} days ahead")
    async with world_of(database, enrolment, now=now) as world:
        at = now
        channels: dict[ChannelName, Channel] = {name: Paper() for name in (ChannelName.SMS, ChannelName.TELEGRAM)}
        reminders, delivery = Reminders(world, shelf), Delivery(world, shelf, channels)
        while at < until:
            at = await _next(world, shelf, after=at, until=until)
            await reminders.queue_due(now=at)
            async with unit_of_work(world) as work:
                await fall_silent(work, shelf, now=at)
                await ask_back(work, shelf, now=at)
            await delivery.send_queued(now=at)
        async with world.reading() as connection:
            return Foreseen(
                coming=tuple(await sent(connection, since=since, until=until)),
                left_out=tuple(await left_out(connection, since=since, until=until)),
            )


async def _next(world: Database, shelf: Shelf, *, after: datetime, until: datetime) -> datetime:
    """The first moment after `after` at which anything can happen in the copy; `until` if nothing does before."""
    async with looking(world) as work:
        plans = await shelf.plans(work)
        people = [one for number in plans for one in await work.participants.of_programme(number)]
    async with world.reading() as connection:
        kept = await next_kept(connection, after=after)
    due = [*_kept(kept), until]
    for person in people:
        due += _spoken(plans[person.programme_id], person, after=after, until=min(due))
        due += _mornings(person, after=after, until=min(due))
    return min(due)


def _kept(kept: Kept) -> Iterator[datetime]:
    yield from (one for one in (kept.silent_at, kept.available_at, kept.expires_at) if one is not None)


def _spoken(plan: Plan, person: Participant, *, after: datetime, until: datetime) -> Iterator[datetime]:
    clockwork = Clockwork(zone=person.zone, quiet=plan.programme.quiet, free=plan.free, calendars=person.calendars)
    for one in speaking(plan.rules, plan.timetable, clockwork=clockwork, between=(after, until)):
        yield one.firing.at


def _mornings(person: Participant, *, after: datetime, until: datetime) -> Iterator[datetime]:
    """Whoever was away may be asked from then on whether they are back."""
    zone = zone_of(person.zone)
    for ahead in range((until - after).days + 2):
        at = moment(after.astimezone(zone).date() + timedelta(days=ahead), FIRST, zone)
        if after < at <= until:
            yield at
