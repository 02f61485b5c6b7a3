"""Whoever writes what sounds like danger is helped at once, and nothing else is made of the words."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.domain.messages import Priority, Purpose
from bot.domain.people import ChannelName
from bot.services.wording import Occasion, drafts, say
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.fakes.bot_api import private
from tests.town import COACH, Town

CRY = "jag orkar inte, jag vill dö"
HELP = "Är du i fara? Ring 112 nu. Ring 90101 om du behöver prata med någon. Ring 1177 för råd om vård."
TOLD_NOW = "Karin får veta nu att du skrev. Vi arbetar till 16:00. Vi läser inte här hela tiden."
SATURDAY_NIGHT = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
CHANNELS = (ChannelName.SMS, ChannelName.TELEGRAM)


async def about(town: Town, kind: str = "crisis") -> list[object]:
    return [row.participant_id for row in await town.rows(select(tables.alerts).where(tables.alerts.c.kind == kind))]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_danger_is_helped_at_once_and_answers_no_question(shared_town: Town, channel: ChannelName) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.begins("weekly-check-in")
    amina.news()

    assert await amina.says(CRY) == [f"{HELP}\n{TOLD_NOW}"]

    assert await amina.alerts() == ["crisis"]
    assert await amina.outcomes() == ["held"]
    assert await amina.ratings() == []
    # The same words are no answer afterwards either: nothing waits for one.
    [sent] = [row for row in await amina.outbox() if row.purpose == Purpose.CRISIS]
    assert sent.priority == 0 and sent.expires_at is None


async def test_danger_with_a_number_in_it_is_no_answer(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("weekly-check-in")

    await amina.says("1, jag vill inte leva")

    assert await amina.ratings() == []
    assert await amina.alerts() == ["crisis"]


async def test_a_low_number_is_an_answer_and_no_danger(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("weekly-check-in")

    await amina.says("1")

    assert [one.value for one in await amina.ratings()] == [1]
    assert await amina.alerts() == []


async def test_at_night_we_say_truthfully_when_somebody_works_again(town: Town) -> None:
    town.clock.now = SATURDAY_NIGHT
    amina = await town.a_person()

    [said] = await amina.says(CRY)

    assert said.splitlines()[1] == (
        "Karin får veta att du skrev. Vi läser inte här hela tiden. Vi arbetar igen måndag 30 november 08:00."
    )


async def test_who_stopped_is_helped_and_stays_stopped(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("STOPP")

    assert len(await amina.says(CRY)) == 1

    [person] = await shared_town.rows(select(tables.participants).where(tables.participants.c.id == amina.id))
    assert person.stopped_at is not None


async def test_who_left_is_helped(shared_town: Town) -> None:
    amina = await shared_town.a_person(started_on=(shared_town.now - timedelta(days=60)).date())
    async with unit_of_work(shared_town.app.database) as work:
        yesterday = (shared_town.now - timedelta(days=2)).date()
        await work.participants.change_enrolment(amina.enrolment, ended_on=yesterday, now=shared_town.now)

    assert [one.splitlines()[0] for one in await amina.says(CRY)] == [HELP]


async def test_violence_and_a_child_at_risk_are_met_in_other_words(shared_town: Town) -> None:
    amina, bo = await shared_town.a_person(), await shared_town.a_person(first_name="Bo")

    others = "Är någon i fara? Ring 112 nu. Ring 1177 för råd om vård. Ring 90101 om du behöver prata med någon."
    assert [one.splitlines()[0] for one in await amina.says("han slår mig varje kväll")] == [others]
    assert [one.splitlines()[0] for one in await bo.says("hon slår barnen")] == [others]


async def test_danger_is_heard_in_another_language_than_ones_own(shared_town: Town) -> None:
    amina = await shared_town.a_person()

    assert [one.splitlines()[0] for one in await amina.says("أريد أن أموت")] == [HELP]


async def test_the_same_help_comes_once_an_hour_and_somebody_is_called_every_time(town: Town) -> None:
    amina = await town.a_person()

    await amina.says(CRY)
    assert await amina.says("jag vill verkligen dö") == []
    await town.later(minutes=61)
    amina.news()
    assert len(await amina.says("jag menar det. jag vill dö")) == 1

    assert await amina.alerts() == ["crisis", "crisis", "crisis"]


async def test_a_message_that_arrives_twice_is_helped_and_raised_once(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    fields = shared_town.twilio.inbound(sender=amina.sms, body=CRY)

    for _ in range(2):
        await shared_town.twilio.post("/twilio/message", fields)
        await shared_town.listen()

    assert len(amina.news()) == 1
    assert await amina.alerts() == ["crisis"]


async def test_nothing_is_begun_until_a_person_resumes_it(town: Town) -> None:
    amina = await town.a_person()
    await amina.says(CRY)
    amina.news()

    await town.later(days=1, hours=2)
    assert amina.news() == []

    # To write START is no deed of a coach.
    await amina.says("START")
    [person] = await town.rows(select(tables.participants).where(tables.participants.c.id == amina.id))
    assert person.held_at is not None


async def test_what_waits_to_be_begun_is_not_sent(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    async with unit_of_work(shared_town.app.database) as work:
        plan = (await shared_town.app.shelf.plans(work, [shared_town.programme.id]))[shared_town.programme.id]
        person = (await work.participants.enrolled([amina.enrolment]))[amina.enrolment]
        assert person.address is not None
        at = shared_town.now + timedelta(hours=1)
        occasion = Occasion(
            once="a-reminder", purpose=Purpose.REMINDER, priority=Priority.REMINDER, expires_at=None, now=at
        )
        said = [say(plan, "phrases/nudge", participant=person)]
        await work.outbox.queue(drafts(said, participant=person, address=person.address, occasion=occasion), now=at)

    await amina.says(CRY)

    waiting = [(row.status, row.error) for row in await amina.outbox() if row.purpose == Purpose.REMINDER]
    assert waiting == [("cancelled", "held")]


async def test_an_edit_and_a_caption_are_read_for_danger(shared_town: Town) -> None:
    first = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    second = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    shared_town.telegram.push(
        "edited_message",
        {"message_id": 1, "date": 1, "edit_date": 2, "chat": private(first.chat), "text": CRY},
    )
    await shared_town.telegram.call()
    size = {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}
    picture = {"message_id": 2, "date": 1, "chat": private(second.chat), "photo": [size], "caption": CRY}
    shared_town.telegram.push("message", picture)
    await shared_town.telegram.call()
    await shared_town.listen()

    assert [one.splitlines()[0] for one in (*first.news(), *second.news())] == [HELP, HELP]
    assert (await first.alerts(), await second.alerts()) == (["crisis"], ["crisis"])


async def test_on_a_shared_telephone_everybody_is_held_and_helped_once(shared_town: Town) -> None:
    first = await shared_town.a_person()
    second = await shared_town.a_person(first_name="Bo", addresses=((ChannelName.SMS, first.sms),))

    assert len(await first.says(CRY)) == 1

    assert (await first.alerts(), await second.alerts()) == (["crisis"], ["crisis"])
    table = tables.participants
    held = await shared_town.rows(select(table.c.held_at).where(table.c.id.in_([first.id, second.id])))
    assert None not in [row.held_at for row in held]


async def test_a_stranger_is_helped_once_and_the_programme_is_called(town: Town) -> None:
    for _ in range(2):
        await town.twilio.text(sender="+46701749999", body=CRY)
        await town.listen()

    said = [one.body for one in town.twilio.sent if one.to == "+46701749999"]
    assert said == [
        f"{HELP}\nVi vet inte vem du är. De som arbetar här får veta att du skrev. Vi läser inte här hela tiden."
    ]
    assert await about(town) == [None, None]
    await town.step()
    assert [one["To"] for one in town.mail.received] == [COACH, COACH]
