"""A copy is taken, a day goes on, the copy is put back: no phone gets anything twice, and tomorrow's reminder comes."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.app import build
from bot.domain.messages import OutboxStatus, Purpose
from bot.domain.people import ChannelName
from bot.services.restoring import StillServed, adopt, resume
from bot.storage import leases, tables
from bot.storage.backup import back_up
from bot.storage.copies import copied, stay
from tests.almanac import almanac
from tests.cli.asking import ask
from tests.databases import KEY, Databases
from tests.town import Person, Town, a_town, delivery_of
from tests.vocabulary import vocabulary

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BACKUP = MONDAY + 4 * HOUR
PUT_BACK = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
"""The evening of the next day: what falls due on two evenings was sent meanwhile."""
A_DAY_LATER = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


@asynccontextmanager
async def the_copy(town: Town, url: str) -> AsyncIterator[Town]:
    """The same town, with a program that works on the copy."""
    app = build(replace(town.app.settings, database_url=url), now=lambda: town.now)
    app.shelf.learn(vocabulary())
    app.shelf.mark_days(almanac())
    app.delivery = delivery_of(app, town.machine)
    try:
        yield replace(town, app=app)
    finally:
        await app.close()


async def copy_of(town: Town, databases: Databases, place: Path) -> str:
    """As an operator makes one: by our command, or by PostgreSQL's own means."""
    url = town.app.settings.database_url
    if url.startswith("sqlite"):
        back_up(url, place / "copy.db", now=town.now)
        return f"sqlite:///{place}/copy.db"
    await stay(town.app.database)
    await town.app.database.close()
    return await databases.copy(url, place)


async def some_people(town: Town) -> list[Person]:
    """One in the midst of a check-in, one who is ill, one in Telegram, and one to whom words are on their way."""
    asked, ill, chatting, late = (
        await town.a_person(),
        await town.a_person(first_name="Bo"),
        await town.a_person(first_name="Cilla", channel=ChannelName.TELEGRAM),
        await town.a_person(first_name="Dan"),
    )
    await asked.begins("weekly-check-in")
    await ill.says("sjuk")
    await chatting.begins("weekly-check-in")
    async with town.app.database.transaction() as connection:
        await connection.execute(update(tables.coaches).values(summary_next_at=MONDAY + 20 * HOUR))
    return [asked, ill, chatting, late]


async def leave_things_open(asked: Person, late: Person) -> None:
    """When the copy is made, an answer has been kept and not read, words wait, and a call is under way."""
    town = asked.town
    await asked.writes("1 3")
    await late.begins_without_sending("weekly-check-in")
    await leases.hold(town.app.database, "telegram/1", holder="another", seconds=600)


def heard(town: Town) -> Counter[tuple[str, str]]:
    """What every phone and mailbox ever got."""
    sms = [(one.to, one.body) for one in town.twilio.sent]
    chats = [(str(one["chat"]["id"]), str(one["text"])) for one in town.telegram.sent]
    mails = [(str(mail["To"]), str(mail["Subject"])) for mail in town.mail.received]
    return Counter([*sms, *chats, *mails])


async def test_what_was_under_way_is_uncertain_and_help_in_danger_calls_somebody(database_url: str) -> None:
    async with a_town(database_url, start=MONDAY) as town:
        amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
        await amina.writes("hej")
        await bo.writes("jag orkar inte leva längre")
        await town.app.reception.receive(now=town.now)
        async with town.app.database.transaction() as connection:
            first = select(func.min(tables.outbox.c.id)).where(tables.outbox.c.participant_id == amina.id)
            await connection.execute(
                update(tables.outbox)
                .where(tables.outbox.c.id == first.scalar_subquery())
                .values(status=OutboxStatus.SENDING, leased_by="gone", attempts=1)
            )

        await resume(town.app.database, since=town.now, now=town.now)
        # A second time there is nothing more to do.
        done = await resume(town.app.database, since=town.now, now=town.now)
        await town.settle(minutes=10)

        assert (done.settled.waited, done.settled.under_way) == (0, 0)
        assert [row.status for row in await amina.outbox()] == [OutboxStatus.UNCERTAIN]
        assert "uncertain" in await amina.alerts() and "crisis-undelivered" in await bo.alerts()
        assert {row.status for row in await bo.outbox() if row.purpose == Purpose.CRISIS} == {OutboxStatus.CANCELLED}
        assert [one for one in town.twilio.sent if one.to in (amina.sms, bo.sms)] == []


async def test_going_on_from_an_earlier_moment_says_what_fell_due_since(database_url: str) -> None:
    async with a_town(database_url, start=MONDAY) as town:
        amina = await town.a_person()
        town.clock.now = MONDAY + 10 * HOUR

        await resume(town.app.database, since=MONDAY + 8 * HOUR, now=town.now)
        await town.step()

        assert len(amina.messages()) == 1 and "tisdag 24 november" in amina.messages()[0]


async def test_a_database_that_only_moved_goes_on_with_what_waited(
    database_url: str, databases: Databases, tmp_path: Path
) -> None:
    async with a_town(database_url, start=MONDAY) as town:
        amina = await town.a_person()
        await amina.begins_without_sending("weekly-check-in")
        url = await copy_of(town, databases, tmp_path)
        async with the_copy(town, url) as moved:
            assert await copied(moved.app.database) is not None
            await adopt(moved.app.database)
            assert await copied(moved.app.database) is None
            await moved.step()
        assert len(amina.messages()) == 1
    if not url.startswith("sqlite"):
        await databases.gone(url)


async def test_nobody_settles_a_database_on_which_a_process_is_at_work(postgresql_url: str) -> None:
    async with a_town(postgresql_url, start=MONDAY) as town, the_copy(town, postgresql_url) as other:
        await town.a_person()
        for what in (resume(other.app.database, since=town.now, now=town.now), adopt(other.app.database)):
            with pytest.raises(StillServed):
                await what


async def test_nobody_is_asked_again_about_a_meeting_nor_told_by_sms_what_telegram_refused(database_url: str) -> None:
    async with a_town(database_url, start=MONDAY) as town:
        numbers = ((ChannelName.TELEGRAM, "9001"), (ChannelName.SMS, "+46701740001"))
        amina = await town.a_person(channel=ChannelName.TELEGRAM, addresses=numbers)
        bo = await town.a_person(first_name="Bo")
        await amina.begins_without_sending("weekly-check-in")
        hour = {"meets_on": (MONDAY + 96 * HOUR).date(), "begins": time(9), "minutes": 30, "place": "Biblioteket"}
        meeting = {"enrolment_id": bo.enrolment, "coach_id": town.coach, "state": "asked", "made_at": MONDAY}
        async with town.app.database.transaction() as connection:
            await connection.execute(tables.meetings.insert().values(meeting | hour))
            await connection.execute(update(tables.participants).values(fallback_hours=1))
            await connection.execute(update(tables.outbox).values(status=OutboxStatus.FAILED, attempts=3))
        town.clock.now = MONDAY + 1.5 * HOUR

        done = await resume(town.app.database, since=town.now, now=town.now)
        await town.step()

        assert done.settled.meetings == 1
        assert [one.to for one in town.twilio.sent] == [] and amina.messages() == []


async def test_a_copy_lets_nobody_in_who_had_signed_in(database_url: str) -> None:
    async with a_town(database_url, start=MONDAY) as town:
        coach = {"coach_id": town.coach}
        session = {"token_hash": KEY, "began_at": MONDAY, "seen_at": MONDAY, "ends_at": MONDAY + 9 * HOUR}
        async with town.app.database.transaction() as connection:
            await connection.execute(tables.sessions.insert().values(coach | session | {"browser": "Firefox"}))

        await resume(town.app.database, since=town.now, now=town.now)

        assert [row.ended_at for row in await town.rows(select(tables.sessions))] == [town.now]


async def test_a_day_after_a_copy_was_put_back_nobody_has_heard_anything_twice(
    database_url: str, databases: Databases, tmp_path: Path
) -> None:
    async with a_town(database_url, start=MONDAY) as town:
        asked, _, _, late = await some_people(town)
        await town.at(BACKUP - HOUR, step=HOUR)
        town.clock.now = BACKUP
        await leave_things_open(asked, late)
        url = await copy_of(town, databases, tmp_path)
        await town.at(PUT_BACK, step=HOUR)
        before = heard(town)
        assert len(before) > 8

        assert (await ask({"FRAMSTEG_DATABASE_URL": url}, "run")).code == 2
        async with the_copy(town, url) as again:
            done = await resume(again.app.database, since=town.now, now=town.now)
            assert (done.unanswered, done.settled.waited, done.settled.conversations) == (1, 1, 3)
            assert await copied(again.app.database) is None
            await again.at(A_DAY_LATER, step=HOUR)
            after = heard(town)

            assert (after - before).keys() & before.keys() == set()
            new = {phone for phone, words in after - before if "torsdag 26 november" in words}
            assert new == {asked.sms, late.sms, str(town.people[2].chat)}
            states = await again.rows(select(tables.outbox.c.status).where(tables.outbox.c.error == "restored"))
            assert [row.status for row in states] == [OutboxStatus.CANCELLED]
            assert "set-aside" in {row.kind for row in await again.rows(select(tables.alerts))}
    if not url.startswith("sqlite"):
        await databases.gone(url)
