"""A pause, a later moment, a language and words for the coach are read whole, or a person reads them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from bot.engine.postponing import FURTHEST
from bot.engine.taps import read_wish_tap
from bot.engine.wishes import Later, Pause, Speak, ToCoach, Wish, Wished, read_wish
from tests.engine.builders import READINGS, TONGUES
from tests.engine.test_answers import any_words

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=STOCKHOLM)
"""A Wednesday."""


def wished(words: str, *, language: str = "sv", now: datetime = NOW) -> Wished | None:
    return read_wish(words, ear=TONGUES.ear(language), now=now)


def at(words: str, *, now: datetime = NOW) -> str | None:
    found = wished(words, now=now)
    assert found is None or isinstance(found, Later)
    return f"{found.at.astimezone(STOCKHOLM):%d %H:%M}" if found and found.at else None


@pytest.mark.parametrize(
    ("words", "days"),
    [
        *(("pausa 2 veckor", 14), ("Pausa i två veckor, tack", 14), ("paus en månad", 30), ("paus 1 dag", 1)),
        *(
            ("pausa 3 v", 21),
            ("pausa 2v", 14),
            ("paus till måndag", 5),
            ("pausa till torsdag", 1),
            ("pausa till 15/12", 20),
            ("paus t o m fredag", 3),
            ("pausa till och med fredag", 3),
        ),
    ],
)
def test_a_pause_lasts_so_many_days(words: str, days: int) -> None:
    assert wished(words) == Pause(days=days)


@pytest.mark.parametrize(
    "words",
    [
        *("pausa 2", "pausa 2 timmar", "pausa till onsdag", "paus till jul", "pausa till igår", "pausa 0 dagar"),
        *(
            "pausa 2 veckor efter jul",
            "ta en paus imorgon",
            "vi hade paus 2 veckor",
            "pausa 3-4 dagar",
            "pausa till 31 feb",
            "pausa v 49",
        ),
    ],
)
def test_a_pause_that_is_not_clear_is_none(words: str) -> None:
    assert not isinstance(wished(words), Pause)


@pytest.mark.parametrize(
    ("words", "when"),
    [
        *(("om en timme", "25 11:00"), ("om 2 timmar tack", "25 12:00"), ("om 45 minuter", "25 10:45")),
        *(("i eftermiddag", "25 14:00"), ("imorgon", "26 09:00"), ("i morgon eftermiddag", "26 14:00")),
        *(("imorgon 10", "26 10:00"), ("imorgon kl 9.30", "26 09:30"), ("påminn mig kl 15", "25 15:00")),
        *(("påminn mig i kväll", "25 18:00"), ("ikväll kl 7", "25 19:00"), ("övermorgon", "27 09:00")),
        *(("påminn mig kl 11", "25 11:00"), ("påminn mig kl ١١", "25 11:00"), ("i förmiddag", "25 11:00")),
        *(("senare 15", "25 15:00"), ("senare kl 3 på eftermiddagen", "25 15:00"), ("senare 15.10", "25 15:10")),
        *(("imorgon halv tio", "26 09:30"), ("senare kl 9 imorgon", "26 09:00"), ("ikväll 20.30", "25 20:30")),
        *(
            ("senare på fredag", "27 09:00"),
            ("påminn mig på torsdag kl 14", "26 14:00"),
            ("senare 26/11 15:00", "26 15:00"),
        ),
    ],
)
def test_later_is_a_moment_on_the_persons_own_clock(words: str, when: str) -> None:
    assert at(words) == when


@pytest.mark.parametrize(
    "words",
    [
        *("nu", "idag", "igår", "10", "kl 15", "2 timmar", "15:30", "om 3 dagar", "om 2 veckor", "kanske imorgon"),
        *(
            "imorgon eller fredag",
            "imorgon 25:00",
            "imorgon imorgon",
            "om 0 minuter",
            "jag kan imorgon",
            "inte imorgon",
        ),
    ],
)
def test_a_moment_that_is_not_clear_or_not_near_is_no_wish(words: str) -> None:
    assert wished(words) is None


@pytest.mark.parametrize(
    "words",
    [
        # Three in the night, or in the afternoon? Eight has been: this evening, or tomorrow?
        *("senare kl 3", "senare 3", "påminn mig imorgon kl 3", "påminn mig kl 8", "senare 0930", "senare idag kl 9"),
        # No time there is, too far away, or nothing that is still to come.
        *("senare 24", "senare kl 25", "påminn mig på måndag", "senare 31 feb", "senare idag", "påminn mig igår"),
        *("senare om 3 veckor", "senare ikväll 3", "senare i förmiddag i eftermiddag", "senare 31/12 15:00"),
    ],
)
def test_a_time_that_may_be_two_or_none_is_asked_about_and_never_guessed(words: str) -> None:
    assert wished(words) == Later(at=None)


@pytest.mark.parametrize("words", ["senare ska jag jobba", "senare kanske imorgon", "imorgon 3", "på torsdag kl 10"])
def test_what_is_more_than_a_time_or_was_no_wish_is_not_asked_about(words: str) -> None:
    assert wished(words) is None


@pytest.mark.parametrize(
    ("language", "words", "when"),
    [
        *(("en", "later 15", "25 15:00"), ("en", "later 3pm", "25 15:00"), ("en", "later at 3", None)),
        *(("ar", "بعد ساعتين", "25 12:00"), ("ar", "لاحقا الساعة 15", "25 15:00"), ("ar", "لاحقا الساعة 3", None)),
        # In Somali the hours are counted from six: three is nine.
        *(("so", "berri", "26 09:00"), ("so", "hadhow 15:00", "25 15:00"), ("so", "hadhow saacadda 3", None)),
    ],
)
def test_later_is_read_alike_in_every_language(language: str, words: str, when: str | None) -> None:
    found = wished(words, language=language)
    assert isinstance(found, Later)
    assert (f"{found.at.astimezone(STOCKHOLM):%d %H:%M}" if found.at else None) == when


def test_a_part_of_the_day_that_is_over_is_not_soon() -> None:
    assert wished("senare i förmiddag", now=NOW.replace(hour=13)) == Later(at=None)
    assert wished("i eftermiddag", now=NOW.replace(hour=22)) is None


@pytest.mark.parametrize("words", ["inte nu", "Senare!", "påminn mig", "svarar senare 🙏"])
def test_later_may_be_said_without_a_time(words: str) -> None:
    assert wished(words) is Wish.LATER


def test_an_hour_is_an_hour_when_the_clocks_change() -> None:
    # At three in the night the clock of this Sunday goes back to two.
    before = datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM)

    found = wished("om en timme", now=before)

    assert isinstance(found, Later)
    assert found.at == before.astimezone(UTC) + timedelta(hours=1)


NAMES = dict(
    (
        *(("svenska", "sv"), ("English", "en"), ("العربية", "ar"), ("arabiska", "ar"), ("soomaali", "so")),
        *(("somaliska", "so"), ("ትግርኛ", "ti"), ("دری", "fa_AF"), ("dari", "fa_AF"), ("українська", "uk")),
        *(("Türkçe", "tr"), ("turkiska", "tr"), ("kurdiska", "ku"), ("shqip", "sq"), ("polski", "pl"), ("ไทย", "th")),
        *(("på engelska", "en"), ("in Swedish please", "sv"), ("srpski", "sr_Latn"), ("thailändska", "th")),
    )
)


@pytest.mark.parametrize("own", sorted(READINGS))
def test_a_language_is_called_by_its_name_in_any_language(own: str) -> None:
    heard = {words: wished(words, language=own) for words in NAMES}
    assert heard == {words: Speak(language=language) for words, language in NAMES.items()}


@pytest.mark.parametrize("words", ["jag talar svenska", "svenska är svårt", "engelska arabiska", "Svensson", "svensk"])
def test_who_mentions_a_language_does_not_choose_it(words: str) -> None:
    assert wished(words) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("coach: hej", "hej"),
        ("Till min coach: Kan du ringa?\nDet är bråttom: idag.", "Kan du ringa?\nDet är bråttom: idag."),
    ],
)
def test_what_stands_after_the_coach_is_the_coachs(words: str, told: str) -> None:
    assert wished(words) == ToCoach(words=told)


@pytest.mark.parametrize("words", ["coach:", "coach: ", ": hej", "min coach sa: vänta", "jag: coach"])
def test_what_only_has_a_colon_is_not_for_the_coach(words: str) -> None:
    assert not isinstance(wished(words), ToCoach)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        *(("/stop", Wish.STOP), ("/STOP@framsteg_bot", Wish.STOP), ("/stopp", Wish.STOP), ("/help", Wish.HELP)),
        *(("/min_vecka", Wish.MY_WEEK), ("/start", Wish.START), ("/paus", Wish.PAUSE), ("/coach", Wish.COACH)),
    ],
)
def test_a_command_is_the_word(words: str, wish: Wish) -> None:
    assert wished(words) is wish


@pytest.mark.parametrize("words", ["/3", "3/5", "/", "//stop", "se /stop", "/horoskop"])
def test_what_only_has_a_stroke_is_no_command(words: str) -> None:
    assert wished(words) is None


@pytest.mark.parametrize(
    ("data", "wish"),
    [
        ("wish:my-week", Wish.MY_WEEK),
        ("wish:later", Wish.LATER),
        ("wish:later:hour", Later(at=NOW.astimezone(UTC) + timedelta(hours=1))),
        ("wish:later:tomorrow", Later(at=datetime(2026, 11, 26, 9, 0, tzinfo=STOCKHOLM))),
        ("wish:language:en", Speak(language="en")),
        *(("wish:", None), ("wish:horoscope", None), ("wish:later:yesterday", None), ("wish:later:", Wish.LATER)),
    ],
)
def test_a_button_stands_for_a_wish(data: str, wish: Wished | None) -> None:
    assert read_wish_tap(data, now=NOW) == wish


def test_an_afternoon_that_has_come_is_soon() -> None:
    late = NOW.replace(hour=16)

    assert read_wish_tap("wish:later:afternoon", now=late) == Later(at=late.astimezone(UTC) + timedelta(hours=1))
    assert at("i eftermiddag", now=late) == "25 17:00"


@given(words=any_words())
def test_whatever_is_wished_is_near_and_never_in_the_past(words: str) -> None:
    found = wished(words)
    if isinstance(found, Later) and found.at is not None:
        assert NOW < found.at <= NOW + FURTHEST
    if isinstance(found, Pause):
        assert found.days is None or 0 < found.days <= (date.max - NOW.date()).days
