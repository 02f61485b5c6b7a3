"""Effects become drafts: words in the person's language, as their channel shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.language_names import name_in
from bot.content.sheets import sheet_lines, sheet_values
from bot.content.texts import hours
from bot.domain.messages import Button, Draft, OutboxAct, Priority, Purpose
from bot.domain.people import Address, ChannelName, Participant, Presence
from bot.domain.programme import SmsWording
from bot.domain.sms_parts import sms_parts
from bot.engine.definition import AnswerKind, Ask
from bot.engine.run import Send
from bot.engine.taps import DONE, NOT_COMING, SKIP, TAP, WISH_TAP
from bot.services.published import FlowEdition, Plan

Words = Callable[[str], str]
"""From a text key to what is read."""

Buttons = tuple[tuple[Button, ...], ...]

_NUMBERED = ("phrases/unclear-choice-", "phrases/unclear-several-")

TICK = "\u2713 "
"""Stands before what is ticked so far. A sign, not a word: it needs no translation."""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Why and until when something is said. `once` is the beginning of every draft's own `once`."""

    once: str
    purpose: Purpose
    priority: Priority
    expires_at: datetime | None
    now: datetime
    conversation_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words in a language, with the buttons that go under them."""

    text: str
    language: str
    buttons: Buttons = ()
    step: str | None = None


def plain_values(plan: Plan, participant: Participant) -> dict[str, str]:
    """What every text may name."""
    language = plan.language_of(participant.language)
    return {
        "first_name": participant.first_name,
        "coach": participant.coach_first_name,
        "programme": plan.texts.say(
            plan.programme.title,
            language=language,
            fallback=plan.programme.languages,
            values={},
        ),
        "hours": hours(plan.programme.staffed, language),
    }


def say(
    plan: Plan,
    key: str,
    *,
    participant: Participant,
    values: dict[str, str] | None = None,
) -> Said:
    """One text of the programme, or one phrase, to one person."""
    language = plan.language_of(participant.language)
    text = plan.texts.say(
        key,
        language=language,
        fallback=plan.programme.languages,
        values=plain_values(plan, participant) | (values or {}),
    )
    return Said(text=text, language=language)


def not_yet(plan: Plan, participant: Participant) -> Said | None:
    """In the person's language: that we read it and write in another. `None` if the programme speaks it.

    Goes before the first words that somebody gets in a language that is not theirs.
    """
    language = participant.language
    words, writes = plan.not_yet.get(language, ""), plan.language_of(language)
    if writes == language or not words:
        return None
    return Said(text=words.replace("{fallback}", name_in(language, of=writes)), language=language)


def say_effects(
    plan: Plan,
    edition: FlowEdition,
    effects: Sequence[Send],
    *,
    participant: Participant,
    channel: ChannelName,
) -> list[Said]:
    """What a turn says, in order. By SMS it is one message: several would cost more and may arrive in any order."""
    said = [_effect(plan, edition, effect, participant=participant, channel=channel) for effect in effects]
    if channel is not ChannelName.SMS or len(said) < 2:
        return said
    return [
        Said(
            text="\n".join(one.text for one in said),
            language=said[-1].language,
            step=next((one.step for one in reversed(said) if one.step), None),
        )
    ]


def drafts(
    said: Sequence[Said],
    *,
    participant: Participant,
    address: Address,
    occasion: Occasion,
) -> list[Draft]:
    """Words for one person at one address, ready to be queued."""
    return [
        Draft(
            organisation_id=participant.organisation_id,
            programme_id=participant.programme_id,
            participant_id=participant.id,
            address_id=address.id,
            channel=address.channel,
            purpose=Purpose.QUESTION if one.step and occasion.purpose is Purpose.REPLY else occasion.purpose,
            priority=occasion.priority,
            text=one.text,
            available_at=occasion.now,
            expires_at=occasion.expires_at,
            language=one.language,
            once=f"{occasion.once}/{place}",
            buttons=one.buttons,
            conversation_id=occasion.conversation_id,
            step=one.step,
            parts=sms_parts(one.text) if address.channel is ChannelName.SMS else 1,
        )
        for place, one in enumerate(said)
    ]


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something to be done that is no message: a tap answered, a keyboard settled or shown with other buttons."""

    what: OutboxAct
    ref: str
    text: str = ""
    buttons: Buttons = ()


def act(done: Act, *, participant: Participant, address: Address, occasion: Occasion) -> Draft:
    """An act for one person at one address, ready to be queued."""
    return Draft(
        organisation_id=participant.organisation_id,
        programme_id=participant.programme_id,
        participant_id=participant.id,
        address_id=address.id,
        channel=address.channel,
        purpose=occasion.purpose,
        priority=occasion.priority,
        text=done.text,
        available_at=occasion.now,
        expires_at=occasion.expires_at,
        language=participant.language,
        once=f"{occasion.once}/{done.what}",
        act=done.what,
        buttons=done.buttons,
        provider_ref=done.ref,
        conversation_id=occasion.conversation_id,
    )


def keyboard(
    plan: Plan, edition: FlowEdition, question: Ask, *, participant: Participant, ticked: Sequence[str]
) -> Buttons:
    """The buttons of a question, with what is ticked so far, or was answered, marked."""
    language = plan.language_of(participant.language)

    def words(of: str) -> str:
        return edition.texts.say(of, language=language, fallback=plan.programme.languages, values={})

    return _buttons(question, words=words, ticked=ticked)


def _effect(
    plan: Plan,
    edition: FlowEdition,
    effect: Send,
    *,
    participant: Participant,
    channel: ChannelName,
) -> Said:
    language = plan.language_of(participant.language)
    question = effect.question
    values = plain_values(plan, participant) | {
        "number": str(effect.number),
        "count": str(effect.count),
    }
    if question is not None:
        values |= {"low": str(question.low), "high": str(question.high)}
    values |= sheet_values(effect, language)
    key = _key(plan, effect, channel)

    def words(of: str) -> str:
        return edition.texts.say(of, language=language, fallback=plan.programme.languages, values=values)

    if effect.sheet:
        # Whoever went over to Telegram meanwhile gets the same words, without buttons.
        return Said(text="\n".join(sheet_lines(effect, words)), language=language, step=effect.sheet[0].id)
    if question is None or effect.nudge:
        return Said(text=words(key), language=language)
    lines = [words(key), *_choices(question, words=words, key=key, channel=channel)]
    buttons = _buttons(question, words=words) if channel is ChannelName.TELEGRAM else ()
    return Said(text="\n".join(lines), language=language, buttons=buttons, step=question.id)


def _key(plan: Plan, effect: Send, channel: ChannelName) -> str:
    question = effect.question
    neutral = channel is ChannelName.SMS and plan.programme.sms_wording is SmsWording.NEUTRAL
    if question is not None and question.sms_text and neutral and effect.text == question.text:
        return question.sms_text
    if channel is ChannelName.TELEGRAM and effect.text.startswith(_NUMBERED):
        # Buttons carry words, no numbers.
        kind, _, turn = effect.text.rpartition("-")
        return f"{kind}-tap-{turn}"
    return effect.text


def _choices(question: Ask, *, words: Words, key: str, channel: ChannelName) -> list[str]:
    # A question asked again in other words does not list everything once more.
    if key not in (question.text, question.sms_text):
        return []
    if question.anchors and key == question.text:
        # The neutral wording names its two ends itself, and nothing in between.
        return [f"{level} = {words(anchor)}" for level, anchor in enumerate(question.anchors, start=question.low)]
    if question.choices and channel is ChannelName.SMS:
        return [f"{place}. {words(choice.label)}" for place, choice in enumerate(question.choices, start=1)]
    return []


def _buttons(question: Ask, *, words: Words, ticked: Sequence[str] = ()) -> Buttons:
    def button(label: str, value: str) -> Button:
        return Button(label=TICK + label if value in ticked else label, data=f"{TAP}{question.id}:{value}")

    rows: list[tuple[Button, ...]] = []
    match question.answer:
        case AnswerKind.SCALE:
            rows.append(tuple(button(str(level), str(level)) for level in range(question.low, question.high + 1)))
        case AnswerKind.YES_NO:
            rows.append((button(words("phrases/yes"), "yes"), button(words("phrases/no"), "no")))
        case AnswerKind.CHOICE | AnswerKind.SEVERAL:
            rows.extend((button(words(choice.label), choice.value),) for choice in question.choices)
        case AnswerKind.NUMBER | AnswerKind.DATE | AnswerKind.TIME | AnswerKind.WORDS:
            pass
    if question.answer is AnswerKind.SEVERAL:
        rows.append((button(words("phrases/done-button"), DONE),))
    if question.skip:
        rows.append((button(words("phrases/skip-button"), SKIP),))
    return tuple(rows)


def not_coming_buttons(plan: Plan, language: str) -> Buttons:
    """What stands under a reminder of a day's activities in a chat: that somebody is not coming, or comes late."""

    def button(slug: str, data: str) -> Button:
        label = plan.texts.say(f"phrases/{slug}", language=language, fallback=plan.programme.languages, values={})
        return Button(label=label, data=f"{WISH_TAP}{data}")

    return ((button("absent-button", NOT_COMING), button("late-button", f"{NOT_COMING}:{Presence.LATE}")),)
