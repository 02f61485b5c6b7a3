"""A name of a language means one language, in whichever of ours it stands, and nothing else."""

import pytest

from bot.content.language_names import menu_of, names_in, own_name
from bot.content.reply_words import LANGUAGES
from bot.domain.sms_parts import gsm7
from tests.vocabulary import vocabulary

READINGS = vocabulary().readings


def test_no_name_means_two_languages() -> None:
    found: dict[str, set[str]] = {}
    for reading in READINGS.values():
        for name, code in reading.languages.items():
            found.setdefault(name, set()).add(code)
    assert {name: codes for name, codes in found.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("language", sorted(READINGS))
def test_no_name_of_a_language_is_an_answer_or_another_wish(language: str) -> None:
    reading = READINGS[language]
    said = {*reading.yes, *reading.no, *reading.refuse, *reading.numbers, *reading.polite, *reading.days}
    said |= {words for known in reading.wishes.values() for words in known}
    names = {name for each in READINGS.values() for name in each.languages}
    assert names & said == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_name_of_its_own_and_one_in_swedish(language: str) -> None:
    assert own_name(language) != language
    assert language in names_in("sv", of=LANGUAGES).values()


def test_a_language_that_nobody_knows_has_no_names() -> None:
    assert names_in("xx", of=LANGUAGES) == {}
    assert own_name("xx") == "xx"


@pytest.mark.parametrize("reader", ["sv", "en", "so"])
def test_no_name_in_a_plain_menu_makes_a_message_dear(reader: str) -> None:
    called = menu_of(LANGUAGES, reader=reader, plain=True)
    assert {code: name for code, name in called.items() if not gsm7(name)} == {}
    assert (called["sv"], called["so"]) == ("svenska", "Soomaali")


def test_a_menu_in_other_letters_calls_each_language_what_it_calls_itself() -> None:
    names = {"sv": "svenska", "ar": "العربية", "uk": "українська"}
    assert menu_of(names, reader="sv") == names
    assert menu_of(names, reader="ar", plain=True) == names
