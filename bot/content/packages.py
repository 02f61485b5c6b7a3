"""A package is a programme with everything it needs, read from files and ready to be published."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.programme import Instrument, Programme
from bot.engine.definition import Flow

Words = Mapping[str, Mapping[str, str]]
"""Language, then text key, then the words."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """What one programme directory amounts to. `words` hold every key of the package in every complete language;
    `sources` the YAML as written, by a path relative to the content root (`flows/…`)."""

    programme: Programme
    instrument: Instrument
    flows: Mapping[str, Flow]
    words: Words
    sources: Mapping[str, str]


def load_package(directory: Path, *, content: Path) -> Package:
    """Read `directory` (a programme) with the common flows, instruments, phrases and catalogs under `content`.

    Raises `ContentRefused` with every complaint, never with only the first.
    """
    raise NotImplementedError
