"""Several answers in one message are read only when it is plain which answer belongs to which question."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

from bot.engine.answers import UNCLEAR, Answer, Unclear
from bot.engine.definition import AnswerKind, Ask, Step
from bot.engine.folding import LONGEST, bare, fold, split_words
from bot.engine.reading import Reading

Filled = dict[int, Answer | Literal[Unclear.UNCLEAR]]
"""What was read, by the question's number; what was not said is not there. Empty: nothing of it is plain."""

# Circled digits and keycaps are written without spaces, and each is a number of its own.
_OWN_SIGN = re.compile("([\u20e3\u2070-\u2079\u2080-\u2089\u2460-\u2473\u2776-\u277f\u1369-\u1371])")
_SPACED_LABEL = re.compile(r"\s*([:=])\s*")
_LABELLED = re.compile(r"([^\s:=]+)[:=]([^\s:=]+)")
_LABELLED_LINE = re.compile(r"\s*(\w{1,3})\s?[.)]\s?(\S+(?: \S+)?)\s*")
_SPACES = re.compile(r"[\s,;+&]+")
_TIGHT = re.compile(r"[0-9](?:[,.][0-9])+")
_TIGHT_ALONE = re.compile(r"(?:-|[0-9])(?:[,.](?:-|[0-9]))+")
_SMILE = re.compile(r"(?<=\s)[:;]-?[()DP]\s*\Z")
_LOOSE_STOP = re.compile(r"(?<=[0-9])[.)](?=\s|\Z)")
_DIGITS = re.compile(r"[0-9]{1,3}")
_SIGNS = frozenset({"-", "--", "---"})
_LONGEST_REFUSAL = 6


def sheet_of(line: Sequence[Step]) -> tuple[Ask, ...]:
    """The questions at the beginning of a line of steps that are asked in one message: none, or at least two."""
    first = line[0] if line else None
    if not isinstance(first, Ask) or first.sheet is None:
        return ()
    found: list[Ask] = []
    for step in line:
        if not isinstance(step, Ask) or not _alike(step, first):
            break
        found.append(step)
    return tuple(found) if len(found) > 1 else ()


def _alike(step: Ask, first: Ask) -> bool:
    scale = step.answer is AnswerKind.SCALE and not step.branches and not step.alerts and step.next is None
    return scale and (step.sheet, step.low, step.high) == (first.sheet, first.low, first.high)


def read_sheet(steps: Sequence[Ask], words: str, *, first: int, reading: Reading) -> Filled:
    """What `words` answer to questions of one scale, the first of which is question number `first`.

    In their order one answer for each, or each with its question's number; never a guess between the two.
    """
    text = _OWN_SIGN.sub(r"\1 ", _SMILE.sub("", words[:LONGEST]))
    numbered = {first + place: step for place, step in enumerate(steps)}
    folded = _told(_SPACED_LABEL.sub(r"\1", fold(text, language=reading.language)), reading=reading)
    if _refuses(bare(folded), reading=reading):
        return {number: None if step.skip else UNCLEAR for number, step in numbered.items()}
    if _doubtful(folded, reading=reading):
        return {}
    pairs = _labelled_lines(text, reading=reading) or _labelled(folded, reading=reading)
    if pairs:
        return _by_number(pairs, numbered=numbered, reading=reading)
    pieces = _pieces(folded, many=len(steps), reading=reading)
    if len(pieces) != len(steps):
        return {}
    return _plain([(number, piece) for number, piece in zip(numbered, pieces, strict=True)], numbered, reading)


def _told(folded: str, *, reading: Reading) -> str:
    """The text without a word that only says that answers follow ("answer: 4 3 5")."""
    label, sign, rest = folded.partition(":")
    return rest if sign and set(label.split()) <= reading.around and label else folded


def _doubtful(folded: str, *, reading: Reading) -> bool:
    """Whether a word makes every number beside it doubtful; a question's own name is no doubt."""
    words = split_words(re.sub("[:=,;]", " ", folded))
    doubt = (reading.doubt | reading.units | reading.no | reading.of) - reading.questions - reading.refuse
    return any(word in doubt and word not in reading.numbers for word in _joined(words, reading=reading))


def _refuses(said: str, *, reading: Reading) -> bool:
    """A word says it of all; the sign stands for one question only."""
    plain = " ".join(word for word in said.split() if word not in reading.polite)
    return not _SIGNS & {said, plain} and (said in reading.refuse or plain in reading.refuse)


def _labelled_lines(text: str, *, reading: Reading) -> list[tuple[str, str]]:
    """`2. 4` on lines of their own, as we wrote the questions."""
    lines = [_LABELLED_LINE.fullmatch(line) for line in text.split("\n") if line.strip()]
    found = [
        (fold(line[1], language=reading.language), bare(fold(line[2], language=reading.language)))
        for line in lines
        if line is not None
    ]
    labels = [_number(label, reading=reading) for label, _ in found]
    rising = all(before is not None and after is not None and before < after for before, after in pairwise(labels))
    return found if len(found) == len(lines) > 1 and rising else []


def _labelled(folded: str, *, reading: Reading) -> list[tuple[str, str]]:
    """`2:4 3=5`, also with the word for a question before the number; none if anything else is said."""
    if ":" not in folded and "=" not in folded:
        return []
    around = reading.around | reading.questions | reading.joins
    pieces = [piece.strip(".,;!?()") for piece in re.split(r"[\s,;]+", folded)]
    found = [_LABELLED.fullmatch(piece) for piece in pieces if piece and piece not in around]
    return [("", "")] if not found or None in found else [(one[1], one[2]) for one in found if one is not None]


def _by_number(pairs: list[tuple[str, str]], *, numbered: Mapping[int, Ask], reading: Reading) -> Filled:
    """Each answer under its number. A number that was not asked makes all doubtful: they may count otherwise."""
    rows: list[tuple[int, str]] = []
    for label, value in pairs:
        number = _number(label, reading=reading)
        if number is None or number not in numbered:
            return {}
        rows.append((number, value))
    return _plain(rows, numbered, reading)


def _plain(rows: list[tuple[int, str]], numbered: Mapping[int, Ask], reading: Reading) -> Filled:
    filled: Filled = {}
    for number, piece in rows:
        read = _value(piece, step=numbered[number], reading=reading)
        if read is _RUN_TOGETHER:
            return {}
        # Two answers to one question are none.
        filled[number] = read if filled.get(number, read) == read else UNCLEAR
    return filled if any(read is not UNCLEAR for read in filled.values()) else {}


_RUN_TOGETHER = "run-together"


def _value(piece: str, *, step: Ask, reading: Reading) -> Answer | Literal[Unclear.UNCLEAR]:
    if piece in _SIGNS or piece in reading.refuse:
        return None if step.skip else UNCLEAR
    number = _number(piece, reading=reading)
    if number is None:
        return _RUN_TOGETHER
    if step.low <= number <= step.high:
        return number
    # "35" may be a 3 and a 5 without the space between.
    levels = all(step.low <= int(digit) <= step.high for digit in str(number))
    return _RUN_TOGETHER if number > 9 and levels else UNCLEAR


def _pieces(folded: str, *, many: int, reading: Reading) -> list[str]:
    """The answers one after the other; none where a separator may be a decimal comma or the end of a label."""
    if _TIGHT.search(folded):
        # "3,5" may be three and a half, and so may each half of "3,5 4".
        tight = _TIGHT_ALONE.fullmatch(folded.strip(" .,;!?"))
        return re.split("[,.]", tight[0]) if tight and many > 2 else []
    stops = len(_LOOSE_STOP.findall(folded))
    numbers = len(_DIGITS.findall(folded))
    if stops and numbers - stops not in (0, 1) and not (stops == 1 and folded.rstrip().endswith(".")):
        return []
    words = [word for piece in _SPACES.split(folded) for word in split_words(piece)]
    return [word for word in _joined(words, reading=reading) if not _changes_nothing(word, reading=reading)]


def _changes_nothing(word: str, *, reading: Reading) -> bool:
    aside = word in reading.around or word in reading.joins
    return aside and word not in reading.numbers and word not in reading.refuse


def _joined(words: list[str], *, reading: Reading) -> list[str]:
    """The words with each refusal of several ("do not want to") as one."""
    found: list[str] = []
    while words:
        many = next(
            (
                many
                for many in range(_LONGEST_REFUSAL, 1, -1)
                if " ".join(words[:many]) in reading.refuse and many <= len(words)
            ),
            1,
        )
        found.append(" ".join(words[:many]))
        words = words[many:]
    return found


def _number(piece: str, *, reading: Reading) -> int | None:
    if piece[:1] in reading.joins and not piece.isascii() and piece not in reading.numbers:
        # Arabic writes "and" on the word that follows it.
        piece = piece[1:]
    return int(piece) if _DIGITS.fullmatch(piece) else reading.numbers.get(piece)
