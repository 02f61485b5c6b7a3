"""Words leave no faster than a provider allows, however many processes send, and the most urgent first."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.app import App, build
from bot.domain.messages import OutboxStatus, Priority, Purpose
from bot.domain.people import ChannelName
from bot.services.delivery import Delivery
from bot.services.pace import Lane, Pace, Terms, sms
from bot.storage import tables
from bot.storage.outbox_heads import Whose
from bot.storage.sending import Chats
from tests.fakes.bot_api import refusal
from tests.fakes.wire import Answer, Fault, answer
from tests.town import Person, Town, a_town

SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
TOO_MANY = Answer(status=429, body=b'{"code": 20429, "status": 429}', headers={"Retry-After": "3"})


def paced(town: Town, app: App, *lanes: Lane) -> Delivery:
    """The sending half of a process that keeps a pace."""
    return Delivery(
        app.database, app.shelf, app.channels, terms=Terms(lanes=lambda _: lanes, ahead=lambda: town.machine.ahead)
    )


async def queued(person: Person, *, count: int = 1, **more: object) -> list[int]:
    """Words that wait for somebody."""
    town = person.town
    channel = SMS if person.sms else TELEGRAM
    address = (await town.rows(select(tables.addresses.c.id).where(tables.addresses.c.participant_id == person.id)))[
        0
    ].id
    before = await town.rows(select(tables.outbox.c.id))
    row = {
        "organisation_id": town.programme.organisation_id,
        "programme_id": town.programme.id,
        "participant_id": person.id,
        "address_id": address,
        "channel": channel,
        "act": "send",
        "purpose": Purpose.REPLY,
        "priority": int(Priority.REMINDER),
        "language": "sv",
        "available_at": town.now,
        "queued_at": town.now,
    } | more
    async with town.app.database.transaction() as connection:
        made = [
            await connection.scalar(
                insert(tables.outbox)
                .values(**row, text=f"{person.id}/{n}", once=f"pace/{person.id}/{len(before)}/{n}")
                .returning(tables.outbox.c.id)
            )
            for n in range(count)
        ]
    return [int(one) for one in made]


async def statuses(town: Town) -> Counter[str]:
    return Counter(row.status for row in await town.rows(select(tables.outbox.c.status)))


async def test_no_more_leave_at_once_than_there_are_tokens_and_the_next_come_as_time_passes(town: Town) -> None:
    people = [await town.a_person() for _ in range(7)]
    for one in people:
        await queued(one)
    delivery = paced(town, town.app, Lane(name="sms/a", pace=Pace(per_second=0.01, burst=3)))

    first = await delivery.send_on(SMS, now=town.now)
    at_once = len(town.twilio.sent)
    again = await delivery.send_on(SMS, now=town.now)
    town.machine.ahead += timedelta(seconds=201)
    later = await delivery.send_on(SMS, now=town.now)

    assert (first.tried, at_once) == (3, 3)
    assert again.tried == 0 and 60 < (again.again_in or 0) <= 100
    assert later.tried == 2
    assert (await statuses(town))[OutboxStatus.QUEUED] == 2


async def test_a_clock_that_went_an_hour_ahead_and_back_costs_no_tokens(town: Town) -> None:
    people = [await town.a_person() for _ in range(4)]
    delivery = paced(town, town.app, Lane(name="sms/a", pace=Pace(per_second=0.01, burst=2)))
    await queued(people[0])
    town.machine.ahead += timedelta(hours=1)
    await delivery.send_on(SMS, now=town.now)
    town.machine.ahead -= timedelta(hours=1)

    for one in people[1:]:
        await queued(one)
    sent = await delivery.send_on(SMS, now=town.now)

    assert sent.tried == 2


async def test_an_answer_overtakes_what_waits_for_tokens(town: Town) -> None:
    waiting, asking = await town.a_person(), await town.a_person(first_name="Bo")
    others = [await town.a_person(first_name="Cia") for _ in range(3)]
    for one in (waiting, *others):
        await queued(one)
    delivery = paced(town, town.app, Lane(name="sms/a", pace=Pace(per_second=0.01, burst=1)))
    await delivery.send_on(SMS, now=town.now)

    await queued(asking, priority=int(Priority.REPLY))
    town.machine.ahead += timedelta(seconds=101)
    await delivery.send_on(SMS, now=town.now)

    assert [one.to for one in town.twilio.sent][1:] == [asking.sms]


async def test_a_sender_without_tokens_holds_up_no_other(town: Town) -> None:
    amina, coach = await town.a_person(), await town.a_person(first_name="Bo")
    await queued(amina, count=1)
    await queued(coach, programme_id=None)
    mine = town.programme.id
    slow = Lane(name="sms/slow", pace=Pace(per_second=0.01, burst=1), whose=Whose(only=(mine,)))
    fast = Lane(name="sms/fast", pace=Pace(per_second=0.01, burst=1), whose=Whose(but=(mine,)))
    delivery = paced(town, town.app, slow, fast)
    async with town.app.database.transaction() as connection:
        empty = {"name": "sms/slow", "tokens": 0.0, "counted_at": town.machine()}
        await connection.execute(insert(tables.rates).values(**empty))

    sent = await delivery.send_on(SMS, now=town.now)

    assert sent.tried == 1 and sent.again_in is not None
    assert [one.to for one in town.twilio.sent] == [coach.sms]


async def test_a_chat_is_written_to_once_a_second_and_in_order_but_answers_may_come_in_a_small_burst(
    town: Town,
) -> None:
    amina = await town.a_person(channel=TELEGRAM)
    chats = Chats(every=timedelta(seconds=1000), sooner=timedelta(seconds=2000))
    delivery = paced(town, town.app, Lane(name="telegram/1", pace=Pace(chats=chats)))
    await queued(amina, count=2)
    await queued(amina, count=3, priority=int(Priority.REPLY))

    await delivery.send_on(TELEGRAM, now=town.now)
    burst = amina.news()
    town.machine.ahead += timedelta(seconds=1001)
    await delivery.send_on(TELEGRAM, now=town.now)
    soon = amina.news()
    for _ in range(2):
        town.machine.ahead += timedelta(seconds=1001)
        await delivery.send_on(TELEGRAM, now=town.now)
    one_by_one = amina.news()
    town.machine.ahead += timedelta(seconds=1001)
    await delivery.send_on(TELEGRAM, now=town.now)

    assert burst == [f"{amina.id}/0", f"{amina.id}/1", f"{amina.id}/2"]
    # Three were made up for: the chat is left alone for as long as they would have taken one by one.
    assert (soon, one_by_one, amina.news()) == ([], [f"{amina.id}/0"], [f"{amina.id}/1"])


@pytest.fixture
async def two(postgresql_url: str) -> AsyncIterator[tuple[Town, App]]:
    """A town whose database another process shares."""
    async with a_town(postgresql_url) as town:
        other = build(town.app.settings, now=lambda: town.now)
        yield town, other
        await other.close()


async def until_sent(town: Town, deliveries: list[Delivery], channel: ChannelName, *, count: int) -> list[float]:
    """Both send as a running process does: at once, and again when there may be more. When each message arrived."""
    arrived: list[float] = []
    begun = time.monotonic()

    async def work(delivery: Delivery) -> None:
        while len(arrived) < count:
            sent = await delivery.send_on(channel, now=town.now)
            await asyncio.sleep(0.05 if sent.again_in is None else sent.again_in)
            assert time.monotonic() - begun < 20

    async def watch() -> None:
        taken = town.twilio.sent if channel is SMS else town.telegram.sent
        while len(arrived) < count:
            arrived.extend([time.monotonic()] * (len(taken) - len(arrived)))
            await asyncio.sleep(0.002)

    await asyncio.gather(watch(), *(work(one) for one in deliveries))
    return arrived


def most_in_a_second(arrived: list[float]) -> int:
    return max(sum(1 for other in arrived if one <= other < one + 1) for one in arrived)


async def test_two_processes_share_one_rate_and_use_it(two: tuple[Town, App]) -> None:
    town, other = two
    people = [await town.a_person(first_name=f"P{n}") for n in range(50)]
    for one in people:
        await queued(one)
    lane = sms("+46700000001", per_second=40, whose=Whose())
    deliveries = [paced(town, app, lane) for app in (town.app, other)]

    arrived = await until_sent(town, deliveries, SMS, count=50)

    assert Counter(one.to for one in town.twilio.sent) == {one.sms: 1 for one in people}
    # 40 a second and a burst of 4; what was sent a moment apart may arrive together.
    assert most_in_a_second(arrived) <= 46
    assert arrived[-1] - arrived[0] < 3


async def test_a_429_in_between_lets_both_processes_wait_and_nothing_is_lost_or_said_twice(
    two: tuple[Town, App],
) -> None:
    town, other = two
    people = [await town.a_person(first_name=f"P{n}") for n in range(20)]
    for one in people:
        await queued(one)
    lane = Lane(name="sms/a", pace=Pace(per_second=50, burst=5))
    deliveries = [paced(town, app, lane) for app in (town.app, other)]
    town.twilio.fail(Fault(answer=TOO_MANY))

    first = await asyncio.gather(*(one.send_on(SMS, now=town.now) for one in deliveries))
    taken = len(town.twilio.sent)
    again = [await one.send_on(SMS, now=town.now) for one in deliveries]
    town.machine.ahead += timedelta(seconds=4)
    await until_sent(town, deliveries, SMS, count=20)

    assert taken < 20 and sum(one.tried for one in first) <= 20
    assert [one.tried for one in again] == [0, 0]
    assert Counter(one.to for one in town.twilio.sent) == {one.sms: 1 for one in people}


async def test_telegram_too_many_requests_pauses_telegram_alone(town: Town) -> None:
    amina, bo = await town.a_person(channel=TELEGRAM), await town.a_person(first_name="Bo")
    town.telegram.fail(refusal(429, "Too Many Requests: retry after 30", retry_after=30))
    await queued(amina)
    await town.app.delivery.send_queued(now=town.now)
    await queued(bo)
    await town.app.delivery.send_queued(now=town.now)

    assert (len(amina.messages()), len(bo.messages())) == (0, 1)


async def test_an_answer_that_cannot_be_kept_holds_up_nobody_elses(town: Town) -> None:
    people = [await town.a_person(first_name=name) for name in ("Amina", "Bo", "Cia")]
    for one in people:
        await queued(one)
    # Longer than any id of Twilio's: PostgreSQL refuses to keep it.
    odd = {"sid": "SM" + "0" * 200, "num_segments": "1", "status": "queued", "direction": "outbound-api"}
    town.twilio.fail(Fault(answer=answer(201, odd)))

    await town.app.delivery.send_on(SMS, now=town.now)
    found = await statuses(town)
    await town.app.delivery.send_on(SMS, now=town.now)

    assert found[OutboxStatus.SENT] >= 2 and len(town.twilio.sent) == 2


async def test_two_who_share_a_chat_are_not_written_to_in_the_same_moment(town: Town) -> None:
    shared = {"channel": TELEGRAM, "addresses": ((TELEGRAM, "9690"),)}
    amina, omar = [await town.a_person(first_name=name, **shared) for name in ("Amina", "Omar")]
    amina.chat = omar.chat = 9690
    await queued(amina)
    await queued(omar)
    lane = Lane(name="telegram/1", pace=Pace(per_second=100, burst=5, chats=Chats(every=timedelta(seconds=1000))))
    delivery = paced(town, town.app, lane)

    taken = await delivery._claim(TELEGRAM, most=10, now=town.now)

    assert len(taken.claims) == 1


async def test_what_is_in_hand_is_not_taken_out_of_it_by_a_clock_that_jumps(town: Town) -> None:
    amina = await town.a_person()
    await queued(amina)
    town.twilio.fail(Fault(kind="hang"))
    sending = asyncio.create_task(town.app.delivery.send_on(SMS, now=town.now))
    while not town.twilio.asked:
        await asyncio.sleep(0.01)
    town.machine.ahead += timedelta(hours=1)
    looked_at = await town.app.delivery.settle(now=town.now)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    given_up = await town.app.delivery.settle(now=town.now)

    assert (looked_at, given_up) == (0, 1)


async def test_what_was_claimed_too_long_ago_is_let_go_untouched(town: Town) -> None:
    amina = await town.a_person()
    [message] = await queued(amina)
    # So short that what is left of it when the words are in hand is never enough.
    hasty = Delivery(town.app.database, town.app.shelf, town.app.channels, terms=Terms(lease=timedelta(microseconds=1)))
    taken = await hasty._claim(SMS, most=1, now=town.now)
    result = await hasty._send(taken.claims[0])

    assert [one.message.id for one in taken.claims] == [message]
    assert (result.outcome.status, result.outcome.no_try) == (OutboxStatus.QUEUED, True)
    assert town.twilio.sent == []


async def test_a_late_result_changes_nothing_of_what_the_same_process_claimed_anew(town: Town) -> None:
    amina = await town.a_person()
    await queued(amina)
    first = await town.app.delivery._claim(SMS, most=1, now=town.now)
    town.app.delivery._in_hand.clear()
    town.machine.ahead += timedelta(seconds=31)
    await town.app.delivery.settle(now=town.now)
    second = await town.app.delivery._claim(SMS, most=1, now=town.now)
    late = Delivery(town.app.database, town.app.shelf, {}, terms=Terms())
    late._unnoted[SMS] = [await _let_go(late, first.claims[0])]
    await late._note(SMS, now=town.now)

    rows = await town.rows(select(tables.outbox.c.status, tables.outbox.c.attempts))
    assert len(second.claims) == 1
    assert [(row.status, row.attempts) for row in rows] == [("sending", 2)]


async def _let_go(delivery: Delivery, claim: object) -> object:
    from dataclasses import replace

    return await delivery._send(replace(claim, ends=0.0))  # type: ignore[type-var]
