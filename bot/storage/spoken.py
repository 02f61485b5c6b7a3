"""What one firing says, and to whom, is told to planning as fixed words, and names to be put in for each person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, cast, func

from bot.domain.calendar import OccurrenceState
from bot.domain.messages import Purpose
from bot.storage.audiences import Audience, Span, Wall
from bot.storage.tables import coaches, meetings, participants

PERSONAL: Mapping[str, ColumnElement[str]] = {
    "first_name": participants.c.first_name,
    "coach": coaches.c.first_name,
    "meeting_time": func.substr(cast(meetings.c.begins, String), 1, 5),
    "meeting_place": meetings.c.place,
}
"""What is different for each person in words that are otherwise the same for all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Words in one language: fixed ones and names of `PERSONAL`, taking turns, fixed ones first.

    `buttons` (JSON, as the outbox keeps them) go under them in a chat.
    """

    language: str
    pieces: tuple[str, ...]
    buttons: str | None = None


@dataclass(frozen=True, kw_only=True)
class Speech:
    """One firing of a rule, and whom it is for.

    `wordings` has the language first in which everybody else is written to; a rule that begins a flow has none.
    `days` are those on which somebody who is away hears nothing of it; nobody asks if there are none.
    `state` is what becomes of it for everybody but them, for `reason` if it is not said.
    """

    rule: str
    wall: Wall
    audience: Audience
    on_day: date
    due_at: datetime
    expires_at: datetime
    shift: str | None
    state: OccurrenceState
    reason: str | None
    about: str = ""
    days: tuple[date, ...] = ()
    wordings: tuple[Wording, ...] = ()
    purpose: Purpose = Purpose.REMINDER


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """A batch of a round of planning, which looks at what falls due until `until`; `now` is the real present."""

    span: Span
    until: datetime
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """Somebody's place, and the wall they have since they moved to another zone."""

    enrolment_id: int
    programme_id: int
    participant_id: int
    wall: Wall
