"""What the provider says later moves a message forward only, in whatever order it comes."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import insert, select

from bot.channels.twilio_forms import read_receipt
from bot.domain.messages import OutboxStatus
from bot.storage import tables
from bot.storage.database import Database
from bot.storage.outbox_rows import Outcome
from bot.storage.unit_of_work import unit_of_work
from tests.builders import a_participant
from tests.fakes.twilio_api import ACCOUNT, signature
from tests.town import Town

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
ON_ITS_WAY = ("accepted", "scheduled", "queued", "sending", "sent", "partially_delivered")
FINAL = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
OF_INBOUND = ("receiving", "received")
EVERY = (*ON_ITS_WAY, *FINAL, *OF_INBOUND)
PLACES = ("before both", "between", "after both")


def expected(first: str, second: str) -> str:
    """The first final word counts; until there is one, the message is sent."""
    return next((FINAL[one] for one in (first, second) if one in FINAL), "sent")


async def sending(database: Database, how_many: int) -> list[int]:
    """So many messages handed to Twilio, none of them answered yet."""
    who = await a_participant(database)
    row: dict[str, Any] = {
        "organisation_id": who.organisation_id,
        "programme_id": who.programme_id,
        "participant_id": who.participant_id,
        "address_id": who.address_id,
        "channel": "sms",
        "act": "send",
        "purpose": "reply",
        "priority": 10,
        "text": "Hej",
        "language": "sv",
        "status": "sending",
        "attempts": 1,
        "leased_by": "us",
        "claimed_at": NOW,
        "lease_until": NOW + timedelta(seconds=30),
        "available_at": NOW,
        "queued_at": NOW,
    }
    async with database.transaction() as connection:
        made = await connection.execute(
            insert(tables.outbox).returning(tables.outbox.c.id, sort_by_parameter_order=True),
            [{**row, "once": f"receipt/{number}"} for number in range(how_many)],
        )
        return list(made.scalars())


@pytest.mark.parametrize("place", PLACES)
async def test_receipts_in_any_order_and_beside_the_sends_own_answer_only_move_forward(
    database: Database, place: str
) -> None:
    orders = list(itertools.product(EVERY, EVERY))
    messages = await sending(database, len(orders))

    async with unit_of_work(database) as work:
        for number, (first, second) in zip(messages, orders, strict=True):
            answer = [Outcome(id=number, claimed_at=NOW, status=OutboxStatus.SENT, provider_id=f"SM{number}")]
            for step, status in enumerate((first, second)):
                if PLACES[step] == place:
                    await work.sending.note(answer, holder="us", now=NOW, machine_now=NOW)
                form = {"AccountSid": ACCOUNT, "MessageSid": f"SM{number}", "MessageStatus": status}
                receipt = read_receipt(urlencode(form).encode(), number)
                if receipt is not None:
                    await work.outbox.note_receipt(receipt, now=NOW)
            if place == PLACES[2]:
                await work.sending.note(answer, holder="us", now=NOW, machine_now=NOW)
    async with database.reading() as connection:
        rows = await connection.execute(select(tables.outbox).order_by(tables.outbox.c.id))
        found = [(row.status, row.provider_id) for row in rows]

    wanted = [(expected(*order), f"SM{number}") for number, order in zip(messages, orders, strict=True)]
    assert len(orders) == 169
    assert found == wanted


async def test_a_receipt_for_another_message_of_twilio_changes_nothing(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    await amina.begins("weekly-check-in")
    row = (await amina.outbox())[0]
    fields = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "f" * 32, "MessageStatus": "failed", "ErrorCode": "30005"}

    assert await town.twilio.post(f"/twilio/status/{row.id}", fields) == 200
    assert await town.twilio.post(f"/twilio/status/{row.id + 10_000}", fields) == 200

    assert [one.status for one in await amina.outbox()] == ["sent"]
    assert await amina.alerts() == []


async def test_a_receipt_that_twilio_did_not_sign_changes_nothing(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    await amina.begins("weekly-check-in")
    row = (await amina.outbox())[0]
    fields = {"AccountSid": ACCOUNT, "MessageSid": row.provider_id, "MessageStatus": "failed"}
    path = f"{town.url}/twilio/status/{row.id}"
    # Signed for another message, and not at all.
    headers = [signature(f"{path}1", fields), {}]

    async with httpx.AsyncClient(verify=False) as client:
        answers = [
            await client.post(
                path,
                content=urlencode(fields),
                headers={"Content-Type": "application/x-www-form-urlencoded", **one},
            )
            for one in headers
        ]

    assert [one.status_code for one in answers] == [403, 403]
    assert [one.status for one in await amina.outbox()] == ["sent"]


async def test_words_wait_for_their_twins_that_are_in_hand_and_for_those_in_doubt_that_came_first(
    database: Database,
) -> None:
    first, second, third = await sending(database, 3)

    async def become(number: int, **values: object) -> None:
        async with database.transaction() as connection:
            table = tables.outbox
            await connection.execute(table.update().where(table.c.id == number).values(**values))

    async def waiting(*ids: int) -> set[int]:
        async with unit_of_work(database) as work:
            return await work.sending.waiting_for_twins(ids)

    await become(first, status="unsettled")
    await become(second, status="unsettled")
    # The third is being sent, and may be what Twilio's list shows.
    assert await waiting(first, second) == {first, second}
    await become(third, status="sent", provider_id="SM3")
    assert await waiting(first) == set()
    assert await waiting(second) == {second}
    assert await waiting(first, second) == set()
    await become(first, text="Hej då")
    assert await waiting(second) == set()
