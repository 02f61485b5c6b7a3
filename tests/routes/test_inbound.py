"""Whatever arrives is read once and in order, and what nobody can read harms only itself."""

import json
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select, update

from bot.domain.people import ChannelName
from bot.storage import tables
from tests.fakes.bot_api import private
from tests.fakes.twilio_api import signature
from tests.town import Town

WEEKLY = "weekly-check-in"


async def arrivals(town: Town) -> int:
    return (await town.rows(select(func.count()).select_from(tables.inbox)))[0][0]


async def states(town: Town) -> list[str]:
    return [row.state for row in await town.rows(select(tables.inbox).order_by(tables.inbox.c.id))]


async def posted(town: Town, raw: bytes) -> int:
    """These bytes come from Telegram."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": town.telegram.webhook["secret_token"]}
    async with httpx.AsyncClient(verify=False) as client:
        return (await client.post(f"{town.url}/telegram", content=raw, headers=headers)).status_code


async def test_an_sms_delivered_twice_is_read_once(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    await amina.begins(WEEKLY)
    amina.news()
    twice = town.twilio.inbound(sender=amina.sms, body="1 3")

    assert await town.twilio.post("/twilio/message", twice) == 200
    await town.listen()
    assert await town.twilio.post("/twilio/message", twice) == 200
    await town.listen()

    assert [(row.indicator, row.value) for row in await amina.ratings()] == [("job-search", 2)]
    assert len(amina.news()) == 1


async def test_a_telegram_update_delivered_twice_is_read_once(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins(WEEKLY)
    amina.news()
    town.telegram.write(amina.chat, "1 3")
    again = list(town.telegram.waiting)

    assert await town.telegram.call() == [200]
    await town.listen()
    town.telegram.waiting = again
    assert await town.telegram.call() == [200]
    await town.listen()

    assert [(row.indicator, row.value) for row in await amina.ratings()] == [("job-search", 2)]
    assert len(amina.news()) == 1


async def test_messages_of_one_person_are_handled_in_the_order_they_came(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins(WEEKLY)

    for words in ("1 3", "4", "2", "nej"):
        await amina.writes(words)
    await shared_town.listen()

    assert [row.value for row in await amina.ratings()] == [2, 4, 2]
    assert await amina.answers() == [("wants-call", "no")]
    assert await amina.outcomes() == ["finished"]


async def test_a_message_that_twilio_did_not_sign_changes_nothing(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    await amina.begins(WEEKLY)
    before = await arrivals(town)
    fields = town.twilio.inbound(sender=amina.sms, body="STOPP")
    url = f"{town.url}/twilio/message"
    forged = [
        {},
        {"X-Twilio-Signature": "AAAA"},
        signature(url, fields, token="another secret"),
        signature(url, {**fields, "Body": "4"}),
    ]

    async with httpx.AsyncClient(verify=False) as client:
        answers = [
            await client.post(
                url,
                content=urlencode(fields),
                headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
            )
            for headers in forged
        ]
    await town.listen()

    assert [one.status_code for one in answers] == [403] * 4
    assert await arrivals(town) == before
    assert await amina.outcomes() == [None]


async def test_an_update_without_the_secret_changes_nothing(shared_town: Town) -> None:
    town = shared_town
    before = await arrivals(town)
    message = {"message_id": 1, "date": 0, "chat": private(5), "text": "x"}

    async with httpx.AsyncClient(verify=False) as client:
        answers = [
            await client.post(f"{town.url}/telegram", json={"update_id": 1, "message": message}, headers=headers)
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"})
        ]

    assert [one.status_code for one in answers] == [403, 403]
    assert await arrivals(town) == before


async def test_an_unknown_number_is_greeted_once_and_never_again(shared_town: Town) -> None:
    town = shared_town
    stranger = "+46709999999"

    for words in ("Hej", "Vem är du?", "STOPP"):
        assert await town.twilio.text(sender=stranger, body=words) == 200
        await town.listen()

    said = [one.body for one in town.twilio.sent if one.to == stranger]
    assert len(said) == 1
    assert said[0].startswith("Hej! Vi känner inte igen dig här.")


async def test_an_unknown_chat_is_greeted_once_and_never_again(shared_town: Town) -> None:
    town = shared_town

    for words in ("Hej", "/help"):
        town.telegram.write(777, words)
        await town.telegram.call()
        await town.listen()

    said = [one["text"] for one in town.telegram.sent if one["chat"]["id"] == 777]
    assert len(said) == 1
    assert said[0].startswith("Hej! Vi känner inte igen dig här.")


@pytest.mark.parametrize(
    "words",
    ["\x00", "4\x00", "\ufffe\uffff", "😀" * 5000, "4" * 5000, "ä" * 9_000, " \t\r\n ", "", "\u202e4", "%00%ff"],
    ids=["nul", "digit and nul", "non-characters", "faces", "digits", "long", "spaces", "empty", "turned", "percent"],
)
async def test_whatever_is_written_is_answered_and_kept(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person()
    await amina.begins(WEEKLY)
    amina.news()

    answered = await amina.says(words)

    assert len(answered) == 1
    assert await amina.outcomes() == [None]
    assert "aside" not in await states(shared_town)


async def test_lone_surrogates_in_an_update_are_answered_and_kept(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    message = {"message_id": 5, "date": 0, "chat": private(amina.chat), "text": "\ud800 hej \udfff"}

    assert await posted(town, json.dumps({"update_id": 7001, "message": message}).encode()) == 200
    await town.listen()

    assert len(amina.news()) == 1
    kept = await town.rows(select(tables.inbox.c.words).where(tables.inbox.c.participant_id == amina.id))
    assert [row.words.strip("\ufffd ") for row in kept] == ["hej"]


async def test_bytes_that_are_no_text_are_set_aside_and_others_go_on(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    raw = [b"\xff\xfe\x00{", b'{"update_id": 9, "message": {"chat": [', b'{"update_id": 10, "message": 7}', b"[" * 5000]

    answers = [await posted(town, one) for one in raw]
    answered = await amina.says("Hej")

    assert answers == [200] * 4
    assert (await states(town)).count("aside") == 4
    assert len(answered) == 1


async def test_a_message_that_cannot_be_handled_is_set_aside_after_three_tries_and_others_go_on(town: Town) -> None:
    broken, amina = await town.a_person(first_name="Bo"), await town.a_person()
    for person in (broken, amina):
        await person.begins(WEEKLY)
        person.news()
    async with town.app.database.transaction() as connection:
        where = tables.conversations.c.participant_id == broken.id
        await connection.execute(update(tables.conversations).where(where).values(state="not a state"))

    for person in (broken, amina):
        await person.writes("1 3")
    await town.listen()

    assert [row.value for row in await amina.ratings()] == [2]
    for _ in range(3):
        await town.listen()
    rows = await town.rows(select(tables.inbox).order_by(tables.inbox.c.id))
    assert [(row.state, row.tries, row.reason) for row in rows] == [("aside", 3, "ValueError"), ("handled", 0, None)]
    assert [row.kind for row in await town.rows(select(tables.alerts))] == ["set-aside"]
    assert await broken.says("STOPP") == ["Nu slutar vi skriva till dig. Vill du börja igen? Skriv START."]


async def test_a_shared_phone_is_answered_by_the_one_who_was_asked(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    bo = await town.a_person(first_name="Bo", addresses=((ChannelName.SMS, amina.sms),))
    await bo.begins(WEEKLY)

    await amina.says("1 3")

    assert await amina.ratings() == []
    assert [row.value for row in await bo.ratings()] == [2]


async def test_a_stop_from_a_shared_phone_stops_everybody_who_is_written_to_there(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    bo = await town.a_person(first_name="Bo", addresses=((ChannelName.SMS, amina.sms),))

    await amina.says("STOPP")

    stopped = select(tables.participants.c.stopped_at).where(tables.participants.c.id.in_([amina.id, bo.id]))
    assert all(row.stopped_at for row in await town.rows(stopped))
