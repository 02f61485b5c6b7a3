"""Telegram takes a message once, and each of its refusals is told apart at the wire."""

import asyncio
import logging
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.channel import SendFailed, Unknown
from bot.channels.in_time import elapsed, to_be_written_by
from bot.channels.quiet import quiet_logs
from bot.channels.telegram import TelegramChannel
from bot.domain.messages import Button, OutboxAct
from bot.domain.people import ChannelName
from tests.fakes.bot_api import TOKEN, BotApi, refusal
from tests.fakes.outgoing import an_outbox_message
from tests.fakes.wire import EMPTY, HTML, HTML_200, Answer, Fault, bomb
from tests.ports import free_port

CHAT = 4711
BUTTONS = ((Button(label="1 😟", data="tap:hope:1"), Button(label="2", data="tap:hope:2")),)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[TelegramChannel]:
    made = TelegramChannel(token=TOKEN, api=api.url, timeout=timedelta(seconds=5))
    yield made
    await made.close()


def a_message(**changes: object) -> object:
    return an_outbox_message(**{"channel": ChannelName.TELEGRAM, "to": str(CHAT), **changes})


async def failure(channel: TelegramChannel, **changes: object) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await channel.deliver(a_message(**changes))
    return caught.value


async def test_a_message_leaves_as_plain_text_with_its_buttons(api: BotApi, channel: TelegramChannel) -> None:
    delivered = await channel.deliver(a_message(text="<b>Hej</b> *du* https://example.se", buttons=BUTTONS))
    [sent] = api.sent
    assert sent["text"] == "<b>Hej</b> *du* https://example.se"
    assert "parse_mode" not in sent["fields"]
    assert '"is_disabled": true' in sent["fields"]["link_preview_options"]
    assert [key["callback_data"] for key in sent["reply_markup"]["inline_keyboard"][0]] == ["tap:hope:1", "tap:hope:2"]
    assert delivered.provider_id == f"{CHAT}:{sent['message_id']}"


async def test_what_comes_too_late_is_held_back_in_the_moment_of_writing(api: BotApi, channel: TelegramChannel) -> None:
    with to_be_written_by(elapsed() - 1):
        late = await failure(channel)
    assert (late.code, late.unsettled, late.away, late.permanent) == ("too-late", False, False, False)
    assert api.sent == []
    with to_be_written_by(elapsed() + 60):
        await channel.deliver(a_message())
    assert len(api.sent) == 1


async def test_a_tap_is_answered_and_an_old_one_is_no_error(api: BotApi, channel: TelegramChannel) -> None:
    tap = api.tap(CHAT, 1, "tap:hope:1")
    await channel.deliver(a_message(act=OutboxAct.ANSWER_TAP, text="", provider_ref=tap))
    assert [answered["callback_query_id"] for answered in api.answered_taps] == [tap]
    again = await channel.deliver(a_message(act=OutboxAct.ANSWER_TAP, text="", provider_ref=tap))
    assert again.provider_id == tap


async def test_a_keyboard_is_settled_once_and_again_without_an_error(api: BotApi, channel: TelegramChannel) -> None:
    sent = await channel.deliver(a_message(buttons=BUTTONS))
    for _ in range(2):
        await channel.deliver(a_message(act=OutboxAct.SETTLE_KEYBOARD, provider_ref=sent.provider_id))
    assert api.settled == [(str(CHAT), api.sent[0]["message_id"])]
    assert api.sent[0]["reply_markup"] == {}
    await channel.deliver(a_message(act=OutboxAct.SETTLE_KEYBOARD, provider_ref=f"{CHAT}:9999"))


@pytest.mark.parametrize("reference", ["", "4711", "4711:", "4711:x", ":1"])
async def test_a_message_that_has_no_name_cannot_be_settled(
    api: BotApi, channel: TelegramChannel, reference: str
) -> None:
    failed = await failure(channel, act=OutboxAct.SETTLE_KEYBOARD, provider_ref=reference)
    assert failed.permanent
    assert api.asked == []


async def test_there_is_nothing_to_blank_at_telegram(api: BotApi, channel: TelegramChannel) -> None:
    await channel.deliver(a_message(act=OutboxAct.BLANK, provider_ref="4711:1"))
    assert api.asked == []


async def test_somebody_who_blocked_us_has_stopped(api: BotApi, channel: TelegramChannel) -> None:
    api.block(CHAT)
    failed = await failure(channel)
    assert (failed.permanent, failed.gone, failed.stopped) == (True, True, True)


@pytest.mark.parametrize(
    "fault",
    [
        refusal(403, "Forbidden: user is deactivated"),
        refusal(403, "Forbidden: bot can't initiate conversation with a user"),
        refusal(400, "Bad Request: chat not found"),
        refusal(400, "Bad Request: PEER_ID_INVALID"),
    ],
)
async def test_where_nobody_is_nobody_is_written_to_again(api: BotApi, channel: TelegramChannel, fault: Fault) -> None:
    api.fail(fault)
    failed = await failure(channel)
    assert (failed.permanent, failed.gone, failed.stopped) == (True, True, False)


async def test_a_bad_request_is_of_the_message_not_of_the_person(api: BotApi, channel: TelegramChannel) -> None:
    failed = await failure(channel, buttons=((Button(label="x", data="å" * 40),),))
    assert (failed.permanent, failed.gone, failed.unsettled) == (True, False, False)


async def test_a_chat_that_moved_says_where(api: BotApi, channel: TelegramChannel) -> None:
    api.fail(refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001234567890))
    failed = await failure(channel)
    assert (failed.moved_to, failed.permanent, failed.gone) == ("-1001234567890", False, False)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (refusal(429, "Too Many Requests: retry after 5", retry_after=5), 5),
        (refusal(429, "Too Many Requests"), 1),
        (Fault(answer=Answer(status=429, body=b"<html>")), 1),
        (Fault(answer=Answer(status=429, body=b'{"parameters": {"retry_after": "soon"}}')), 1),
        (Fault(answer=Answer(status=429, body=b'{"parameters": {"retry_after": 1e400}}')), 1),
        (Fault(answer=Answer(status=429, body=b'{"parameters": {"retry_after": 999999}}')), 3600),
    ],
)
async def test_a_provider_that_asks_for_patience_is_given_it(
    api: BotApi, channel: TelegramChannel, fault: Fault, seconds: int
) -> None:
    api.fail(fault)
    failed = await failure(channel)
    assert failed.retry_after == timedelta(seconds=seconds)
    assert (failed.permanent, failed.unsettled) == (False, False)


@pytest.mark.parametrize(
    "fault",
    [
        refusal(401, "Unauthorized"),
        refusal(404, "Not Found"),
        refusal(409, "Conflict"),
        Fault(answer=Answer(status=403, body=b"<html>Proxy</html>", content_type="text/html")),
        Fault(answer=Answer(status=400, body=b"<html>Proxy</html>", content_type="text/html")),
    ],
)
@pytest.mark.parametrize("act", [OutboxAct.SEND, OutboxAct.ANSWER_TAP])
async def test_our_own_trouble_makes_all_wait_and_costs_nobody_the_address(
    api: BotApi, channel: TelegramChannel, fault: Fault, act: OutboxAct
) -> None:
    api.fail(fault)
    failed = await failure(channel, act=act, provider_ref="tap1")
    assert failed.retry_after == timedelta(seconds=60)
    assert (failed.permanent, failed.gone, failed.unsettled) == (False, False, False)


LOST = [
    Fault(answer=HTML),
    Fault(answer=HTML_200),
    Fault(answer=EMPTY),
    refusal(500, "Internal Server Error"),
    Fault(answer=Answer(body=b'{"ok": true}')),
    Fault(answer=Answer(body=b"[1]")),
    Fault(answer=Answer(body=b'{"ok": true, "result": {"message_id": 1}}')),
    Fault(kind="cut", taken=True),
    Fault(kind="reset"),
    Fault(kind="reset", taken=True),
]


@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_answer_leaves_the_send_unsettled(api: BotApi, channel: TelegramChannel, fault: Fault) -> None:
    api.fail(fault)
    failed = await failure(channel)
    assert (failed.unsettled, failed.permanent, failed.gone, failed.retry_after) == (True, False, False, None)


@pytest.mark.parametrize("fault", LOST[:1] + LOST[3:4] + LOST[-2:])
async def test_a_tap_whose_answer_was_lost_is_simply_answered_again(
    api: BotApi, channel: TelegramChannel, fault: Fault
) -> None:
    api.fail(fault)
    failed = await failure(channel, act=OutboxAct.ANSWER_TAP, provider_ref="tap1")
    assert (failed.unsettled, failed.permanent) == (False, False)


async def test_a_provider_that_hangs_is_left_after_the_time_out(api: BotApi) -> None:
    channel = TelegramChannel(token=TOKEN, api=api.url, timeout=timedelta(seconds=0.2))
    api.fail(Fault(kind="hang", taken=True))
    began = datetime.now(UTC)
    failed = await failure(channel)
    await channel.close()
    assert failed.unsettled
    assert datetime.now(UTC) - began < timedelta(seconds=2)


async def test_an_answer_that_unpacks_without_end_is_not_kept_in_memory(api: BotApi, channel: TelegramChannel) -> None:
    api.fail(Fault(answer=bomb(256), taken=True))
    tracemalloc.start()
    try:
        failed = await failure(channel)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failed.unsettled
    assert most < 8 * 2**20


async def test_an_answer_without_end_is_not_held(api: BotApi, channel: TelegramChannel) -> None:
    api.fail(Fault(answer=Answer(body=b'{"ok": true}' + b" " * 20_000_000), taken=True))
    assert (await failure(channel)).unsettled


async def test_an_answer_that_comes_a_byte_at_a_time_is_not_waited_for(api: BotApi) -> None:
    hasty = TelegramChannel(token=TOKEN, api=api.url, timeout=timedelta(seconds=0.3))
    api.fail(Fault(kind="drip", answer=Answer(body=bytes(4096)), taken=True))
    try:
        async with asyncio.timeout(5):
            failed = await failure(hasty)
    finally:
        await hasty.close()
    assert failed.unsettled


async def test_telegram_may_be_down_when_we_start() -> None:
    port = free_port()
    channel = TelegramChannel(token=TOKEN, api=f"http://127.0.0.1:{port}", timeout=timedelta(seconds=5))
    failed = await failure(channel)
    assert (failed.unsettled, failed.permanent, failed.retry_after) == (False, False, None)
    async with BotApi(port=port) as api:
        await channel.deliver(a_message())
        assert len(api.sent) == 1
    await channel.close()


async def test_a_text_is_measured_as_telegram_measures_it(api: BotApi, channel: TelegramChannel) -> None:
    await channel.deliver(a_message(text="😀" * 2048))
    failed = await failure(channel, text="😀" * 2048 + "!")
    assert (failed.code, failed.permanent) == ("too-long", True)
    assert (await failure(channel, text="\ud800")).permanent
    assert len(api.asked) == 1


async def test_telegram_cannot_say_what_became_of_a_send(channel: TelegramChannel) -> None:
    assert await channel.look_up(a_message()) == Unknown()


async def test_no_word_or_token_is_logged(
    api: BotApi, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    quiet_logs()
    await channel.deliver(a_message(text="Hemliga ord"))
    api.fail(Fault(answer=HTML_200))
    await failure(channel, text="Hemliga ord")
    for secret in ("Hemliga", "4711", TOKEN):
        assert secret not in caplog.text
        assert secret not in repr(channel)
