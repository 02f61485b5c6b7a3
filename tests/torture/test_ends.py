"""The document says of every class of answer which end it has, as the torture demands it."""

from bot.domain.people import ChannelName
from tests.torture.answers import classes
from tests.torture.table import DOCUMENT, MARKER

CHANNELS = (ChannelName.SMS, ChannelName.TELEGRAM)
ALREADY = " (it had left)"


def lines() -> list[str]:
    """The table: one line for each class, one column for each channel."""
    ends = {(one.channel, one.name.removesuffix(ALREADY)): one.end for one in classes()}
    names = list(dict.fromkeys(name for _, name in ends))
    return [f"| {name} | {' | '.join(ends.get((channel, name), '') for channel in CHANNELS)} |" for name in names]


def test_every_class_of_answer_stands_in_the_document_with_its_end() -> None:
    above = DOCUMENT.read_text("utf-8").partition(MARKER)[0]
    assert [line for line in lines() if line not in above.splitlines()] == []


def test_a_class_has_one_end_whether_or_not_it_had_left() -> None:
    ends: dict[tuple[str, str], set[str]] = {}
    for one in classes():
        ends.setdefault((one.channel, one.name.removesuffix(ALREADY)), set()).add(one.end)
    assert [which for which, found in ends.items() if len(found) > 1] == []
