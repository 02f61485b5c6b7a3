"""What a coach writes to the bot is read for one thing, that something urgent was seen; it is nobody's answer."""

from dataclasses import replace
from datetime import datetime

from bot.domain.access import By
from bot.domain.messages import Draft, InboundKind, InboundMessage, OutboxAct, Priority, Purpose
from bot.domain.people import Address, ChannelName, Coach
from bot.domain.sms_parts import sms_parts
from bot.engine.seen import seen_by_tap, seen_by_words
from bot.services.callers import Heard
from bot.services.calling import LASTS
from bot.services.hearing import Hearing
from bot.storage.audit import Done
from bot.storage.unit_of_work import Work
from bot.storage.urgent import UrgentAlert


async def hear_coach(hearing: Hearing, heard: Heard) -> None:
    """Take an alert on if the coach says OK or taps the button; otherwise say what is read here. Raises nothing."""
    message, work = heard.message, hearing.work
    if message.kind not in (InboundKind.WORDS, InboundKind.TAP, InboundKind.EDIT, InboundKind.MEDIA, InboundKind.START):
        return
    found = [one for one in await work.addresses.at(message.channel, message.sender) if one.coach_id is not None]
    if not found or found[0].coach_id is None:
        return
    address, coach = found[0].address, (await work.coaches.these([found[0].coach_id]))[found[0].coach_id]
    number = seen_by_tap(message.words) if message.kind is InboundKind.TAP else seen_by_words(message.words)
    if number is None:
        # Two machines that answer each other would go on for ever.
        said, once = hearing.shelf.urgent.reads_only_ok(coach.language), f"{hearing.now:%Y%m%dT%H}"
    else:
        said, once = await _take_on(hearing, coach, number or None), f"in/{heard.waiting.id}"
    answer = _draft(coach, address, said, once=f"desk/{coach.id}/{once}", now=hearing.now)
    if message.kind is InboundKind.TAP:
        hearing.pile.drafts += _heard(answer, message)
    hearing.pile.drafts.append(answer)


async def _take_on(hearing: Hearing, coach: Coach, number: int | None) -> str:
    work, letters = hearing.work, hearing.shelf.urgent
    alert = await work.urgent.told_to(coach.id, number=number)
    if alert is None:
        return letters.nothing(coach.language)
    if await work.alerts.acknowledge(alert.id, coach=coach.id, now=hearing.now):
        await _note(work, coach, alert, now=hearing.now)
        return letters.thanks(coach.language, number=alert.id)
    # Somebody was faster.
    now_held = await work.urgent.told_to(coach.id, number=alert.id) or alert
    by = now_held.acknowledged_by or coach.id
    if by == coach.id:
        return letters.thanks(coach.language, number=alert.id)
    other = (await work.coaches.these([by]))[by]
    return letters.too_late(coach.language, number=alert.id, by=other.first_name)


async def _note(work: Work, coach: Coach, alert: UrgentAlert, *, now: datetime) -> None:
    done = Done(
        what="alert-seen-to",
        programme_id=alert.programme_id,
        participant_id=alert.participant_id,
        about=str(alert.id),
    )
    await work.audit.note(done, by=By(coach_id=coach.id, organisation_id=coach.organisation_id), now=now)


def _draft(coach: Coach, address: Address, said: str, *, once: str, now: datetime) -> Draft:
    return Draft(
        organisation_id=coach.organisation_id,
        programme_id=None,
        coach_id=coach.id,
        address_id=address.id,
        channel=address.channel,
        purpose=Purpose.ALERT,
        priority=Priority.REPLY,
        text=said,
        available_at=now,
        expires_at=now + LASTS,
        language=coach.language,
        once=once,
        parts=sms_parts(said) if address.channel is ChannelName.SMS else 1,
    )


def _heard(answer: Draft, message: InboundMessage) -> list[Draft]:
    """The button was heard, and is not offered again."""
    acts = ((OutboxAct.ANSWER_TAP, message.tap_id), (OutboxAct.SETTLE_KEYBOARD, message.message_id))
    return [
        replace(answer, act=what, provider_ref=ref, text="", once=f"{answer.once}/{what}") for what, ref in acts if ref
    ]
