"""The words in which people are understood are read from their files once, kept as one text, and come back from it."""

import hashlib
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.content.codec import freeze, thaw
from bot.content.crisis_phrases import FILE as CRIES_FILE
from bot.content.crisis_phrases import Cries, cries_in, phrases_of
from bot.content.reply_words import FILE as WORDS_FILE
from bot.content.reply_words import Spoken, readings_of, spoken_in
from bot.engine.crisis import Phrases
from bot.engine.reading import Reading
from bot.engine.tongues import Tongues


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """In which words people are understood: replies by language, and what sounds like danger in any."""

    readings: Mapping[str, Reading]
    danger: Phrases

    @cached_property
    def tongues(self) -> Tongues:
        """The same languages, as they are heard beside each other."""
        return Tongues(self.readings.values())


@dataclass(frozen=True, kw_only=True)
class _Kept:
    spoken: tuple[Spoken, ...]
    cries: tuple[Cries, ...]

    @property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(readings=readings_of(self.spoken), danger=phrases_of(self.cries))


def load_vocabulary(content: Path) -> Vocabulary:
    """What the files under `content` say. Takes most of a second. Raises `ContentRefused`."""
    return _read(content).vocabulary


def compiled_vocabulary(content: Path) -> str:
    """The same as text for `read_vocabulary`, which takes a twentieth of the time and a sixth of the memory."""
    return freeze(_read(content))


def read_vocabulary(compiled: str) -> Vocabulary:
    """What was compiled. Raises `ValueError` for anything else."""
    return thaw(_Kept, compiled).vocabulary


def mark_of(content: Path) -> str:
    """What changes whenever compiling these files may give something else: 64 hexadecimal digits."""
    mark = hashlib.sha256()
    # Languages are called by the names that Babel knows too.
    for library in ("framsteg", "babel"):
        mark.update(importlib.metadata.version(library).encode())
    for name in (WORDS_FILE, CRIES_FILE):
        for file in sorted((content / "locales").glob(f"*/{name}")):
            words = file.read_bytes()
            mark.update(f"\n{file.parent.name}/{name} {len(words)}\n".encode())
            mark.update(words)
    return mark.hexdigest()


def _read(content: Path) -> _Kept:
    return _Kept(spoken=spoken_in(content), cries=cries_in(content))
