"""A process does all of the work, or the parts of it that it was given."""

from enum import StrEnum


class Part(StrEnum):
    """A share of the work."""

    WEB = "web"
    """The doors that are called by HTTP, and the console."""
    TELEGRAM = "telegram"
    """Fetching what was written in Telegram."""
    CLOCK = "clock"
    """Whatever falls due: reminders, silence, summaries, urgent calls, tables of people."""
    DELIVERY = "delivery"
    """Sending, and finding out about sends whose answer was lost."""


EVERYTHING = frozenset(Part)
