"""A coach notes which holidays somebody wants free, or has them asked, and sees what gave way to a free day."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from bot.storage.tables import conversations, occurrences, participants
from tests.console.persons import do, keep, logged, person, place, queued, rows
from tests.console.street import Street


async def test_what_the_person_asked_for_is_noted_and_the_log_does_not_say_which(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    page = await do(karin, street, "Bosse", "days-off", **{"keeps-islamic": "yes", "keeps-nowruz": "yes"})
    assert (await person(street, "Bosse"))["calendars"] == "islamic,nowruz"
    assert "It is noted which holidays Bosse wants free" in page.text
    assert page.text.count(" checked>") == 2
    assert "Dates may differ by a day" in page.text
    assert await logged(street, "Bosse") == [("Karin", "days-off-set", None)]
    page = await do(karin, street, "Bosse", "days-off")
    assert (await person(street, "Bosse"))["calendars"] == ""
    assert " checked>" not in page.text
    assert await queued(street, "Bosse") == []


async def test_a_calendar_that_nobody_knows_is_not_kept(street: Street) -> None:
    karin = await street.browser("Karin")
    await do(karin, street, "Bosse", "days-off", **{"keeps-pastafari": "yes", "keeps-jewish": "perhaps"})
    assert (await person(street, "Bosse"))["calendars"] == ""


async def test_who_chose_meanwhile_is_not_overruled_by_an_old_page(street: Street) -> None:
    karin = await street.browser("Karin")
    page = await do(karin, street, "Bosse", "days-off", standing="0" * 16)
    assert page.status_code == 409
    assert (await person(street, "Bosse"))["calendars"] == ""


async def test_whoever_does_not_see_the_person_neither_sees_nor_changes_it(street: Street) -> None:
    await do(await street.browser("Karin"), street, "Bosse", "days-off", **{"keeps-islamic": "yes"})
    other = await street.browser("Johan")
    path = f"/people/{street.enrolments['Bosse']}"
    assert (await other.get(path)).status_code == 404
    assert (await other.post(f"{path}/days-off", standing="")).status_code == 404
    assert (await person(street, "Bosse"))["calendars"] == "islamic"


async def test_the_person_is_asked_by_a_message(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    page = await do(karin, street, "Bosse", "ask-days-off")
    assert "Bosse is asked which holidays they want free" in page.text
    (message,) = await queued(street, "Bosse")
    assert "Vilka helger vill du ha lediga" in message["text"]
    assert await logged(street, "Bosse") == [("Karin", "days-off-asked", None)]
    again = await do(karin, street, "Bosse", "ask-days-off")
    assert "Bosse cannot be asked by a message now" in again.text
    assert len(await rows(street, conversations, participant_id=street.people["Bosse"])) == 1


async def test_whoever_has_stopped_is_not_asked(street: Street) -> None:
    async with street.database.transaction() as connection:
        stopped = update(participants).where(participants.c.id == street.people["Bosse"])
        await connection.execute(stopped.values(stopped_at=street.hours.now))
    karin = await street.browser("Karin")
    page = await karin.get(f"/people/{street.enrolments['Bosse']}")
    assert "Ask about holidays" not in page.text and "Holidays free from messages" in page.text
    await do(karin, street, "Bosse", "ask-days-off")
    assert await queued(street, "Bosse") == []


@pytest.mark.parametrize(
    ("shift", "state", "reason", "told"),
    [
        ("red-day", "queued", None, "Moved: public holiday. It was for Tuesday 24 November."),
        ("night", "queued", None, "Moved: night. It was for Tuesday 24 November."),
        (None, "skipped", "eve", "Left out: eve of a holiday. It was for Tuesday 24 November."),
        (None, "skipped", "closed", "Left out: closed day. It was for Tuesday 24 November."),
        (None, "skipped", "kept", "Left out: a day the person wants free. It was for Tuesday 24 November."),
    ],
)
async def test_the_story_tells_what_gave_way(
    both_streets: Street, shift: str | None, state: str, reason: str | None, told: str
) -> None:
    street = both_streets
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    where = street.enrolments["Bosse"]
    await keep(
        street,
        occurrences,
        programme_id=(await place(street, "Bosse"))["programme_id"],
        enrolment_id=where,
        rule="weekly",
        on_day=date(2026, 11, 24),
        due_at=at,
        shift=shift,
        state=state,
        reason=reason,
        expires_at=at,
        claimed_at=at,
    )
    karin = await street.browser("Karin")
    page = (await karin.get(f"/people/{where}")).text
    assert told in page
    assert "islamic" not in page.split('id="story"')[1]


async def test_a_red_day_has_its_swedish_name_and_a_day_that_somebody_keeps_has_none(street: Street) -> None:
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    where = street.enrolments["Bosse"]
    programme = (await place(street, "Bosse"))["programme_id"]
    for on, why in ((date(2026, 6, 19), "eve"), (date(2026, 5, 27), "kept")):
        values = {"programme_id": programme, "enrolment_id": where, "rule": "weekly", "state": "skipped", "reason": why}
        await keep(street, occurrences, **values, on_day=on, due_at=at, expires_at=at, claimed_at=at)
    karin = await street.browser("Karin")
    page = (await karin.get(f"/people/{where}")).text
    assert "Left out: eve of a holiday (Midsommarafton). It was for Friday 19 June." in page
    assert "Left out: a day the person wants free. It was for Wednesday 27 May." in page


async def test_what_came_as_planned_or_was_left_out_for_other_reasons_is_no_line(street: Street) -> None:
    where, at = street.enrolments["Bosse"], datetime(2026, 11, 25, 9, tzinfo=UTC)
    for number, (state, reason) in enumerate((("queued", None), ("skipped", "absent"), ("expired", "late"))):
        values = {
            "programme_id": (await place(street, "Bosse"))["programme_id"],
            "enrolment_id": where,
            "rule": f"rule-{number}",
        }
        await keep(
            street,
            occurrences,
            **values,
            on_day=date(2026, 11, 24),
            due_at=at,
            state=state,
            reason=reason,
            expires_at=at,
            claimed_at=at,
        )
    karin = await street.browser("Karin")
    page = (await karin.get(f"/people/{where}")).text
    assert "Left out:" not in page and "Moved:" not in page
