"""Deliveries that come twice or change places give the right answers in the end: just what `0008` promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest

from bot.domain.people import ChannelName
from tests.fakes.bot_api import private
from tests.town import Person, Town

WEEKLY, FULL = "weekly-check-in", "full-check-in"

Outcome = tuple[list[tuple[str, int | None]], list[tuple[str, str | None]], list[str], list[str | None]]

BY_SMS = ("1 3", "3", "4", "nej", "2=5", "kan någon ringa mig om bussen", "sjuk")
"""A check-in, a correction, a question to the coach and an absence."""

LABELLED = ("0", "2:4 3:5", "4:1 5:2", "6=3", "9=1 7=2 8=5", "hoppa", "3=1")
"""A check-in in which every answer says to which question it belongs."""

_numbers = count(70_000)


@dataclass(frozen=True)
class Delivery:
    """One delivery as the provider makes it, which it may make again."""

    town: Town
    sms: dict[str, str] | None = None
    update: dict[str, Any] | None = None

    async def arrive(self) -> None:
        """It reaches our door."""
        if self.sms is not None:
            assert await self.town.twilio.post("/twilio/message", self.sms) == 200
            return
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.town.telegram.webhook["secret_token"]}
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.post(f"{self.town.url}/telegram", json=self.update, headers=headers)
        assert answer.status_code == 200


def by_sms(person: Person, words: str) -> Delivery:
    return Delivery(person.town, sms=person.town.twilio.inbound(sender=person.sms, body=words))


def in_chat(person: Person, number: int, words: str, *, edits: int = 0) -> Delivery:
    """Somebody writes, or edits what they wrote; updates are numbered in the order people act."""
    message = {"message_id": edits or number, "date": 1_700_000_000, "chat": private(person.chat), "text": words}
    kind = "edited_message" if edits else "message"
    return Delivery(person.town, update={"update_id": number, kind: message})


async def outcome(person: Person) -> Outcome:
    """What counts in the end, of the answers and of all else."""
    rated = sorted((row.indicator, row.value) for row in await person.ratings() if row.corrected_at is None)
    return rated, sorted(await person.answers_that_count()), sorted(await person.alerts()), await person.outcomes()


async def someone(town: Town, flow: str, channel: ChannelName) -> Person:
    person = await town.a_person(channel=channel)
    await person.begins(flow)
    return person


async def said(town: Town, words: Sequence[str], *, flow: str = WEEKLY) -> Outcome:
    """What comes of these texts, one after the other, each answered before the next."""
    person = await someone(town, flow, ChannelName.SMS)
    for text in words:
        await by_sms(person, text).arrive()
        await town.listen()
    return await outcome(person)


def swapped(words: Sequence[str], place: int) -> list[str]:
    return [*words[:place], words[place + 1], words[place], *words[place + 2 :]]


@pytest.mark.parametrize("at_once", [True, False])
async def test_every_text_that_comes_twice_is_read_once(shared_town: Town, at_once: bool) -> None:
    town = shared_town
    person = await someone(town, WEEKLY, ChannelName.SMS)
    for text in BY_SMS:
        delivery = by_sms(person, text)
        await delivery.arrive()
        if not at_once:
            await town.listen()
        await delivery.arrive()
        await town.listen()

    rated, answered, alerts, outcomes = await outcome(person)
    assert rated == [("job-search", 2), ("labour-market-knowledge", 4), ("work-belief", 5)]
    assert answered == [("wants-call", "no")]
    assert alerts.count("question") == 1
    assert outcomes == ["finished"]
    assert (rated, answered, alerts, outcomes) == await said(town, BY_SMS)


@pytest.mark.parametrize("place", range(len(BY_SMS) - 1))
async def test_two_texts_that_change_places_are_read_as_they_came(shared_town: Town, place: int) -> None:
    """Twilio tells no order, and no text says what it answers: the arrival is the order, never a mixture or a loss."""
    town = shared_town
    person = await someone(town, WEEKLY, ChannelName.SMS)
    for number, text in enumerate(swapped(BY_SMS, place)):
        await by_sms(person, text).arrive()
        if number != place:
            await town.listen()

    assert await outcome(person) == await said(town, swapped(BY_SMS, place))


@pytest.mark.parametrize("place", [1, 2, 3])
async def test_answers_that_name_their_questions_may_come_in_any_order(shared_town: Town, place: int) -> None:
    town = shared_town
    person = await someone(town, FULL, ChannelName.SMS)
    for number, text in enumerate(swapped(LABELLED, place)):
        await by_sms(person, text).arrive()
        if number != place:
            await town.listen()

    assert await outcome(person) == await said(town, LABELLED, flow=FULL)
    assert dict((await outcome(person))[0])["labour-market-knowledge"] == 1


async def chatted(town: Town, *, late: int | None = None, doubled: bool = False) -> Outcome:
    """A dialogue in Telegram, in which the delivery at `late` reaches us after the one that follows it."""
    person = await someone(town, WEEKLY, ChannelName.TELEGRAM)
    script = ("1 3", "3", "4", "nej", "2=5", "kan någon ringa mig om bussen", "sjuk")
    numbers = [next(_numbers) for _ in range(len(script) + 1)]
    deliveries = [in_chat(person, number, text) for number, text in zip(numbers, script, strict=False)]
    # The answer to the third question, edited.
    deliveries.append(in_chat(person, numbers[-1], "2", edits=numbers[2]))
    order = list(range(len(deliveries)))
    if late is not None:
        order[late], order[late + 1] = late + 1, late
    for step, place in enumerate(order):
        await deliveries[place].arrive()
        if doubled:
            await deliveries[place].arrive()
        if late is None or step != late:
            await town.listen()
        if doubled:
            await deliveries[place].arrive()
            await town.listen()
    return await outcome(person)


async def test_every_update_that_comes_twice_is_read_once(shared_town: Town) -> None:
    rated, answered, alerts, outcomes = await chatted(shared_town, doubled=True)

    assert rated == [("job-search", 2), ("labour-market-knowledge", 2), ("work-belief", 5)]
    assert answered == [("wants-call", "no")]
    assert alerts.count("question") == 1
    assert outcomes == ["finished"]
    assert (rated, answered, alerts, outcomes) == await chatted(shared_town)


@pytest.mark.parametrize("late", range(7))
async def test_two_updates_that_change_places_are_read_as_they_were_written(shared_town: Town, late: int) -> None:
    assert await chatted(shared_town, late=late) == await chatted(shared_town)


async def test_telegram_is_asked_to_call_once_at_a_time(shared_town: Town) -> None:
    assert shared_town.telegram.webhook["max_connections"] == "1"
