"""Deliveries that come twice or change places give the right answers in the end: just what `0008` promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage import tables
from tests.cases import a_few_of
from tests.fakes.bot_api import private
from tests.town import Person, Town

WEEKLY, FULL = "weekly-check-in", "full-check-in"

Outcome = tuple[list[tuple[str, int | None]], list[tuple[str, str | None]], list[str], list[str | None]]

Script = tuple[str, tuple[str, ...]]
"""A flow, and what somebody writes in it by SMS."""

BY_SMS = ("1 3", "3", "4", "nej", "2=5", "kan någon ringa mig om bussen", "sjuk")
"""A check-in, a correction, a question to the coach and an absence."""

LABELLED = ("0", "2:4 3:5", "4:1 5:2", "6=3", "9=1 7=2 8=5", "hoppa", "3=1")
"""A check-in in which every answer says to which question it belongs."""

SCRIPTS: dict[str, Script] = {
    "corrections": (WEEKLY, ("1 3", "3", "fel", "4", "hoppa", "ja", "fel, nej")),
    "a sheet": (FULL, ("0", "4 3 5 - 4 3 5 2", "fel", "3=1", "4=-", "hoppa")),
    "a sheet in pieces": (FULL, ("0", "4 3 5", "2:4 3:9 4:-", "5", "5=2 6=4 7=hoppa 8=3 9=1", "vill inte svara")),
    "wishes": (WEEKLY, ("1 3", "english", "3", "svenska", "senare", "paus 1 vecka", "start")),
    "stop": (WEEKLY, ("1 3", "3", "stopp", "4", "start", "tack")),
}

SWAPPED = (
    *((name, late) for name in ("corrections", "a sheet", "a sheet in pieces") for late in range(5)),
    ("corrections", 5),
    ("wishes", 2),
    ("wishes", 5),
    ("stop", 2),
    ("stop", 3),
)
"""Which text of which script comes after the one that follows it: of answers, each of them."""

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


async def wanted(person: Person) -> tuple[bool, datetime | None, str]:
    """What became of their wishes: whether they stopped, until when they pause, and their language."""
    people = tables.participants
    [row] = await person.town.rows(select(people).where(people.c.id == person.id))
    return row.stopped_at is not None, row.paused_until, row.language


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


async def written(town: Town, script: Script, *, late: int | None = None, doubled: bool = False) -> tuple[Any, ...]:
    """What comes of a script, with the text at `late` waiting together with the one before which it should have come.

    `doubled`: each of them comes three times, once more before it is answered and once more after.
    """
    flow, words = script
    person = await someone(town, flow, ChannelName.SMS)
    for number, text in enumerate(words):
        delivery = by_sms(person, text)
        await delivery.arrive()
        if doubled:
            await delivery.arrive()
        if number != late:
            await town.listen()
        if doubled:
            await delivery.arrive()
            await town.listen()
    return await outcome(person), await wanted(person)


@pytest.mark.parametrize("name", a_few_of(SCRIPTS, few=3))
async def test_corrections_sheets_refusals_and_wishes_that_come_twice_are_read_once(
    shared_town: Town, name: str
) -> None:
    assert await written(shared_town, SCRIPTS[name], doubled=True) == await written(shared_town, SCRIPTS[name])


@pytest.mark.parametrize(("name", "late"), a_few_of(SWAPPED, few=5))
async def test_corrections_sheets_refusals_and_wishes_that_change_places_are_read_as_they_came(
    shared_town: Town, name: str, late: int
) -> None:
    flow, words = SCRIPTS[name]
    came = flow, tuple(swapped(words, late))

    assert await written(shared_town, came, late=late) == await written(shared_town, came)


async def test_the_scripts_mean_what_they_say(shared_town: Town) -> None:
    """What the others compare is not empty."""
    found = {name: await written(shared_town, script) for name, script in SCRIPTS.items()}
    values = {name: [value for _, value in rated] for name, ((rated, *_), _) in found.items()}

    assert found["corrections"][0][:2] == ([("job-search", 2), *LEFT_OPEN, ("work-belief", 4)], [("wants-call", "no")])
    assert sorted(values["a sheet"], key=str) == sorted([0, 4, 1, None, None, 4, 3, 5, 2], key=str)
    assert sorted(values["a sheet in pieces"], key=str) == sorted([0, 4, 5, None, 2, 4, None, 3, 1], key=str)
    assert found["wishes"][1] == (False, None, "sv")
    assert found["stop"][1] == (False, None, "sv") and "stopped" in found["stop"][0][2]


LEFT_OPEN = [("labour-market-knowledge", None)]
"""Not answered, on purpose."""


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


@pytest.mark.parametrize("place", a_few_of(range(len(BY_SMS) - 1), few=2))
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


@pytest.mark.parametrize("late", a_few_of(range(7), few=2))
async def test_two_updates_that_change_places_are_read_as_they_were_written(shared_town: Town, late: int) -> None:
    assert await chatted(shared_town, late=late) == await chatted(shared_town)


async def test_telegram_is_asked_to_call_once_at_a_time(shared_town: Town) -> None:
    assert shared_town.telegram.webhook["max_connections"] == "1"


Act = Callable[[Person], dict[str, Any]]
"""What somebody does in a chat, made when they do it: the update as the fake would push it."""


def taps(place: int, *, under: int) -> Act:
    """A tap on the button at this place (scales stand in one row) under the message with the `under`th keyboard."""

    def act(person: Person) -> dict[str, Any]:
        telegram = person.town.telegram
        message = [one for one in person.chat_messages() if one["reply_markup"]][under]
        rows = message["reply_markup"]["inline_keyboard"]
        button = rows[0][place] if len(rows[0]) > 1 else rows[place][0]
        telegram.tap(person.chat, message["message_id"], button["callback_data"])
        return telegram.waiting.pop()

    return act


def writes(words: str, *, message: int, edits: bool = False) -> Act:
    """A message, or what it was edited into; each person has a chat of their own."""
    return lambda person: in_chat(person, message, words, edits=message if edits else 0).update or {}


TAPPED: tuple[Act, ...] = (
    taps(0, under=0),
    taps(2, under=0),
    taps(-2, under=0),
    taps(2, under=1),
    taps(3, under=1),
    writes("5", message=60_001),
    writes("4", message=60_001, edits=True),
    taps(1, under=0),
    taps(-2, under=0),
    taps(1, under=3),
    taps(0, under=3),
    writes("fel", message=60_002),
    writes("nej", message=60_003),
)
"""Ticks, taps, another tap, an edit, other ticks, and a correction."""

MEANT: Outcome = (
    [("job-search", 3), ("labour-market-knowledge", 4), ("work-belief", 4)],
    [("wants-call", "no")],
    ["corrected", "wants-call"],
    ["finished"],
)

SEEN_TOGETHER = (0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11)
"""Where what is done next can be done before we have answered: its buttons are there."""


async def tapped(town: Town, *, late: int | None = None, doubled: bool = False) -> Outcome:
    """The dialogue of taps, in which the delivery at `late` reaches us after the one that follows it."""
    person = await someone(town, WEEKLY, ChannelName.TELEGRAM)
    held: Delivery | None = None
    for place, act in enumerate(TAPPED):
        delivery = Delivery(town, update=act(person) | {"update_id": next(_numbers)})
        if place == late:
            held = delivery
            continue
        for one in (delivery, held, delivery if doubled else None):
            if one is not None:
                await one.arrive()
        held = None
        await town.listen()
        if doubled:
            await delivery.arrive()
            await town.listen()
    return await outcome(person)


async def test_every_tap_edit_and_correction_that_comes_twice_is_read_once(shared_town: Town) -> None:
    assert await tapped(shared_town, doubled=True) == MEANT


@pytest.mark.parametrize("late", a_few_of(SEEN_TOGETHER, few=2))
async def test_two_taps_edits_or_corrections_that_change_places_are_read_as_they_were_made(
    shared_town: Town, late: int
) -> None:
    assert await tapped(shared_town, late=late) == MEANT
