"""A provider that no longer answers is left alone, tried by one message now and then, and trusted when it answers."""

from datetime import timedelta

from sqlalchemy import select

from bot.domain.messages import OutboxStatus, Priority, Purpose
from bot.domain.people import ChannelName
from bot.storage import tables
from tests.fakes.twilio_api import refusal
from tests.fakes.wire import Answer, Fault
from tests.routes.test_pace import queued, statuses
from tests.town import Person, Town

SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
DOWN = Fault(answer=Answer(status=503), only="Messages.json")


async def some(town: Town, count: int) -> list[Person]:
    people = [await town.a_person(first_name=f"P{n}") for n in range(count)]
    for one in people:
        await queued(one)
    return people


async def sends(town: Town) -> int:
    """How many messages Twilio was asked to take."""
    return sum(1 for one in town.twilio.asked if one.method == "POST")


async def failures(town: Town) -> int:
    return sum(row.failures for row in await town.rows(select(tables.pauses.c.failures)))


async def go_down(town: Town) -> None:
    """Five in a row were not answered."""
    await some(town, 5)
    town.twilio.fail(*[DOWN] * 5)
    await town.app.delivery.send_on(SMS, now=town.now)
    assert (await sends(town), await failures(town)) == (5, 5)


async def test_after_five_in_a_row_the_channel_is_left_alone_and_the_others_are_not(town: Town) -> None:
    await go_down(town)
    amina, bo = await town.a_person(), await town.a_person(channel=TELEGRAM)
    await queued(amina)
    await queued(bo)

    await town.app.delivery.send_queued(now=town.now)

    assert await sends(town) == 5
    assert len(bo.messages()) == 1


async def test_then_one_message_tries_and_the_pauses_grow_to_five_minutes(town: Town) -> None:
    await go_down(town)
    await some(town, 9)
    tried, pause = [], timedelta(seconds=5)
    for _ in range(8):
        before = await sends(town)
        town.twilio.fail(DOWN)
        town.machine.ahead += pause * 0.7
        await town.app.delivery.send_on(SMS, now=town.now)
        early = await sends(town) - before
        town.machine.ahead += pause * 0.4
        await town.app.delivery.send_on(SMS, now=town.now)
        tried.append((early, await sends(town) - before))
        town.twilio.faults.clear()
        pause = min(pause * 2, timedelta(minutes=5))

    assert tried == [(0, 1)] * 8


async def test_an_answer_opens_the_channel_for_all(town: Town) -> None:
    await go_down(town)
    people = await some(town, 6)
    town.machine.ahead += timedelta(seconds=6)

    await town.app.delivery.send_on(SMS, now=town.now)

    assert {one.to for one in town.twilio.sent} >= {one.sms for one in people}
    assert await failures(town) == 0


async def test_what_is_refused_for_its_own_sake_counts_for_nothing(town: Town) -> None:
    people = await some(town, 8)
    town.twilio.fail(*[refusal(21211)] * 3, *[refusal(21617)] * 2, *[refusal(21601)] * 2)

    await town.app.delivery.send_on(SMS, now=town.now)

    assert await failures(town) == 0
    assert len(town.twilio.sent) == len(people) - 7


async def test_a_success_in_between_begins_the_count_anew(town: Town) -> None:
    for _ in range(3):
        await some(town, 2)
        town.twilio.fail(DOWN, DOWN)
        await town.app.delivery.send_on(SMS, now=town.now)
        await some(town, 1)
        await town.app.delivery.send_on(SMS, now=town.now)

    assert await failures(town) == 0
    assert len(town.twilio.sent) == 3


async def test_help_in_a_crisis_is_tried_although_the_provider_is_left_alone(town: Town) -> None:
    await go_down(town)
    amina = await town.a_person()
    await queued(amina, purpose=Purpose.CRISIS, priority=int(Priority.CRISIS))

    await town.app.delivery.send_on(SMS, now=town.now)

    assert len(amina.messages()) == 1


async def test_while_the_provider_is_away_what_waits_is_not_lost(town: Town) -> None:
    await go_down(town)
    people = await some(town, 3)
    for _ in range(4):
        await town.settle(minutes=5)

    assert {one.sms for one in people} <= {one.to for one in town.twilio.sent}
    assert (await statuses(town)).keys() == {OutboxStatus.SENT}
