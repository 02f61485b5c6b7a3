"""Reply words are read from files, and whatever could be misread is refused with its place."""

from pathlib import Path

import pytest

from bot.content.complaints import ContentRefused
from bot.content.reply_words import load_readings
from bot.domain.people import Presence
from bot.engine.reading import Reading, Wish

ROOT = Path(__file__).parents[2]
SV = """\
reviewed: false
numbers:
  3: [Tre, TREA]
"yes": [ja]
"no": [nej]
wishes:
  stop: [stopp]
  start: [start]
"""


def write(content: Path, **languages: str) -> Path:
    """A content root with these languages' files."""
    for language, text in languages.items():
        folder = content / "locales" / language
        folder.mkdir(parents=True)
        (folder / "reply-words.yaml").write_text(text, encoding="utf-8")
    return content


def complaints(content: Path) -> list[str]:
    """What is complained of."""
    with pytest.raises(ContentRefused) as refused:
        load_readings(content)
    return [str(complaint) for complaint in refused.value.complaints]


def test_words_are_folded_when_they_are_read(tmp_path: Path) -> None:
    reading = load_readings(write(tmp_path, sv=SV))["sv"]
    assert reading == Reading(
        language="sv",
        numbers={"tre": 3, "trea": 3},
        yes=frozenset({"ja"}),
        no=frozenset({"nej"}),
        wishes=dict.fromkeys(Wish, frozenset()) | {Wish.STOP: frozenset({"stopp"}), Wish.START: frozenset({"start"})},
        absences=dict.fromkeys(set(Presence) - {Presence.PRESENT, Presence.NOT_VALID}, frozenset()),
    )


def test_shipped_languages_are_complete() -> None:
    readings = load_readings(ROOT)
    assert readings.keys() >= {"sv", "en", "ar"}
    for reading in readings.values():
        assert set(reading.numbers.values()) >= set(range(11))
        assert set(reading.weekdays.values()) == set(range(1, 8))
        assert set(reading.months.values()) == set(range(1, 13))
        assert set(reading.days.values()) >= {0, 1}
        assert reading.yes
        assert reading.no
        assert reading.refuse
        assert all(reading.wishes[wish] for wish in Wish)


def test_arabic_is_marked_as_read_by_no_native_speaker() -> None:
    assert not load_readings(ROOT)["ar"].reviewed


def test_every_opt_out_word_that_the_provider_knows_is_a_stop() -> None:
    words = {"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"}
    assert load_readings(ROOT)["en"].wishes[Wish.STOP] >= words


@pytest.mark.parametrize(
    ("line", "place", "what"),
    [
        ("polit: [tack]", "9:1", "unknown key 'polit': did you mean 'polite'?"),
        ("polite: tack", "9:9", "'polite' must be a list"),
        ("polite: [var snäll]", "9:10", "'polite' holds single words"),
        ("polite: [3]", "9:10", "a word of 'polite' must be text"),
        ("polite: [[tack]]", "9:10", "a word of 'polite' must be text"),
        ('polite: ["!"]', "9:10", "only punctuation stands here"),
        ("refuse: [nej]", "9:10", "'nej' means both no (line 5) and refuse"),
        ("refuse: [STOPP]", "9:10", "'STOPP' means both stop (line 7) and refuse"),
        ("months: {13: [x]}", "9:10", "unknown key '13' in 'months'"),
        ("weekdays: [mån]", "9:11", "'weekdays' must have keys with lists"),
        ("weekdays: {mon: [man], tue: [man]}", "9:30", "'man' means both weekdays mon (line 9) and weekdays tue"),
        ("weekdays: {mon: mån}", "9:17", "'mon' must be a list"),
        ("doubt: [tre]", "9:9", "'tre' means both numbers 3 (line 3) and doubt"),
        ("of: *anchor", "9:5", "'&' and '*'"),
        ("of: [", "10:1", "this is not YAML"),
    ],
)
def test_what_could_be_misread_is_refused_with_its_place(tmp_path: Path, line: str, place: str, what: str) -> None:
    found = complaints(write(tmp_path, sv=SV + line + "\n"))
    assert found[0].startswith(f"locales/sv/reply-words.yaml:{place}: {what}")


def test_no_may_also_be_a_number(tmp_path: Path) -> None:
    reading = load_readings(write(tmp_path, fa=SV.replace('"no": [nej]', '"no": [tre]')))["fa"]
    assert reading.no == {"tre"}
    assert reading.numbers["tre"] == 3


def test_word_with_two_meanings_is_complained_of_once(tmp_path: Path) -> None:
    assert len(complaints(write(tmp_path, sv=SV + "refuse: [hoppa]\npolite: [hoppa]\n"))) == 1


def test_two_spellings_of_one_word_are_no_collision(tmp_path: Path) -> None:
    assert load_readings(write(tmp_path, sv=SV.replace("[ja]", "[ja, JA, Já]")))["sv"].yes == {"ja"}


def test_spellings_that_fold_into_one_word_collide(tmp_path: Path) -> None:
    found = complaints(write(tmp_path, ar=SV.replace("[nej]", "[أبداً]").replace("[start]", "[ابدأ]")))
    assert found == ["locales/ar/reply-words.yaml:8:11: 'ابدأ' means both no (line 5) and start: keep one of them"]


def test_answer_that_is_a_stop_in_another_language_is_refused(tmp_path: Path) -> None:
    other = SV.replace("[stopp]", "[ja]").replace('"yes": [ja]', '"yes": [si]')
    found = complaints(write(tmp_path, sv=SV, xx=other))
    assert found == [
        "locales/sv/reply-words.yaml:4:9: 'ja' is a stop word of 'xx', which is read for everybody: "
        "take it away here or there"
    ]


def test_languages_may_share_a_stop_word(tmp_path: Path) -> None:
    assert load_readings(write(tmp_path, sv=SV, no=SV)).keys() == {"sv", "no"}


def test_missing_keys_are_named(tmp_path: Path) -> None:
    found = complaints(write(tmp_path, sv='"yes": [ja]\n'))
    assert [complaint.split(": ", 1)[1] for complaint in found] == [
        "the file has no 'reviewed': add 'reviewed: …'",
        "the file has no 'wishes': add 'wishes: …'",
    ]


def test_no_language_at_all_is_refused(tmp_path: Path) -> None:
    assert complaints(tmp_path) == [
        "locales:1:1: no language has reply words: write locales/<language>/reply-words.yaml"
    ]
