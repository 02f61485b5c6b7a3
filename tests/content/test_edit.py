"""Changing one text changes that text and leaves every other letter of the file alone."""

import difflib
from pathlib import Path

import pytest

from bot.content.complaints import ContentRefused
from bot.content.edit import texts_of, with_words, write_sources

CONTENT = Path(__file__).parents[2]
SHIPPED = sorted((CONTENT / "flows").glob("**/*.yaml"))

STYLES = """# what stands here stays
flow: styles   # here too
steps:
  plain:
    say: Hej du   # a note
  over-lines:
    say: Hej du
      där borta
  double:
    say: "Hej: \\"du\\""
  single:
    say: 'Det är ''så'' du'
  folded:
    say: >-
      Hej du
      där borta

  # between
  literal:
    say: |
      Hej du
      där borta
  last: {say: Hej du, next: end}
"""


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line.startswith(("+ ", "- "))]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_changing_one_word_of_a_shipped_file_changes_one_line(file: Path) -> None:
    source = file.read_bytes().decode()
    texts = texts_of(source)
    assert texts
    # Every seventh text is enough to meet each way of writing, and quick.
    for key, text in list(texts.items())[::7]:
        word = next((word for word in text.words.split() if "{" not in word), text.words)
        words = text.words.replace(word, f"Ananas {word}", 1)
        changed = with_words(source, key=key, words=words)
        assert texts_of(changed)[key].words == words
        assert len(changed_lines(source, changed)) == 2, key
        assert with_words(changed, key=key, words=text.words) == source


@pytest.mark.parametrize("step", ["plain", "over-lines", "double", "single", "folded", "literal", "last"])
def test_one_word_is_changed_in_every_way_of_writing(step: str) -> None:
    key = f"styles/{step}/say"
    words = texts_of(STYLES)[key].words.replace("du", "ni")
    changed = with_words(STYLES, key=key, words=words)
    assert texts_of(changed)[key].words == words
    assert [line.count("ni") for line in changed_lines(STYLES, changed)] == [0, 1]


@pytest.mark.parametrize("step", ["plain", "over-lines", "double", "single", "folded", "literal", "last"])
@pytest.mark.parametrize(
    "words",
    ["a: b", "a #b", "- a", "'", '"', "{coach}", "*x", "&x", "a\nb", "true", "12", "å, }ä".replace("}", ""), "a\\b"],
)
def test_words_that_yaml_would_misread_are_quoted(step: str, words: str) -> None:
    key = f"styles/{step}/say"
    changed = with_words(STYLES, key=key, words=words)
    before, after = texts_of(STYLES), texts_of(changed)
    assert after.pop(key).words == words
    before.pop(key)
    assert {key: text.words for key, text in after.items()} == {key: text.words for key, text in before.items()}
    for comment in ("# what stands here stays", "# here too", "# a note", "  # between\n"):
        assert comment in changed


def test_a_file_with_windows_line_ends_keeps_them() -> None:
    source = STYLES.replace("\n", "\r\n")
    changed = with_words(source, key="styles/folded/say", words="Hej ni där borta")
    assert changed == source.replace("Hej du\r\n      där borta\r\n\r\n  # b", "Hej ni\r\n      där borta\r\n\r\n  # b")


def test_words_that_could_not_be_said_are_refused() -> None:
    with pytest.raises(ContentRefused, match="is not known here"):
        with_words(STYLES, key="styles/plain/say", words="Hej {name}")


def test_a_text_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="styles/nobody/say"):
        with_words(STYLES, key="styles/nobody/say", words="Hej")


def test_an_export_is_the_source_to_the_byte(tmp_path: Path) -> None:
    write_sources({"flows/common/styles.yaml": STYLES}, tmp_path)
    assert (tmp_path / "flows/common/styles.yaml").read_bytes() == STYLES.encode()


def test_an_export_never_leaves_its_directory(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="outside"):
        write_sources({"../elsewhere.yaml": STYLES}, tmp_path / "here")
    assert not (tmp_path / "elsewhere.yaml").exists()
