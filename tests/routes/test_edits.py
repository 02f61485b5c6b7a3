"""An edited message is read for danger and stop first; it corrects what it answered, and answers nothing else."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.people import ChannelName
from tests.routes.asking import agreement_of, answers_of, somebody_asked
from tests.routes.test_corrections import checked_in, counting, edits, writes
from tests.town import Person, Town

CRY = "jag vill inte leva längre"


async def wrote(town: Town, words: str, *, message: int) -> Person:
    """Somebody amid a check-in, who then wrote this."""
    amina = await checked_in(town, "1 3", channel=ChannelName.TELEGRAM)
    await writes(amina, words, message=message)
    amina.news()
    return amina


@pytest.mark.parametrize("before", ["3", "paus 2 veckor", "när går bussen", "jag mår så där"])
async def test_an_edit_into_danger_raises_the_alarm(shared_town: Town, before: str) -> None:
    amina = await wrote(shared_town, before, message=85_001)

    [said] = await edits(amina, CRY, message=85_001)

    assert "112" in said
    assert (await amina.alerts())[-1] == "crisis"
    assert (await amina.outcomes())[-1] in ("held", "paused")


async def test_an_edit_of_danger_into_something_else_takes_nothing_back(shared_town: Town) -> None:
    amina = await wrote(shared_town, CRY, message=85_101)

    await edits(amina, "3", message=85_101)

    assert await amina.alerts() == ["crisis", "edited"]
    assert await counting(amina) == {"job-search": 2}


@pytest.mark.parametrize("before", ["3", "paus 2 veckor", "när går bussen"])
async def test_an_edit_into_stop_stops(shared_town: Town, before: str) -> None:
    amina = await wrote(shared_town, before, message=85_201)

    [said] = await edits(amina, "stopp", message=85_201)

    assert "START" in said
    assert (await amina.alerts())[-1] == "stopped"
    await amina.begins("weekly-check-in")
    assert amina.news() == []


async def test_danger_and_stop_in_one_edit_take_both_effects(shared_town: Town) -> None:
    amina = await wrote(shared_town, "3", message=85_301)

    said = await edits(amina, f"stopp. {CRY}", message=85_301)

    assert "112" in said[0] and "crisis" in await amina.alerts()


async def test_an_edit_into_wrong_person_ends_everything_to_that_address(shared_town: Town) -> None:
    amina = await wrote(shared_town, "vem är det", message=85_401)

    await edits(amina, "fel nummer", message=85_401)

    assert (await amina.alerts())[-1] == "wrong-number"
    assert (await amina.outcomes())[-1] is not None


async def test_an_edited_wish_is_granted_as_it_reads_now(shared_town: Town) -> None:
    amina = await wrote(shared_town, "paus 2 vecor", message=85_501)

    [said] = await edits(amina, "paus 2 veckor", message=85_501)

    assert "9 december" in said
    assert "edited" not in await amina.alerts()


async def test_an_edited_absence_is_heard(shared_town: Town) -> None:
    amina = await wrote(shared_town, "sjk kommer ej", message=85_601)

    [said] = await edits(amina, "jag är sjuk och kommer inte", message=85_601)

    assert said.startswith("Tack. Karin vet att du inte kommer i dag.")


@pytest.mark.parametrize("words", ["4", "nej 4", "ja", "fyra tack"])
async def test_an_edit_of_what_answered_nothing_answers_no_question(shared_town: Town, words: str) -> None:
    amina = await wrote(shared_town, "hur går det med bussen", message=85_701)

    await edits(amina, words, message=85_701)

    assert await counting(amina) == {"job-search": 2}
    assert (await amina.alerts())[-1] == "edited"


@pytest.mark.parametrize("words", ["läkare", "jag är sjuk", "paus", "hej"])
async def test_an_edit_is_never_taken_for_free_words(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins("full-check-in")
    await amina.says("0")
    await writes(amina, "när går bussen till jobbet", message=85_801)
    for level in "43524352":
        await amina.says(level)
    assert "egna ord" in amina.messages()[-1]

    assert await edits(amina, words, message=85_801) == []
    assert await amina.answers() == [] and await amina.outcomes() == [None]
    assert (await amina.alerts())[-1] == "edited"


async def test_an_edit_of_a_late_answer_answers_nothing(town: Town) -> None:
    amina = await checked_in(town, "1 3", channel=ChannelName.TELEGRAM)
    await town.later(hours=9)
    await town.later(hours=30)
    assert await amina.outcomes() == ["expired"]
    await writes(amina, "3", message=85_901)
    amina.news()

    assert await edits(amina, "4", message=85_901) == []
    assert await counting(amina) == {"job-search": 2}
    assert (await amina.alerts())[-1] == "edited"


async def test_whoever_stopped_is_left_in_peace_whatever_they_edit(shared_town: Town) -> None:
    amina = await wrote(shared_town, "stopp", message=86_001)

    assert await edits(amina, "start", message=86_001) == []
    assert (await amina.alerts())[-1] == "edited"


async def on_a_sheet(town: Town, words: str, *, message: int) -> Person:
    """Somebody who was asked by SMS, and went over to Telegram before answering the sheet with this."""
    sms = f"+46701749{len(town.people):03}"
    amina = await town.a_person(addresses=((ChannelName.SMS, sms), (ChannelName.TELEGRAM, str(message))))
    amina.sms, amina.chat = sms, message
    await amina.begins("full-check-in")
    await amina.says("0")
    amina.sms, amina.read = "", 0
    await writes(amina, words, message=message)
    amina.news()
    return amina


async def sheet_of(person: Person) -> list[int | None]:
    """The values of the sheet that count, in the order of its questions."""
    rows = [row for row in await person.ratings() if row.corrected_at is None and row.number > 1]
    return [row.value for row in sorted(rows, key=lambda row: row.number)]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("4 3 5 2 4 3 5 1", [4, 3, 5, 2, 4, 3, 5, 1]),
        ("4 3 5 - 4 3 5 1", [4, 3, 5, None, 4, 3, 5, 1]),
        ("2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1", [1] * 8),
    ],
)
async def test_an_edited_sheet_changes_its_answers(shared_town: Town, words: str, values: list[int | None]) -> None:
    amina = await on_a_sheet(shared_town, "4 3 5 2 4 3 5 2", message=87_000 + len(shared_town.people))
    assert await sheet_of(amina) == [4, 3, 5, 2, 4, 3, 5, 2]

    assert await edits(amina, words, message=amina.chat) == ["Tack! Ditt svar är ändrat."]

    assert await sheet_of(amina) == values
    assert await amina.alerts() == []


@pytest.mark.parametrize("words", ["4 3 5 2 4 3 5", "4 3 5 2 4 3 5 9", "2:1", "9:1 10:2", "5", "4 3 5 2 4 3 5 2 1"])
async def test_an_edited_sheet_that_is_not_plain_keeps_its_answers_and_is_shown(shared_town: Town, words: str) -> None:
    amina = await on_a_sheet(shared_town, "4 3 5 2 4 3 5 2", message=87_000 + len(shared_town.people))

    assert await edits(amina, words, message=amina.chat) == []

    assert await sheet_of(amina) == [4, 3, 5, 2, 4, 3, 5, 2]
    assert await amina.alerts() == ["edited"]


async def test_an_edit_of_a_sheet_never_reaches_what_was_asked_alone_afterwards(shared_town: Town) -> None:
    amina = await on_a_sheet(shared_town, "4 9 5 2 4 3 5 2", message=87_000 + len(shared_town.people))
    await amina.says("1")

    await edits(amina, "4 3 5 2 4 3 5 2", message=amina.chat)

    assert await sheet_of(amina) == [4, 1, 5, 2, 4, 3, 5, 2]
    assert await amina.alerts() == ["edited"]


async def refuses_by_tap(amina: Person) -> None:
    await amina.taps("Ja")
    await amina.town.listen()
    await amina.taps("Nej")
    await amina.town.listen()


async def refuses_by_words(amina: Person) -> None:
    await amina.says("ja")
    await amina.says("fel, nej")


async def refuses_by_edit(amina: Person) -> None:
    await writes(amina, "ja", message=amina.chat)
    await edits(amina, "nej", message=amina.chat)


@pytest.mark.parametrize("refuses", [refuses_by_tap, refuses_by_words, refuses_by_edit])
async def test_a_yes_to_messages_that_becomes_a_no_ends_them(
    shared_town: Town, refuses: Callable[[Person], Awaitable[None]]
) -> None:
    amina = await somebody_asked(shared_town, channel=ChannelName.TELEGRAM)

    await refuses(amina)

    assert await agreement_of(amina) == "refused"
    assert [answer for answer, _, _ in await answers_of(amina)] == ["agreed", "refused"]
    assert await amina.alerts() == ["messages-unwanted"]
    assert sum(text.startswith("Tack för ditt svar. Då skriver vi inte") for text in amina.messages()) == 1
    amina.news()
    await amina.begins("weekly-check-in")
    assert amina.news() == []
