"""A reminder names only what is known at its moment: what that is stands here, for who checks and who fills in."""

from bot.content.wordings import PERSON
from bot.domain.rules import (
    BeforeActivity,
    BeforeDay,
    BeforeFirst,
    BeforeMeeting,
    NearMilestone,
    NearPhase,
    When,
)

_DAY = PERSON | {"day"}
_ACTIVITIES = frozenset({"activities", "first_time", "first_activity", "first_place"})
_ACTIVITY = frozenset({"time", "title", "place"})
_MEETING = frozenset({"time", "place"})


def placeholders_of(when: When | None) -> frozenset[str]:
    """What a reminder's words may put in. Of a moment that is not clear, everything.

    `day` is the day it is about (of the activity, the meeting, the milestone, the phase), not that on which it comes.
    """
    match when:
        case BeforeDay() | BeforeFirst():
            return _DAY | _ACTIVITIES
        case BeforeActivity():
            return _DAY | _ACTIVITY
        case BeforeMeeting():
            return _DAY | _MEETING
        case NearMilestone():
            return _DAY | {"milestone"}
        case NearPhase():
            return _DAY | {"phase"}
        case None:
            return _DAY | _ACTIVITIES | _ACTIVITY | {"milestone", "phase"}
        case _:
            return _DAY
