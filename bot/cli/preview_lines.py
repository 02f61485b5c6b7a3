"""What a preview found, as lines to read in a terminal."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.services.foreseeing import Foreseen


def lines(found: Foreseen, *, zone: ZoneInfo) -> Iterator[str]:
    """The messages and then what is left out, each under its moment on the person's wall."""
    for one in found.coming:
        parts = f", {one.parts} parts" if one.parts > 1 else ""
        why = f" ({one.rule or one.purpose}{f', moved: {one.shift}' if one.shift else ''})"
        yield f"{one.at.astimezone(zone):%a %Y-%m-%d %H:%M} {one.channel}, {one.language}{parts}{why}"
        yield from (f"    {line}" for line in one.words.split("\n"))
    if not found.coming:
        yield "nothing comes in this time"
    for left in found.left_out:
        yield f"{left.at.astimezone(zone):%a %Y-%m-%d %H:%M} not sent: {left.rule} ({left.reason})"
