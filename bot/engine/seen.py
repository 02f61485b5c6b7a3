"""That a coach has seen an urgent alert is read from a few words or a tap, and from nothing else."""

import re

from bot.engine.folding import bare, fold

SEEN = "ack:"
"""What a button under an urgent message sends back, before the alert's number."""

_OK = re.compile(r"(?:ok|okay|okej|oki)(?: ?([0-9]{1,12}))?")
_NUMBER = re.compile(r"[0-9]{1,12}")


def seen_by_words(words: str) -> int | None:
    """The number of the alert that was seen; 0 for the last one, `None` if it is something else. Never raises."""
    found = _OK.fullmatch(bare(fold(words)))
    return None if found is None else int(found[1] or 0)


def seen_by_tap(words: str) -> int | None:
    """The same of a button, which always names the alert."""
    number = words.removeprefix(SEEN)
    return int(number) if words.startswith(SEEN) and _NUMBER.fullmatch(number) else None
