"""Words that wait are looked at once more before they leave: stopped, late, at night, or good to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.calendar import is_quiet, quiet_until
from bot.domain.messages import OutboxMessage, OutboxStatus, Purpose
from bot.domain.people import AddressState, Agreement
from bot.domain.programme import WELCOME
from bot.engine.state import State
from bot.services.published import Plan
from bot.storage.outbox import ALWAYS_SENT
from bot.storage.outbox_rows import Candidate

# What we begin ourselves, and therefore never at night.
BEGUN_BY_US = (Purpose.REMINDER, Purpose.NUDGE)
BEGUN_OR_ASKED = (*BEGUN_BY_US, Purpose.QUESTION)
# Of a change people are told at night only if they must know before the morning: that was decided when it was queued.
NOT_IN_A_PAUSE = (*BEGUN_BY_US, Purpose.CANCELLATION)
HELD_FOR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The candidates of one claim, sorted by what is done with each."""

    go: list[OutboxMessage]
    give_up: list[tuple[int, OutboxStatus, str]]
    hold: list[tuple[int, datetime]]


def sort_out(found: Sequence[Candidate], plans: Mapping[int, Plan], *, now: datetime) -> Sorted:
    """Ask of each candidate, in the moment before it would leave, whether it still should."""
    order = Sorted(go=[], give_up=[], hold=[])
    for one in found:
        message = one.message
        why = _given_up(one, now=now)
        until = None if why else _held_until(one, plans, now=now)
        if why is not None:
            order.give_up.append((message.id, *why))
        elif until is not None:
            order.hold.append((message.id, until))
        else:
            order.go.append(message)
    return order


def _given_up(one: Candidate, *, now: datetime) -> tuple[OutboxStatus, str] | None:
    """Why words that wait are not sent after all, asked in the moment before they would leave."""
    if one.expires_at is not None and one.expires_at <= now:
        return OutboxStatus.EXPIRED, "late"
    if one.programme_stopped_at is not None and one.message.purpose not in (Purpose.CRISIS, Purpose.ALERT):
        return OutboxStatus.CANCELLED, "programme-stopped"
    if one.address_state is not AddressState.ACTIVE and one.message.purpose is not Purpose.CRISIS:
        return OutboxStatus.CANCELLED, "address"
    if one.message.purpose in ALWAYS_SENT:
        return None
    if one.stopped_at is not None or (one.unwanted and one.message.purpose in BEGUN_OR_ASKED):
        return OutboxStatus.CANCELLED, "stopped"
    return _not_begun(one) if one.message.purpose in NOT_IN_A_PAUSE else None


def _not_begun(one: Candidate) -> tuple[OutboxStatus, str] | None:
    """Why we do not begin this with the person."""
    if one.protected:
        return OutboxStatus.CANCELLED, "protected"
    if not _agreed(one):
        return OutboxStatus.CANCELLED, "not-agreed"
    if _answered(one):
        return OutboxStatus.CANCELLED, "answered"
    return None


def _answered(one: Candidate) -> bool:
    """Whether a question that we begin with is behind the person, who wrote before it could leave."""
    if one.message.purpose is not Purpose.REMINDER or one.asks is None or one.talk is None:
        return False
    return one.over or State.from_text(one.talk).at != one.asks


def _agreed(one: Candidate) -> bool:
    """Nothing is begun before the yes but the question itself, and that not after a no."""
    if one.agreement in (None, Agreement.AGREED):
        return True
    return one.flow == WELCOME and one.agreement is not Agreement.REFUSED


def _held_until(one: Candidate, plans: Mapping[int, Plan], *, now: datetime) -> datetime | None:
    """Until when words wait: what we begin is not begun at night, nor in a pause."""
    if one.message.purpose not in NOT_IN_A_PAUSE:
        return None
    if one.held_at is not None:
        # Nobody knows for how long: it is asked again until it has lost its meaning.
        return now + HELD_FOR
    if one.paused_until is not None and one.paused_until > now:
        return one.paused_until
    if one.message.purpose not in BEGUN_BY_US:
        return None
    plan = plans.get(one.message.programme_id or 0)
    if plan is None or one.zone is None or not is_quiet(plan.programme.quiet, zone=one.zone, now=now):
        return None
    return quiet_until(plan.programme.quiet, zone=one.zone, now=now)
