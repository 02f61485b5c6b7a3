"""Several people have one telephone: whoever writes is asked for, and nothing that was written is lost meanwhile."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.alerts import AlertKind
from bot.domain.messages import Button, Draft, OutboxAct, Purpose
from bot.domain.people import ChannelName
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.pile import alert_about
from bot.services.speakers import WHO, chosen, names_of
from bot.services.wording import Act, Buttons, Said, act, drafts, say
from bot.storage.alerts import NewAlert
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work
from bot.storage.unsigned import ASKING, UNSIGNED

WAITS = timedelta(hours=24)
"""So long we wait for somebody to say who wrote; then all their coaches have it."""

MOST_ASKED = 2


async def sign(hearing: Hearing, turn: Turn) -> None:
    """Take the words as the answer to who writes, or keep them and ask."""
    question, words = turn.question, turn.message.words
    _show_heard(hearing, turn)
    if question is not None or words.startswith(WHO):
        who = chosen(words, turn.sharers, readings=hearing.ear_of(turn).tongues)
        if who is not None:
            # What was kept comes back to the landing: it is older than all that waits there, and goes first.
            await hearing.work.unsigned.sign(turn.heard.waiting.sender_hash, person=who.id, now=hearing.now)
            hearing.became[turn.arrival] = ("handled", who.id)
            return
    if all(one.participant.stopped_at is not None for one in turn.sharers):
        # Silence was asked for: people read it, the bot says nothing.
        await _give_up(hearing, turn)
    elif any(one.participant.protected for one in turn.sharers):
        # To ask who writes would name them to whoever holds the telephone.
        await _give_up(hearing, turn)
        hearing.pile.drafts += _drafts(hearing, turn, key="phrases/nobody-signed", values={})
    elif question is None:
        await hearing.work.unsigned.ask(turn.heard.waiting.sender_hash, arrival=turn.arrival, now=hearing.now)
        _ask(hearing, turn)
    elif question.kept < MOST_ASKED:
        _ask(hearing, turn)
    else:
        await _give_up(hearing, turn)
        hearing.pile.drafts += _drafts(hearing, turn, key="phrases/nobody-signed", values={})


async def give_up_old(database: Database, *, now: datetime) -> int:
    """Hand what nobody has signed within `WAITS` to the coaches of all who share the telephone. Gives how many."""
    async with unit_of_work(database) as work:
        senders = await work.unsigned.too_old(before=now - WAITS)
        for sender in senders:
            owners = (await work.addresses.behind([sender])).get(sender, [])
            kept = await work.unsigned.give_up(sender, now=now)
            places = await work.participants.people(
                one.participant_id for one in owners if one.participant_id is not None
            )
            people = [several[0] for several in places.values()]
            await work.alerts.raise_these(
                [
                    alert_about(one, AlertKind.UNSIGNED, once=f"in/{each}/{one.id}", about=each)
                    for one in people
                    for each in kept
                ],
                now=now,
            )
    return len(senders)


async def _give_up(hearing: Hearing, turn: Turn) -> None:
    kept = await hearing.work.unsigned.give_up(turn.heard.waiting.sender_hash, now=hearing.now)
    hearing.became[turn.arrival] = (UNSIGNED, None)
    hearing.pile.alerts += [
        _alert(turn, sharer.participant.id, arrival) for sharer in turn.sharers for arrival in (*kept, turn.arrival)
    ]


def alert_all(hearing: Hearing, turn: Turn, kind: AlertKind) -> None:
    """The coaches of everybody who may have written must see this arrival, which is nobody's."""
    hearing.became[turn.arrival] = (UNSIGNED, None)
    hearing.pile.alerts += [
        alert_about(one.participant, kind, once=f"{turn.once}/{one.participant.id}", about=turn.arrival)
        for one in turn.sharers
    ]


def _alert(turn: Turn, person: int, arrival: int) -> NewAlert:
    one = next(sharer.participant for sharer in turn.sharers if sharer.participant.id == person)
    return alert_about(one, AlertKind.UNSIGNED, once=f"in/{arrival}/{person}", about=arrival)


def _ask(hearing: Hearing, turn: Turn) -> None:
    hearing.became[turn.arrival] = (ASKING, None)
    names = names_of(turn.sharers)
    listed = ", ".join(f"{number} {name}" for number, name in enumerate(names, start=1))
    if len(names) == 2:
        values = {"first": names[0], "second": names[1]}
        hearing.pile.drafts += _drafts(hearing, turn, key="phrases/who-writes", values=values)
    else:
        hearing.pile.drafts += _drafts(hearing, turn, key="phrases/who-writes-of-many", values={"people": listed})


def _drafts(hearing: Hearing, turn: Turn, *, key: str, values: dict[str, str]) -> list[Draft]:
    """Said to the telephone, once in each language of those who share it."""
    languages = dict.fromkeys(turn.plan.language_of(one.participant.language) for one in turn.sharers)
    said = [
        say(turn.plan, key, participant=replace(turn.participant, language=language), values=values).text
        for language in languages
    ]
    buttons: Buttons = ()
    if turn.address.channel is ChannelName.TELEGRAM and values:
        buttons = tuple(
            (Button(label=name, data=f"{WHO}{one.participant.id}"),)
            for name, one in zip(names_of(turn.sharers), turn.sharers, strict=True)
        )
    # Under a name of its own: when the arrival is handled at last, it is answered as any other.
    occasion = replace(hearing.occasion(turn, Purpose.REPLY), once=f"who/{turn.arrival}", conversation_id=None)
    text = "\n".join(dict.fromkeys(said))
    one = Said(text=text, language=next(iter(languages)), buttons=buttons)
    return drafts([one], participant=turn.participant, address=turn.address, occasion=occasion)


def _show_heard(hearing: Hearing, turn: Turn) -> None:
    """The tapped button no longer waits, and the buttons go."""
    occasion = replace(hearing.occasion(turn, Purpose.REPLY), conversation_id=None)
    done = []
    if turn.message.tap_id:
        done.append(Act(what=OutboxAct.ANSWER_TAP, ref=turn.message.tap_id))
    if turn.message.message_id and turn.message.tap_id:
        done.append(Act(what=OutboxAct.SETTLE_KEYBOARD, ref=turn.message.message_id))
    hearing.pile.drafts += [
        act(one, participant=turn.participant, address=turn.address, occasion=occasion) for one in done
    ]
