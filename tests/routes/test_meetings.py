"""A coach makes a meeting, and the person says whether the hour suits: asked once, never about an hour that is gone."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.domain.access import ChangedMeanwhile
from bot.domain.meetings import Hour
from bot.domain.people import ChannelName
from bot.services import roster
from bot.services.inviting import invite_waiting
from bot.services.meeting import NotThen
from bot.services.roster import Leaving
from bot.storage import tables
from tests.fakes.twilio_api import refusal
from tests.meetings import LATER, TUESDAY, a_meeting
from tests.town import WEDNESDAY, Town

ASKED = "Hej Amina! Möte med Karin tisdag 1 december klockan 14:00, Biblioteket.\nPassar tiden?"
MOVED = "Hej Amina! Mötet med Karin är flyttat till onsdag 2 december klockan 10:30, Biblioteket.\nPassar tiden?"
BY_SMS = "\n1. Ja\n2. Nej\n3. En annan tid"
CALLED_OFF = "Hej Amina! Mötet med Karin tisdag 1 december klockan 14:00 blir inte av. Du behöver inte komma då."


async def done_by_karin(town: Town) -> list[str]:
    query = select(tables.audit.c.what).where(tables.audit.c.coach_id == town.coach).order_by(tables.audit.c.id)
    return [row.what for row in await town.rows(query)]


@pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])
async def test_the_person_is_asked_at_once_and_a_yes_is_kept(town: Town, channel: ChannelName) -> None:
    amina = await town.a_person(channel=channel)
    met = await a_meeting(amina)

    by_sms = channel is ChannelName.SMS
    assert amina.news() == [ASKED + BY_SMS if by_sms else ASKED]
    if by_sms:
        answer = await amina.says("1")
    else:
        assert await amina.taps("Ja") == 200
        await town.listen()
        answer = amina.news()

    assert answer == ["Tack, Amina! Karin får veta att du kommer."]
    assert await met.state() == "agreed"
    assert await amina.alerts() == [] and await amina.outcomes() == ["finished"]
    assert await done_by_karin(town) == ["meeting-made"]


async def test_a_no_and_another_time_are_told_the_coach(town: Town) -> None:
    amina, bosse = await town.a_person(), await town.a_person(first_name="Bosse")
    hers, his = await a_meeting(amina), await a_meeting(bosse)

    await amina.says("nej")
    await bosse.says("3")
    assert await bosse.says("torsdag efter lunch") == ["Tack, Bosse! Karin läser det och hör av sig."]

    assert await hers.state() == "declined" and await amina.alerts() == ["meeting-declined"]
    assert await his.state() == "other-time" and await bosse.alerts() == ["meeting-other-time"]
    assert ("meeting-when", "torsdag efter lunch") in await bosse.answers()


async def test_an_answer_that_is_corrected_counts_as_corrected(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina)
    await amina.says("1")
    await amina.says("fel")
    await amina.says("nej")

    assert await met.state() == "declined" and await amina.alerts() == ["meeting-declined"]


async def test_a_moved_meeting_is_asked_about_anew_and_the_old_hour_is_answered_no_more(town: Town) -> None:
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    met = await a_meeting(amina)
    await met.moves_to(LATER)

    assert amina.news() == [ASKED, MOVED]
    assert await amina.taps("Ja", above=True) == 200
    await town.listen()
    assert await met.state() == "asked"
    assert amina.news() == ["Den knappen hör till en fråga som är stängd. Du behöver inte göra något."]

    assert await amina.taps("Nej") == 200
    await town.listen()
    assert await met.state() == "declined"
    assert await done_by_karin(town) == ["meeting-made", "meeting-moved"]


async def test_a_yes_to_the_old_hour_that_crosses_the_new_question_is_no_yes(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina)
    amina.news()
    await amina.writes("1")
    await met.moves_to(LATER, sent=False)
    await town.app.reception.receive(now=town.now)
    assert await met.state() == "asked"

    await town.app.delivery.send_queued(now=town.now)
    assert MOVED + BY_SMS in amina.news()
    await amina.says("1")
    assert await met.state() == "agreed"


async def test_a_meeting_that_was_agreed_and_moved_is_agreed_no_more(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina)
    await amina.says("ja")
    await met.moves_to(LATER)
    assert amina.news() == [MOVED + BY_SMS]
    assert await met.state() == "asked"
    # A correction of the answer about the old hour is about the old hour.
    await met.moves_to(replace(LATER, begins=time(11)))
    assert await met.state() == "asked" and len(amina.news()) == 1


async def test_a_question_that_has_not_left_is_moved_without_a_word_about_the_old_hour(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina, sent=False)
    await met.moves_to(LATER)
    assert amina.news() == [
        "Hej Amina! Möte med Karin onsdag 2 december klockan 10:30, Biblioteket.\nPassar tiden?" + BY_SMS
    ]


async def test_a_meeting_is_called_off_once_and_who_knew_of_it_is_told(town: Town) -> None:
    amina, bosse = await town.a_person(), await town.a_person(first_name="Bosse")
    met, unread = await a_meeting(amina), await a_meeting(bosse, sent=False)
    amina.news()
    shown = await met.shown()

    assert not await unread.is_called_off()
    assert await met.is_called_off()
    with pytest.raises(ChangedMeanwhile):
        await met.is_called_off(shown=shown)
    await town.later(minutes=1)

    assert amina.news() == [CALLED_OFF] and bosse.messages() == []
    assert await amina.says("1") == [
        "Tack för ditt svar. Frågan är stängd nu. Det gör inget. Du får nya frågor en annan dag."
    ]
    assert await met.state() == "called-off"


async def test_an_answer_that_came_while_the_coach_looked_is_not_written_over(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina)
    shown = await met.shown()
    await amina.says("ja")
    with pytest.raises(ChangedMeanwhile):
        await met.moves_to(LATER, shown=shown)
    assert await met.state() == "agreed"


async def test_answering_twice_is_one_answer(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina)
    await amina.says("1")
    await amina.says("1")
    assert await met.state() == "agreed" and await amina.outcomes() == ["finished"]


@pytest.mark.parametrize(
    ("hour", "why"),
    [
        (replace(TUESDAY, on=WEDNESDAY.date(), begins=time(8, 59)), "past"),
        (replace(TUESDAY, on=date(2029, 1, 1)), "day-far"),
        (replace(TUESDAY, begins=time(5, 45)), "night"),
        (replace(TUESDAY, begins=time(21, 30)), "night"),
    ],
)
async def test_nobody_meets_in_the_past_far_away_or_at_night(shared_town: Town, hour: Hour, why: str) -> None:
    amina = await shared_town.a_person()
    with pytest.raises(NotThen) as refused:
        await a_meeting(amina, hour)
    assert refused.value.why == why and amina.messages() == []


async def test_at_night_the_question_waits_for_the_morning(town: Town) -> None:
    amina = await town.a_person()
    town.clock.now = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    met = await a_meeting(amina)
    await town.at(datetime(2026, 11, 26, 5, 45, tzinfo=UTC))
    assert amina.messages() == []
    await town.at(datetime(2026, 11, 26, 6, 0, tzinfo=UTC))
    assert amina.news() == [ASKED + BY_SMS]
    await amina.says("1")
    assert await met.state() == "agreed"


async def test_the_question_waits_for_the_end_of_another_conversation(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins("milestone-reached")
    await a_meeting(amina)
    await town.later(minutes=1)
    assert len(amina.news()) == 1

    await amina.says("nej")
    await town.later(minutes=1)
    assert amina.news() == [ASKED + BY_SMS]


async def test_two_meetings_are_asked_about_one_after_the_other(town: Town) -> None:
    amina = await town.a_person()
    first, second = await a_meeting(amina, LATER), await a_meeting(amina)
    assert len(amina.news()) == 1
    await amina.says("1")
    await town.later(minutes=1)
    assert amina.news() == [ASKED + BY_SMS]
    await amina.says("2")
    assert await first.state() == "agreed" and await second.state() == "declined"


async def test_who_wants_no_messages_is_not_asked_and_not_told(town: Town) -> None:
    amina, bosse = await town.a_person(), await town.a_person(first_name="Bosse", protected=True)
    await amina.says("stopp")
    amina.news()
    hers, his = await a_meeting(amina), await a_meeting(bosse)
    await town.later(minutes=1)
    assert not await hers.is_called_off() and not await his.is_called_off()
    assert amina.messages()[1:] == [] and bosse.messages() == []


async def test_nobody_is_nudged_about_an_hour_that_has_come(town: Town) -> None:
    amina = await town.a_person()
    soon = replace(TUESDAY, on=WEDNESDAY.date(), begins=time(12))
    met = await a_meeting(amina, soon)
    await town.at(WEDNESDAY + timedelta(hours=7))

    said = amina.news()
    assert [one for one in said if "fortfarande" in one] == [] and await amina.outcomes() == ["behind"]
    assert "Frågan är stängd nu" in (await amina.says("1"))[0]
    assert await met.state() == "asked"


async def test_who_does_not_answer_is_nudged_once_and_left_in_peace(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina, replace(TUESDAY, on=date(2026, 12, 18)))
    await town.at(WEDNESDAY + timedelta(hours=10))
    assert [one for one in amina.messages() if "om mötet" in one] == [
        "Hej Amina! Du kan fortfarande svara om mötet. Du måste inte.\nPassar tiden?" + BY_SMS
    ]
    await town.later(days=3)
    assert await amina.outcomes() == ["expired"] and await met.state() == "asked"


async def test_who_leaves_the_programme_before_the_meeting_is_not_asked(town: Town) -> None:
    amina = await town.a_person()
    await roster.leave(
        town.app.database,
        town.app.shelf,
        amina.enrolment,
        Leaving(on=date(2026, 11, 30), reason="work"),
        now=town.now,
    )
    await a_meeting(amina)
    await town.later(minutes=1)
    assert amina.messages() == []


async def test_after_an_outage_past_its_beginning_nobody_is_asked(town: Town) -> None:
    amina = await town.a_person()
    town.twilio.fail(*[refusal(20003, status=503)] * 20)
    await a_meeting(amina, replace(TUESDAY, on=WEDNESDAY.date(), begins=time(11)))
    town.clock.now += timedelta(hours=3)
    town.twilio.faults.clear()
    await town.settle(hours=3)
    await town.step()
    assert [one for one in amina.messages() if "Möte med" in one] == []


async def test_two_processes_ask_once(town: Town) -> None:
    people = [await town.a_person(first_name=f"Ada{number}") for number in range(6)]
    night = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    town.clock.now = night
    for one in people:
        await a_meeting(one)
    town.clock.now = night + timedelta(hours=12)
    app = town.app
    counts = await asyncio.gather(*(invite_waiting(app.database, app.shelf, now=town.now) for _ in range(3)))
    await app.delivery.send_queued(now=town.now)
    assert sum(counts) == 6
    assert [len(one.messages()) for one in people] == [1] * 6


async def test_my_week_names_the_meeting(town: Town) -> None:
    amina = await town.a_person()
    met = await a_meeting(amina)
    await amina.says("1")
    assert "\n14:00 möte med Karin, Biblioteket" in (await amina.says("min vecka"))[0]
    await met.is_called_off()
    amina.news()
    assert "möte" not in (await amina.says("min vecka"))[0]
