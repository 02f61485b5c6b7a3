"""What pages show is the same on both databases: narrowed, paged, and never somebody else's."""

from datetime import timedelta

from sqlalchemy import insert, update

from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import ChannelName
from bot.storage.alerts import NewAlert
from bot.storage.database import Database
from bot.storage.tables import coaches, given_ratings, outbox
from bot.storage.tables import summaries as kept_summaries
from bot.storage.unit_of_work import unit_of_work
from bot.storage.views.demo import looking
from tests.builders import MONDAY, Enrolled, a_participant, a_rating, an_address


async def queued(database: Database, who: Enrolled, *texts: str) -> None:
    drafts = [
        Draft(
            organisation_id=who.organisation_id,
            programme_id=who.programme_id,
            participant_id=who.participant_id,
            address_id=who.address_id,
            channel=ChannelName.SMS,
            purpose=Purpose.REMINDER,
            priority=Priority.REMINDER,
            text=text,
            available_at=MONDAY + timedelta(hours=number),
            expires_at=None,
            language="sv",
            once=f"{who.enrolment_id}/{text}",
        )
        for number, text in enumerate(texts)
    ]
    async with unit_of_work(database) as work:
        await work.outbox.queue(drafts, now=MONDAY)


async def test_people_are_listed_once_with_their_newest_address_a_page_at_a_time(database: Database) -> None:
    amina = await a_participant(database, language="ar", address="+46701740605")
    bosse = await a_participant(database, first_name="Bosse", channel=ChannelName.TELEGRAM, address="1001")
    await an_address(
        database,
        organisation=amina.organisation_id,
        channel=ChannelName.SMS,
        value="+46701740606",
        participant_id=amina.participant_id,
    )
    async with looking(database) as views:
        everybody = await views.people()
        assert [(one.first_name, one.address) for one in everybody] == [("Amina", "+46701740606"), ("Bosse", "1001")]
        assert [one.id for one in await views.people(most=1, skip=1)] == [bosse.participant_id]
        one = await views.person(amina.participant_id)
        assert one is not None and (one.language, one.coach, one.phase) == ("ar", "Eva", "start")
        assert await views.person(999) is None


async def test_a_corrected_rating_is_not_shown(database: Database) -> None:
    who, other = await a_participant(database), await a_participant(database)
    wrong = await a_rating(database, who, value=1)
    await a_rating(database, who, value=4, at=MONDAY + timedelta(days=7))
    await a_rating(database, other, value=5)
    async with database.transaction() as connection:
        await connection.execute(update(given_ratings).where(given_ratings.c.id == wrong).values(corrected_at=MONDAY))
    async with looking(database) as views:
        assert [one.value for one in await views.ratings_of([who.enrolment_id])] == [4]
        assert await views.ratings_of([]) == []


async def test_the_outbox_is_narrowed_by_person_and_status_and_paged(database: Database) -> None:
    who, other = await a_participant(database), await a_participant(database)
    await queued(database, who, "one", "two", "three")
    await queued(database, other, "four")
    async with database.transaction() as connection:
        await connection.execute(update(outbox).where(outbox.c.text == "one").values(status="failed", error="21211"))
        await connection.execute(update(outbox).where(outbox.c.text == "two").values(act="settle-keyboard"))
    async with looking(database) as views:
        assert [one.text for one in await views.sent()] == ["four", "three", "one"]
        assert [one.text for one in await views.sent(most=1, skip=1)] == ["three"]
        assert [one.text for one in await views.sent(person=who.participant_id, status="failed")] == ["one"]
        assert await views.statuses(person=who.participant_id) == {"failed": 1, "queued": 1}
        assert await views.statuses() == {"failed": 1, "queued": 2}


async def test_an_alert_that_names_no_coach_is_for_the_one_who_accompanies_the_person(database: Database) -> None:
    who = await a_participant(database)
    alert = NewAlert(
        organisation_id=who.organisation_id,
        programme_id=who.programme_id,
        participant_id=who.participant_id,
        kind="bouncing",
        once="a",
    )
    nobodys = NewAlert(organisation_id=who.organisation_id, kind="set-aside", once="b")
    async with unit_of_work(database) as work:
        await work.alerts.raise_these([alert, nobodys], now=MONDAY)
    async with looking(database) as views:
        found = await views.alerts()
        assert [(one.kind, one.person, one.coach) for one in found] == [
            ("set-aside", "", ""),
            ("bouncing", "Amina", "Eva"),
        ]
        assert [one.kind for one in await views.alerts(most=1, skip=1)] == ["bouncing"]


async def test_summaries_are_listed_newest_first_and_read_whole(database: Database) -> None:
    who = await a_participant(database)
    async with database.transaction() as connection:
        for year, week in ((2025, 52), (2026, 1)):
            row = {"coach_id": who.coach_id, "iso_year": year, "iso_week": week, "language": "sv", "written_at": MONDAY}
            await connection.execute(insert(kept_summaries).values(row | {"text": f"{week}", "html": f"<p>{week}</p>"}))
    async with looking(database) as views:
        listed = await views.summaries()
        assert [(one.iso_year, one.iso_week, one.text) for one in listed] == [(2026, 1, ""), (2025, 52, "")]
        whole = await views.summary(listed[0].id)
        assert whole is not None and (whole.coach, whole.text, whole.html) == ("Eva", "1", "<p>1</p>")
        assert await views.summary(999) is None


async def test_the_next_moments_are_those_after_now(database: Database) -> None:
    who = await a_participant(database)
    await queued(database, who, "now", "in an hour", "in two hours")
    later = MONDAY + timedelta(days=7)
    async with database.transaction() as connection:
        await connection.execute(update(coaches).values(summary_next_at=later))
    async with looking(database) as views:
        moments = await views.moments(after=MONDAY)
        assert (moments.available_at, moments.summary_at) == (MONDAY + timedelta(hours=1), later)
        assert moments.silent_at is None
        assert (await views.moments(after=later)).summary_at is None
