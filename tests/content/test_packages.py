"""STEGA is read whole, in every language of it, and stands on its own once it is published."""

from pathlib import Path

from bot.content.compiled import definitions, read_definition
from bot.content.packages import load_package
from bot.domain.definitions import DefinitionKind

CONTENT = Path(__file__).parents[2]
STEGA = CONTENT / "flows/programmes/stega"


def test_stega_is_read_with_words_in_its_four_languages() -> None:
    package = load_package(STEGA, content=CONTENT)
    assert package.programme.slug == "stega"
    assert set(package.words) >= {"sv", "en", "ar", "so"}
    assert all(set(package.words["sv"]) == set(words) for words in package.words.values())


def test_a_stored_definition_gives_back_what_was_published() -> None:
    package = load_package(STEGA, content=CONTENT)
    values = {
        DefinitionKind.PROGRAMME: {"stega": package.programme},
        DefinitionKind.INSTRUMENT: {"progress": package.instrument},
        DefinitionKind.PHRASES: {"phrases": None},
        DefinitionKind.FLOW: dict(package.flows),
    }
    for definition in definitions(package):
        read = read_definition(definition)
        assert read.what == values[definition.kind].pop(definition.slug)
        assert set(read.words) == set(package.words)
    assert not any(values.values())
