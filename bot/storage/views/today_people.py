"""A line of the day's page tells of a person whose they are, and how they are called up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, FromClause, Row, ScalarSelect, select

from bot.domain.people import AddressState, ChannelName
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, coaches, enrolments, participants
from bot.storage.views.sight import Look

Line = TypeVar("Line")


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonSeen:
    """Somebody a line is about. `phone` is plain, empty if there is none that anybody answers."""

    enrolment_id: int
    participant_id: int
    programme_id: int
    first_name: str
    coach_id: int
    coach: str
    phone: str
    held_at: datetime | None
    paused_until: datetime | None

    def waits(self, now: datetime) -> bool:
        """Whether nothing is written to them just now, until a coach resumes it."""
        return self.held_at is not None or (self.paused_until is not None and self.paused_until > now)


def reach() -> ScalarSelect[Any]:
    """The state of the address on somebody's preferred channel: of several, the newest counts."""
    return (
        select(addresses.c.state)
        .where(
            addresses.c.participant_id == participants.c.id,
            addresses.c.channel == participants.c.preferred_channel,
        )
        .order_by(addresses.c.id.desc())
        .limit(1)
        .correlate(participants)
        .scalar_subquery()
    )


def person_columns() -> list[ColumnElement[Any]]:
    """What `person_of` needs, of `PLACES`."""
    phone = (
        select(addresses.c.cipher)
        .where(
            addresses.c.participant_id == participants.c.id,
            addresses.c.channel == ChannelName.SMS,
            addresses.c.state.not_in((AddressState.BAD, AddressState.WRONG)),
        )
        .order_by(addresses.c.id.desc())
        .limit(1)
        .correlate(participants)
        .scalar_subquery()
    )
    return [
        enrolments.c.id.label("enrolment_id"),
        enrolments.c.participant_id.label("person_id"),
        enrolments.c.programme_id.label("place_id"),
        enrolments.c.coach_id.label("owner_id"),
        participants.c.first_name,
        participants.c.held_at,
        participants.c.paused_until,
        coaches.c.first_name.label("owner"),
        phone.label("phone"),
    ]


PLACES: FromClause = enrolments.join(participants, participants.c.id == enrolments.c.participant_id).join(
    coaches, coaches.c.id == enrolments.c.coach_id
)


def person_of(row: Row[Any], sealer: Sealer) -> PersonSeen:
    """The person of a row that has `person_columns`."""
    return PersonSeen(
        enrolment_id=row.enrolment_id,
        participant_id=row.person_id,
        programme_id=row.place_id,
        first_name=row.first_name,
        coach_id=row.owner_id,
        coach=row.owner,
        phone=sealer.unseal(row.phone).decode() if row.phone is not None else "",
        held_at=row.held_at,
        paused_until=row.paused_until,
    )


def takes_part(on: date) -> ColumnElement[bool]:
    """True of the enrolments that have begun by this day and have not ended before it."""
    return (enrolments.c.started_on <= on) & (enrolments.c.ended_on.is_(None) | (enrolments.c.ended_on >= on))


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Which rows of a section are shown: `most` of them, after the first `skip`."""

    most: int = 10
    skip: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Section(Generic[Line]):
    """The lines that are shown, and how many there are in all."""

    lines: tuple[Line, ...] = ()
    total: int = 0


async def sees(look: Look, enrolment: int) -> bool:
    """Whether the reader sees this person."""
    found = await look.connection.scalar(select(enrolments.c.id).where(enrolments.c.id == enrolment, look.sees))
    return found is not None
