"""Whatever a coach must see is of one of these kinds, and each has its place among the others and its words."""

from enum import StrEnum
from typing import NewType


class AlertKind(StrEnum):
    """The kinds, in the order in which they need somebody."""

    CRISIS_UNDELIVERED = "crisis-undelivered"
    """Whoever cried for help has not got it: nothing is as urgent as calling them."""
    CRISIS = "crisis"
    UNWANTED = "messages-unwanted"
    """No more messages are wanted: whoever says so is not written to."""
    WANTS_CALL = "wants-call"
    WRONG_NUMBER = "wrong-number"
    MEETING_DECLINED = "meeting-declined"
    MEETING_OTHER_TIME = "meeting-other-time"
    """The hour of a meeting does not suit."""
    CORRECTED = "corrected"
    """An answer that asked for something no longer does."""
    OWN = "own"
    """Stands for all kinds that programmes name in their own flows: see `FlowKind`."""
    QUESTION = "question"
    DATA_REQUEST = "data-request"
    WANTS_CHANNEL = "wants-channel"
    UNSIGNED = "unsigned"
    """Written on a telephone that several share, and nobody said by whom."""
    MEDIA = "media"
    EDITED = "edited"
    STOPPED = "stopped"
    BLOCKED = "blocked"
    PROVIDER_BLOCKS = "provider-blocks"
    """Messages are wanted, and the provider holds them back."""
    BOUNCING = "bouncing"
    UNCERTAIN = "uncertain"
    SET_ASIDE = "set-aside"
    BUDGET = "budget"
    """A programme has sent as many text messages as it may in a day: what it begins is not sent."""


FlowKind = NewType("FlowKind", str)
"""What a flow calls an answer that a coach must see: one of the kinds, or a programme's own."""

URGENT = (AlertKind.CRISIS, AlertKind.CRISIS_UNDELIVERED)

WANTS_ANSWER = (
    AlertKind.WANTS_CALL,
    AlertKind.QUESTION,
    AlertKind.DATA_REQUEST,
    AlertKind.WANTS_CHANNEL,
    AlertKind.MEETING_OTHER_TIME,
    AlertKind.UNSIGNED,
    AlertKind.MEDIA,
    AlertKind.EDITED,
)
"""Somebody waits for a word, a call or a deed."""

ANSWERED_BY_WRITING = (AlertKind.QUESTION, AlertKind.MEDIA, AlertKind.EDITED)
"""Words are the answer. Who would like to be called, or to see what is kept, is not answered by a message."""

TELLS_WORDS = (AlertKind.CRISIS, AlertKind.QUESTION, AlertKind.UNSIGNED, AlertKind.EDITED)
"""What was written is shown beside it."""

WAITS = (*URGENT, *WANTS_ANSWER)
"""In the inbox whoever is in danger waits as well."""

TAKEN_BACK_BY_START = (AlertKind.STOPPED, AlertKind.BLOCKED, AlertKind.UNWANTED, AlertKind.PROVIDER_BLOCKS)
"""Whoever wants messages again, and gets them, is not told of any more."""

IN_STORY = (
    *URGENT,
    *TAKEN_BACK_BY_START,
    AlertKind.WANTS_CALL,
    AlertKind.WRONG_NUMBER,
    AlertKind.CORRECTED,
    AlertKind.DATA_REQUEST,
    AlertKind.WANTS_CHANNEL,
)
"""Part of what happened with somebody, and told by nothing else."""

TOLD_AS_UNREACHABLE = (AlertKind.WRONG_NUMBER, AlertKind.PROVIDER_BLOCKS, AlertKind.BOUNCING)
"""Whoever cannot be reached has a line of their own on the day's page, which says the same for as long as it is so."""


def kind_of(raised: str) -> AlertKind:
    """What an alert is told as: its kind, or `OWN` for what only a programme's flow has a name for."""
    return AlertKind(raised) if raised in tuple(AlertKind) else AlertKind.OWN
