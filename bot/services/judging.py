"""What somebody says of their own progress in talk is recorded by a coach, and marked as recorded."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.people import Participant
from bot.domain.programme import AskedOf, Indicator, Instrument
from bot.services.asked import Asked, NotOnTheRoster, done, hold
from bot.services.published import Plan, Shelf
from bot.storage.database import Database
from bot.storage.ratings import NewCheckIn, NewRating
from bot.storage.unit_of_work import unit_of_work

ON_BEHALF = "on-behalf"
"""Stands where a check-in names its flow: there was none, only talk."""


def asked_of_people(instrument: Instrument) -> tuple[Indicator, ...]:
    """The indicators on which participants rate themselves."""
    return tuple(one for one in instrument.indicators if one.asked_of is AskedOf.BOTH)


def scale_of(indicator: Indicator, instrument: Instrument) -> tuple[int, int]:
    """The lowest and the highest value: what is counted begins with nothing."""
    return (0, len(indicator.behaviours)) if indicator.behaviours else (instrument.low, instrument.high)


async def record(database: Database, shelf: Shelf, asked: Asked, *, given: Mapping[str, int], now: datetime) -> int:
    """Keep these values by indicator as one check-in of the person's. Gives its id.

    Raises `NotOnTheRoster` for an indicator that is not asked of participants, or a value outside its scale.
    """
    if asked.by is None:
        raise NotOnTheRoster("nobody recorded it")
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
        check_in = NewCheckIn(
            enrolment_id=person.enrolment_id,
            participant_id=person.id,
            flow=ON_BEHALF,
            instrument=plan.instrument.slug,
            instrument_version=plan.instrument.version,
            rater_coach_id=asked.by.coach_id,
        )
        number = await work.ratings.open(check_in, now=now)
        await work.ratings.keep(_ratings(plan, person, number, given), now=now)
        await work.audit.note(done("rated-on-behalf", person, about=number), by=asked.by, now=now)
    return number


def _ratings(plan: Plan, person: Participant, check_in: int, given: Mapping[str, int]) -> list[NewRating]:
    known = {one.slug: scale_of(one, plan.instrument) for one in asked_of_people(plan.instrument)}
    for slug, value in given.items():
        if slug not in known or not known[slug][0] <= value <= known[slug][1]:
            raise NotOnTheRoster(f"the programme does not ask for {slug}, or not on this scale")
    return [
        NewRating(
            check_in_id=check_in,
            participant_id=person.id,
            enrolment_id=person.enrolment_id,
            indicator=slug,
            instrument=plan.instrument.slug,
            instrument_version=plan.instrument.version,
            value=value,
            low=known[slug][0],
            high=known[slug][1],
            language=plan.language_of(person.language),
        )
        for slug, value in given.items()
    ]
