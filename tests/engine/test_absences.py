"""An absence is read only when every word of it is understood: what is denied, asked or past is none."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from bot.content.packages import load_words
from bot.domain.day import NewAbsence
from bot.domain.people import Presence
from bot.engine.absences import answers_back, read_absence, read_hint, says_back
from tests.engine.builders import CONTENT, READINGS
from tests.engine.test_answers import any_words

WEDNESDAY = date(2026, 11, 25)
THURSDAY, FRIDAY = WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=2)
MONDAY = WEDNESDAY + timedelta(days=5)
NAMES = ("Amina", "Karin")
ILL, CHILD, VISIT = Presence.ILLNESS, Presence.CARE_OF_CHILD, Presence.AUTHORITY_VISIT
OTHER, LATE = Presence.OTHER_VALID, Presence.LATE


def read(words: str, *, language: str = "sv") -> NewAbsence | None:
    return read_absence(words, reading=READINGS[language], today=WEDNESDAY, names=NAMES)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        # Denied.
        *(("sv", one) for one in ("inte sjuk längre", "jag är inte sjuk", "blir inte sjuk", "vill inte bli sjuk")),
        *(("sv", one) for one in ("jag är inte sen", "kommer inte sent", "nej sjuk", "inte försenad", "aldrig sjuk")),
        *(("en", one) for one in ("not sick", "i am not ill", "no sick", "not late", "i will not be late")),
        # Somebody else.
        *(("sv", one) for one in ("min son är sjuk", "Karin är sjuk", "chefen är sjuk", "min dotter vabbar")),
        *(("sv", one) for one in ("sjuk idag min son", "bussen är försenad", "hunden sjuk", "sjuka barn")),
        *(("en", one) for one in ("my son is sick", "Karin is ill", "the bus is late", "my boss is sick today")),
        # Asked, wished, supposed.
        *(
            ("sv", one)
            for one in ("kan jag vara sjuk?", "sjuk?", "är jag sjuk?", "får jag vara sjuk", "om jag är sjuk")
        ),
        *(("sv", one) for one in ("kanske sjuk", "vad gör jag om jag blir sjuk", "ring om du är sjuk")),
        *(("en", one) for one in ("can i be late?", "sick?", "maybe sick", "what if i am ill", "if i am sick")),
        # Over, or of a day that nobody can tell.
        *(("sv", one) for one in ("var sjuk igår", "sjuk igår", "jag har varit sjuk", "sjuk 24/11", "sjuk till igår")),
        *(("sv", one) for one in ("sjuk till onsdag", "sjuk på onsdag", "sjuk fredag och måndag", "sjuk 24/10")),
        *(
            ("sv", one)
            for one in ("sjuk på förmiddagen till fredag", "sjuk 31/2", "sjuk till 31 feb", "sjuk 300 dagar", "sjuk 3")
        ),
        *(("sv", one) for one in ("sjuk fredag till torsdag", "vab 2-3 dagar", "tillbaka på fredag", "sjuk 0 dagar")),
        *(("en", one) for one in ("was sick yesterday", "ill yesterday", "i was late")),
        # Two things at once, or a reason that may be another's.
        *(("sv", one) for one in ("sjuk, kommer sen", "sjuk och vab", "kommer inte, kommer sen", "sjuk, läkarbesök")),
        *(("sv", one) for one in ("förkyld, kommer inte", "min son är sjuk, kommer inte", "sjuk tillbaka")),
        # A story is for a person.
        ("sv", "sjuk " * 25),
        ("sv", "jag är trött på att vara sjuk"),
        ("sv", "läkaren sa att jag är frisk"),
        ("sv", "sen"),
        ("sv", "kan inte"),
        ("sv", "kan inte idag"),
        ("sv", "igår"),
        ("sv", "på fredag"),
        ("sv", "min"),
        ("sv", ""),
    ],
)
def test_what_is_not_clear_is_no_absence(language: str, words: str) -> None:
    assert read(words, language=language) is None


@pytest.mark.parametrize(
    ("words", "category", "begins_on", "ends_on"),
    [
        ("sjuk", ILL, WEDNESDAY, None),
        ("Sjuk.", ILL, WEDNESDAY, None),
        ("sjuk 🤒!!!", ILL, WEDNESDAY, None),
        ("jag är sjuk idag", ILL, WEDNESDAY, WEDNESDAY),
        ("kan inte idag sjuk", ILL, WEDNESDAY, WEDNESDAY),
        ("Hej Karin, jag är tyvärr sjuk i dag. Mvh Amina", ILL, WEDNESDAY, WEDNESDAY),
        ("hej karin är sjuk", ILL, WEDNESDAY, None),
        ("Amina är sjuk", ILL, WEDNESDAY, None),
        ("jag kommer inte, sjuk", ILL, WEDNESDAY, None),
        ("jag mår inte bra, sjuk idag", ILL, WEDNESDAY, WEDNESDAY),
        ("sjuk imorgon", ILL, THURSDAY, THURSDAY),
        ("sjuk på fredag", ILL, FRIDAY, FRIDAY),
        ("sjuk till fredag", ILL, WEDNESDAY, FRIDAY),
        ("sjuk till och med fredag", ILL, WEDNESDAY, FRIDAY),
        ("sjuk t.o.m. fredag", ILL, WEDNESDAY, FRIDAY),
        ("sjuk idag och imorgon", ILL, WEDNESDAY, THURSDAY),
        ("sjuk imorgon till fredag", ILL, THURSDAY, FRIDAY),
        ("sjuk 26/11-27/11", ILL, THURSDAY, FRIDAY),
        ("sjuk 2026-11-26", ILL, THURSDAY, THURSDAY),
        ("sjuk från torsdag till måndag", ILL, THURSDAY, MONDAY),
        ("sjuk från och med idag", ILL, WEDNESDAY, None),
        ("sjuk från fredag", ILL, FRIDAY, None),
        ("sjuk sedan igår", ILL, WEDNESDAY, None),
        ("sjuk 2 dagar", ILL, WEDNESDAY, THURSDAY),
        ("sjuk i två dagar", ILL, WEDNESDAY, THURSDAY),
        ("sjuk 3 dagar från imorgon", ILL, THURSDAY, THURSDAY + timedelta(days=2)),
        ("sjuk till och med torsdag", ILL, WEDNESDAY, THURSDAY),
        ("sjuk 30 dec till 3 jan", ILL, date(2026, 12, 30), date(2027, 1, 3)),
        ("sjuk 30/12-3/1", ILL, date(2026, 12, 30), date(2027, 1, 3)),
        ("sjuk en vecka", ILL, WEDNESDAY, WEDNESDAY + timedelta(days=6)),
        ("vab", CHILD, WEDNESDAY, None),
        ("VABBAR IDAG", CHILD, WEDNESDAY, WEDNESDAY),
        ("vab, min son är sjuk", CHILD, WEDNESDAY, None),
        ("jag är hemma med sjukt barn", CHILD, WEDNESDAY, None),
        ("läkarbesök", VISIT, WEDNESDAY, None),
        ("läkarbesök kl 10", VISIT, WEDNESDAY, None),
        ("läkarbesök imorgon 10:30", VISIT, THURSDAY, THURSDAY),
        ("har möte på myndighet", VISIT, WEDNESDAY, None),
        ("kan inte på fredag, har möte på migrationsverket kl 13-15", VISIT, FRIDAY, FRIDAY),
        ("jag ska till tandläkaren", VISIT, WEDNESDAY, None),
        ("jag kommer inte", OTHER, WEDNESDAY, None),
        ("kommer tyvärr inte på fredag", OTHER, FRIDAY, FRIDAY),
        ("fått förhinder", OTHER, WEDNESDAY, None),
    ],
)
def test_not_coming_is_read_by_category_and_day(
    words: str, category: Presence, begins_on: date, ends_on: date | None
) -> None:
    assert read(words) == NewAbsence(category=category, begins_on=begins_on, ends_on=ends_on, reported_by="participant")


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("försenad 20 min", 20),
        ("kommer sen", None),
        ("kommer 15 min sent", 15),
        ("kommer 15min sent", 15),
        ("jag blir ca 10 minuter sen idag", 10),
        ("15 min sen", 15),
        ("1 timme sen", 60),
        ("10-15 min sen", None),
        ("kommer en halvtimme sent", 30),
        ("en kvart sen", 15),
        ("kommer sen, läkarbesök", None),
        ("förlåt jag kommer lite sent", None),
    ],
)
def test_coming_late_is_read_with_its_minutes(words: str, minutes: int | None) -> None:
    found = read(words)
    assert found is not None
    assert (found.category, found.begins_on, found.late_minutes) == (LATE, WEDNESDAY, minutes)


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("I'm sick today", ILL),
        ("can't come, ill", ILL),
        ("vab until Friday", CHILD),
        ("doctor's appointment tomorrow at 10", VISIT),
        ("sorry I can't come today", OTHER),
        ("running late, 20 minutes", LATE),
    ],
)
def test_english_is_read_too(words: str, category: Presence) -> None:
    found = read(words, language="en")
    assert found is not None and found.category is category


@pytest.mark.parametrize(
    ("words", "back"),
    [
        *(
            (one, True)
            for one in ("frisk", "Jag är tillbaka!", "mår bra igen", "frisk idag", "jag är inte sjuk längre")
        ),
        *(
            (one, False)
            for one in ("tillbaka på måndag", "frisk imorgon", "inte frisk", "frisk?", "sjuk", "min son är frisk")
        ),
        *((one, False) for one in ("snart frisk", "ja", "nej", "", "frisk men förkyld")),
    ],
)
def test_being_back_is_said_of_today_and_of_oneself(words: str, back: bool) -> None:
    assert says_back(words, reading=READINGS["sv"], today=WEDNESDAY, names=NAMES) is back


@pytest.mark.parametrize(
    ("words", "back"),
    [
        *((one, True) for one in ("ja", "JA!", "Ja tack", "frisk", "ja jag är frisk nu")),
        *(
            (one, False)
            for one in (
                "nej",
                "Nej tyvärr",
                "nej inte än",
                "Nej tyvärr, sjuk",
                "nej jag är fortfarande sjuk",
                "nej tack",
            )
        ),
        *((one, None) for one in ("kanske", "3", "", "ja men senare", "nej inte sjuk", "när då")),
    ],
)
def test_who_was_asked_answers_yes_or_no(words: str, back: bool | None) -> None:
    assert answers_back(words, reading=READINGS["sv"], today=WEDNESDAY, names=NAMES) is back


@settings(deadline=None)
@given(words=any_words())
def test_any_text_is_an_absence_or_none(words: str) -> None:
    for reading in READINGS.values():
        found = read_absence(words, reading=reading, today=WEDNESDAY, names=NAMES)
        assert found is None or found.begins_on >= WEDNESDAY
        smelt = read_hint(words, reading=reading, today=WEDNESDAY)
        assert smelt is None or smelt.begins_on is None or smelt.begins_on >= WEDNESDAY
        assert answers_back(words, reading=reading, today=WEDNESDAY) in (True, False, None)


@pytest.mark.parametrize("language", ["sv", "en", "so"])
def test_the_words_that_the_menu_tells_are_read(language: str) -> None:
    asked = load_words(CONTENT)[language]["phrases/absent-which"]
    told = re.findall(r"[A-Z]{2,}(?: [A-Z]+)*", asked)
    found = [read(words, language=language) for words in told]
    assert {one.category for one in found if one} == {ILL, CHILD, VISIT, OTHER, LATE}, told
    assert all(found), told
