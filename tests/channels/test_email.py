"""A coach's mail arrives whole, once by its Message-ID, and each refusal is told apart at the wire."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels.channel import SendFailed, Unknown
from bot.channels.email import EmailChannel
from bot.domain.messages import OutboxAct, OutboxMessage
from bot.domain.people import ChannelName
from tests.fakes.mail import MailServer
from tests.fakes.outgoing import an_outbox_message
from tests.ports import free_port

SENDER = "Framsteg <framsteg@kommun.example>"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        yield running


def a_channel(url: str) -> EmailChannel:
    return EmailChannel(smtp_url=url, sender=SENDER, timeout=timedelta(seconds=5))


def a_mail(**changes: object) -> OutboxMessage:
    defaults = {
        "channel": ChannelName.EMAIL,
        "to": "coach@kommun.example",
        "subject": "Veckan på STEGA – vecka 47",
        "text": "Ring Amina på måndag.",
        "html": "<p>Ring <b>Amina</b> på måndag.</p>",
        "once": "summary:3:2026-W47",
    }
    return an_outbox_message(**{**defaults, **changes})


async def failure(server: MailServer, **changes: object) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await a_channel(server.url).deliver(a_mail(**changes))
    return caught.value


async def test_a_mail_arrives_with_its_text_and_its_page(server: MailServer) -> None:
    delivered = await a_channel(server.url).deliver(a_mail())
    [mail] = server.received
    assert mail["To"] == "coach@kommun.example"
    assert mail["From"] == SENDER
    assert mail["Subject"] == "Veckan på STEGA – vecka 47"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "Ring Amina på måndag."
    assert "<b>Amina</b>" in html.get_content()
    assert mail["Message-ID"] == delivered.provider_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]


async def test_a_mail_without_a_page_is_plain(server: MailServer) -> None:
    await a_channel(server.url).deliver(a_mail(html=None))
    assert server.received[0].get_content_type() == "text/plain"


async def test_the_same_words_are_the_same_mail_and_others_another(server: MailServer) -> None:
    channel = a_channel(server.url)
    first = await channel.deliver(a_mail())
    again = await channel.deliver(a_mail(id=99, attempts=2))
    other = await channel.deliver(a_mail(once="summary:4:2026-W47"))
    assert first.provider_id == again.provider_id != other.provider_id
    assert first.provider_id.endswith("@kommun.example>")


@pytest.mark.parametrize("change", ["subject", "to"])
@pytest.mark.parametrize("breaking", ["\r\nBcc: all@kommun.example", "\n", "\r", "\x00", "\x0b", "\u2028"])
async def test_a_line_break_in_a_header_is_refused(server: MailServer, change: str, breaking: str) -> None:
    failed = await failure(server, **{change: "coach@kommun.example" + breaking})
    assert failed.permanent
    assert server.received == []


@pytest.mark.parametrize("to", ["", "coach", "coach@", "@kommun.example", "a@b@c", "a@b.example, c@d.example", "a b"])
async def test_what_is_no_address_is_not_written_to_again(server: MailServer, to: str) -> None:
    failed = await failure(server, to=to)
    assert (failed.permanent, failed.gone) == (True, True)
    assert server.received == []


@pytest.mark.parametrize(
    ("reply", "permanent", "gone"),
    [
        ("550 5.1.1 No such user", True, True),
        ("553 5.1.3 Bad address", True, True),
        ("554 5.7.1 Refused", True, False),
        ("450 4.2.1 Mailbox busy", False, False),
    ],
)
async def test_a_refused_recipient_is_gone_or_comes_back(
    server: MailServer, reply: str, permanent: bool, gone: bool
) -> None:
    server.refuse_recipient = reply
    failed = await failure(server)
    assert (failed.permanent, failed.gone, failed.unsettled) == (permanent, gone, False)


@pytest.mark.parametrize(("reply", "permanent"), [("554 5.6.0 Refused", True), ("452 4.3.1 Disk full", False)])
async def test_a_refused_mail_costs_nobody_the_address(server: MailServer, reply: str, permanent: bool) -> None:
    server.refuse_data = reply
    failed = await failure(server)
    assert (failed.permanent, failed.gone) == (permanent, False)


async def test_a_mail_whose_answer_was_lost_is_sent_again_as_the_same_mail(server: MailServer) -> None:
    server.hang_up_after_data = True
    failed = await failure(server)
    assert (failed.permanent, failed.unsettled) == (False, False)
    server.hang_up_after_data = False
    await a_channel(server.url).deliver(a_mail())
    assert len(server.received) == 2
    assert server.received[0]["Message-ID"] == server.received[1]["Message-ID"]


async def test_a_closed_door_is_tried_again() -> None:
    with pytest.raises(SendFailed) as caught:
        await a_channel(f"smtp://127.0.0.1:{free_port()}").deliver(a_mail())
    assert (caught.value.permanent, caught.value.unsettled, caught.value.retry_after) == (False, False, None)


async def test_only_the_right_password_sends_and_a_wrong_one_is_our_own_trouble() -> None:
    async with MailServer(auth=True) as server:
        await a_channel(server.url).deliver(a_mail())
        assert len(server.received) == 1
        with pytest.raises(SendFailed) as caught:
            await a_channel(server.url.replace("stand-in", "someone")).deliver(a_mail())
        assert caught.value.retry_after == timedelta(seconds=60)
        assert not caught.value.permanent


async def test_a_password_is_never_sent_in_the_clear_to_another_machine(server: MailServer) -> None:
    # The stand-in offers no TLS; by any other name than this machine's own, it must not be given the password.
    url = f"smtp://framsteg:secret-of-the-test@127.0.0.2:{server.port}"
    options = a_channel(url)._server()
    assert options["start_tls"] is True
    assert a_channel("smtps://a:b@mail.example")._server()["use_tls"] is True


async def test_what_mail_cannot_do_is_refused(server: MailServer) -> None:
    assert (await failure(server, act=OutboxAct.BLANK, provider_ref="x")).permanent
    assert (await failure(server, text="\ud800")).permanent
    assert (await failure(server, subject="\ud800")).permanent
    assert await a_channel(server.url).look_up(a_mail()) == Unknown()
    assert "secret" not in repr(a_channel("smtp://a:secret@b"))
