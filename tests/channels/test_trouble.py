"""Whoever looks for a fault hears in a few words what is wrong with a provider."""

import pytest

from bot.channels.email import EmailChannel
from bot.channels.telegram_feed import TelegramFeed
from bot.channels.twilio import TwilioChannel
from bot.doors.providers import telegram_trouble
from tests.fakes import bot_api, twilio_api
from tests.fakes.bot_api import BotApi
from tests.fakes.mail import PASSWORD, USER, MailServer
from tests.fakes.twilio_api import TwilioApi
from tests.fakes.wire import HTML, HTML_200, Answer, Fault

TWILIO = [
    (None, None),
    (Fault(kind="cut"), "does not answer"),
    (Fault(answer=HTML), "does not answer"),
    (Fault(answer=HTML_200), "answers with what is no answer: FRAMSTEG_TWILIO_API"),
    (Fault(answer=Answer(status=429)), None),
    (twilio_api.refusal(20003, status=401), "refuses the account: FRAMSTEG_TWILIO_ACCOUNT and FRAMSTEG_TWILIO_TOKEN"),
]


def sms(api: str) -> TwilioChannel:
    return TwilioChannel(
        account=twilio_api.ACCOUNT,
        token=twilio_api.TOKEN,
        api=api,
        public_url="https://framsteg.example.se",
        sender_of=lambda _: twilio_api.NUMBER,
    )


@pytest.mark.parametrize(("fault", "trouble"), TWILIO)
async def test_twilio_says_what_is_wrong(fault: Fault | None, trouble: str | None) -> None:
    async with TwilioApi() as api:
        api.fail(*[fault] if fault else [])
        channel = sms(api.url)
        assert await channel.trouble() == trouble
        await channel.close()


async def test_a_suspended_account_is_told_from_a_wrong_one() -> None:
    async with TwilioApi() as api:
        api.account_status = "suspended"
        channel = sms(api.url)
        assert await channel.trouble() == "has suspended the account: FRAMSTEG_TWILIO_ACCOUNT"
        await channel.close()


async def test_nobody_at_the_other_end_is_no_answer() -> None:
    channel, feed = sms("http://127.0.0.1:1"), TelegramFeed(token=bot_api.TOKEN, api="http://127.0.0.1:1")
    mail = EmailChannel(smtp_url="smtp://127.0.0.1:1", sender="framsteg@example.se")
    troubles = [await channel.trouble(), await telegram_trouble(feed), await mail.trouble()]
    await channel.close()
    await feed.close()
    assert troubles == ["does not answer"] * 3


async def test_telegram_says_whether_it_is_the_token() -> None:
    async with BotApi() as api:
        right = TelegramFeed(token=bot_api.TOKEN, api=api.url)
        wrong = TelegramFeed(token="70001:AnotherTokenThatNobodyKnows", api=api.url)
        assert await telegram_trouble(right) is None
        assert await telegram_trouble(wrong) == "refuses the token: FRAMSTEG_TELEGRAM_TOKEN"
        api.fail(Fault(kind="reset"))
        assert await telegram_trouble(right) == "does not answer"
        await right.close()
        await wrong.close()


async def test_the_mail_server_says_whether_it_is_the_password() -> None:
    async with MailServer(auth=True) as server:
        assert await EmailChannel(smtp_url=server.url, sender="framsteg@example.se").trouble() is None
        wrong = f"smtp://{USER}:wrong-{PASSWORD.replace(' ', '')}@127.0.0.1:{server.port}"
        trouble = await EmailChannel(smtp_url=wrong, sender="framsteg@example.se").trouble()
    assert trouble == "refuses the name or the password: FRAMSTEG_SMTP_URL"
