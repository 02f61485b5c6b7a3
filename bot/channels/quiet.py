"""The libraries that carry words, numbers and tokens write none of them into a log."""

import logging

# httpx logs the bot token (in the URL), telegram.Bot whole updates, twilio each form: what goes wrong is raised to
# us anyway, so nothing is lost by not hearing it twice.
_TALKATIVE = ("httpx", "httpcore", "telegram", "twilio", "aiohttp", "aiosmtplib", "mail.log")


def quiet_logs() -> None:
    """Safe to call as often as you like; holds for the children of these loggers, whatever the root level is."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
