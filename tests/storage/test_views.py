"""What pages show is the same on both databases: narrowed, paged, and never somebody else's."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, update

from bot.domain.access import Sight
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import ChannelName
from bot.storage.database import Database
from bot.storage.tables import coaches, enrolments, given_ratings, outbox
from bot.storage.tables import summaries as kept_summaries
from bot.storage.unit_of_work import unit_of_work
from bot.storage.views.demo import looking
from bot.storage.views.outbox import Fate, name_of, sent
from bot.storage.views.progress import followed
from bot.storage.views.ratings import own_ratings
from bot.storage.views.sight import looking as seeing
from bot.storage.views.summaries import whole, written
from tests.builders import MONDAY, Enrolled, a_participant, a_rating, an_address


def sight(*whose: Enrolled) -> Sight:
    """What a leader of these people's programmes sees, who has the first one's letters."""
    first = whose[0]
    return Sight(
        organisation_id=first.organisation_id,
        coach_id=first.coach_id,
        leads=frozenset(one.programme_id for one in whose),
    )


async def people(database: Database, count: int) -> list[Enrolled]:
    """So many of one organisation, each in a programme of their own."""
    found = [await a_participant(database) for _ in range(count)]
    async with database.transaction() as connection:
        await connection.execute(update(enrolments).values(organisation_id=found[0].organisation_id))
    return found


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
    async with seeing(database, sight(who)) as look:
        assert [one.value for one in await own_ratings(look, [who.enrolment_id])] == [4]
        assert await own_ratings(look, []) == []


async def test_the_outbox_is_narrowed_by_person_and_fate_and_paged(database: Database) -> None:
    who, other = await people(database, 2)
    await queued(database, who, "one", "two", "three", "five")
    await queued(database, other, "four")
    async with database.transaction() as connection:
        await connection.execute(update(outbox).where(outbox.c.text == "one").values(status="failed", error="21211"))
        await connection.execute(update(outbox).where(outbox.c.text == "two").values(act="settle-keyboard"))
        await connection.execute(update(outbox).where(outbox.c.text == "three").values(status="delivered"))
    async with seeing(database, sight(who, other)) as look:
        assert [one.text for one in await sent(look, most=9)] == ["four", "five", "three", "one"]
        assert [one.text for one in await sent(look, most=1, skip=1)] == ["five"]
        for fate, texts in ((Fate.WAITS, ["five"]), (Fate.WENT, ["three"]), (Fate.STAYED, ["one"])):
            assert [one.text for one in await sent(look, person=who.enrolment_id, fate=fate, most=9)] == texts
        assert await name_of(look, other.enrolment_id) == "Amina"
    async with seeing(database, sight(who)) as look:
        assert "four" not in {one.text for one in await sent(look, most=9)}
        assert await sent(look, person=other.enrolment_id, most=9) == []
        assert await name_of(look, other.enrolment_id) is None


async def test_who_has_left_stands_last_among_the_followed(database: Database) -> None:
    first, second, third = await people(database, 3)
    async with database.transaction() as connection:
        await connection.execute(
            update(enrolments).where(enrolments.c.id == first.enrolment_id).values(ended_on=MONDAY.date())
        )
    async with seeing(database, sight(first, second)) as look:
        found = [one.enrolment_id for one in await followed(look, most=9)]
        assert found == [second.enrolment_id, first.enrolment_id]
        assert third.enrolment_id not in found
        assert [one.enrolment_id for one in await followed(look, most=1, skip=1)] == [first.enrolment_id]


async def test_summaries_are_listed_newest_first_and_read_whole_by_those_they_are_for(database: Database) -> None:
    who, other = await a_participant(database), await a_participant(database)
    async with database.transaction() as connection:
        for coach, year, week in ((who, 2025, 52), (who, 2026, 1), (other, 2026, 2)):
            row = {"coach_id": coach.coach_id, "iso_year": year, "iso_week": week, "language": "sv"}
            row |= {"text": f"{week}", "html": f"<p>{week}</p>", "written_at": MONDAY}
            await connection.execute(insert(kept_summaries).values(row))
    async with seeing(database, sight(who)) as look:
        listed = await written(look, most=9)
        assert [(one.iso_year, one.iso_week, one.text) for one in listed] == [(2026, 1, ""), (2025, 52, "")]
        newest = await whole(look, listed[0].id)
        assert newest is not None and (newest.coach, newest.text, newest.html) == ("Eva", "1", "<p>1</p>")
    async with seeing(database, sight(other)) as look:
        assert [one.iso_week for one in await written(look, most=9)] == [2]
        assert await whole(look, listed[0].id) is None
    stands_in = replace(sight(other), stands_in_for=frozenset({who.coach_id}))
    async with seeing(database, stands_in) as look:
        assert [one.iso_week for one in await written(look, most=9)] == [2, 1, 52]


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
