"""Who has heard the farewell hears nothing after it, also on what is left of the last day."""

from collections.abc import Collection
from datetime import datetime

from bot.domain.calendar import moment, zone_of
from bot.domain.people import Participant
from bot.domain.programme import FAREWELL, FAREWELL_AT
from bot.storage.unit_of_work import Work


async def seen_off(work: Work, people: Collection[Participant]) -> set[int]:
    """Which of these (by enrolment) have heard the farewell of the day they leave.

    Whoever stays longer after all is written to again, and hears another one.
    """
    leaving = [one for one in people if one.ended_on is not None]
    spoken = await work.calendar.spoken(FAREWELL, enrolments=(one.enrolment_id for one in leaving))
    return {one.enrolment_id for one in leaving if (one.enrolment_id, farewell_at(one)) in spoken}


def farewell_at(one: Participant) -> datetime | None:
    """When the farewell is said to this person; `None` if no last day is known."""
    return None if one.ended_on is None else moment(one.ended_on, FAREWELL_AT, zone_of(one.zone))


async def fall_quiet(work: Work, people: Collection[Participant], *, now: datetime) -> None:
    """What is open with these people in the programme they leave ends, and what waits for them is not sent."""
    await work.conversations.end_in((one.enrolment_id for one in people), outcome="left-programme", now=now)
    for one in people:
        await work.outbox.cancel_for([one.id], programme=one.programme_id, why="left-programme", now=now)
