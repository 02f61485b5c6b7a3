"""Twilio takes a text once, and each of its refusals is told apart at the wire."""

import logging
import socket
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.channel import Absent, Found, SendFailed, Unknown
from bot.channels.in_time import elapsed, to_be_written_by
from bot.channels.quiet import quiet_logs
from bot.channels.twilio import TwilioChannel
from bot.domain.messages import OutboxAct
from tests.fakes.outgoing import an_outbox_message
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TOKEN, TwilioApi, refusal
from tests.fakes.wire import EMPTY, HTML, HTML_200, Answer, Fault, answer, bomb
from tests.ports import free_port


@pytest.fixture
async def api() -> AsyncIterator[TwilioApi]:
    async with TwilioApi() as running:
        yield running


@pytest.fixture
async def channel(api: TwilioApi) -> AsyncIterator[TwilioChannel]:
    made = a_channel(api.url)
    yield made
    await made.close()


def a_channel(api: str, *, sender: str = NUMBER, timeout: float = 5, token: str = TOKEN) -> TwilioChannel:
    return TwilioChannel(
        account=ACCOUNT,
        token=token,
        api=api,
        public_url="https://framsteg.example",
        sender_of=lambda programme: sender,
        timeout=timedelta(seconds=timeout),
    )


async def failure(channel: TwilioChannel, **changes: object) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await channel.deliver(an_outbox_message(**changes))
    return caught.value


async def test_a_text_leaves_with_the_address_its_receipts_come_to(api: TwilioApi, channel: TwilioChannel) -> None:
    delivered = await channel.deliver(an_outbox_message(text="Vi ses i morgon. قف"))
    [sent] = api.sent
    assert (sent.to, sent.sender, sent.body) == ("+46701234567", NUMBER, "Vi ses i morgon. قف")
    assert sent.status_callback == "https://framsteg.example/twilio/status/17"
    assert delivered.provider_id == sent.sid
    assert delivered.parts == 1


async def test_what_comes_too_late_is_held_back_in_the_moment_of_writing(
    api: TwilioApi, channel: TwilioChannel
) -> None:
    with to_be_written_by(elapsed() - 1):
        late = await failure(channel)
    assert (late.code, late.unsettled, late.away, late.permanent) == ("too-late", False, False, False)
    assert api.sent == []
    with to_be_written_by(elapsed() + 60):
        await channel.deliver(an_outbox_message())
    assert len(api.sent) == 1


async def test_a_messaging_service_sends_in_place_of_a_number(api: TwilioApi) -> None:
    channel = a_channel(api.url, sender="MG" + "1" * 32)
    delivered = await channel.deliver(an_outbox_message())
    await channel.close()
    assert api.sent[0].fields["MessagingServiceSid"] == "MG" + "1" * 32
    assert "From" not in api.sent[0].fields
    assert delivered.parts is None


async def test_a_text_may_be_made_to_expire_at_twilio(api: TwilioApi) -> None:
    channel = replace(a_channel(api.url), validity=timedelta(hours=2))
    await channel.deliver(an_outbox_message())
    await channel.close()
    assert api.sent[0].fields["ValidityPeriod"] == "7200"


@pytest.mark.parametrize("code", [21211, 21214, 21217, 21421, 21614, 21635])
async def test_a_bad_number_is_not_written_to_again(api: TwilioApi, channel: TwilioChannel, code: int) -> None:
    api.fail(refusal(code))
    failed = await failure(channel)
    assert (failed.permanent, failed.gone, failed.stopped, failed.code) == (True, True, False, str(code))


async def test_somebody_who_stopped_at_twilio_has_stopped(api: TwilioApi, channel: TwilioChannel) -> None:
    api.stopped.add("+46701234567")
    failed = await failure(channel)
    assert (failed.permanent, failed.gone, failed.stopped) == (True, True, True)


@pytest.mark.parametrize(
    "fault",
    [
        refusal(20003, status=401),
        refusal(20003, status=403),
        refusal(20005, status=403),
        refusal(30002),
        Fault(answer=Answer(status=403, body=b"<html>Proxy</html>", content_type="text/html")),
        Fault(answer=Answer(status=400, body=b"<html>Proxy</html>", content_type="text/html")),
        Fault(answer=Answer(status=302, body=b"", headers={"Location": "https://elsewhere.example/"})),
        refusal(20404, status=404),
    ],
)
async def test_our_own_trouble_makes_all_wait_and_costs_nobody_the_address(
    api: TwilioApi, channel: TwilioChannel, fault: Fault
) -> None:
    api.fail(fault)
    failed = await failure(channel)
    assert not failed.gone
    assert not failed.unsettled
    assert not failed.permanent
    assert failed.retry_after == timedelta(seconds=60)


async def test_a_wrong_token_is_our_own_trouble(api: TwilioApi) -> None:
    channel = a_channel(api.url, token="wrong-token-wrong-token")
    failed = await failure(channel)
    await channel.close()
    assert (failed.permanent, failed.gone, failed.retry_after) == (False, False, timedelta(seconds=60))


async def test_a_wrong_sender_number_holds_up_only_its_own_messages(api: TwilioApi, channel: TwilioChannel) -> None:
    api.fail(refusal(21606))
    failed = await failure(channel)
    assert (failed.permanent, failed.gone, failed.retry_after, failed.unsettled) == (False, False, None, False)


@pytest.mark.parametrize("code", [21408, 21602, 21612, 21617, 21999])
async def test_other_refusals_are_of_the_message_not_of_the_person(
    api: TwilioApi, channel: TwilioChannel, code: int
) -> None:
    api.fail(refusal(code))
    failed = await failure(channel)
    assert (failed.permanent, failed.gone, failed.unsettled) == (True, False, False)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault(answer=answer(429, {"code": 20429}, Retry_After="7")), 7),
        (Fault(answer=answer(429, {"code": 20429})), 1),
        (Fault(answer=answer(429, {"code": 20429}, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")), 1),
        (Fault(answer=answer(429, {"code": 20429}, Retry_After="99999999999999999999")), 1),
        (Fault(answer=Answer(status=429, body=b"<html>")), 1),
        (refusal(20429), 1),
        (refusal(30001), 1),
    ],
)
async def test_a_provider_that_asks_for_patience_is_given_it(
    api: TwilioApi, channel: TwilioChannel, fault: Fault, seconds: int
) -> None:
    api.fail(fault)
    failed = await failure(channel)
    assert failed.retry_after == timedelta(seconds=seconds)
    assert (failed.permanent, failed.unsettled) == (False, False)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(answer=HTML),
        Fault(answer=HTML_200),
        Fault(answer=EMPTY),
        refusal(20500, status=500),
        refusal(20503, status=503, taken=True),
        Fault(answer=Answer(status=201, body=b'{"sid": ')),
        Fault(answer=Answer(status=201, body=b"[]")),
        Fault(answer=Answer(status=201, body=b'{"sid": null}')),
        Fault(answer=Answer(status=201, body=b"\xff\xfe\x00")),
        Fault(answer=Answer(status=201, body=b" " * 5_000_000)),
        Fault(kind="cut", taken=True),
        Fault(kind="reset"),
        Fault(kind="reset", taken=True),
    ],
)
async def test_a_lost_answer_leaves_the_send_unsettled(api: TwilioApi, channel: TwilioChannel, fault: Fault) -> None:
    api.fail(fault)
    failed = await failure(channel)
    assert (failed.unsettled, failed.permanent, failed.gone, failed.retry_after) == (True, False, False, None)


async def test_an_answer_without_end_is_not_held(api: TwilioApi, channel: TwilioChannel) -> None:
    api.fail(Fault(answer=Answer(status=201, body=b'{"sid": "SM1"}' + b" " * 5_000_000)))
    assert (await failure(channel)).code == "too-large"


async def test_an_answer_that_unpacks_without_end_is_not_kept_in_memory(api: TwilioApi, channel: TwilioChannel) -> None:
    api.fail(Fault(answer=bomb(256), taken=True))
    tracemalloc.start()
    try:
        failed = await failure(channel)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failed.unsettled
    assert most < 8 * 2**20


async def test_a_machine_that_does_not_take_the_call_is_tried_again_without_settling() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(deaf.getsockname())
        channel = a_channel(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.3)
        failed = await failure(channel)
        await channel.close()
        for caller in callers:
            caller.close()
    assert (failed.code, failed.unsettled) == ("unreachable", False)


async def test_a_provider_that_hangs_is_left_after_the_time_out(api: TwilioApi) -> None:
    channel = a_channel(api.url, timeout=0.2)
    api.fail(Fault(kind="hang", taken=True))
    began = datetime.now(UTC)
    failed = await failure(channel)
    await channel.close()
    assert failed.unsettled
    assert datetime.now(UTC) - began < timedelta(seconds=2)


async def test_a_closed_door_is_tried_again_without_settling() -> None:
    channel = a_channel(f"http://127.0.0.1:{free_port()}")
    failed = await failure(channel)
    await channel.close()
    assert (failed.unsettled, failed.permanent, failed.gone, failed.retry_after) == (False, False, False, None)


async def test_text_that_cannot_be_written_is_refused_before_it_leaves(api: TwilioApi, channel: TwilioChannel) -> None:
    failed = await failure(channel, text="\ud800")
    assert failed.permanent
    assert api.asked == []


async def test_a_lost_send_is_found_by_its_number_words_and_time(api: TwilioApi, channel: TwilioChannel) -> None:
    message = an_outbox_message()
    api.fail(Fault(kind="reset", taken=True))
    with pytest.raises(SendFailed):
        await channel.deliver(message)
    assert await channel.look_up(message) == Found(provider_id=api.sent[0].sid)


async def test_a_lost_send_is_found_while_it_waits_at_twilio(api: TwilioApi, channel: TwilioChannel) -> None:
    message = an_outbox_message()
    await channel.deliver(message)
    api.sent[0] = replace(api.sent[0], has_left=False)
    assert await channel.look_up(message) == Found(provider_id=api.sent[0].sid)


async def test_a_lost_send_of_a_trial_account_is_found(api: TwilioApi, channel: TwilioChannel) -> None:
    message = an_outbox_message()
    await channel.deliver(message)
    api.sent[0] = replace(api.sent[0], body="Sent from your Twilio trial account - " + message.text)
    assert await channel.look_up(message) == Found(provider_id=api.sent[0].sid)


async def test_a_send_that_never_arrived_is_known_to_be_absent(api: TwilioApi, channel: TwilioChannel) -> None:
    message = an_outbox_message()
    api.fail(Fault(kind="reset"))
    with pytest.raises(SendFailed):
        await channel.deliver(message)
    await channel.deliver(replace(message, text="Something else"))
    await channel.deliver(replace(message, to="+46709999999"))
    assert await channel.look_up(message) == Absent()


async def test_yesterdays_same_words_are_not_taken_for_a_lost_send(api: TwilioApi, channel: TwilioChannel) -> None:
    await channel.deliver(an_outbox_message())
    api.sent[0] = replace(api.sent[0], created_at=datetime.now(UTC) - timedelta(minutes=1))
    assert await channel.look_up(an_outbox_message()) == Absent()


async def test_what_somebody_wrote_to_us_is_not_taken_for_a_lost_send(api: TwilioApi, channel: TwilioChannel) -> None:
    await channel.deliver(an_outbox_message())
    api.sent[0] = replace(api.sent[0], direction="inbound")
    assert await channel.look_up(an_outbox_message()) == Absent()


@pytest.mark.parametrize(
    "fault", [Fault(answer=HTML), Fault(answer=HTML_200), Fault(answer=EMPTY), Fault(kind="reset"), Fault(kind="cut")]
)
async def test_a_look_up_that_fails_says_so_and_never_raises(
    api: TwilioApi, channel: TwilioChannel, fault: Fault
) -> None:
    await channel.deliver(an_outbox_message(text="other"))
    # Whoever asks by GET may ask once more on a new connection.
    api.fail(fault, fault)
    assert await channel.look_up(an_outbox_message()) == Unknown()


async def test_words_are_blanked_at_twilio(api: TwilioApi, channel: TwilioChannel) -> None:
    sent = await channel.deliver(an_outbox_message())
    await channel.deliver(an_outbox_message(act=OutboxAct.BLANK, provider_ref=sent.provider_id))
    assert api.sent[0].body == ""


async def test_what_is_no_longer_at_twilio_counts_as_blanked(channel: TwilioChannel) -> None:
    gone = await channel.deliver(an_outbox_message(act=OutboxAct.BLANK, provider_ref="SM" + "f" * 32))
    assert gone.provider_id == "SM" + "f" * 32


@pytest.mark.parametrize(
    "fault", [refusal(20009), refusal(20500, status=500), Fault(answer=HTML_200), Fault(kind="reset")]
)
async def test_blanking_is_simply_tried_again(api: TwilioApi, channel: TwilioChannel, fault: Fault) -> None:
    sent = await channel.deliver(an_outbox_message())
    api.fail(fault)
    failed = await failure(channel, act=OutboxAct.BLANK, provider_ref=sent.provider_id)
    assert (failed.permanent, failed.unsettled, failed.gone) == (False, False, False)


async def test_no_number_word_or_token_is_logged(
    api: TwilioApi, channel: TwilioChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    quiet_logs()
    await channel.deliver(an_outbox_message(text="Hemliga ord"))
    api.fail(refusal(21211))
    await failure(channel, text="Hemliga ord")
    for secret in ("Hemliga", "70123456", TOKEN):
        assert secret not in caplog.text
        assert secret not in repr(channel)
