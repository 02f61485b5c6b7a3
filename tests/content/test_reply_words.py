"""Reply words are read from files, and whatever could be misread is refused with its place."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.complaints import ContentRefused
from bot.content.reply_words import LANGUAGES, check_readings, load_readings
from bot.domain.people import Presence
from bot.engine.reading import Length, PartOfDay, Reading, Wish

ROOT = Path(__file__).parents[2]
NEEDED_MOST = (Wish.STOP, Wish.START, Wish.HELP, Wish.LATER, Wish.WRONG, Wish.WRONG_PERSON, Wish.BACK)
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
    assert replace(reading, languages={}) == Reading(
        language="sv",
        numbers={"tre": 3, "trea": 3},
        yes=frozenset({"ja"}),
        no=frozenset({"nej"}),
        wishes=dict.fromkeys(Wish, frozenset()) | {Wish.STOP: frozenset({"stopp"}), Wish.START: frozenset({"start"})},
        absences=dict.fromkeys(set(Presence) - {Presence.PRESENT, Presence.NOT_VALID}, frozenset()),
    )


def test_every_language_reads_what_people_need_most() -> None:
    readings = load_readings(ROOT)
    assert tuple(sorted(readings)) == tuple(sorted(LANGUAGES))
    for reading in readings.values():
        assert set(reading.numbers.values()) >= set(range(11)), reading.language
        assert reading.yes and reading.no and reading.refuse, reading.language
        assert all(reading.wishes[wish] for wish in NEEDED_MOST), reading.language
        assert reading.absences[Presence.ILLNESS], reading.language
        assert set(reading.languages.values()) >= {"sv", "en", reading.language}, reading.language


@pytest.mark.parametrize("language", ["sv", "en", "ar", "so"])
def test_language_that_we_write_is_read_completely(language: str) -> None:
    reading = load_readings(ROOT)[language]
    assert set(reading.weekdays.values()) == set(range(1, 8))
    assert set(reading.months.values()) == set(range(1, 13))
    assert set(reading.days.values()) >= {0, 1}
    assert [wish for wish in Wish if not reading.wishes[wish]] == []
    assert [absence for absence, words in reading.absences.items() if not words] == []
    assert set(reading.lengths.values()) == set(Length)
    assert set(reading.parts_of_day.values()) == set(PartOfDay)
    assert set(reading.languages.values()) == set(LANGUAGES)


def test_language_that_we_only_read_says_so_and_is_unreviewed() -> None:
    assert check_readings(ROOT) == ()
    for language, reading in load_readings(ROOT).items():
        if language not in ("sv", "en", "ar", "so"):
            assert "{fallback}" in reading.not_yet, language
            assert not reading.reviewed, language


def test_check_names_language_that_is_read_and_has_no_sentence_for_it(tmp_path: Path) -> None:
    content = write(tmp_path, sv=SV, ti=SV, uk=SV + 'not-yet: "{fallback}!"\n', so=SV)
    (content / "locales/so/LC_MESSAGES").mkdir()
    (content / "locales/so/LC_MESSAGES/participants.po").write_text("", encoding="utf-8")
    assert load_readings(content)["uk"].not_yet == "{fallback}!"
    assert [str(complaint) for complaint in check_readings(content)] == [
        "locales/ti/reply-words.yaml:1:1: the file has no 'not-yet': "
        "add 'not-yet: We cannot write … yet. We write in {fallback}. …'"
    ]


def test_no_may_be_nine_only_where_it_is_left_out() -> None:
    for language in ("fa", "fa_AF"):
        reading = load_readings(ROOT)[language]
        assert "نه" in reading.no and "نه" not in reading.numbers


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
        ("lengths: {day: [dag], week: [DAG]}", "9:30", "'DAG' means both lengths day (line 9) and lengths week"),
        ("until: [stopp]", "9:9", "'stopp' means both stop (line 7) and until"),
        ("absences: {late: [nej]}", "9:19", "'nej' means both no (line 5) and late"),
        ("languages: {sv: [svenska], en: [SVENSKA]}", "9:33", "'SVENSKA' means both languages sv (line 9)"),
        ("languages: {xx: [svenska]}", "9:13", "unknown key 'xx' in 'languages'"),
        ("not-yet: Vi skriver.", "9:10", "the placeholder {fallback} is lost"),
        ('not-yet: "{coach}, {fallback}"', "9:10", "the placeholder {coach} is not known here"),
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
    found = complaints(write(tmp_path, ar=SV.replace("[nej]", "[على]").replace("[start]", "[علي]")))
    assert found == ["locales/ar/reply-words.yaml:8:11: 'علي' means both no (line 5) and start: keep one of them"]


def test_answer_that_is_a_stop_in_another_language_is_refused(tmp_path: Path) -> None:
    other = SV.replace("[stopp]", "[ja]").replace('"yes": [ja]', '"yes": [si]')
    found = complaints(write(tmp_path, sv=SV, xx=other))
    assert found == [
        "locales/sv/reply-words.yaml:4:9: 'ja' is a stop word of 'xx', which is read for everybody: "
        "take it away here or there"
    ]


def test_name_of_another_language_elsewhere_is_refused(tmp_path: Path) -> None:
    named = SV + "languages: {%s: [kurdi]}\n"
    assert complaints(write(tmp_path, ckb=named % "ckb", ku=named % "ku")) == [
        "locales/ku/reply-words.yaml:9:18: 'kurdi' names 'ku' here and 'ckb' in another language: "
        "take it away here or there"
    ]


def test_an_hour_may_also_stand_before_a_time(tmp_path: Path) -> None:
    reading = load_readings(write(tmp_path, tr=SV + "lengths: {hour: [saat]}\nclock: [saat]\n"))["tr"]
    assert "saat" in reading.lengths and "saat" in reading.clock


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
