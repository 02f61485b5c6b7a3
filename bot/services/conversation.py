"""A conversation begins and takes a turn: what the engine decided is kept together with the words for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.content.catalogs import REFERENCE
from bot.domain.alerts import AlertKind, FlowKind
from bot.domain.calendar import zone_of
from bot.domain.check_ins import next_picks
from bot.domain.messages import REPLY_LASTS_HOURS, Priority, Purpose
from bot.domain.people import Address, ChannelName, Participant
from bot.domain.programme import WELCOME
from bot.engine import run
from bot.engine.definition import AnswerKind, Ask, Flow
from bot.engine.reading import Reading
from bot.engine.run import Alert, Save, Send, Turn
from bot.engine.state import State
from bot.services.pile import Pile, alert_about
from bot.services.published import FlowEdition, Plan
from bot.services.wording import Occasion, Said, drafts, not_yet, say, say_effects
from bot.storage.ratings import NewRating
from bot.storage.talk import Begun, Live, MovedOn, NewAnswer
from bot.storage.unit_of_work import Work

REPLY_LASTS = timedelta(hours=REPLY_LASTS_HOURS)

MENDED_WITHIN = timedelta(hours=1)
"""For so long an answered question that was opened again waits when its conversation is over."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What stands before the first words of a flow, in one message with them: a text key and what it may name.

    Only here: whatever is asked again in the flow's own words cannot need it.
    """

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Start:
    """Somebody with whom a flow begins. `once` says because of what; it lasts until `expires_at`."""

    participant: Participant
    address: Address
    plan: Plan
    flow: str
    once: str
    expires_at: datetime | None
    purpose: Purpose = Purpose.REMINDER
    priority: Priority = Priority.REMINDER
    opening: Opening | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A turn that was taken, with all that is needed to keep it. `once` says because of what."""

    participant: Participant
    address: Address
    plan: Plan
    edition: FlowEdition
    live: Live
    turn: Turn
    once: str
    outcome: str = "finished"
    arrival: int | None = None


async def begin(work: Work, starts: Sequence[Start], *, now: datetime) -> list[Live | None]:
    """Begin these conversations, at most one for each person, with people who are in none.

    Gives them in this order; `None` where the first words were all.
    """
    begun = [_begun(start, picks, now=now) for start, picks in await _with_picks(work, starts)]
    waiting = iter(await work.conversations.begin([one for one, _ in begun if one.state], now=now))
    lives = [next(waiting) if one.state else None for one, _ in begun]
    pile = Pile()
    for start, live, (_, turn) in zip(starts, lives, begun, strict=True):
        occasion = Occasion(
            once=start.once,
            purpose=start.purpose,
            priority=start.priority,
            expires_at=start.expires_at,
            now=now,
            conversation_id=live.id if live else None,
        )
        said = _first_words(start, [effect for effect in turn.effects if isinstance(effect, Send)])
        pile.drafts += drafts(said, participant=start.participant, address=start.address, occasion=occasion)
    await pile.write(work, now=now)
    return lives


def _first_words(start: Start, sends: Sequence[Send]) -> list[Said]:
    plan, participant = start.plan, start.participant
    said = say_effects(plan, plan.flows[start.flow], sends, participant=participant, channel=start.address.channel)
    if start.opening is not None:
        before = say(plan, start.opening.key, participant=participant, values=dict(start.opening.values))
        first, *others = said
        return [replace(first, text=f"{before.text}\n{first.text}"), *others]
    first_of_all = not_yet(plan, participant) if start.flow == WELCOME else None
    return [first_of_all, *said] if first_of_all else said


def reply(
    live: Live,
    edition: FlowEdition,
    words: str,
    *,
    participant: Participant,
    now: datetime,
) -> Turn:
    """What the engine makes of somebody's words. Decides only; `keep` writes."""
    reading = reading_for(edition, participant)
    local = now.astimezone(zone_of(participant.zone))
    return run.reply(edition.flow, State.from_text(live.state), words, reading=reading, now=local)


def flow_for(edition: FlowEdition, channel: ChannelName) -> Flow:
    """The flow as it is asked on a channel: where there are buttons, every question stands alone."""
    return edition.flow if channel is ChannelName.SMS else edition.flow.one_by_one


def reading_for(edition: FlowEdition, participant: Participant) -> Reading:
    """The reply words of somebody, with what the choices of this flow read in their language.

    Whoever has a language that we cannot read is asked in the reference language, and answers in it.
    """
    return edition.readings.get(participant.language) or edition.readings[REFERENCE]


def would_answer(
    live: Live,
    edition: FlowEdition,
    words: str,
    *,
    participant: Participant,
    now: datetime,
) -> bool:
    """Whether the words can only be an answer to the question of this conversation: free words may be anything."""
    question = edition.flow.steps[edition.flow.places[State.from_text(live.state).at]]
    if not isinstance(question, Ask) or question.answer is AnswerKind.WORDS:
        return False
    turn = reply(live, edition, words, participant=participant, now=now)
    return any(isinstance(effect, Save) for effect in turn.effects)


def keep(taken: Taken, pile: Pile, *, now: datetime) -> None:
    """Put what a turn led to on the pile: the state, the ratings, the answers, the alerts and the words."""
    turn, live, flow = taken.turn, taken.live, taken.edition.flow
    before = State.from_text(live.state)
    ended = turn.state is None
    pile.moved.append(
        MovedOn(
            id=live.id,
            state=live.state if turn.state is None else turn.state.to_text(),
            silent_at=None if turn.state is None else _silent_at(flow, turn.state, now=now),
            outcome=("left" if turn.left else taken.outcome) if ended else None,
        )
    )
    if before.nudged:
        pile.answered.append(live.id)
    if Alert(kind=AlertKind.UNWANTED) in turn.effects:
        # An answer that says "do not write to me" stops like a stop word.
        pile.stopped.append(taken.participant.id)
    sends: list[Send] = []
    for effect in turn.effects:
        match effect:
            case Send():
                sends.append(effect)
            case Save():
                save(effect, taken, pile)
            case Alert():
                pile.alerts.append(
                    alert_about(taken.participant, FlowKind(effect.kind), once=taken.once, about=live.id)
                )
    said = say_effects(
        taken.plan,
        taken.edition,
        sends,
        participant=taken.participant,
        channel=taken.address.channel,
    )
    occasion = _occasion(taken, nudges=turn.state is not None and turn.state.nudged and not before.nudged, now=now)
    pile.drafts += drafts(said, participant=taken.participant, address=taken.address, occasion=occasion)


def _occasion(taken: Taken, *, nudges: bool, now: datetime) -> Occasion:
    unwanted = Alert(kind=AlertKind.UNWANTED) in taken.turn.effects
    return Occasion(
        once=taken.once,
        purpose=Purpose.CONFIRMATION if unwanted else Purpose.NUDGE if nudges else Purpose.REPLY,
        priority=Priority.REMINDER if nudges else Priority.REPLY,
        expires_at=now + (taken.edition.flow.expires_after if nudges else REPLY_LASTS),
        now=now,
        conversation_id=taken.live.id,
    )


async def _with_picks(work: Work, starts: Sequence[Start]) -> list[tuple[Start, tuple[str, ...]]]:
    turning = [start for start in starts if start.plan.flows[start.flow].flow.rotating]
    asked = await work.ratings.last_asked(start.participant.enrolment_id for start in turning)
    found = []
    for start in starts:
        flow = start.plan.flows[start.flow].flow
        last = asked.get(start.participant.enrolment_id, {})
        found.append(
            (
                start,
                next_picks(flow.rotating_indicators, last_asked=last, count=flow.rotating),
            )
        )
    return found


def _begun(start: Start, picks: tuple[str, ...], *, now: datetime) -> tuple[Begun, Turn]:
    edition = start.plan.flows[start.flow]
    flow = edition.flow
    turn = run.begin(flow_for(edition, start.address.channel), picks=picks)
    begun = Begun(
        participant_id=start.participant.id,
        enrolment_id=start.participant.enrolment_id,
        programme_id=start.plan.programme_id,
        definition_id=edition.definition_id,
        flow=flow.slug,
        state="" if turn.state is None else turn.state.to_text(),
        silent_at=None if turn.state is None else _silent_at(flow, turn.state, now=now),
        instrument=flow.instrument if flow.check_in else None,
        instrument_version=flow.instrument_version,
    )
    return begun, turn


def _silent_at(flow: Flow, state: State, *, now: datetime) -> datetime:
    if state.over:
        return now + MENDED_WITHIN
    return now + (flow.expires_after if state.nudged else flow.nudge_after)


def save(effect: Save, taken: Taken, pile: Pile) -> None:
    """Put an answer on the pile: a rating, where the question stands for an indicator of a check-in."""
    flow, live = taken.edition.flow, taken.live
    rates = effect.indicator is not None and live.check_in_id is not None and flow.instrument is not None
    if rates and not isinstance(effect.value, str):
        assert effect.indicator and live.check_in_id and flow.instrument
        pile.ratings.append(
            NewRating(
                check_in_id=live.check_in_id,
                participant_id=taken.participant.id,
                enrolment_id=live.enrolment_id,
                indicator=effect.indicator,
                instrument=flow.instrument,
                instrument_version=flow.instrument_version,
                value=effect.value,
                low=effect.low,
                high=effect.high,
                language=taken.plan.language_of(taken.participant.language),
                number=effect.number,
                arrival_id=taken.arrival,
            )
        )
        return
    pile.answers.append(
        NewAnswer(
            conversation_id=live.id,
            participant_id=taken.participant.id,
            step=effect.step,
            slug=effect.slug,
            value=None if effect.value is None else str(effect.value),
            number=effect.number,
            arrival_id=taken.arrival,
        )
    )
