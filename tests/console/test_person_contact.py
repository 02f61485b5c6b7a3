"""Whether, how and in which language somebody is written to is changed from their page, which says what it did."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.domain.people import ChannelName
from bot.storage.addresses import Belongs
from bot.storage.tables import addresses, conversations, definitions, occurrences
from bot.storage.unit_of_work import unit_of_work
from tests.console.persons import a_message, do, keep, logged, person, place, queued, rows
from tests.console.street import NOW, Street

NIGHT = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
"""When the quiet hours of the programme end in Stockholm."""


async def change(street: Street, name: str, **values: object) -> None:
    async with unit_of_work(street.database) as work:
        await work.participants.change(street.people[name], **values)


async def an_open_conversation(street: Street, name: str) -> None:
    where = await place(street, name)
    flow = (await rows(street, definitions, programme_id=where["programme_id"], kind="flow"))[0]
    await keep(
        street,
        conversations,
        programme_id=where["programme_id"],
        participant_id=street.people[name],
        enrolment_id=where["id"],
        definition_id=flow["id"],
        flow=flow["slug"],
        state="{}",
        began_at=NOW,
        moved_at=NOW,
    )


async def test_a_pause_of_a_week_ends_with_a_day(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    page = await do(karin, street, "Bosse", "pause", pause="week")
    # Through Wednesday 2 December in Stockholm.
    assert (await person(street, "Bosse"))["paused_until"] == datetime(2026, 12, 2, 23, tzinfo=UTC)
    assert "Messages to Bosse are paused" in page.text and "Paused until Thursday 3 December" in page.text
    assert await logged(street, "Bosse") == [("Karin", "paused", "2026-12-03")]
    assert "Karin paused the messages until Thursday 3 December" in page.text
    assert await queued(street, "Bosse") == []


async def test_a_pause_without_end_lasts_until_somebody_resumes_it(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    await change(street, "Bosse", paused_until=NOW + timedelta(days=1))
    page = await do(karin, street, "Bosse", "pause", pause="held")
    assert (await person(street, "Bosse"))["held_at"] == NOW
    assert (await person(street, "Bosse"))["paused_until"] is None
    assert "Paused until you resume it" in page.text
    page = await do(karin, street, "Bosse", "resume")
    assert (await person(street, "Bosse"))["held_at"] is None
    assert "begin again" in page.text and "Resume messages" not in page.text
    assert [what for _, what, _ in await logged(street, "Bosse")] == ["paused", "person-resumed"]


async def test_a_stop_ends_what_is_open_and_empties_what_waits_but_tells_how_to_begin_again(
    both_streets: Street,
) -> None:
    street = both_streets
    await an_open_conversation(street, "Bosse")
    await a_message(street, "Bosse", "waits")
    page = await do(await street.browser("Karin"), street, "Bosse", "stop")
    assert (await person(street, "Bosse"))["stopped_at"] == NOW
    (talk,) = await rows(street, conversations, participant_id=street.people["Bosse"])
    assert (talk["outcome"], talk["ended_at"]) == ("stopped", NOW)
    waits, last = await queued(street, "Bosse")
    assert (waits["status"], waits["error"]) == ("cancelled", "stopped")
    assert (last["purpose"], last["status"]) == ("confirmation", "queued") and "START" in last["text"]
    assert "Nothing more is written to Bosse. One last message says so" in page.text
    assert await logged(street, "Bosse") == [("Karin", "stopped", None)]


async def test_a_stop_in_the_night_is_confirmed_in_the_morning(street: Street) -> None:
    street.hours.now = NIGHT
    await do(await street.browser("Karin"), street, "Bosse", "stop")
    (last,) = await queued(street, "Bosse")
    assert last["available_at"] == MORNING


async def test_nobody_is_written_to_again_unless_they_asked_for_it(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    await change(street, "Bosse", stopped_at=NOW, held_at=NOW)
    refused = await do(karin, street, "Bosse", "start")
    assert refused.status_code == 422 and "Tick this when the person asked for it" in refused.text
    assert '<details class="do" id="do-start" open>' in refused.text
    assert (await person(street, "Bosse"))["stopped_at"] == NOW and await logged(street, "Bosse") == []
    page = await do(karin, street, "Bosse", "start", consent="yes")
    row = await person(street, "Bosse")
    assert row["stopped_at"] is None and row["held_at"] is None
    assert "Bosse is written to again, and a message says so" in page.text
    assert ["STOPP" in one["text"] for one in await queued(street, "Bosse")] == [True]
    assert await logged(street, "Bosse") == [("Karin", "started-again", None)]


async def test_what_the_provider_blocks_only_the_person_can_undo(street: Street) -> None:
    karin = await street.browser("Karin")
    await change(street, "Bosse", stopped_at=NOW)
    async with street.database.transaction() as connection:
        mine = addresses.c.participant_id == street.people["Bosse"]
        await connection.execute(update(addresses).where(mine).values(state="stopped"))
    assert "ask them to send START" in (await karin.get(f"/people/{street.enrolments['Bosse']}")).text
    page = await do(karin, street, "Bosse", "start", consent="yes")
    assert "No message is sent about it, because no working address is known" in page.text
    assert await queued(street, "Bosse") == []
    assert [row["state"] for row in await rows(street, addresses, participant_id=street.people["Bosse"])] == ["stopped"]


async def test_language_is_one_of_the_programmes(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    page = await do(karin, street, "Bosse", "language", language="ar")
    assert (await person(street, "Bosse"))["language"] == "ar" and "Arabic" in page.text
    assert (await do(karin, street, "Bosse", "language", language="xx")).status_code == 422
    assert await logged(street, "Bosse") == [("Karin", "language-changed", "ar")]


async def test_language_that_we_only_read_is_theirs_and_they_are_told_so(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    page = await do(karin, street, "Bosse", "language", language="ti")
    assert (await person(street, "Bosse"))["language"] == "ti"
    assert '<optgroup label="Answers are read, messages come in Swedish">' in page.text
    assert "may answer in another language from now on: Tigrinya. Messages come in Swedish, and one" in page.text
    assert [(row["language"], "ስዊድንኛ" in row["text"]) for row in await queued(street, "Bosse")] == [("ti", True)]
    # Once is enough, and a language that we write needs no word.
    await do(karin, street, "Bosse", "language", language="ti")
    await do(karin, street, "Bosse", "language", language="en")
    assert len(await queued(street, "Bosse")) == 1


async def test_nobody_is_told_of_a_language_who_is_not_written_to(street: Street) -> None:
    karin = await street.browser("Karin")
    await change(street, "Bosse", stopped_at=NOW)
    page = await do(karin, street, "Bosse", "language", language="uk")
    assert (await person(street, "Bosse"))["language"] == "uk"
    assert "Ukrainian. Messages come in Swedish. No message is sent about it." in page.text
    assert await queued(street, "Bosse") == []


async def test_whoever_moves_is_written_to_by_the_clock_there(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    assert (await do(karin, street, "Bosse", "zone", zone="Sweden")).status_code == 422
    assert (await do(karin, street, "Bosse", "zone", zone="Europe/../Rome")).status_code == 422
    assert (await person(street, "Bosse"))["zone"] == "Europe/Stockholm"
    page = await do(karin, street, "Bosse", "zone", zone="America/New_York")
    assert "by this clock from now on: America/New_York" in page.text
    assert "<option selected>America/New_York</option>" in page.text
    # The same once more is no deed.
    await do(karin, street, "Bosse", "zone", zone="America/New_York")
    kept = await person(street, "Bosse")
    assert (kept["zone"], kept["zone_before"]) == ("America/New_York", "Europe/Stockholm")
    assert await logged(street, "Bosse") == [("Karin", "zone-changed", "America/New_York")]


async def test_the_channel_is_one_on_which_an_address_is_known(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    assert (await do(karin, street, "Bosse", "channel", channel="telegram")).status_code == 422
    async with unit_of_work(street.database) as work:
        where = await place(street, "Bosse")
        belongs = Belongs(organisation_id=where["organisation_id"], participant_id=street.people["Bosse"])
        await work.addresses.add(ChannelName.TELEGRAM, "2002", of=belongs, now=NOW)
    page = await do(karin, street, "Bosse", "channel", channel="telegram")
    assert (await person(street, "Bosse"))["preferred_channel"] == "telegram"
    assert "another way from now on: Telegram" in page.text
    assert await logged(street, "Bosse") == [("Karin", "channel-changed", "telegram")]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("not a number", "This is no phone number"),
        ("070-174 06 05", "has this number already"),
        ("", "Write something"),
    ],
)
async def test_a_number_that_is_none_or_known_is_refused_and_stays_typed(
    street: Street, typed: str, complaint: str
) -> None:
    refused = await do(await street.browser("Karin"), street, "Bosse", "number", number=typed)
    assert refused.status_code == 422 and complaint in refused.text and f'value="{typed}"' in refused.text
    assert await logged(street, "Bosse") == []


async def test_messages_go_to_the_new_number_from_then_on(both_streets: Street) -> None:
    street = both_streets
    page = await do(await street.browser("Karin"), street, "Bosse", "number", number="070-174 06 99")
    assert "The new number is kept" in page.text and "tel:+46701740699" in page.text
    async with unit_of_work(street.database) as work:
        bosse = (await work.participants.enrolled([street.enrolments["Bosse"]]))[street.enrolments["Bosse"]]
    assert bosse.address is not None and bosse.address.value == "+46701740699"
    # The log names the address by its number in the table: nobody's phone number stands there.
    assert await logged(street, "Bosse") == [("Karin", "address-added", str(bosse.address.id))]


async def test_whoever_does_not_see_somebody_changes_nothing(street: Street) -> None:
    for reader in ("Johan", "Olof", "Bertil"):
        browser = await street.browser(reader)
        for action in ("pause", "stop", "start", "language", "number"):
            path = f"/people/{street.enrolments['Bosse']}/{action}"
            sent = await browser.post(path, pause="week", consent="yes", language="ar", number="0701740699")
            assert sent.status_code == 404
    row = await person(street, "Bosse")
    assert (row["paused_until"], row["stopped_at"], row["language"]) == (None, None, "sv")


async def test_two_who_change_the_same_are_told_and_the_first_counts(both_streets: Street) -> None:
    street = both_streets
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    await karin.get(f"/people/{street.enrolments['Bosse']}")
    async with unit_of_work(street.database) as work:
        shown = (await work.participants.enrolled([street.enrolments["Bosse"]]))[street.enrolments["Bosse"]].standing
    await do(lena, street, "Bosse", "language", language="en")
    told = await do(karin, street, "Bosse", "pause", pause="month", standing=shown)
    assert told.status_code == 409 and "Somebody else changed something about Bosse" in told.text
    # What is there now, and what was asked for.
    assert "<dd>English</dd>" in told.text and '<option value="month" selected>' in told.text
    assert (await person(street, "Bosse"))["paused_until"] is None
    # The form that is shown now can be sent.
    again = await do(karin, street, "Bosse", "pause", pause="month")
    assert again.status_code == 200 and (await person(street, "Bosse"))["paused_until"] is not None
    assert (await karin.post(f"/people/{street.enrolments['Bosse']}/pause", pause="week")).status_code == 409
    assert await rows(street, occurrences) == []
