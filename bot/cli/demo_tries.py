"""What a newcomer can try on a phone of the demo is read from a file: words, by situation and language."""

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

FILE = Path(__file__).with_name("demo_tries.yaml")

Tries = Mapping[str, Mapping[str, str]]
"""By group and situation: the words to write."""


def read_tries(file: Path = FILE) -> dict[str, Tries]:
    """All of them, by language."""
    found: dict[str, Tries] = YAML(typ="safe").load(file)
    return {
        language: {group: {one: str(words) for one, words in tries.items()} for group, tries in groups.items()}
        for language, groups in found.items()
    }
