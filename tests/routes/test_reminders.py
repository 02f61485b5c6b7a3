"""What falls due reaches whom it is for, once, or not at all."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.services.roster import MilestoneDates, set_milestone
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EVENING = datetime(2026, 11, 25, 18, 0, tzinfo=STOCKHOLM)
MORNING = datetime(2026, 11, 26, 7, 15, tzinfo=STOCKHOLM)
THURSDAY_TEN = datetime(2026, 11, 26, 10, 0, tzinfo=STOCKHOLM)
MINUTE = timedelta(minutes=1)

AHEAD = timedelta(days=400)
"""As one step: the clock is simply set."""


async def jump(town: Town, moment: datetime) -> None:
    """Nobody was there until this moment, and now the ticks come once."""
    await town.at(moment.astimezone(UTC), step=AHEAD)


async def occurrences(person: Person) -> list[tuple[str, str, str | None]]:
    """Rule, state and reason of whatever fell due for this person."""
    table = tables.occurrences
    query = select(table).where(table.c.enrolment_id == person.enrolment).order_by(table.c.id)
    return [(row.rule, row.state, row.reason) for row in await person.town.rows(query)]


async def change(person: Person, **columns: object) -> None:
    async with unit_of_work(person.town.app.database) as work:
        await work.participants.change(person.id, **columns)


@pytest.mark.parametrize(
    ("phase", "evening", "morning"),
    [
        (
            "phase-1",
            "09:00 Träning, Idrottshallen\n10:30 Om arbete, Sal Eken",
            "09:00 Träning, Idrottshallen",
        ),
        (
            "phase-2",
            "09:00 Träning, Idrottshallen\n10:30 Söka arbete, Sal Eken\n13:00 Prova arbete, Verkstaden Aspen",
            "09:00 Träning, Idrottshallen",
        ),
        (
            "phase-3",
            "08:00 Kort promenad, Stadsparken\n09:00 Praktik, din praktikplats",
            "08:00 Kort promenad, Stadsparken",
        ),
    ],
)
async def test_the_day_is_told_the_evening_before_and_the_same_morning(
    town: Town, phase: str, evening: str, morning: str
) -> None:
    amina = await town.a_person(phase=phase)

    await jump(town, EVENING - MINUTE)
    early = amina.news()
    await jump(town, EVENING)
    the_evening = amina.news()
    await jump(town, MORNING)

    assert early == []
    assert the_evening == [
        f"Hej Amina! I morgon, torsdag 26 november:\n{evening}\nVi har en plats till dig. Välkommen! Karin"
    ]
    assert amina.news() == [f"God morgon Amina! I dag {morning}. Lycka till! Karin"]


async def test_everybody_is_reminded_in_their_own_language_and_on_their_own_channel(town: Town) -> None:
    grace = await town.a_person(language="en", first_name="Grace", channel=ChannelName.TELEGRAM)
    samir = await town.a_person(language="ar", first_name="سمير")

    await jump(town, MORNING)

    assert grace.news() == [
        "Good morning Grace! Today 09:00 Exercise, Idrottshallen (the sports hall). Good luck! Karin"
    ]
    said = samir.news()[0]
    assert "\u2068سمير\u2069" in said and "\u206809:00\u2069" in said


async def test_nobody_is_reminded_of_a_day_without_activities(town: Town) -> None:
    amina = await town.a_person()
    friday = EVENING + timedelta(days=2)

    await jump(town, friday)
    await jump(town, friday + timedelta(days=1))

    assert amina.messages() == []


async def test_a_milestone_is_told_three_days_and_one_day_before_unless_it_is_reached(town: Town) -> None:
    amina, bo = await town.a_person(phase="phase-2"), await town.a_person(first_name="Bo", phase="phase-2")
    database, shelf = town.app.database, town.app.shelf
    for person in (amina, bo):
        dates = MilestoneDates(slug="cv-ready", due_on=date(2026, 11, 29))
        await set_milestone(database, shelf, person.enrolment, dates, now=town.now)
    reached = MilestoneDates(slug="cv-ready", reached_on=date(2026, 11, 27))
    await set_milestone(database, shelf, bo.enrolment, reached, now=town.now)

    await jump(town, THURSDAY_TEN)
    three_days = [words for words in amina.news() if "elmål" in words]
    await jump(town, THURSDAY_TEN + timedelta(days=2))
    one_day = [words for words in amina.news() if "elmål" in words]

    assert three_days == [
        "Hej Amina! Delmål söndag 29 november: Ditt cv är klart. Vill du ha hjälp? Skriv till oss här. Hälsningar Karin"
    ]
    assert one_day == [
        "Hej Amina! I morgon, söndag 29 november, är ditt delmål: Ditt cv är klart. Lycka till! Hälsningar Karin"
    ]
    assert not any("elmål" in words for words in bo.messages())


async def test_the_weekly_questions_come_on_thursday_at_ten_once(town: Town) -> None:
    amina = await town.a_person()

    await jump(town, THURSDAY_TEN - timedelta(days=1) + MINUTE)
    await jump(town, THURSDAY_TEN - MINUTE)
    early = [words for words in amina.news() if "veckans" in words]
    await jump(town, THURSDAY_TEN)
    await town.step()
    await jump(town, THURSDAY_TEN + MINUTE)

    asked = amina.news()
    assert early == []
    assert len(asked) == 1
    assert asked[0].startswith("Hej Amina! Nu kommer veckans frågor.")


async def test_every_third_month_everything_is_asked(town: Town) -> None:
    amina = await town.a_person(started_on=date(2026, 9, 1))
    bo = await town.a_person(first_name="Bo", started_on=date(2026, 10, 1))
    first_of_december = datetime(2026, 12, 1, 10, 0, tzinfo=STOCKHOLM)

    await jump(town, first_of_december)

    assert [words.split("\n")[0] for words in amina.messages()] == [
        "Hej Amina! Nu kommer flera frågor. Inget svar är fel. Skriv HOPPA om du inte vill svara på en fråga."
    ]
    assert bo.messages() == []


async def test_what_is_too_late_is_marked_expired_and_never_sent(town: Town) -> None:
    amina = await town.a_person()

    await jump(town, THURSDAY_TEN + timedelta(hours=9))

    assert amina.messages() == [
        "Hej Amina! I morgon, fredag 27 november:\n09:00 Laga mat, Köket Linden\n"
        "Vi har en plats till dig. Välkommen! Karin"
    ]
    assert await occurrences(amina) == [
        ("evening-before", "expired", "late"),
        ("same-morning", "expired", "late"),
        ("weekly", "expired", "late"),
        ("evening-before", "queued", None),
    ]


async def test_words_that_could_not_leave_in_time_are_expired_and_never_sent(town: Town) -> None:
    amina = await town.a_person()
    town.clock.now = EVENING.astimezone(UTC)
    await town.app.plan(town.now)

    await jump(town, EVENING + timedelta(hours=1, minutes=59))
    queued = len(amina.messages())
    bo = await town.a_person(first_name="Bo")
    town.clock.now = (EVENING + timedelta(days=1)).astimezone(UTC)
    await town.app.plan(town.now)
    await jump(town, EVENING + timedelta(days=1, hours=2))

    assert queued == 1
    assert bo.messages() == []
    assert [(row.status, row.error) for row in await bo.outbox()] == [("expired", "late")]


async def test_a_conversation_waits_for_the_open_one_and_begins_when_it_ends(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, THURSDAY_TEN - timedelta(hours=1))
    await amina.begins("milestone-reached")
    amina.news()

    await jump(town, THURSDAY_TEN)
    meanwhile = amina.news()
    await amina.says("nej")
    await town.step()
    await town.step()

    assert meanwhile == []
    assert [words.split("\n")[0] for words in amina.messages()[-2:]] == [
        "Tack för ditt svar, Amina. Det är okej att det tar tid. Karin kan hjälpa dig.",
        "Hej Amina! Nu kommer veckans frågor.",
    ]


async def test_a_conversation_that_waited_too_long_is_expired(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, THURSDAY_TEN - MINUTE)
    await amina.begins("milestone-reached")

    await jump(town, THURSDAY_TEN)
    await jump(town, THURSDAY_TEN + timedelta(hours=8))
    await amina.says("nej")
    await town.step()

    assert ("weekly", "expired", "busy") in await occurrences(amina)
    assert not any("veckans" in words for words in amina.messages())


async def test_a_reminder_of_the_day_comes_also_in_the_middle_of_a_conversation(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, EVENING - MINUTE)
    await amina.begins("next-step")
    amina.news()

    await jump(town, EVENING)

    assert len(amina.news()) == 1
    assert await amina.outcomes() == [None]


async def test_who_stopped_paused_is_protected_or_unreachable_gets_nothing(town: Town) -> None:
    people = [await town.a_person(first_name=name) for name in ("Ali", "Bo", "Ces", "Dana")]
    stopped, paused, protected, unreachable = people
    await change(stopped, stopped_at=town.now)
    await change(paused, paused_until=town.now + timedelta(days=30))
    await change(protected, protected=True)
    await change(unreachable, preferred_channel="telegram")

    await jump(town, EVENING)
    await jump(town, MORNING)
    await jump(town, THURSDAY_TEN)

    assert [one.messages() for one in people] == [[], [], [], []]
    assert [await one.outcomes() for one in people] == [[], [], [], []]
    assert [await occurrences(one) for one in people] == [[], [], [], []]


async def test_who_stops_after_the_words_were_queued_does_not_get_them(town: Town) -> None:
    amina = await town.a_person()
    town.clock.now = EVENING.astimezone(UTC)
    await town.app.plan(town.now)

    await amina.writes("STOPP")
    await town.app.reception.receive(now=town.now)
    await town.app.delivery.send_queued(now=town.now)

    assert amina.messages() == ["Nu slutar vi skriva till dig. Vill du börja igen? Skriv START."]


async def test_a_pause_that_is_over_lets_messages_come_again(town: Town) -> None:
    amina = await town.a_person()
    await change(amina, paused_until=EVENING.astimezone(UTC) + MINUTE)

    await jump(town, EVENING)
    await jump(town, MORNING)

    assert len(amina.messages()) == 1
