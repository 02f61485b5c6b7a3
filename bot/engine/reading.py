"""A language's reply words: what people write for a number, a yes, a stop."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The words of one language (made from `locales/<lang>/reply-words.yaml` and already folded by `fold`).

    `numbers` maps a word to its number, `yes`, `no` and `refuse` are sets of whole replies; `weekdays` maps a word to
    its ISO weekday, `days` a word to days from today (`today`: 0). `stop`, `start` and `help` are whole replies that
    are read on any channel at any time; the stop words of every language are read for everybody.
    """

    language: str
    numbers: dict[str, int] = field(default_factory=dict)
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    refuse: frozenset[str] = frozenset()
    weekdays: dict[str, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    stop: frozenset[str] = frozenset()
    start: frozenset[str] = frozenset()
    help: frozenset[str] = frozenset()
