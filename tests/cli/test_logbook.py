"""A log line may say who and where, never what somebody wrote."""

import logging
import sys

from bot.cli.logbook import Bare

BARE = Bare("%(levelname)s %(name)s %(message)s")


def line(name: str, message: str, *values: object, wrong: Exception | None = None) -> str:
    info = (type(wrong), wrong, wrong.__traceback__) if wrong else None
    record = logging.LogRecord(name, logging.ERROR, __file__, 12, message, values, info, func="work")
    return BARE.format(record)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception:  # noqa: BLE001 - it is wanted as it is, with its way
        caught = sys.exc_info()[1]
        assert isinstance(caught, Exception)
        return caught


def test_our_own_records_are_said_in_full() -> None:
    assert line("bot.services.reception", "arrival %d could not be handled: %s", 17, "ValueError") == (
        "ERROR bot.services.reception arrival 17 could not be handled: ValueError"
    )


def test_of_a_librarys_record_only_the_place_is_said() -> None:
    assert line("asyncio", "Task exception was never retrieved: ValueError('Amina wrote 4')") == "ERROR asyncio work:12"
    assert line("aiosqlite", "executing %s", ("INSERT", "Amina")) == "ERROR aiosqlite work:12"


def test_of_an_exception_only_its_kind_and_its_way_are_said() -> None:
    said = line("bot.doors.sms", "it broke", wrong=raised(ValueError("Amina wrote 4")))
    assert "Amina" not in said
    assert said.splitlines()[1].startswith("  ValueError in raised:")


def test_a_record_stays_as_it_was_for_others() -> None:
    record = logging.LogRecord("asyncio", logging.ERROR, __file__, 12, "words", (), None)
    BARE.format(record)
    assert record.getMessage() == "words"
