"""On-screen phones take what a provider takes, and what they send is read like what a provider posts."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.channel import Absent, Found, SendFailed
from bot.channels.phones import Phones
from bot.channels.telegram_updates import parse_update, read_update
from bot.channels.twilio_forms import read_message
from bot.domain.messages import Button, InboundKind, OutboxAct, OutboxMessage, Purpose
from bot.domain.people import ChannelName

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
AMINA = "1001"
BOSSE = "+46701740605"
OURS = "+46701740699"
SCALE = ((Button(label="1", data="tap:health:1"), Button(label="2", data="tap:health:2")),)


def phones_in(place: Path) -> Phones:
    return Phones(place / "phones.jsonl", clock=lambda: NOON)


def words_for(to: str, *, channel: ChannelName = ChannelName.TELEGRAM, text: str = "Hej!") -> OutboxMessage:
    return OutboxMessage(
        id=7,
        organisation_id=1,
        programme_id=1,
        participant_id=1,
        coach_id=None,
        address_id=1,
        channel=channel,
        to=to,
        act=OutboxAct.SEND,
        purpose=Purpose.QUESTION,
        text=text,
        attempts=0,
    )


async def test_what_is_delivered_stands_on_that_phone_and_on_no_other(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    await phones.deliver(words_for(AMINA, text="مرحبا"))
    (bubble,) = phones.chat(ChannelName.TELEGRAM, AMINA)
    assert (bubble.text, bubble.mine, bubble.at) == ("مرحبا", False, NOON)
    assert phones.chat(ChannelName.TELEGRAM, "1002") == ()
    assert phones.chat(ChannelName.SMS, AMINA) == ()
    await phones.close()


async def test_a_restart_shows_the_same_phones(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    sent = await phones.deliver(replace(words_for(AMINA), buttons=SCALE))
    phones.tap(AMINA, number=1, data="tap:health:2")
    settle = replace(words_for(AMINA), act=OutboxAct.SETTLE_KEYBOARD, provider_ref=sent.provider_id)
    await phones.deliver(settle)
    phones.cut_off(ChannelName.SMS, BOSSE)
    before = phones.chat(ChannelName.TELEGRAM, AMINA)
    await phones.close()
    again = phones_in(tmp_path)
    assert again.chat(ChannelName.TELEGRAM, AMINA) == before
    assert [button.label for button in before[0].tapped] == ["2"] and len(before) == 1
    assert again.is_dead(ChannelName.SMS, BOSSE)
    await again.close()


async def test_a_settled_keyboard_has_no_buttons_left_to_tap(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    sent = await phones.deliver(replace(words_for(AMINA), buttons=SCALE))
    await phones.deliver(replace(words_for(AMINA), act=OutboxAct.SETTLE_KEYBOARD, provider_ref=sent.provider_id))
    assert phones.chat(ChannelName.TELEGRAM, AMINA)[0].buttons == ()
    assert phones.tap(AMINA, number=1, data="tap:health:1") is None
    await phones.close()


async def test_a_keyboard_is_redrawn_when_the_question_still_waits(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    sent = await phones.deliver(replace(words_for(AMINA), buttons=SCALE))
    phones.tap(AMINA, number=1, data="tap:health:1")
    ticked = ((Button(label="x 1", data="tap:health:1"),),)
    redrawn = replace(words_for(AMINA), act=OutboxAct.SETTLE_KEYBOARD, provider_ref=sent.provider_id, buttons=ticked)
    await phones.deliver(redrawn)
    assert phones.chat(ChannelName.TELEGRAM, AMINA)[0].buttons == ticked
    phones.tap(AMINA, number=1, data="tap:health:1")
    assert phones.chat(ChannelName.TELEGRAM, AMINA)[0].tapped == ()
    await phones.close()


async def test_a_tap_is_answered_by_a_note_that_the_next_words_take_away(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    await phones.deliver(replace(words_for(AMINA, text="Tack!"), act=OutboxAct.ANSWER_TAP, provider_ref="99"))
    assert phones.note(ChannelName.TELEGRAM, AMINA) == "Tack!"
    assert phones.chat(ChannelName.TELEGRAM, AMINA) == ()
    await phones.deliver(words_for(AMINA))
    assert phones.note(ChannelName.TELEGRAM, AMINA) == ""
    await phones.close()


async def test_blanking_the_providers_copy_takes_nothing_from_the_phone(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    sent = await phones.deliver(words_for(BOSSE, channel=ChannelName.SMS))
    blank = replace(words_for(BOSSE, channel=ChannelName.SMS), act=OutboxAct.BLANK, provider_ref=sent.provider_id)
    await phones.deliver(blank)
    assert phones.chat(ChannelName.SMS, BOSSE)[0].text == "Hej!"
    await phones.close()


@pytest.mark.parametrize(("channel", "to", "stopped"), [("sms", BOSSE, False), ("telegram", AMINA, True)])
async def test_a_phone_out_of_use_refuses_as_its_provider_would(
    tmp_path: Path, channel: str, to: str, stopped: bool
) -> None:
    phones = phones_in(tmp_path)
    phones.cut_off(ChannelName(channel), to)
    with pytest.raises(SendFailed) as refused:
        await phones.deliver(words_for(to, channel=ChannelName(channel)))
    assert refused.value.permanent and refused.value.gone and refused.value.stopped is stopped
    assert phones.chat(ChannelName(channel), to) == ()
    await phones.close()


async def test_a_lost_send_is_found_by_its_number_in_the_outbox(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    message = words_for(BOSSE, channel=ChannelName.SMS)
    assert await phones.look_up(message) == Absent()
    sent = await phones.deliver(message)
    assert await phones.look_up(message) == Found(provider_id=sent.provider_id)
    await phones.close()


async def test_words_by_sms_are_read_as_twilio_would_have_posted_them(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    words = "4 & 3 = نعم + å\n<b>"
    posted = phones.write(ChannelName.SMS, BOSSE, account=OURS, words=words)
    read = read_message(posted.raw)
    assert (read.kind, read.sender, read.account, read.words) == (InboundKind.WORDS, BOSSE, OURS, words)
    assert read.message_id == posted.provider_id
    assert phones.chat(ChannelName.SMS, BOSSE)[0].mine
    await phones.close()


async def test_the_same_words_written_twice_are_two_messages(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    for channel, address in ((ChannelName.SMS, BOSSE), (ChannelName.TELEGRAM, AMINA)):
        one = phones.write(channel, address, account=OURS, words="4")
        two = phones.write(channel, address, account=OURS, words="4")
        assert one.provider_id != two.provider_id
    await phones.close()


@pytest.mark.parametrize(
    ("words", "kind", "read_as"),
    [
        ("شكرا", InboundKind.WORDS, "شكرا"),
        ("/start abc", InboundKind.START, "abc"),
        ("/help", InboundKind.WORDS, "/help"),
    ],
)
async def test_words_in_a_chat_are_read_as_telegram_would_have_sent_them(
    tmp_path: Path, words: str, kind: InboundKind, read_as: str
) -> None:
    phones = phones_in(tmp_path)
    posted = phones.write(ChannelName.TELEGRAM, AMINA, account=OURS, words=words)
    read = read_update(posted.raw)
    assert (read.kind, read.sender, read.words) == (kind, AMINA, read_as)
    update = parse_update(posted.raw)
    assert update.sender == AMINA and posted.provider_id.endswith(f":{update.key}")
    await phones.close()


async def test_a_tap_names_the_message_and_what_its_button_carries(tmp_path: Path) -> None:
    phones = phones_in(tmp_path)
    await phones.deliver(words_for(AMINA))
    sent = await phones.deliver(replace(words_for(AMINA), id=8, buttons=SCALE))
    posted = phones.tap(AMINA, number=2, data="tap:health:2")
    assert posted is not None
    read = read_update(posted.raw)
    assert (read.kind, read.sender, read.words) == (InboundKind.TAP, AMINA, "tap:health:2")
    assert read.message_id == sent.provider_id and read.tap_id
    assert phones.tap(AMINA, number=2, data="tap:health:9") is None
    assert phones.tap(AMINA, number=9, data="tap:health:2") is None
    await phones.close()
