"""What somebody wished stands on the coach's pages as it is, and a coach can undo it when the person asks."""

from datetime import timedelta

import pytest

from bot.storage.alerts import NewAlert
from bot.storage.unit_of_work import unit_of_work
from tests.console.persons import do, logged, person, queued
from tests.console.street import NOW, Street

NO_QUESTIONS = "Wants no questions, only reminders"


async def change(street: Street, name: str, **values: object) -> None:
    async with unit_of_work(street.database) as work:
        await work.participants.change(street.people[name], **values)


async def test_who_wants_no_questions_is_shown_so_and_a_coach_can_undo_it(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}"
    before = (await karin.get(path)).text
    await change(street, "Bosse", check_ins_stopped_at=NOW)
    shown, beside = (await karin.get(path)).text, (await karin.get(f"/inbox/{street.enrolments['Bosse']}")).text

    after = (await do(karin, street, "Bosse", "check-ins")).text

    assert NO_QUESTIONS not in before
    assert "Ask questions again" not in before
    assert NO_QUESTIONS in shown
    assert "Wants no questions: reminders go on." in beside
    assert (await person(street, "Bosse"))["check_ins_stopped_at"] is None
    assert NO_QUESTIONS not in after
    assert "Bosse gets questions again, with the next check-in." in after
    assert "Karin let questions be asked again, as the person had asked" in after
    assert (await logged(street, "Bosse"))[-1] == ("Karin", "check-ins-resumed", None)
    assert await queued(street, "Bosse") == []


async def test_a_coach_who_starts_messages_again_brings_the_questions_back_too(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    await change(street, "Bosse", stopped_at=NOW, check_ins_stopped_at=NOW)

    await do(karin, street, "Bosse", "start", consent="yes")

    assert (await person(street, "Bosse"))["check_ins_stopped_at"] is None


@pytest.mark.parametrize(("minutes", "shown"), [(10, True), (-1, False)])
async def test_who_is_writing_to_the_coach_is_shown_so(both_streets: Street, minutes: int, shown: bool) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    await change(street, "Bosse", talking_until=NOW + timedelta(minutes=minutes))

    page = (await karin.get(f"/people/{street.enrolments['Bosse']}")).text

    assert ("Is writing to the coach just now" in page) is shown


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("data-request", "Wants to see, correct or erase what is kept"),
        ("wants-channel", "Wants messages another way, and that way is not known"),
    ],
)
async def test_a_request_stands_on_the_days_page(both_streets: Street, kind: str, said: str) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    async with unit_of_work(street.database) as work:
        bosse = (await work.participants.people([street.people["Bosse"]]))[street.people["Bosse"]][0]
        raised = NewAlert(
            organisation_id=bosse.organisation_id,
            programme_id=bosse.programme_id,
            participant_id=bosse.id,
            coach_id=bosse.coach_id,
            kind=kind,
            once=f"{kind}/test",
        )
        await work.alerts.raise_these([raised], now=NOW)

    assert said in (await karin.get("/")).text
