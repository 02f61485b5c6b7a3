"""The libraries that carry words write none of them into a log."""

import logging

import pytest

from bot.channels.quiet import quiet_logs


@pytest.mark.parametrize(
    "name", ["httpx", "httpcore.http11", "telegram.Bot", "telegram.request", "twilio.http_client", "aiohttp.client"]
)
def test_even_their_loudest_word_is_not_heard(name: str, caplog: pytest.LogCaptureFixture) -> None:
    quiet_logs()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger(name).critical("Hemliga ord")
    assert caplog.text == ""
