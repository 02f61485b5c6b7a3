"""A definition is what was published: the source as written, and all it needs to be used without its files."""

from dataclasses import dataclass
from enum import StrEnum


class DefinitionKind(StrEnum):
    """What a definition defines."""

    PROGRAMME = "programme"
    FLOW = "flow"
    INSTRUMENT = "instrument"
    PHRASES = "phrases"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One definition, ready to be stored as the next version, or read back from one.

    `path` is relative to the content root (`flows/…`); `source` the YAML, byte for byte; `compiled` JSON that holds
    the definition with its words in every complete language. `content_hash` changes when any of the two does.
    """

    kind: DefinitionKind
    slug: str
    path: str
    source: str
    compiled: str
    content_hash: str
