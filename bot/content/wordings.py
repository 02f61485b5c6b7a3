"""Words for people hold plain placeholders and nothing else that could surprise a phone."""

import re
from dataclasses import dataclass

from bot.content.nodes import Scalar

MOST_CHARACTERS = 1_000
"""The longest text we write: Twilio takes 1,600 characters, and names and activities are still to be put in."""

PERSON = frozenset({"first_name", "coach", "programme"})
"""Placeholders that every text to a participant may use."""

QUESTION = PERSON | {"number", "count", "low", "high"}
"""Placeholders of a question."""

NONE: frozenset[str] = frozenset()
"""A label or a title stands as it is."""

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, kw_only=True)
class Text:
    """Words as a writer wrote them, with their key, their place and what translators should know."""

    key: str
    words: str
    path: str
    node: Scalar
    note: str
    allowed: frozenset[str]


def placeholders(words: str) -> frozenset[str]:
    """The names that are filled in."""
    return frozenset(PLACEHOLDER.findall(words))


def faults(words: str, *, allowed: frozenset[str]) -> list[tuple[str, str]]:
    """What is wrong with words somebody will read, each with its remedy."""
    found = []
    if not words:
        found.append(("the text is empty", "write something, or take the line away"))
    if len(words) > MOST_CHARACTERS:
        found.append((f"the text has {len(words)} characters", f"at most {MOST_CHARACTERS}"))
    if any(not character.isprintable() and character not in "\n\u200c\u200d\u200e\u200f" for character in words):
        found.append(("the text has a character that can not be seen", "write the words again by hand"))
    names = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
    for name in sorted(placeholders(words) - allowed):
        found.append((f"the placeholder {{{name}}} is not known here", f"these are: {names}"))
    if re.search(r"[{}]", PLACEHOLDER.sub("", words)):
        found.append(("a curly bracket does not hold a placeholder", f"use none, or one of these: {names}"))
    return found


def misfits(said: str, *, original: str, allowed: frozenset[str]) -> list[tuple[str, str]]:
    """What is wrong with a translation of `original`, each with its remedy: it fills in what the original does."""
    ours, theirs = placeholders(original), placeholders(said)
    found = faults(said, allowed=allowed | theirs)
    found += [(f"the placeholder {{{name}}} is lost", f"put {{{name}}} in") for name in sorted(ours - theirs)]
    found += [(f"the placeholder {{{name}}} is not in the original", "take it away") for name in sorted(theirs - ours)]
    return found
