"""A question that nobody answers is asked once more, and then the person is left in peace."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.calendar import zone_of
from bot.domain.people import Participant
from bot.domain.programme import WELCOME
from bot.engine import run
from bot.engine.definition import Flow
from bot.engine.state import State
from bot.services.conversation import Taken, keep
from bot.services.pile import Pile
from bot.services.published import Shelf
from bot.storage.absences import ABSENT
from bot.storage.talk import Live, MovedOn
from bot.storage.unit_of_work import Work

MOST_SILENT_AT_ONCE = 200

STILL_HEARD = timedelta(minutes=10)
"""When we were away ourselves, whatever was written to us meanwhile has been read by then."""


async def fall_silent(work: Work, shelf: Shelf, *, now: datetime) -> int:
    """Nudge those who have not answered, once; end what has been silent for long. Gives how many there were."""
    lives = await _in_hand(work, now=now)
    if not lives:
        return 0
    people = await work.participants.enrolled(live.enrolment_id for live in lives)
    editions = await shelf.flows(work, (live.definition_id for live in lives))
    plans = await shelf.plans(work, {live.programme_id for live in lives})
    away = await work.absences.away_about(people, now=now)
    pile = Pile()
    for live in lives:
        edition, participant = editions[live.definition_id], people[live.enrolment_id]
        if away.on(live.enrolment_id, now.astimezone(zone_of(participant.zone)).date()):
            # Nobody is reminded of a question while they are ill.
            pile.moved.append(MovedOn(id=live.id, state=live.state, silent_at=None, outcome=ABSENT))
            continue
        if old := _left_alone(live, edition.flow, now=now):
            pile.moved.append(old)
            continue
        turn = run.fall_silent(edition.flow, State.from_text(live.state))
        if participant.address is None or not _may_go_on(live, participant, now=now):
            pile.moved.append(MovedOn(id=live.id, state=live.state, silent_at=None, outcome="expired"))
            continue
        taken = Taken(
            participant=participant,
            address=participant.address,
            plan=plans[live.programme_id],
            edition=edition.beside(plans[live.programme_id].texts),
            live=live,
            turn=turn,
            once=f"silent/{live.id}",
            outcome="expired",
        )
        keep(taken, pile, now=now)
    await pile.write(work, now=now)
    return len(lives)


async def _in_hand(work: Work, *, now: datetime) -> list[Live]:
    """Conversations that have gone silent, and whose people are ours until the end of the unit of work."""
    waiting = await work.conversations.gone_silent(now=now, most=MOST_SILENT_AT_ONCE)
    # Whoever somebody else has in hand is being answered, or seen to by another process: the next time will do.
    held = await work.participants.lock((one.participant_id for one in waiting), free_only=True) if waiting else set()
    if not held:
        return []
    # Read again, for what was read before the lock may be over.
    lives = await work.conversations.gone_silent(now=now, most=MOST_SILENT_AT_ONCE)
    return [one for one in lives if one.participant_id in held]


def _left_alone(live: Live, flow: Flow, *, now: datetime) -> MovedOn | None:
    """What becomes of a question that would be behind the person by now if we had not been away ourselves.

    Nobody is nudged about it. `None` if it is not so old.
    """
    if live.silent_at is None or now < live.silent_at + flow.expires_after:
        return None
    state = State.from_text(live.state)
    if state.nudged or state.behind:
        return MovedOn(id=live.id, state=live.state, silent_at=None, outcome="expired")
    # What was answered meanwhile may still be on its way to us, and counts.
    quiet = replace(state, nudged=True, later=False)
    return MovedOn(id=live.id, state=quiet.to_text(), silent_at=now + STILL_HEARD)


def _may_go_on(live: Live, participant: Participant, *, now: datetime) -> bool:
    # Whether we may write at all is asked before anything was agreed.
    return participant.may_be_asked(now=now) if live.flow == WELCOME else participant.may_be_written_to(now=now)
