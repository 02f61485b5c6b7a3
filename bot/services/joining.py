"""People move to a phase, join a block and leave it: what belongs to it is theirs from that day, or is no more."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.access import By
from bot.domain.calendar import zone_of
from bot.domain.people import Membership, Participant
from bot.services.asked import Asked, NotOnTheRoster, asked_of, done, hold, note
from bot.services.published import Shelf
from bot.storage.audit import Done
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, unit_of_work


@dataclass(frozen=True, kw_only=True, slots=True)
class NextPhase:
    """A phase, and the day on which it is planned to be over, if one is."""

    slug: str
    until: date | None = None


async def move_to_phase(
    database: Database, shelf: Shelf, enrolment: int | Asked, *, phase: NextPhase, now: datetime
) -> None:
    """From now on the person is in this phase: its activities and reminders are theirs at once.

    Blocks stay as they are: what a block holds for one phase only is for those of its members who are in it.
    Raises `NotOnTheRoster` and `ChangedMeanwhile`.
    """
    asked = asked_of(enrolment)
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        plan = (await shelf.plans(work, [person.programme_id])).get(person.programme_id)
        if plan is None or phase.slug not in [one.slug for one in plan.programme.phases]:
            raise NotOnTheRoster(f"the programme has no phase {phase.slug}")
        today = now.astimezone(zone_of(person.zone)).date()
        moved = {} if person.phase == phase.slug else {"phase": phase.slug, "phase_since": today}
        await work.participants.change_enrolment(asked.enrolment, now=now, phase_until=phase.until, **moved)
        await note(work, done("phase-changed", person, about=phase.slug), asked=asked, now=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    """Which block of a programme, from which day and, if it is known, until which (included)."""

    programme_id: int
    block: str
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Who joins, by enrolment, and who asks for it."""

    people: frozenset[int]
    by: By


async def join(database: Database, shelf: Shelf, joining: Joining, group: Group, *, now: datetime) -> int:
    """These people (by enrolment) are members of the block from that day; all of them or nobody. Gives how many.

    Whoever is a member already has these days from now on. Nobody is told by this. Raises `NotOnTheRoster`.
    """
    wanted, by = sorted(group.people), group.by
    async with unit_of_work(database) as work:
        await _check(work, shelf, joining)
        members = await work.participants.enrolled(wanted)
        strangers = [one for one in members.values() if not _is_here(one, joining, by=by)]
        if strangers or len(members) != len(wanted):
            raise NotOnTheRoster(f"not all of these are in programme {joining.programme_id}")
        await work.participants.lock(one.id for one in members.values())
        membership = Membership(block=joining.block, since=joining.since, until=joining.until)
        for enrolment, one in members.items():
            await work.memberships.keep(enrolment, membership)
            await work.audit.note(_done("block-joined", one, joining.block), by=by, now=now)
    return len(wanted)


async def join_one(database: Database, shelf: Shelf, asked: Asked, joining: Joining, *, now: datetime) -> None:
    """One person is a member of the block from that day. Raises `NotOnTheRoster` and `ChangedMeanwhile`."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        if person.programme_id != joining.programme_id:
            raise NotOnTheRoster(f"{asked.enrolment} is in another programme")
        await _check(work, shelf, joining)
        membership = Membership(block=joining.block, since=joining.since, until=joining.until)
        await work.memberships.keep(asked.enrolment, membership)
        await note(work, done("block-joined", person, about=joining.block), asked=asked, now=now)


async def leave_block(database: Database, asked: Asked, block: str, *, last: date, now: datetime) -> None:
    """The person's last day in the block; one who would have begun later never does. Raises `NotOnTheRoster`."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        if all(one.block != block for one in person.memberships):
            raise NotOnTheRoster(f"{asked.enrolment} is no member of {block}")
        await work.memberships.end(asked.enrolment, last=last, block=block)
        await note(work, done("block-left", person, about=block), asked=asked, now=now)


async def _check(work: Work, shelf: Shelf, joining: Joining) -> None:
    plan = (await shelf.plans(work, [joining.programme_id])).get(joining.programme_id)
    if plan is None or joining.block not in [one.slug for one in plan.programme.blocks]:
        raise NotOnTheRoster(f"the programme has no block {joining.block}")
    if joining.until is not None and joining.until < joining.since:
        raise NotOnTheRoster("nobody leaves a block before they join it")


def _is_here(one: Participant, joining: Joining, *, by: By) -> bool:
    return one.organisation_id == by.organisation_id and one.programme_id == joining.programme_id


def _done(what: str, person: Participant, block: str) -> Done:
    return Done(what=what, programme_id=person.programme_id, participant_id=person.id, about=block)
