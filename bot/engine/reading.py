"""A language's reply words: what people write for a number, a yes, a stop."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property

from bot.domain.people import Presence
from bot.engine.folding import bare, fold
from bot.engine.spelling import SHORTEST, Spelling


class Wish(StrEnum):
    """What a person may want at any time, whatever was asked."""

    STOP = "stop"
    STOP_CHECK_INS = "stop-check-ins"
    START = "start"
    PAUSE = "pause"
    LATER = "later"
    LANGUAGE = "language"
    BY_SMS = "by-sms"
    BY_TELEGRAM = "by-telegram"
    HELP = "help"
    MY_WEEK = "my-week"
    MY_ANSWERS = "my-answers"
    MY_DATA = "my-data"
    DATA_REQUEST = "data-request"
    COACH = "coach"
    WHO_SEES = "who-sees"
    WRONG_PERSON = "wrong-person"
    WRONG = "wrong"
    BACK = "back"


class Length(StrEnum):
    """How long something lasts, as people count it."""

    MINUTE = "minute"
    QUARTER = "quarter"
    HALF_HOUR = "half-hour"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class PartOfDay(StrEnum):
    """When on a day something is meant to be."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


# What the choices of a flow read is no word of the language, and a lookalike is no word to slip from.
_NO_WORDS = ("labels", "lookalikes")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The words of one language (made from `locales/<lang>/reply-words.yaml` and already folded by `fold`).

    `numbers` maps a word to its number, `yes`, `no` and `refuse` are sets of whole replies; `weekdays` maps a word to
    its ISO weekday, `months` to its month, `days` to days from today (`today`: 0). `nothing` and `everything` answer
    a several-of question. `wishes` are whole replies that are read on any channel at any time.

    The rest are the words around an answer: `polite` and `fillers` change nothing ("I think 3, thanks"), `joins` stand
    between several ("1 and 3"), `of` before the top of a scale ("3 of 5"), `doubt` makes any number unclear ("not 3",
    "3 or 4"), and a number beside one of the `units` ("in 5 minutes") is no level and no choice.

    `absences` are the words for not coming, by category, whole or inside a short sentence; `lengths` the units that
    people count time in ("2 weeks"), `duals` one word for two of them (Arabic), `parts_of_day` when on a day ("this
    afternoon"), `clock` what stands before a time ("at"), `until` what stands between two days or times, `since` before
    the first of them; `through` are those of `until` after which the last day always belongs to it. `languages` maps a
    language's name, in this one, to its code.

    Beside the words for not coming, `absence_fillers` change nothing ("unfortunately"), and `absence_hints` are reasons
    and doubtful words, which are asked about where they stand alone ("I feel bad", "my son is ill").

    `parts_of_hour` map what stands beside an hour to minutes ("half past": 30; "halv": -30). With `dawn_clock`, hours
    are counted from six in the morning, and a spoken one is not read. `lookalikes` are everyday words that lie
    so near to a reply word that they could be taken for a slip: they never are.

    `questions` name a question before its number ("question 3 = 5"), and `meant` stands before what an answer
    should have been ("wrong, I meant 2").

    `within` stands before a length of time ("in 2 hours", "for 3 days").

    `not_yet` is no reply: it says, in this language, that we read it and write in {fallback} instead.

    `reviewed` says that a native speaker has read them. `labels` are not reply words but what the choices of a flow
    read in this language, by text key (`replace(reading, labels=words[language])`): without them, choices are
    answered by number only.
    """

    language: str
    reviewed: bool = False
    numbers: Mapping[str, int] = field(default_factory=dict)
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    refuse: frozenset[str] = frozenset()
    nothing: frozenset[str] = frozenset()
    everything: frozenset[str] = frozenset()
    weekdays: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    polite: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()
    doubt: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    wishes: Mapping[Wish, frozenset[str]] = field(default_factory=dict)
    absences: Mapping[Presence, frozenset[str]] = field(default_factory=dict)
    lengths: Mapping[str, Length] = field(default_factory=dict)
    duals: Mapping[str, Length] = field(default_factory=dict)
    parts_of_day: Mapping[str, PartOfDay] = field(default_factory=dict)
    clock: frozenset[str] = frozenset()
    until: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    since: frozenset[str] = frozenset()
    absence_fillers: frozenset[str] = frozenset()
    absence_hints: frozenset[str] = frozenset()
    parts_of_hour: Mapping[str, int] = field(default_factory=dict)
    dawn_clock: bool = False
    lookalikes: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()
    meant: frozenset[str] = frozenset()
    languages: Mapping[str, str] = field(default_factory=dict)
    not_yet: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def asked(self) -> Mapping[str, Wish]:
        """What each phrase wishes for. That an answer was wrong is read as a correction."""
        return {phrase: wish for wish, phrases in self.wishes.items() if wish is not Wish.WRONG for phrase in phrases}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of every phrase that means something in this language."""
        return self.lookalikes | {word for phrase in self._phrases() for word in phrase.split()}

    def knows(self, said: Iterable[str]) -> bool:
        """Whether each of these words means something in this language, or is a number."""
        return all(word.isdecimal() or word in self.vocabulary for word in said)

    def means(self, said: Sequence[str]) -> bool:
        """Whether these words mean something together: as one phrase, or as one word with numbers."""
        words = [word for word in said if not word.isdecimal()]
        return self.knows(words) if len(words) < 2 else " ".join(said) in self._wholes

    @cached_property
    def _wholes(self) -> frozenset[str]:
        return frozenset(self._phrases())

    def asked_in(self, other: "Reading") -> "Reading":
        """These words, for somebody who is asked in the `other` language because their own is not written.

        The question says "answer yes or no" in the other one, so its short words for these, its refusals and its
        politeness are understood too: as they stand, and never where they say something in the person's own language.
        """
        wished = (words for table in (*self.wishes.values(), *self.absences.values()) for words in table)
        own = {*self.yes, *self.no, *self.refuse, *self.nothing, *self.numbers, *self.doubt, *self.joins, *wished}

        def new(table: Iterable[str]) -> frozenset[str]:
            return frozenset(bare(fold(words, language=self.language)) for words in table) - own

        return replace(
            self,
            yes=self.yes | {word for word in new(other.yes) if _is_short(word)},
            no=self.no | {word for word in new(other.no) if _is_short(word)},
            refuse=self.refuse | new(other.refuse),
            polite=self.polite | new(other.polite),
        )

    @cached_property
    def around(self) -> frozenset[str]:
        """The words around an answer that change nothing."""
        return self.polite | self.fillers

    @cached_property
    def before_names(self) -> frozenset[str]:
        """The words around a language's name: "change language to", "please"."""
        phrases = self.wishes.get(Wish.LANGUAGE, frozenset())
        return self.around | {word for phrase in phrases for word in phrase.split()}

    @cached_property
    def joint(self) -> re.Pattern[str]:
        """An "and" between several answers. Arabic writes its own onto the word that follows."""
        joins = "|".join(map(re.escape, sorted(self.joins, key=len, reverse=True)))
        return re.compile(rf"(?:^|(?<=\s))(?:{joins})(?=[\s0-9])" if joins else r"(?!)")

    @cached_property
    def lateness(self) -> frozenset[str]:
        """The words that the phrases for coming late are made of."""
        return frozenset(word for phrase in self.absences.get(Presence.LATE, ()) for word in phrase.split())

    @cached_property
    def unable(self) -> frozenset[str]:
        """What says that somebody cannot, of the hints that name a day after it: "can't", of "can't today"."""
        hints = ((hint, day) for hint in self.absence_hints for day in self.days)
        return frozenset(hint.removesuffix(f" {day}") for hint, day in hints if hint.endswith(f" {day}"))

    @cached_property
    def absence_words(self) -> frozenset[str]:
        """Every word of the phrases for not coming and for being back: a text without one tells of neither."""
        phrases = frozenset().union(*self.absences.values(), self.absence_hints, self.wishes.get(Wish.BACK, ()))
        return frozenset(word for phrase in phrases for word in phrase.split())

    @cached_property
    def agreed(self) -> frozenset[str]:
        """The words that a yes or a no is made of."""
        return frozenset(word for phrase in self.yes | self.no for word in phrase.split())

    @cached_property
    def spelling(self) -> Spelling:
        """All these words, to be found by what lies near them. A number, a yes and a no may have several spellings."""
        senses: dict[str, set[str]] = {word: {word} for phrase in self._phrases() for word in phrase.split()}
        known = [(word, f"number {number}") for word, number in self.numbers.items()]
        for word, sense in [*known, *((word, "yes") for word in self.yes), *((word, "no") for word in self.no)]:
            senses[word] = senses.get(word, set()) - {word} | {sense}
        return Spelling(senses, lookalikes=self.lookalikes)

    def _phrases(self) -> Iterator[str]:
        for table in (getattr(self, each.name) for each in fields(self) if each.name not in _NO_WORDS):
            if isinstance(table, Mapping):
                lists = [found for found in table.values() if isinstance(found, frozenset)]
                yield from (phrase for found in lists for phrase in found) if lists else table
            elif isinstance(table, frozenset):
                yield from table


def _is_short(word: str) -> bool:
    """Whether nothing is a slip of this word; one letter alone stands for too many things."""
    return 1 < len(word) < SHORTEST and word.isalpha()
