"""A conversation that fell due begins when the person is free, or is given up when it has lost its meaning."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.calendar import OccurrenceState, zone_of
from bot.domain.people import Participant
from bot.domain.rules import ReminderRule, WhenBusy
from bot.engine.state import State
from bot.services import conversation
from bot.services.conversation import Start
from bot.services.farewells import seen_off
from bot.services.published import Plan, Shelf
from bot.storage.absences import ABSENT, Away
from bot.storage.calendar import ReadyOccurrence
from bot.storage.unit_of_work import Work

MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Ready:
    """One occurrence about which something is decided now."""

    occurrence: ReadyOccurrence
    participant: Participant
    plan: Plan
    rule: ReminderRule | None


@dataclass
class Round:
    """One batch: who is busy, whose conversation makes room, what begins and what became of each."""

    busy: set[int]
    away: Away
    mending: set[int] = field(default_factory=set)
    """Who corrects an answer of a conversation that was over: that takes no check-in from them."""
    seen_off: set[int] = field(default_factory=set)
    room: list[int] = field(default_factory=list)
    starts: dict[int, tuple[ReadyOccurrence, Start]] = field(default_factory=dict)
    """By person: nobody begins two conversations at once."""
    settled: list[tuple[int, OccurrenceState, str | None]] = field(default_factory=list)

    def decide(self, one: Ready, *, now: datetime) -> None:
        """Begin, wait or give up."""
        occurrence, participant, rule = one.occurrence, one.participant, one.rule
        busy = participant.id in self.busy
        if rule is None or rule.begins is None or rule.begins not in one.plan.flows:
            self._settle(occurrence, OccurrenceState.SKIPPED, "rule-gone")
        elif now >= occurrence.expires_at:
            self._settle(occurrence, OccurrenceState.EXPIRED, "busy" if busy else "late")
        elif self.away.on(occurrence.enrolment_id, now.astimezone(zone_of(participant.zone)).date()):
            self._settle(occurrence, OccurrenceState.SKIPPED, ABSENT)
        elif occurrence.enrolment_id in self.seen_off or not _is_welcome(one, now=now):
            self._settle(occurrence, OccurrenceState.SKIPPED, "not-written-to")
        elif busy and rule.when_busy is WhenBusy.SKIP and participant.id not in self.mending:
            self._settle(occurrence, OccurrenceState.SKIPPED, "busy")
        elif busy and rule.when_busy is not WhenBusy.INTERRUPT:
            self._settle(occurrence, OccurrenceState.WAITING, "busy")
        else:
            self._begin(one, flow=rule.begins)

    def _begin(self, one: Ready, *, flow: str) -> None:
        participant, occurrence = one.participant, one.occurrence
        assert participant.address is not None
        if participant.id in self.busy or participant.id in self.mending:
            self.room.append(participant.id)
        self.busy.add(participant.id)
        self._settle(occurrence, OccurrenceState.QUEUED, None)
        if participant.id in self.starts:
            # Of two that fell due together the later one interrupts the earlier before anybody saw it.
            self._settle(self.starts[participant.id][0], OccurrenceState.SKIPPED, "interrupted")
        start = Start(
            participant=participant,
            address=participant.address,
            plan=one.plan,
            flow=flow,
            once=f"rule/{occurrence.enrolment_id}/{occurrence.rule}/{occurrence.due_at:%Y%m%dT%H%M}/",
            expires_at=occurrence.expires_at,
        )
        self.starts[participant.id] = (occurrence, start)

    def _settle(self, occurrence: ReadyOccurrence, state: OccurrenceState, reason: str | None) -> None:
        self.settled.append((occurrence.id, state, reason))


def _is_welcome(one: Ready, *, now: datetime) -> bool:
    """Whether the person wants this flow: somebody may want reminders and no questions."""
    flow = one.plan.flows[one.rule.begins].flow if one.rule and one.rule.begins else None
    unwanted = one.participant.check_ins_stopped_at is not None and flow is not None and flow.check_in
    return one.participant.may_be_written_to(now=now) and not unwanted


async def begin_ready(work: Work, shelf: Shelf, *, now: datetime) -> int:
    """Decide about what is due or can begin by now. Gives how many were looked at: 0 when there is no more."""
    found = await work.calendar.ready(now=now, most=MOST_AT_ONCE)
    if not found:
        return 0
    people = await work.participants.enrolled(one.enrolment_id for one in found)
    await work.participants.lock(one.id for one in people.values())
    plans = await shelf.plans(work, {one.programme_id for one in found})
    live = await work.conversations.open_with(one.id for one in people.values())
    states = {person: State.from_text(one.state) for person, one in live.items()}
    batch = Round(
        # Who put a correction off until later is free until then.
        busy={person for person, state in states.items() if not (state.over and state.later)},
        mending={person for person, state in states.items() if state.over},
        away=await work.absences.away_about(people, now=now),
        seen_off=await seen_off(work, people.values()),
    )
    for one in found:
        plan = plans[one.programme_id]
        rule = next((rule for rule in plan.programme.rules if rule.slug == one.rule), None)
        batch.decide(Ready(occurrence=one, participant=people[one.enrolment_id], plan=plan, rule=rule), now=now)
    await work.conversations.end(batch.room, outcome="interrupted", now=now)
    await conversation.begin(work, [start for _, start in batch.starts.values()], now=now)
    await work.calendar.settle(batch.settled)
    return len(found)
