"""A stop ends everything at once, and only a start word brings it back."""

from bot.domain.messages import InboundKind, Purpose
from bot.domain.people import AddressState
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.pile import alert_about
from bot.services.silences import silence


async def stop(hearing: Hearing, turn: Turn, *, silently: bool) -> None:
    """Write no more. `silently`: the provider has stopped it already, and has told the person."""
    # A stop is obeyed for the phone: whoever shares it is not written to either.
    together = (turn.participant, *turn.beside)
    await silence(hearing.work, (one.id for one in together), now=hearing.now)
    for one in together:
        hearing.pile.alerts.append(alert_about(one, "stopped", once=f"{turn.once}/{one.id}", about=turn.arrival))
    if silently:
        # The provider stopped it, and says so itself: nothing of ours would arrive there.
        hearing.address_states.append((turn.address.id, AddressState.STOPPED))
    else:
        hearing.say(turn, "phrases/stopped", purpose=Purpose.CONFIRMATION)


async def start_again(hearing: Hearing, turn: Turn, *, silently: bool) -> None:
    """Write again. `silently`: the provider has told the person."""
    for one in (turn.participant, *turn.beside):
        await hearing.work.participants.change(one.id, stopped_at=None, paused_until=None, held_at=None)
    hearing.address_states.append((turn.address.id, AddressState.ACTIVE))
    if not silently:
        hearing.say(turn, "phrases/started", purpose=Purpose.CONFIRMATION)


async def note_address(hearing: Hearing, turn: Turn) -> None:
    """What Telegram says about the chat itself."""
    match turn.message.kind:
        case InboundKind.BLOCKED:
            await stop(hearing, turn, silently=True)
        case InboundKind.UNBLOCKED:
            hearing.address_states.append((turn.address.id, AddressState.ACTIVE))
        case InboundKind.MOVED:
            await hearing.work.addresses.move(
                turn.address.id, channel=turn.address.channel, value=turn.message.words, now=hearing.now
            )
