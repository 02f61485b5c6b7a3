"""Questions that are asked together are written as one message: a line each, under its number."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from bot.engine.effects import SHEET, Send

_HOW = "phrases/sheet-how"

# Up and down, so that no answer looks like the expected one.
_STEPS = (3, 2, 4, 1, 2, 3, 0, 4)


def sheet_values(effect: Send, language: str) -> dict[str, str]:
    """What the words of a sheet fill in: how many answers, the scale's ends, an example, or the numbers kept."""
    values = {"numbers": listed(effect.numbers, language)} if effect.numbers else {}
    if effect.sheet:
        low, high = effect.sheet[0].low, effect.sheet[0].high
        values |= {"count": str(len(effect.sheet)), "low": str(low), "high": str(high)}
        values["example"] = example(len(effect.sheet), low=low, high=high)
    return values


def sheet_lines(effect: Send, words: Callable[[str], str]) -> list[str]:
    """The whole message of a sheet; when it was not understood, only how to answer."""
    if effect.text != SHEET:
        return [words(effect.text)]
    rows = [
        f"{number}. {words(step.short or step.sms_text or step.text)}"
        for number, step in enumerate(effect.sheet, start=effect.number)
    ]
    return [words(effect.text), *rows, words(_HOW)]


def example(count: int, *, low: int, high: int) -> str:
    """As many answers as are asked for: "4 3 5 2"."""
    levels = [min(high, low + _STEPS[place % len(_STEPS)]) for place in range(count)]
    return " ".join(map(str, levels))


@lru_cache(maxsize=1_024)
def listed(numbers: Sequence[int], language: str) -> str:
    """Numbers as a language lists them: "1, 2 och 4"."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return ", ".join(map(str, numbers))
    return format_list([str(number) for number in numbers], locale=locale)
