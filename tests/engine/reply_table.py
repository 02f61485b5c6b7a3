"""The table of replies: what people write in each language, what it means, and why somebody would write it so."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.engine.answers import UNCLEAR, read_answer
from bot.engine.definition import AnswerKind, Sign
from bot.engine.reading import Reading, Wish
from bot.engine.sheet import read_sheet
from bot.engine.wishes import Fix, Later, NewAbsence, Pause, Speak, ToCoach, read_wish
from tests.engine.builders import CHOICES, READINGS, TONGUES, WEDNESDAY, a_question, a_scale

FOLDER = Path(__file__).with_name("reply_cases")
SIGNS = {"👎": 1, "👍": 5, "😢": 1, "😐": 3, "😀": 5} | {"⭐" * stars: stars for stars in range(1, 6)}
QUESTIONS = {
    "scale": a_question(AnswerKind.SCALE),
    "scale-10": a_question(AnswerKind.SCALE, low=0, high=10),
    "signs": a_question(AnswerKind.SCALE, signs=tuple(Sign(sign=sign, value=value) for sign, value in SIGNS.items())),
    "yes-no": a_question(AnswerKind.YES_NO),
    "choice": a_question(AnswerKind.CHOICE, choices=CHOICES),
    "several": a_question(AnswerKind.SEVERAL, choices=CHOICES),
    "count": a_question(AnswerKind.SEVERAL, choices=CHOICES, counts=True, high=3),
    "number": a_question(AnswerKind.NUMBER, low=0, high=40),
    "date": a_question(AnswerKind.DATE),
    "time": a_question(AnswerKind.TIME),
    "words": a_question(AnswerKind.WORDS),
}
SHEETS = {"sheet": (2, 3), "sheet-pair": (2, 2), "sheet-five": (2, 5), "sheet-from-1": (1, 3)}
"""Scales from 1 to 5 that are asked in one message: the first one's number, and how many they are."""

WISH, NO_WISH = "wish", "no-wish"
SPOKEN = ("sv", "en", "ar", "so")
"""The languages of the programme in which people wish for something."""

NUMBERS = {"scale", "scale-10", "signs", "number", "count"}
TODAY = WEDNESDAY.date()

_HEADING = re.compile(r"\[([a-z][a-z0-9-]+)\] *(.*)")
_CASE = re.compile(r"(?P<words>.*?) => (?P<meaning>.*?)(?:  # (?P<reason>.+))?")
_NUMBERED = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
_MEANINGS: dict[str, object] = {"?": UNCLEAR, "skip": None, "none": ""}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One reply: `line` is where it stands in its language's file."""

    language: str
    kind: str
    words: str
    meaning: str
    reason: str
    line: int

    @property
    def expected(self) -> object:
        """What `read_answer` must say."""
        if self.kind in SHEETS:
            return "" if self.meaning == "?" else self.meaning
        if self.kind in NUMBERS and self.meaning.isdecimal():
            return int(self.meaning)
        return _MEANINGS.get(self.meaning, self.meaning)

    @property
    def read(self) -> object:
        """What `read_answer`, `read_sheet` or `read_wish` says."""
        if self.kind in SHEETS:
            return sheet_in(self.words, kind=self.kind, language=self.language)
        if self.kind == WISH:
            return wish_in(self.words, language=self.language)
        return read_answer(QUESTIONS[self.kind], self.words, reading=reading_of(self.language), today=TODAY)

    @property
    def asks_again(self) -> bool:
        """Whether nothing is taken, and somebody is asked once more."""
        return self.read is UNCLEAR or (self.kind in SHEETS and self.read == "")

    def __str__(self) -> str:
        return f"{self.language}.txt:{self.line} [{self.kind}] {self.words!r}"


def cases_in(text: str, *, language: str) -> list[Case]:
    """The cases of one language's file. Raises `ValueError` for a line that is neither heading, case nor remark."""
    cases, kind, why = [], "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if heading := _HEADING.fullmatch(line):
            kind, why = heading.groups()
        elif not line.startswith("# ") and (found := _CASE.fullmatch(line)):
            words = _NUMBERED.sub(lambda one: chr(int(one[1] or one[2], 16)), found["words"])
            reason = found["reason"] or why
            meaning = found["meaning"]
            cases.append(Case(language=language, kind=kind, words=words, meaning=meaning, reason=reason, line=number))
        elif line.strip() and not line.startswith(("#", "labels:")):
            raise ValueError(f"{language}.txt:{number}: neither heading, case nor remark")
    return cases


def wish_in(words: str, *, language: str) -> str:
    """What somebody of this language wishes for, as the table says it."""
    match read_wish(words, ear=TONGUES.ear(language, beside=SPOKEN), now=WEDNESDAY):
        case Wish() as wish:
            return wish
        case Pause(days=days):
            return f"pause {days}"
        case Later(at=datetime() as at):
            return f"later {at:%H:%M}"
        case Speak(language=code):
            return f"language {code}"
        case ToCoach(words=said):
            return f"coach {said}"
        case NewAbsence() as absence:
            return " ".join(
                ["absent", absence.category, *([str(absence.late_minutes)] if absence.late_minutes else [])]
            )
        case Fix(number=number, words=said):
            return " ".join(["fix", *([str(number)] if number else []), *([said] if said else [])])
        case _:
            return NO_WISH


def labels_in(text: str) -> dict[str, str]:
    """What the choices read in one language's file, by text key."""
    line = next((line for line in text.splitlines() if line.startswith("labels:")), "labels:")
    pairs = (pair.split("=", 1) for pair in line.removeprefix("labels:").split("|") if "=" in pair)
    return {f"flow/{value.strip()}": label.strip() for value, label in pairs}


@cache
def reading_of(language: str) -> Reading:
    """A language's reply words, with the labels of its file."""
    text = (FOLDER / f"{language}.txt").read_text(encoding="utf-8")
    return replace(READINGS[language], labels=labels_in(text))


def sheet_in(words: str, *, kind: str, language: str) -> str:
    """What is read of a sheet, question by question: a level, `-` no answer, `?` unclear, `.` not said."""
    first, many = SHEETS[kind]
    numbers = range(first, first + many)
    steps = [a_scale(f"q{number}", sheet="ratings") for number in numbers]
    filled = read_sheet(steps, words, first=first, reading=reading_of(language))
    signs = {None: "-", UNCLEAR: "?"}
    return (
        " ".join(str(signs.get(filled[one], filled[one])) if one in filled else "." for one in numbers)
        if filled
        else ""
    )


def all_cases() -> list[Case]:
    """Every case of every language."""
    return [
        case
        for file in sorted(FOLDER.glob("*.txt"))
        for case in cases_in(file.read_text(encoding="utf-8"), language=file.stem)
    ]


def asked_again(cases: list[Case]) -> list[str]:
    """A line for each language: how many replies it has, and how many of them are asked again."""
    all_of = Counter(case.language for case in cases)
    again = Counter(case.language for case in cases if case.asks_again)
    lines = [f"{language:8} {count:5} replies, {again[language]:4} asked again" for language, count in all_of.items()]
    return [*lines, f"{'all':8} {len(cases):5} replies, {again.total():4} asked again"]


def main() -> None:
    """Print the figures, and every reply that is read otherwise than meant."""
    cases = all_cases()
    for case in cases:
        if case.read != case.expected:
            print(f"{case}: meant {case.meaning!r}, read {case.read!r}")
    print("\n".join(asked_again(cases)))


if __name__ == "__main__":
    main()
