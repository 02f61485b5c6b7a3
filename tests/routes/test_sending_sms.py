"""Every text message leaves once, or somebody sees why it did not, whatever happens between Twilio and us."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.twilio import TwilioChannel
from bot.domain.people import ChannelName
from bot.storage import tables
from tests.fakes.twilio_api import refusal
from tests.fakes.wire import Answer, Fault
from tests.town import Person, Town

WEEKLY = "weekly-check-in"
SOON = timedelta(milliseconds=300)
TOO_MANY = Answer(status=429, body=b'{"code": 20429, "status": 429}', headers={"Retry-After": "30"})
OUR_SENDER_IS_WRONG = refusal(21601)


async def statuses(person: Person) -> list[str]:
    return [row.status for row in await person.outbox()]


async def address_state(person: Person) -> str:
    table = tables.addresses
    rows = await person.town.rows(select(table.c.state).where(table.c.participant_id == person.id))
    return str(rows[0].state)


@pytest.fixture
async def hasty_town(shared_town: Town) -> Town:
    """A town that waits for Twilio only a moment."""
    channel = shared_town.app.channels[ChannelName.SMS]
    assert isinstance(channel, TwilioChannel)
    channel.timeout = SOON
    await channel.close()
    return shared_town


async def test_too_many_requests_let_the_channel_wait_and_then_everything_leaves_once(shared_town: Town) -> None:
    amina, bo = await shared_town.a_person(), await shared_town.a_person(first_name="Bo")
    shared_town.twilio.fail(Fault(answer=TOO_MANY))

    await amina.begins(WEEKLY)
    await bo.begins(WEEKLY)
    before = amina.messages() + bo.messages()
    await shared_town.settle(seconds=25)
    early = amina.messages() + bo.messages()
    await shared_town.settle(seconds=6)
    await shared_town.settle(seconds=60)

    assert before == early == []
    assert [len(one.messages()) for one in (amina, bo)] == [1, 1]
    assert await statuses(amina) == await statuses(bo) == ["sent"]


async def test_waiting_for_twilio_counts_as_no_try(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(*[Fault(answer=TOO_MANY)] * 100, OUR_SENDER_IS_WRONG)

    await amina.begins(WEEKLY)
    for _ in range(101):
        await shared_town.settle(seconds=31)

    assert len(amina.messages()) == 1
    assert await statuses(amina) == ["sent"]


async def test_a_twilio_that_is_away_for_an_hour_costs_nobody_a_message(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(*[OUR_SENDER_IS_WRONG] * 19)

    await amina.begins(WEEKLY)
    for _ in range(19):
        await shared_town.settle(minutes=5)

    assert len(amina.messages()) == 1
    assert await amina.alerts() == []


async def test_words_that_twilio_will_never_take_are_told_to_the_coach(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(refusal(21617))

    await amina.begins(WEEKLY)
    await shared_town.settle(hours=1)

    assert await statuses(amina) == ["failed"]
    assert await address_state(amina) == "active"
    assert await amina.alerts() == ["uncertain"]


async def test_a_stop_at_twilio_stops_the_address_and_the_coach_is_told(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.stopped.add(amina.sms)

    await amina.begins(WEEKLY)
    await shared_town.settle(hours=1)

    assert await statuses(amina) == ["failed"]
    assert await address_state(amina) == "stopped"
    assert await amina.alerts() == ["blocked"]


async def test_a_number_that_is_none_is_marked_bad_and_the_coach_is_told(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(refusal(21211))

    await amina.begins(WEEKLY)
    await shared_town.settle(hours=1)

    assert amina.messages() == []
    assert await address_state(amina) == "bad"
    assert await amina.alerts() == ["bouncing"]


async def test_a_number_that_a_receipt_calls_dead_is_marked_bad_and_the_coach_is_told_once(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins(WEEKLY)
    sid = shared_town.twilio.sent[-1].sid

    for _ in range(2):
        assert await shared_town.twilio.call_back(sid, "undelivered", error="30005") == 200

    assert await statuses(amina) == ["failed"]
    assert await address_state(amina) == "bad"
    assert await amina.alerts() == ["bouncing"]


async def test_a_stop_that_twilio_answered_is_obeyed_without_a_word_of_ours_and_so_is_a_start(
    shared_town: Town,
) -> None:
    amina = await shared_town.a_person()
    await amina.begins(WEEKLY)
    amina.news()

    await shared_town.twilio.text(sender=amina.sms, body="Stop", OptOutType="STOP")
    await shared_town.listen()
    stopped = await address_state(amina), await amina.outcomes()
    await shared_town.twilio.text(sender=amina.sms, body="Start", OptOutType="START")
    await shared_town.listen()

    assert stopped == ("stopped", ["stopped"])
    assert await address_state(amina) == "active"
    assert amina.news() == []
    assert len(await amina.says("hjälp")) == 1


async def test_a_start_after_a_stop_that_we_learnt_of_by_sending_brings_messages_back(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.stopped.add(amina.sms)
    await amina.begins(WEEKLY)
    shared_town.twilio.stopped.remove(amina.sms)

    await shared_town.twilio.text(sender=amina.sms, body="Start", OptOutType="START")
    await shared_town.listen()

    assert await address_state(amina) == "active"
    assert len(await amina.says("hjälp")) == 1


async def test_who_writes_from_a_number_that_was_called_dead_is_answered(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(refusal(21211))
    await amina.begins(WEEKLY)

    assert len(await amina.says("hjälp")) == 1
    assert await address_state(amina) == "active"


async def test_a_lost_answer_is_settled_by_the_receipt_and_the_words_are_never_repeated(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(Fault(kind="reset", taken=True))

    await amina.begins(WEEKLY)
    unknown = await statuses(amina)
    await shared_town.twilio.call_back(shared_town.twilio.sent[-1].sid, "delivered")
    await shared_town.settle(minutes=1)

    assert unknown == ["unsettled"]
    assert len(amina.messages()) == 1
    assert await statuses(amina) == ["delivered"]


async def test_a_lost_answer_is_looked_up_and_the_words_are_never_repeated(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(Fault(kind="cut", taken=True))

    await amina.begins(WEEKLY)
    await shared_town.settle(seconds=21)
    await shared_town.settle(minutes=30)

    assert len(amina.messages()) == 1
    left = shared_town.twilio.sent[-1].sid
    assert [(row.status, row.provider_id) for row in await amina.outbox()] == [("sent", left)]


async def test_words_that_never_arrived_at_twilio_are_looked_up_and_then_sent_once(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(Fault(kind="reset"))

    await amina.begins(WEEKLY)
    before = amina.messages()
    await shared_town.settle(seconds=21)
    await shared_town.settle(minutes=30)

    assert before == []
    assert len(amina.messages()) == 1
    assert await statuses(amina) == ["sent"]


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
async def test_a_twilio_that_never_answers_is_given_up_and_the_words_arrive_once(hasty_town: Town, taken: bool) -> None:
    amina = await hasty_town.a_person()
    hasty_town.twilio.fail(Fault(kind="hang", taken=taken))

    await amina.begins(WEEKLY)
    await hasty_town.settle(seconds=21)
    await hasty_town.settle(minutes=30)

    assert len(amina.messages()) == 1
    assert await statuses(amina) == ["sent"]


async def test_a_lost_answer_that_cannot_be_looked_up_is_told_to_the_coach_and_never_repeated(
    shared_town: Town,
) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(Fault(kind="reset", taken=True), *[Fault(answer=Answer(status=500))] * 8)

    await amina.begins(WEEKLY)
    for _ in range(4):
        await shared_town.settle(minutes=5)
    shared_town.twilio.faults.clear()
    await shared_town.settle(hours=1)

    assert len(amina.messages()) == 1
    assert await statuses(amina) == ["uncertain"]
    assert await amina.alerts() == ["uncertain"]


async def test_an_answer_overtakes_what_waits_for_a_later_try(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    shared_town.twilio.fail(OUR_SENDER_IS_WRONG)

    await amina.begins(WEEKLY)
    answered = await amina.says("1 3")
    await shared_town.settle(hours=1)

    assert len(answered) == 1
    # The question that waited is answered by then, and is not asked any more.
    assert amina.messages() == answered
    assert [(row.status, row.error) for row in await amina.outbox()] == [("cancelled", "answered"), ("sent", None)]


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
async def test_the_same_words_twice_are_two_messages_though_the_answer_to_the_second_is_lost(
    shared_town: Town, taken: bool
) -> None:
    amina = await shared_town.a_person()
    [first] = await amina.says("Bussen var blå")
    shared_town.twilio.fail(Fault(kind="reset", taken=taken))

    await amina.says("Hunden heter Sixten")
    await shared_town.settle(seconds=21)
    await shared_town.settle(seconds=60)

    assert amina.messages() == [first, first]
    rows = await amina.outbox()
    assert [row.status for row in rows] == ["sent", "sent"]
    assert len({row.provider_id for row in rows}) == 2


async def test_of_the_same_words_in_doubt_twice_a_receipt_says_which_of_them_left(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    town.twilio.fail(Fault(kind="reset", taken=False))
    await amina.says("Bussen var blå")
    town.twilio.fail(Fault(kind="reset", taken=True))
    await amina.says("Hunden heter Sixten")
    [left] = [one for one in town.twilio.sent if one.to == amina.sms]
    town.machine.ahead += timedelta(seconds=21)
    # Twilio's list knows one such text, and not that it was the second.
    await town.app.delivery.settle(now=town.now)
    assert await statuses(amina) == ["sent", "queued"]

    assert await town.twilio.call_back(left.sid, "delivered") == 200
    assert await statuses(amina) == ["unsettled", "delivered"]
    await town.settle(seconds=21)

    assert len(amina.messages()) == 2
    assert await statuses(amina) == ["sent", "delivered"]
