"""A letter reads the same in every direction and on every surface, and nothing in it is more than words."""

from hypothesis import given
from hypothesis import strategies as some

from bot.content.letters import Letter, Section, filled, joined, utf16

WORDS = some.text(some.characters(exclude_categories=("Cs",)), max_size=40)


def a_letter(*lines: str, language: str = "en", link: str = "") -> Letter:
    section = Section(title="People", lines=tuple(filled("%(name)s is here", name=line) for line in lines))
    return Letter(language=language, subject="Week", opening=filled("Hi!"), sections=(section,), link=link)


def more(count: int) -> str:
    return f"and {count} more"


def test_plain_text_has_headings_and_items() -> None:
    assert a_letter("Bo", link="https://framsteg.example").text == (
        "Hi!\n\nPeople\n- Bo is here\n\nhttps://framsteg.example"
    )


def test_in_a_language_from_right_to_left_every_value_stands_by_itself() -> None:
    letter = a_letter("Bo", language="ar")
    assert "\u2068Bo\u2069 is here" in letter.text
    assert 'dir="rtl"' in letter.html
    assert 'lang="ar" dir="rtl"' in letter.mail


@given(WORDS)
def test_whatever_a_name_holds_it_stays_on_its_line_and_opens_no_tag(name: str) -> None:
    letter = a_letter(name)
    assert letter.text.count("\n") == 3
    inside = letter.html.partition("<bdi>")[2].partition("</bdi>")[0]
    assert not set(inside) & set("<>\"'")


def test_a_name_is_never_read_as_a_placeholder() -> None:
    assert "".join(piece.words for piece in filled("%(a)s, %(b)s", a="%(b)s", b="B")) == "%(b)s, B"


def test_what_is_empty_is_not_joined() -> None:
    line = joined((filled("a"), (), filled("b")))
    assert "".join(piece.words for piece in line) == "a · b"


def test_a_link_that_is_no_web_address_is_not_a_link() -> None:
    assert "<a " not in a_letter("Bo", link="javascript:alert(1)").html
    assert '<a href="https://a.example/?x=1&amp;y=2">' in a_letter("Bo", link="https://a.example/?x=1&y=2").html


@given(some.lists(WORDS, max_size=12), some.integers(60, 400))
def test_a_chat_is_never_too_long_and_tells_what_it_left_out(names: list[str], most: int) -> None:
    letter = a_letter(*names, link="https://framsteg.example")
    said = letter.chat(more=more, most=most)
    assert utf16(said) <= most
    if said == letter.text:
        return
    *shown, last, link = said.split("\n")
    assert letter.text.split("\n")[: len(shown)] == shown
    kept = sum(line.startswith("- ") for line in shown)
    assert (last, link) == (f"and {len(names) - kept} more", "https://framsteg.example")
