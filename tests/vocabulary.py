"""The words in which people are understood are the same for all tests, and read from their files once."""

from functools import cache
from pathlib import Path

from bot.content.vocabulary import Vocabulary, compiled_vocabulary, read_vocabulary

ROOT = Path(__file__).resolve().parents[1]


@cache
def compiled() -> str:
    """As a database keeps them."""
    return compiled_vocabulary(ROOT)


@cache
def vocabulary() -> Vocabulary:
    """Ready to be understood."""
    return read_vocabulary(compiled())
