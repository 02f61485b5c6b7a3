"""Whoever says that we mean somebody else is never written to again, and nothing of the other is told there."""

from bot.domain.alerts import AlertKind
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import Address, AddressState
from bot.services.callers import Turn
from bot.services.conversation import REPLY_LASTS
from bot.services.hearing import Hearing
from bot.services.pile import alert_about
from bot.services.wording import say
from bot.storage.addresses import Belongs


async def wrong_person(hearing: Hearing, turn: Turn) -> None:
    """Everything to this address ends, for everybody whom we looked for there. Their coaches are told."""
    work, now = hearing.work, hearing.now
    addresses = [one.address.id for one in turn.sharers]
    hearing.address_states += [(one, AddressState.WRONG) for one in addresses]
    await work.outbox.cancel_at(addresses, why=AlertKind.WRONG_NUMBER, now=now)
    # Whoever speaks for a telephone speaks for all who were written to there, but not for their other addresses.
    moved = [
        one.participant.id
        for one in turn.sharers
        if one.participant.address is None or one.participant.address.id == one.address.id
    ]
    await work.conversations.end(moved, outcome=AlertKind.WRONG_NUMBER, now=now)
    await work.unsigned.give_up(turn.heard.waiting.sender_hash, now=now)
    for one in turn.sharers:
        once = f"{turn.once}/{one.participant.id}"
        hearing.pile.alerts.append(alert_about(one.participant, AlertKind.WRONG_NUMBER, once=once, about=turn.arrival))
    hearing.pile.drafts.append(_apology(hearing, turn, to=await _nobody(hearing, turn)))


async def _nobody(hearing: Hearing, turn: Turn) -> Address:
    """The address as a stranger's: what is said there from now on is said to nobody of ours."""
    owner = turn.participant.organisation_id
    channel, value = turn.message.channel, turn.message.sender
    for one in await hearing.work.addresses.at(channel, value):
        if (one.organisation_id, one.participant_id, one.coach_id) == (owner, None, None):
            return one.address
    return await hearing.work.addresses.add(channel, value, of=Belongs(organisation_id=owner), now=hearing.now)


def _apology(hearing: Hearing, turn: Turn, *, to: Address) -> Draft:
    said = say(turn.plan, "phrases/wrong-number", participant=turn.participant)
    return Draft(
        organisation_id=turn.participant.organisation_id,
        programme_id=turn.participant.programme_id,
        address_id=to.id,
        channel=to.channel,
        purpose=Purpose.CONFIRMATION,
        priority=Priority.REPLY,
        text=said.text,
        available_at=hearing.now,
        expires_at=hearing.now + REPLY_LASTS,
        language=said.language,
        # It stands for the one kind word that a stranger gets.
        once=f"phrases/stranger/{to.id}",
    )
