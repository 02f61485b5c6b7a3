"""A stop ends everything at once, and only a start word brings it back."""

from bot.domain.alerts import TAKEN_BACK_BY_START, AlertKind
from bot.domain.messages import InboundKind, Purpose
from bot.domain.people import AddressState, Agreement, Participant
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.lifting import lift, tell_how_to_lift
from bot.services.pile import alert_about
from bot.services.silences import silence
from bot.storage.agreements import NewAgreement
from bot.storage.wished import Own


async def stop(hearing: Hearing, turn: Turn, *, silently: bool) -> None:
    """Write no more. `silently`: the provider has stopped it already, and has told the person."""
    # A stop is obeyed for the phone: whoever shares it is not written to either.
    together = (turn.participant, *turn.beside)
    await silence(hearing.work, (one.id for one in together), now=hearing.now)
    for one in together:
        hearing.pile.alerts.append(
            alert_about(one, AlertKind.STOPPED, once=f"{turn.once}/{one.id}", about=turn.arrival)
        )
        if one.agreement is not Agreement.AGREED:
            # Whoever was asked and says stop has answered.
            hearing.pile.agreed.append(_refusal(turn, one))
    if silently:
        # The provider stopped it, and says so itself: nothing of ours would arrive there.
        hearing.address_states += [(one.address.id, AddressState.STOPPED) for one in turn.sharers]
        await hearing.work.addresses.block((one.address.id for one in turn.sharers), now=hearing.now)
    else:
        hearing.say(turn, "phrases/stopped", purpose=Purpose.CONFIRMATION)


async def start_again(hearing: Hearing, turn: Turn, *, silently: bool) -> None:
    """Write again. `silently`: the provider has told the person."""
    for one in (turn.participant, *turn.beside):
        await hearing.work.participants.change(one.id, stopped_at=None, paused_until=None, check_ins_stopped_at=None)
        await hearing.work.wished.note(one.enrolment_id, Own.START, now=hearing.now)
        # Whoever came back is not told of as somebody who left.
        await hearing.work.alerts.take_back(TAKEN_BACK_BY_START, participant=one.id, now=hearing.now)
    is_open = await lift(hearing.work, turn, now=hearing.now)
    if is_open:
        hearing.address_states += [(one.address.id, AddressState.ACTIVE) for one in turn.sharers]
    person = turn.participant
    lifted = is_open and person.address is not None and person.address.id == turn.address.id
    if not lifted:
        await tell_how_to_lift(hearing.work, turn.plan, person, hearing.pile, at=hearing.now)
    if is_open and not silently:
        hearing.say(turn, "phrases/started", purpose=Purpose.CONFIRMATION)


async def note_address(hearing: Hearing, turn: Turn) -> None:
    """What Telegram says about the chat itself."""
    match turn.message.kind:
        case InboundKind.BLOCKED:
            await stop(hearing, turn, silently=True)
        case InboundKind.UNBLOCKED:
            hearing.address_states += [(one.address.id, AddressState.ACTIVE) for one in turn.sharers]
            await hearing.work.addresses.unblock((one.address.id for one in turn.sharers), now=hearing.now)
        case InboundKind.MOVED:
            await hearing.work.addresses.move(
                turn.address.id, channel=turn.address.channel, value=turn.message.words, now=hearing.now
            )


def _refusal(turn: Turn, one: Participant) -> NewAgreement:
    return NewAgreement(
        enrolment_id=one.enrolment_id,
        answer=Agreement.REFUSED,
        definition_id=turn.live.definition_id if turn.live and turn.live.enrolment_id == one.enrolment_id else None,
        language=turn.plan.language_of(one.language),
        channel=turn.address.channel,
    )
