"""People are a participant, a coach and the addresses they are reached at."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo


class ChannelName(StrEnum):
    """The ways a person can be reached."""

    SMS = "sms"
    TELEGRAM = "telegram"
    EMAIL = "email"


class AddressState(StrEnum):
    """Whether words may go to an address. Only `ACTIVE` ones are written to."""

    ACTIVE = "active"
    STOPPED = "stopped"
    """The person stopped us here: a stop word, a block, or the provider's own opt-out."""
    BAD = "bad"
    """The provider says that nobody can be reached here."""
    WRONG = "wrong"
    """Whoever has it says that we mean somebody else: it is nobody's of ours any more."""


class Agreement(StrEnum):
    """Whether somebody wants to be written to: before a yes nothing is begun but the question."""

    UNASKED = "unasked"
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


class Presence(StrEnum):
    """How a day of activity went, by category only: never a reason in words."""

    PRESENT = "present"
    LATE = "late"
    ILLNESS = "illness"
    CARE_OF_CHILD = "care-of-child"
    AUTHORITY_VISIT = "authority-visit"
    OTHER_VALID = "other"
    NOT_VALID = "not-valid"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where one person is reached on one channel. `value` is E.164, a Telegram chat id or an e-mail address.

    `blocked_at`: since then the provider itself sends nothing there; only the person can lift that.
    """

    id: int
    channel: ChannelName
    value: str
    state: AddressState = AddressState.ACTIVE
    blocked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffedHours:
    """When somebody reads: ISO weekdays (1 is Monday) and two local times, but not on the days that are `closed`."""

    weekdays: tuple[int, ...]
    begins: time
    ends: time
    closed: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Coach:
    """Who accompanies participants. `address` is where the coach is written to, `None` until one is known."""

    id: int
    organisation_id: int
    first_name: str
    email: str
    language: str
    zone: str
    deputy_id: int | None = None
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """That somebody takes part in a block, from a day and, if it is known, to another (included)."""

    block: str
    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is so on this day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """One person in one programme, with all that a turn of a conversation needs to know.

    `id` is the person's, `enrolment_id` the person's place in this programme: somebody in two programmes is two
    of these with one `id`. `address` is the one on the preferred channel, `None` when there is none that may be
    written to.
    """

    id: int
    enrolment_id: int
    organisation_id: int
    programme_id: int
    first_name: str
    language: str
    zone: str
    phase: str
    coach_id: int
    coach_first_name: str
    address: Address | None
    started_on: date
    ended_on: date | None = None
    stopped_at: datetime | None = None
    paused_until: datetime | None = None
    held_at: datetime | None = None
    protected: bool = False
    agreement: Agreement = Agreement.AGREED
    check_ins_stopped_at: datetime | None = None
    talking_until: datetime | None = None
    memberships: tuple[Membership, ...] = ()
    calendars: tuple[str, ...] = ()

    def blocks(self, on: date) -> tuple[str, ...]:
        """The blocks whose member this person is on a day."""
        return tuple(one.block for one in self.memberships if one.holds(on))

    def may_be_written_to(self, *, now: datetime) -> bool:
        """Whether we may begin something with this person now: quiet hours are asked elsewhere."""
        return self.agreement is Agreement.AGREED and self.may_be_asked(now=now)

    def may_be_asked(self, *, now: datetime) -> bool:
        """Whether we may ask this person now if we may write at all."""
        return (
            self.address is not None
            and self.address.state is AddressState.ACTIVE
            and self.stopped_at is None
            and not self.protected
            and self.held_at is None
            and (self.paused_until is None or self.paused_until <= now)
            and (self.ended_on is None or now.astimezone(ZoneInfo(self.zone)).date() <= self.ended_on)
        )

    @property
    def standing(self) -> str:
        """Changes whenever a coach or the person changes how things stand: a form brings back what it was shown."""
        facts = (
            *(self.phase, self.coach_id, self.language, self.stopped_at, self.paused_until, self.held_at),
            *(self.agreement, self.check_ins_stopped_at, self.calendars),
            *(self.ended_on, self.address and (self.address.id, self.address.state.value)),
        )
        return sha256(repr([str(fact) for fact in facts]).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewParticipant:
    """Somebody to be enrolled. Addresses are plain: E.164 or a chat id."""

    first_name: str
    language: str
    zone: str
    channel: ChannelName
    coach_id: int
    phase: str
    started_on: date
    addresses: tuple[tuple[ChannelName, str], ...] = ()
    gender: str | None = None
    birth_year: int | None = None
    protected: bool = False
    agreement: Agreement = Agreement.AGREED
    blocks: tuple[str, ...] = ()
    """Of which they are members from the first day."""
