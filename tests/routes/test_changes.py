"""An activity is cancelled, moved or held after all, and everybody who would have come is told once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.app import App, build
from bot.domain.access import By, ChangedMeanwhile
from bot.domain.day import NewAbsence
from bot.domain.people import Agreement, ChannelName, Presence
from bot.domain.timetable import Change, ChangeKind
from bot.services import changing
from bot.services.attendance import report_absence
from bot.services.changing import NotChanged, Wanted
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.almanac import almanac
from tests.town import Person, Town, a_town, delivery_of
from tests.vocabulary import vocabulary

THURSDAY = date(2026, 11, 26)
FRIDAY = date(2026, 11, 27)
TRAINING = {"activity": "training", "held_on": THURSDAY}
"""Thursdays at nine, in Idrottshallen."""

CANCELLED = Change(**TRAINING, what=ChangeKind.CANCELLED)
BACK = Change(**TRAINING, what=ChangeKind.HELD)
TO_FRIDAY = Change(**TRAINING, what=ChangeKind.MOVED, new_on=FRIDAY, begins=time(13), ends=time(14))


def by(town: Town) -> By:
    return By(coach_id=town.coach, organisation_id=town.programme.organisation_id)


async def change(town: Town, wanted: Change, *, seen: int = 0) -> int | None:
    """Ask for it as the page does, tell, and let what may leave leave."""
    app = town.app
    asked = Wanted(programme_id=town.programme.id, change=wanted, seen=seen)
    number = await changing.change(app.database, app.shelf, asked, by=by(town), now=town.now)
    if number is not None:
        await changing.tell(app.database, app.shelf, number, now=town.now)
    await app.delivery.send_queued(now=town.now)
    return number


async def foreseen(town: Town, wanted: Change, *, seen: int = 0) -> changing.Foresight:
    asked = Wanted(programme_id=town.programme.id, change=wanted, seen=seen)
    return await changing.foresee(town.app.database, town.app.shelf, asked, by=by(town), now=town.now)


async def change_columns(town: Town, person: Person, **values: object) -> None:
    async with unit_of_work(town.app.database) as work:
        await work.participants.change(person.id, **values)


async def test_everybody_who_would_have_come_is_told_that_it_is_cancelled(town: Town) -> None:
    amina = await town.a_person()
    yusuf = await town.a_person(first_name="Yusuf", language="ar", channel=ChannelName.TELEGRAM)
    elsewhere = await town.a_person(phase="phase-3")
    later = await town.a_person(started_on=FRIDAY)
    ahead = await foreseen(town, CANCELLED)
    assert ahead.people == 2 and not ahead.at_night and [one.language for one in ahead.previews] == ["sv", "ar"]
    await change(town, CANCELLED)
    assert amina.news() == [
        "Hej Amina! Träning torsdag 26 november klockan 09:00 blir inte av. Du behöver inte komma då. Hälsningar Karin"
    ]
    [told] = yusuf.news()
    assert "الخميس 26 نوفمبر" in told and "09:00" in told and "Karin" in told
    assert elsewhere.news() == later.news() == []


async def test_a_move_names_what_was_and_what_holds_now(town: Town) -> None:
    amina = await town.a_person()
    await change(town, TO_FRIDAY)
    assert amina.news() == [
        "Hej Amina! Träning torsdag 26 november 09:00 flyttas till fredag 27 november 13:00, Idrottshallen. "
        "Välkommen då! Hälsningar Karin"
    ]


@pytest.mark.slow
async def test_every_change_is_within_two_parts(town: Town) -> None:
    people = [await town.a_person(first_name="Abdirahman", language=one) for one in ("sv", "en", "ar", "so")]
    for seen, one in enumerate((TO_FRIDAY, CANCELLED, BACK)):
        await change(town, one, seen=seen)
    parts = {(row.language, row.parts) for person in people for row in await person.outbox()}
    assert len([row for person in people for row in await person.outbox()]) == 12
    assert max(parts for _, parts in parts) <= 2


@pytest.mark.slow
async def test_nobody_is_told_twice_however_often_it_is_asked_for(town: Town) -> None:
    amina = await town.a_person()
    number = await change(town, CANCELLED)
    assert number is not None and await change(town, CANCELLED) is None
    app = town.app
    assert await changing.tell(app.database, app.shelf, number, now=town.now) == 0
    await town.later(minutes=5)
    assert len(amina.news()) == 1


async def test_two_coaches_at_once_tell_nobody_twice(town: Town) -> None:
    people = [await town.a_person() for _ in range(5)]
    done = await asyncio.gather(change(town, CANCELLED), change(town, CANCELLED))
    assert sorted(one is None for one in done) == [False, True]
    await town.step()
    assert [len(one.news()) for one in people] == [1] * 5


@pytest.mark.slow
async def test_whoever_saw_an_older_state_changes_nothing(town: Town) -> None:
    amina = await town.a_person()
    await change(town, CANCELLED)
    with pytest.raises(ChangedMeanwhile):
        await change(town, TO_FRIDAY)
    assert len(amina.news()) == 1


async def test_taking_back_tells_once(town: Town) -> None:
    amina = await town.a_person()
    await change(town, CANCELLED)
    amina.news()
    await change(town, BACK, seen=1)
    assert await change(town, BACK, seen=2) is None
    assert amina.news() == [
        "Hej Amina! Träning torsdag 26 november 09:00 blir av som vanligt, Idrottshallen. Välkommen! Hälsningar Karin"
    ]


@pytest.mark.slow
async def test_what_moved_and_is_then_cancelled_is_called_by_the_day_people_know(town: Town) -> None:
    amina = await town.a_person()
    await change(town, TO_FRIDAY)
    await change(town, CANCELLED, seen=1)
    assert "Träning fredag 27 november klockan 13:00 blir inte av" in amina.news()[-1]


async def test_at_night_it_waits_for_the_morning(town: Town) -> None:
    amina = await town.a_person()
    await town.at(datetime(2026, 11, 25, 21, tzinfo=UTC))
    amina.news()
    ahead = await foreseen(town, CANCELLED)
    assert ahead.at_night and ahead.waits and ahead.people == 1
    await change(town, CANCELLED)
    assert amina.news() == []
    await town.at(datetime(2026, 11, 26, 6, 0, tzinfo=UTC))
    assert ["blir inte av" in one for one in amina.news()] == [True]


async def test_at_night_whoever_must_know_before_the_morning_is_told_at_once(town: Town) -> None:
    amina = await town.a_person()
    early = Change(**TRAINING, what=ChangeKind.MOVED, new_on=THURSDAY, begins=time(6), ends=time(7))
    await town.at(datetime(2026, 11, 25, 20, 30, tzinfo=UTC))
    amina.news()
    assert not (await foreseen(town, early)).waits
    await change(town, early)
    assert len(amina.news()) == 1


async def test_what_was_cancelled_and_taken_back_in_the_same_night_disturbs_nobody(town: Town) -> None:
    amina = await town.a_person()
    await town.at(datetime(2026, 11, 25, 21, tzinfo=UTC))
    amina.news()
    await change(town, CANCELLED)
    assert (await foreseen(town, BACK, seen=1)).people == 0
    await change(town, BACK, seen=1)
    await town.at(datetime(2026, 11, 26, 6, 10, tzinfo=UTC))
    assert amina.news() == []


async def test_who_has_not_heard_of_the_move_hears_of_the_usual_day(town: Town) -> None:
    amina = await town.a_person()
    await town.at(datetime(2026, 11, 25, 21, tzinfo=UTC))
    amina.news()
    await change(town, TO_FRIDAY)
    await change(town, CANCELLED, seen=1)
    await town.at(datetime(2026, 11, 26, 6, 10, tzinfo=UTC))
    [told] = amina.news()
    assert "torsdag 26 november klockan 09:00 blir inte av" in told


@pytest.mark.slow
async def test_once_it_has_begun_nobody_is_told(town: Town) -> None:
    amina = await town.a_person()
    await town.at(datetime(2026, 11, 26, 8, 5, tzinfo=UTC))
    amina.news()
    assert (await foreseen(town, CANCELLED)).late
    await change(town, CANCELLED)
    await town.later(minutes=5)
    assert amina.news() == []


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stopped", "held", "paused", "protected", "not-agreed", "away", "left"])
async def test_some_people_are_left_alone(town: Town, how: str) -> None:
    amina = await town.a_person(
        protected=how == "protected", agreement=Agreement.ASKED if how == "not-agreed" else Agreement.AGREED
    )
    if how in ("stopped", "held"):
        await change_columns(town, amina, **{f"{how}_at": town.now})
    if how == "paused":
        await change_columns(town, amina, paused_until=town.now + timedelta(days=3))
    if how == "away":
        absence = NewAbsence(category=Presence.ILLNESS, begins_on=town.now.date())
        await report_absence(town.app.database, amina.enrolment, absence, by=by(town), now=town.now)
    if how == "left":
        async with unit_of_work(town.app.database) as work:
            await work.participants.change_enrolment(amina.enrolment, ended_on=date(2026, 11, 25), now=town.now)
    assert (await foreseen(town, CANCELLED)).people == 0
    await change(town, CANCELLED)
    assert amina.news() == []


@pytest.mark.slow
async def test_who_is_away_that_day_hears_of_a_new_day_on_which_they_may_come(town: Town) -> None:
    amina = await town.a_person()
    absence = NewAbsence(category=Presence.OTHER_VALID, begins_on=THURSDAY, ends_on=THURSDAY)
    await report_absence(town.app.database, amina.enrolment, absence, by=by(town), now=town.now)
    await change(town, TO_FRIDAY)
    assert len(amina.news()) == 1


async def test_reminders_that_are_still_to_come_say_what_holds(town: Town) -> None:
    amina = await town.a_person()
    await change(town, TO_FRIDAY)
    amina.news()
    await town.at(datetime(2026, 11, 25, 17, 30, tzinfo=UTC))
    [evening] = amina.news()
    assert "Träning" not in evening and "10:30 Om arbete, Sal Eken" in evening
    await town.at(datetime(2026, 11, 26, 17, 30, tzinfo=UTC))
    assert "13:00 Träning, Idrottshallen" in amina.news()[-1]


@pytest.mark.slow
async def test_a_day_with_nothing_left_reminds_of_nothing(town: Town) -> None:
    amina = await town.a_person()
    for slug in ("training", "about-work"):
        await change(town, Change(activity=slug, held_on=THURSDAY, what=ChangeKind.CANCELLED))
    amina.news()
    await town.at(datetime(2026, 11, 26, 8, 0, tzinfo=UTC))
    assert amina.news() == []


@pytest.mark.slow
async def test_my_week_follows(town: Town) -> None:
    amina = await town.a_person()
    await change(town, TO_FRIDAY)
    amina.news()
    [week] = await amina.says("min vecka")
    thursday, friday = week.index("torsdag 26"), week.index("fredag 27")
    assert week.index("13:00 Träning") > friday and "Träning" not in week[thursday:friday]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Change(activity="training", held_on=FRIDAY, what=ChangeKind.CANCELLED), "not-held"),
        (Change(activity="nothing", held_on=FRIDAY, what=ChangeKind.CANCELLED), "not-held"),
        (Change(**TRAINING, what=ChangeKind.MOVED, new_on=date(2026, 11, 24)), "past"),
        (Change(**TRAINING, what=ChangeKind.MOVED, new_on=date(2026, 12, 1)), "taken"),
        (Change(**TRAINING, what=ChangeKind.MOVED, new_on=date(2027, 6, 1)), "far"),
        (Change(**TRAINING, what=ChangeKind.MOVED, new_on=FRIDAY, begins=time(9), ends=time(8)), "ends-first"),
    ],
)
async def test_what_cannot_be_is_refused(town: Town, wanted: Change, why: str) -> None:
    with pytest.raises(NotChanged) as refused:
        await change(town, wanted)
    assert refused.value.why == why


@pytest.mark.slow
async def test_what_is_noted_is_not_changed(town: Town) -> None:
    amina = await town.a_person()
    async with unit_of_work(town.app.database) as work:
        row = (amina.enrolment, "training", "health", THURSDAY, "present")
        await work.calendar.note_presence([row], noted_by="coach", now=town.now)
    with pytest.raises(NotChanged) as refused:
        await change(town, CANCELLED)
    assert refused.value.why == "noted"


async def test_a_process_that_died_while_telling_is_taken_over(town: Town) -> None:
    people = [await town.a_person() for _ in range(3)]
    app = town.app
    asked = Wanted(programme_id=town.programme.id, change=CANCELLED)
    await changing.change(app.database, app.shelf, asked, by=by(town), now=town.now)
    # The process ends here: the next tick, of any, goes on.
    await town.step()
    await town.later(minutes=1)
    assert [len(one.news()) for one in people] == [1, 1, 1]
    assert [row.told_at is not None for row in await town.rows(select(tables.activity_changes))] == [True]


@pytest.mark.parametrize(
    ("friday", "sunday", "begins_at"),
    [
        # Half past two comes twice on the last Sunday of October: the first one counts.
        (date(2027, 10, 29), "söndag 31 oktober", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        # And never on the last Sunday of March: the clock jumps from two to three, 01:00 UTC.
        (date(2028, 3, 24), "söndag 26 mars", datetime(2028, 3, 26, 1, tzinfo=UTC)),
    ],
)
async def test_on_the_day_the_clock_changes_the_hour_is_that_on_the_wall(
    town: Town, friday: date, sunday: str, begins_at: datetime
) -> None:
    amina = await town.a_person()
    town.clock.now = begins_at - timedelta(days=3)
    cooking = {"activity": "cooking", "held_on": friday}
    to_sunday = {"new_on": friday + timedelta(days=2), "begins": time(2, 30), "ends": time(4)}
    await change(town, Change(**cooking, what=ChangeKind.MOVED, **to_sunday))
    # In the morning, when the quiet hours are over.
    town.clock.now = begins_at - timedelta(days=2, hours=16)
    await town.app.delivery.send_queued(now=town.now)
    assert any(f"flyttas till {sunday} 02:30" in one for one in amina.news())
    await change(town, Change(**cooking, what=ChangeKind.CANCELLED), seen=1)
    told = [row for row in await amina.outbox() if row.purpose == "cancellation"]
    assert told[-1].expires_at == begins_at


async def test_a_reminder_that_has_not_left_says_what_holds_now(town: Town) -> None:
    amina, bilal = await town.a_person(), await town.a_person(first_name="Bilal", channel=ChannelName.TELEGRAM)
    town.clock.now = datetime(2026, 11, 25, 17, 1, tzinfo=UTC)
    await town.app.plan(town.now)
    waiting = [row.text for row in await amina.outbox() if row.status == "queued"]
    assert len(waiting) == 1 and "09:00 Träning" in waiting[0]
    await change(town, CANCELLED)
    for one in (amina, bilal):
        told, reminder = sorted(one.news(), key=lambda words: "I morgon" in words)
        assert "blir inte av" in told
        assert "10:30 Om arbete, Sal Eken" in reminder and "Träning" not in reminder
    assert [row.status for row in await amina.outbox()] == ["cancelled", "sent", "sent"]
    await town.later(minutes=20)
    assert amina.news() == []


@pytest.mark.slow
async def test_a_reminder_that_has_not_left_and_has_nothing_to_say_any_more_is_not_sent(town: Town) -> None:
    amina = await town.a_person()
    await change(town, Change(activity="about-work", held_on=THURSDAY, what=ChangeKind.CANCELLED))
    amina.news()
    town.clock.now = datetime(2026, 11, 25, 17, 1, tzinfo=UTC)
    await town.app.plan(town.now)
    await change(town, CANCELLED)
    assert ["blir inte av" in one for one in amina.news()] == [True]
    table = tables.occurrences
    rows = await town.rows(select(table).where(table.c.rule == "evening-before"))
    assert [(row.state, row.reason) for row in rows] == [("skipped", "changed")]


@pytest.fixture
async def processes(postgresql_url: str) -> AsyncIterator[tuple[Town, list[App]]]:
    """Three processes of one program on PostgreSQL."""
    async with a_town(postgresql_url) as town:
        others = [build(town.app.settings, now=lambda: town.now) for _ in range(2)]
        for other in others:
            other.shelf.learn(vocabulary())
            other.shelf.mark_days(almanac())
            other.delivery = delivery_of(other, town.machine)
        yield town, [town.app, *others]
        for other in others:
            await other.close()


async def in_one(town: Town, app: App, wanted: Change) -> int | None:
    asked = Wanted(programme_id=town.programme.id, change=wanted)
    try:
        number = await changing.change(app.database, app.shelf, asked, by=by(town), now=town.now)
    except ChangedMeanwhile:
        return None
    if number is not None:
        await changing.tell(app.database, app.shelf, number, now=town.now)
    return number


@pytest.mark.slow
async def test_three_processes_at_the_same_moment_tell_everybody_once(processes: tuple[Town, list[App]]) -> None:
    town, apps = processes
    people = [await town.a_person() for _ in range(20)]
    for wanted in (CANCELLED, TO_FRIDAY):
        # Two want the same and one something else, and everybody ticks meanwhile.
        await asyncio.gather(
            *(in_one(town, app, one) for app, one in zip(apps, (wanted, CANCELLED, TO_FRIDAY), strict=True)),
            *(app.plan(town.now) for app in apps),
        )
    await asyncio.gather(
        *(app.plan(town.now) for app in apps), *(app.delivery.send_queued(now=town.now) for app in apps)
    )
    told = [[row.once for row in await one.outbox()] for one in people]
    assert [len(each) for each in told] == [1] * 20, told
    assert [len(one.news()) for one in people] == [1] * 20
