"""Somebody is asked if we may write, once and in their own language, before anything else is begun with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import By
from bot.domain.calendar import first_awake
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import Address, Agreement, Participant
from bot.domain.programme import WELCOME
from bot.services.conversation import Start, begin
from bot.services.published import Plan
from bot.services.wording import Occasion, drafts, not_yet
from bot.storage.agreements import IN_PERSON, NewAgreement
from bot.storage.unit_of_work import Work

WELCOME_LASTS = timedelta(days=3)
"""Over a weekend: whoever is added late on a Friday is asked on Monday at the latest, or not at all."""

MOST_ASKED = 2
"""By itself once, and once more by hand."""


def may_ask(plan: Plan, person: Participant, *, now: datetime) -> bool:
    """Whether this person can be asked by a message: reached, not protected, not stopped, and not agreed already."""
    open_still = person.agreement in (Agreement.UNASKED, Agreement.ASKED)
    return WELCOME in plan.flows and open_still and person.may_be_asked(now=now)


async def ask(work: Work, plan: Plan, people: Sequence[Participant], *, again: bool = False, now: datetime) -> None:
    """Ask those who may be asked, at night in the morning. They are in no conversation.

    Who has agreed already is told only if we read their language and cannot write it.
    """
    asked = [one for one in people if may_ask(plan, one, now=now)]
    for one in asked:
        assert one.address is not None
        # Whoever is added at night reads it in the morning: only from then on does an answer keep us waiting.
        at = first_awake(plan.programme.quiet, zone=one.zone, now=now)
        start = Start(
            participant=one,
            address=one.address,
            plan=plan,
            flow=WELCOME,
            # Who was looked for at a number that is somebody else's has not read the question yet.
            once=f"welcome/{one.enrolment_id}/{one.address.id}/" + ("again/" if again else ""),
            expires_at=at + WELCOME_LASTS,
        )
        await begin(work, [start], now=at)
    await work.agreements.ask([one.enrolment_id for one in asked])
    told = [_not_yet(plan, one, now=now) for one in people if one.may_be_written_to(now=now)]
    await work.outbox.queue([draft for each in told for draft in each], now=now)


def _not_yet(plan: Plan, person: Participant, *, now: datetime) -> list[Draft]:
    said = not_yet(plan, person)
    if said is None or person.address is None:
        return []
    at = first_awake(plan.programme.quiet, zone=person.zone, now=now)
    occasion = Occasion(
        once=f"not-yet/{person.enrolment_id}",
        purpose=Purpose.CONFIRMATION,
        priority=Priority.REPLY,
        expires_at=at + WELCOME_LASTS,
        now=at,
    )
    return drafts([said], participant=person, address=person.address, occasion=occasion)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedLink:
    """Somebody opened their link, in this chat. `once` says because of which arrival."""

    participant: Participant
    address: Address
    once: str


async def ask_there(work: Work, plan: Plan, opened: OpenedLink, *, now: datetime) -> None:
    """Ask whoever has just opened their link: it was their own deed, at whatever hour."""
    start = Start(
        participant=opened.participant,
        address=opened.address,
        plan=plan,
        flow=WELCOME,
        once=f"{opened.once}/welcome/",
        expires_at=now + WELCOME_LASTS,
        purpose=Purpose.REPLY,
        priority=Priority.REPLY,
    )
    # Who was asked by SMS and comes here instead is asked here, and no longer there.
    await work.conversations.end([opened.participant.id], outcome="interrupted", now=now)
    await begin(work, [start], now=now)
    await work.agreements.ask([opened.participant.enrolment_id])


async def note_yes(work: Work, people: Sequence[Participant], *, by: By | None, now: datetime) -> None:
    """They said yes to a coach: that is noted, with who heard it (nobody known: a command)."""
    given = [
        NewAgreement(
            enrolment_id=one.enrolment_id,
            answer=Agreement.AGREED,
            language=one.language,
            channel=IN_PERSON,
            noted_by=by.coach_id if by else None,
        )
        for one in people
    ]
    await work.agreements.keep(given, now=now)
