"""A choice is known by what the person read, and by the other words its language has for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.engine.definition import Ask
from bot.engine.folding import bare, fold
from bot.engine.reading import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """The choices of a question in one language, folded.

    `values` in the question's order; `names` every whole name with the values it names; `begun` each label with its
    value, for its beginning says it too.
    """

    values: tuple[str, ...]
    names: Mapping[str, frozenset[str]]
    begun: tuple[tuple[str, str], ...]


def labels_of(step: Ask, *, reading: Reading) -> Labels:
    """What the choices of a question are called. Without labels in the reading, nothing."""
    names: dict[str, frozenset[str]] = {}
    begun: list[tuple[str, str]] = []
    for choice in step.choices:
        label = _folded(reading.labels.get(choice.label, ""), reading=reading)
        begun.append((label, choice.value))
        others = reading.labels.get(choice.also or "", "").split(",")
        for name in filter(None, (label, *(_folded(other, reading=reading) for other in others))):
            names[name] = names.get(name, frozenset()) | {choice.value}
    return Labels(values=tuple(choice.value for choice in step.choices), names=names, begun=tuple(begun))


def _folded(words: str, *, reading: Reading) -> str:
    return bare(fold(words, language=reading.language))
