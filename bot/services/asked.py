"""What a coach asks for is done to somebody as they stand now, held while it is done, and written in the log."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.access import By, ChangedMeanwhile
from bot.domain.people import Participant
from bot.storage.audit import Done
from bot.storage.unit_of_work import Work


class NotOnTheRoster(Exception):
    """There is no such enrolment, phase, milestone or coach: the text says which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Whose place it is about, who asks (nobody: a command), and how things stood when they were shown."""

    enrolment: int
    by: By | None = None
    standing: str | None = None


def asked_of(enrolment: int | Asked) -> Asked:
    """A command knows only whose place it is about."""
    return enrolment if isinstance(enrolment, Asked) else Asked(enrolment=enrolment)


async def hold(work: Work, asked: Asked) -> Participant:
    """The person, locked. Raises `NotOnTheRoster`, and `ChangedMeanwhile` when they stand otherwise than was shown."""
    found = (await work.participants.enrolled([asked.enrolment])).get(asked.enrolment)
    if found is None or (asked.by is not None and asked.by.organisation_id != found.organisation_id):
        raise NotOnTheRoster(f"there is no enrolment {asked.enrolment}")
    await work.participants.lock([found.id])
    # Whoever held the person before may have changed them.
    person = (await work.participants.enrolled([asked.enrolment]))[asked.enrolment]
    if asked.standing not in (None, person.standing):
        raise ChangedMeanwhile
    return person


def done(what: str, person: Participant, *, about: object = None) -> Done:
    """What was done, as the log tells it."""
    return Done(
        what=what,
        programme_id=person.programme_id,
        participant_id=person.id,
        about=None if about is None else str(about)[:64],
    )


async def note(work: Work, one: Done, *, asked: Asked, now: datetime) -> None:
    """Write it in the log, if somebody of the console asked for it."""
    if asked.by is not None:
        await work.audit.note(one, by=asked.by, now=now)
