"""In which language and on which channel somebody is written to is theirs to say."""

from dataclasses import replace

from bot.content.language_names import menu_of
from bot.domain.alerts import AlertKind
from bot.domain.messages import Button, Purpose
from bot.domain.people import AddressState, ChannelName
from bot.engine import run
from bot.engine.effects import Send
from bot.engine.state import State
from bot.engine.taps import WISH_TAP
from bot.services import conversation
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.wording import drafts, not_yet
from bot.storage.wished import Own

BUTTONS_IN_A_ROW = 2

_LAST_LATIN = 0x24F


def ask_language(hearing: Hearing, turn: Turn) -> None:
    """Which language? By SMS the words to write, in Telegram a button each: its own name for itself.

    Whoever writes to us by SMS in Latin letters gets every name in them: one Arabic name would make the message cost
    twice. Whoever does not can read the own name of the language that they write.
    """
    reader = turn.plan.language_of(turn.participant.language)
    plain = turn.address.channel is ChannelName.SMS and _is_latin(turn.message.words)
    names = menu_of(turn.plan.programme.languages, reader=reader, plain=plain)
    buttons = [Button(label=name, data=f"{WISH_TAP}language:{code}") for code, name in names.items()]
    rows = [tuple(buttons[at : at + BUTTONS_IN_A_ROW]) for at in range(0, len(buttons), BUTTONS_IN_A_ROW)]
    hearing.say(turn, "phrases/language-menu", values={"languages": ", ".join(names.values())}, buttons=tuple(rows))


async def speak(hearing: Hearing, turn: Turn, *, language: str) -> None:
    """Write in this language from now on, and repeat in it what was asked; or say that we only read it."""
    if language not in turn.plan.programme.languages and language not in hearing.shelf.readings:
        ask_language(hearing, turn)
        return
    one = turn.participant
    await hearing.work.participants.change(one.id, language=language)
    if language != one.language:
        note = hearing.work.wished.note
        await note(one.enrolment_id, Own.LANGUAGE, was=one.language, became=language, now=hearing.now)
    turn = replace(turn, participant=replace(turn.participant, language=language))
    told = not_yet(turn.plan, turn.participant)
    if told is not None:
        occasion = hearing.occasion(turn, Purpose.REPLY)
        hearing.pile.drafts += drafts([told], participant=turn.participant, address=turn.address, occasion=occasion)
    elif turn.live is None:
        hearing.say(turn, "phrases/language-changed")
    else:
        _repeat(hearing, turn)


def _is_latin(words: str) -> bool:
    return all(ord(letter) <= _LAST_LATIN for letter in words if letter.isalpha())


def _repeat(hearing: Hearing, turn: Turn) -> None:
    assert turn.live is not None
    edition = hearing.callers.editions[turn.live.definition_id]
    again = run.repeat(edition.flow, State.from_text(turn.live.state))
    conversation.keep(
        conversation.Taken(
            participant=turn.participant,
            address=turn.address,
            plan=turn.plan,
            edition=edition.beside(turn.plan.texts),
            live=turn.live,
            turn=replace(again, effects=(Send(text="phrases/language-changed"), *again.effects)),
            once=turn.once,
        ),
        hearing.pile,
        now=hearing.now,
    )


async def reach_by(hearing: Hearing, turn: Turn, *, channel: ChannelName) -> None:
    """Write there from now on, where an address is known; otherwise a link that works once, or the coach, helps."""
    if await _is_known(hearing, turn, channel):
        await hearing.work.participants.change(turn.participant.id, preferred_channel=channel)
        await hearing.work.wished.note(turn.participant.enrolment_id, Own.CHANNEL, became=channel, now=hearing.now)
        hearing.say(turn, f"phrases/channel-{channel}")
    elif channel is ChannelName.SMS:
        hearing.alert(turn, AlertKind.WANTS_CHANNEL)
        hearing.say(turn, "phrases/no-number")
    elif turn.plan.programme.telegram and hearing.shelf.bot_name:
        code = await hearing.work.participants.make_deep_link(participant_id=turn.participant.id, now=hearing.now)
        hearing.say(
            turn, "phrases/telegram-link", values={"link": f"https://t.me/{hearing.shelf.bot_name}?start={code}"}
        )
    else:
        hearing.alert(turn, AlertKind.WANTS_CHANNEL)
        hearing.say(turn, "phrases/telegram-not-here")


async def _is_known(hearing: Hearing, turn: Turn, channel: ChannelName) -> bool:
    if turn.address.channel is channel:
        return True
    known = await hearing.work.addresses.of(turn.participant.id)
    return any(one.channel is channel and one.state is AddressState.ACTIVE for one in known)
