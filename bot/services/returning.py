"""Whoever was ill is asked gently whether they are back, now and then, and told in time of the certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.domain.calendar import is_quiet, zone_of
from bot.domain.messages import Button, Draft, Priority, Purpose
from bot.domain.people import ChannelName, Participant, Presence
from bot.engine.reading import Wish
from bot.engine.taps import NOT_COMING, WISH_TAP
from bot.services.published import Plan, Shelf
from bot.services.wording import Buttons, Occasion, drafts, say
from bot.storage.absences import ABSENT, Asking
from bot.storage.unit_of_work import Work

FIRST, LAST = time(8), time(12)
"""Between these hours somebody is asked, where they live: before the day's work, and not early."""

ASKED_AFTER = (1, 3, 9, 13)
"""So many days after an absence began somebody is asked, or on the next day with something to come to; then no more."""

ONCE_MORE = timedelta(days=7)
"""For so long after an illness was to be over somebody is asked once whether it is."""

CERTIFICATE_DAY = 7
"""The last day of an illness for which no certificate is needed: its eve is told."""

_LONGEST = timedelta(days=21)
_ASKED_WHEN_OVER = (Presence.ILLNESS, Presence.CARE_OF_CHILD)


@dataclass(frozen=True, kw_only=True)
class _Case:
    """An absence, whose it is, and the person's local time."""

    absence: Asking
    participant: Participant
    plan: Plan
    local: datetime

    @property
    def days(self) -> int:
        """How many days ago it began."""
        return (self.local.date() - self.absence.begins_on).days

    @property
    def asked_on(self) -> int:
        """On which of its days the person was last asked; -1 if never."""
        asked = self.absence.asked_at
        return -1 if asked is None else (asked.astimezone(self.local.tzinfo).date() - self.absence.begins_on).days


async def ask_back(work: Work, shelf: Shelf, *, now: datetime) -> int:
    """Ask whoever may be back today, once a day at most and never in quiet hours. Gives how many were written to.

    Safe to call as often as you like. What is still open with somebody who is asked ends: a yes or a no must mean this.
    """
    seen = await _to_ask(work, shelf, now=now)
    # Whoever somebody else has in hand may just be saying that they are back: the next time will do.
    held = await work.participants.lock((one.participant.id for one, _ in seen), free_only=True) if seen else set()
    if not held:
        return 0
    # Read again, for what was read before the lock may be over.
    asking = [(one, key) for one, key in await _to_ask(work, shelf, now=now) if one.participant.id in held]
    told: dict[int, tuple[_Case, str]] = {}
    for case, key in asking:
        if key is not None:
            # One message to one person, also where two programmes miss them.
            told.setdefault(case.participant.id, (case, key))
    await work.conversations.end(told, outcome=ABSENT, now=now)
    await work.outbox.queue([draft for case, key in told.values() for draft in _words(case, key, now=now)], now=now)
    await work.absences.note_asked((one.absence.id for one, _ in asking if one.participant.id in told), now=now)
    return len(told)


async def _to_ask(work: Work, shelf: Shelf, *, now: datetime) -> list[tuple[_Case, str | None]]:
    """Everybody who may be asked now, with what they are asked; nothing, if somebody's absence is not asked about."""
    found = await work.absences.not_over(since=(now - _LONGEST).date())
    cases = [one for one in await _cases(work, shelf, found, now=now) if _may_be_asked(one, now=now)] if found else []
    asking = [(one, _key(one)) for one in cases]
    return asking if any(key is not None for _, key in asking) else []


async def _cases(work: Work, shelf: Shelf, found: Sequence[Asking], *, now: datetime) -> list[_Case]:
    people: Mapping[int, Participant] = await work.participants.enrolled(one.enrolment_id for one in found)
    plans = await shelf.plans(work, {one.programme_id for one in people.values()})
    return [
        _Case(
            absence=one,
            participant=people[one.enrolment_id],
            plan=plans[people[one.enrolment_id].programme_id],
            local=now.astimezone(zone_of(people[one.enrolment_id].zone)),
        )
        for one in found
        if people[one.enrolment_id].programme_id in plans
    ]


def _may_be_asked(case: _Case, *, now: datetime) -> bool:
    awake = not is_quiet(case.plan.programme.quiet, zone=case.participant.zone, now=now)
    today = case.days > case.asked_on
    return awake and today and FIRST <= case.local.time() < LAST and case.participant.may_be_written_to(now=now)


def _key(case: _Case) -> str | None:
    """What is said today, if anything: the certificate counts every day, the question days with something to do."""
    ends_on, today = case.absence.ends_on, case.local.date()
    goes_on = ends_on is None or ends_on > today
    if case.absence.category is Presence.ILLNESS and case.days == CERTIFICATE_DAY - 1 and goes_on:
        return "phrases/certificate-soon"
    one = case.participant
    held = case.plan.timetable.on_for(today, phase=one.phase, blocks=one.blocks(today))
    # Nobody is waited for at a drop-in.
    if all(each.activity.drop_in for each in held):
        return None
    if ends_on is None:
        due = any(case.asked_on < day <= case.days for day in ASKED_AFTER) and case.days <= _LONGEST.days
    else:
        last = (ends_on - case.absence.begins_on).days
        over = timedelta(0) < today - ends_on <= ONCE_MORE
        due = over and case.asked_on <= last and case.absence.category in _ASKED_WHEN_OVER
    return "phrases/back-asked" if due else None


def _words(case: _Case, key: str, *, now: datetime) -> list[Draft]:
    one = case.participant
    assert one.address is not None
    ends = now + (datetime.combine(case.local, LAST, case.local.tzinfo) - case.local)
    occasion = Occasion(
        once=f"back/{case.absence.id}/{case.local.date()}",
        purpose=Purpose.REMINDER,
        priority=Priority.REMINDER,
        expires_at=ends,
        now=now,
    )
    said = say(case.plan, key, participant=one)
    if one.address.channel is ChannelName.TELEGRAM and key == "phrases/back-asked":
        said = replace(said, buttons=_yes_or_no(case))
    return drafts([said], participant=one, address=one.address, occasion=occasion)


def _yes_or_no(case: _Case) -> Buttons:
    def words(slug: str) -> str:
        return say(case.plan, f"phrases/{slug}", participant=case.participant).text

    still = f"{WISH_TAP}{NOT_COMING}:{case.absence.category}"
    return ((Button(label=words("yes"), data=f"{WISH_TAP}{Wish.BACK}"), Button(label=words("no"), data=still)),)
