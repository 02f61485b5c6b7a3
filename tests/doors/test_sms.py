"""What Twilio posts is kept before it is answered, and nothing that Twilio did not sign is kept at all."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from starlette.routing import Route

from bot.channels.twilio import TwilioChannel
from bot.domain.messages import DeliveryReceipt, ReceiptStatus
from bot.doors.sms import SmsDoor, sms_routes
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.landing import Landing
from bot.storage.tables import inbox
from tests.fakes.outgoing import an_outbox_message
from tests.fakes.served import served
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TOKEN, TwilioApi, signature

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class House:
    """A door, the landing behind it, and Twilio before it, which signs for `url`."""

    database: Database
    landing: Landing
    url: str = ""
    api: TwilioApi = field(default_factory=TwilioApi)
    nudges: list[str] = field(default_factory=list)
    receipts: list[DeliveryReceipt] = field(default_factory=list)
    away: bool = False
    stalls: asyncio.Event | None = None
    patience: timedelta = timedelta(seconds=10)

    def routes(self, url: str) -> list[Route]:
        self.url = self.api.product = url
        door = SmsDoor(
            public_url=url,
            account=ACCOUNT,
            token=TOKEN,
            clock=lambda: datetime(2026, 11, 23, 8, tzinfo=UTC),
            keep=self.landing.keep,
            nudge=lambda: self.nudges.append("inbox"),
            note_receipt=self.note,
            patience=self.patience,
        )
        return sms_routes(door)

    async def note(self, receipt: DeliveryReceipt) -> None:
        if self.away:
            raise DatabaseAway("away")
        if self.stalls is not None:
            await self.stalls.wait()
        self.receipts.append(receipt)

    async def kept(self) -> int:
        async with self.database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(inbox))).scalar_one())

    async def post(self, path: str, raw: bytes, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.post(self.url + path, content=raw, headers={**FORM, **headers})

    async def text(self, fields: dict[str, str]) -> httpx.Response:
        return await self.post("/twilio/message", *self.signed("/twilio/message", fields))

    async def receipt(self, outbox_id: str, **more: str) -> int:
        path = f"/twilio/status/{outbox_id}"
        fields = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "1" * 32, "MessageStatus": "delivered", **more}
        return (await self.post(path, *self.signed(path, fields))).status_code

    def signed(self, path: str, fields: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        return urlencode(fields).encode(), signature(self.url + path, fields)

    def a_text(self, *, body: str = "4 3 5", **more: str) -> dict[str, str]:
        return self.api.inbound(sender="+46701234567", body=body, **more)


@pytest.fixture
async def house(sqlite_database: Database) -> AsyncIterator[House]:
    made = House(database=sqlite_database, landing=Landing(sqlite_database))
    async with served(made.routes):
        yield made
    await made.landing.close()


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1", "HMAC_SHA256"])
@pytest.mark.parametrize("body", ["4 3 5 - 2", "ناراحتم 😟 + & = %", "", "å\nä\nö", "x" * 1600])
async def test_a_signed_text_is_kept(house: House, algorithm: str, body: str) -> None:
    assert await house.api.text(sender="+46701234567", body=body, algorithm=algorithm) == 200
    assert await house.kept() == 1
    assert house.nudges == ["inbox"]


async def test_twilio_is_given_nothing_to_say(house: House) -> None:
    got = await house.text(house.a_text())
    assert got.headers["content-type"].startswith("text/xml")
    assert got.text.endswith("<Response/>")


async def test_a_text_delivered_many_times_at_once_is_kept_once(house: House) -> None:
    fields = house.a_text()
    answers = await asyncio.gather(*(house.text(fields) for _ in range(20)))
    assert {got.status_code for got in answers} == {200}
    assert await house.kept() == 1
    assert house.nudges == ["inbox"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
        {"X-Twilio-Signature": "\xe5" * 28},
    ],
)
async def test_what_is_not_signed_is_turned_away_with_no_words(house: House, headers: dict[str, str]) -> None:
    raw = {name: words.encode("latin-1") for name, words in headers.items()}
    got = await house.post("/twilio/message", urlencode(house.a_text()).encode(), raw)
    assert (got.status_code, got.content) == (403, b"")
    assert await house.kept() == 0


@pytest.mark.parametrize("other", ["https://attacker.example", "http://attacker.example:80"])
async def test_the_address_that_is_signed_is_the_configured_one(house: House, other: str) -> None:
    fields = house.a_text()
    believed = {"Host": "attacker.example", "X-Forwarded-Host": "attacker.example", "X-Forwarded-Proto": "https"}
    headers = {**signature(other + "/twilio/message", fields), **believed}
    assert (await house.post("/twilio/message", urlencode(fields).encode(), headers)).status_code == 403
    raw, headers = house.signed("/twilio/message", fields)
    assert (await house.post("/twilio/message", raw, {**headers, **believed})).status_code == 200


async def test_a_query_is_part_of_what_is_signed(house: House) -> None:
    raw, headers = house.signed("/twilio/message?a=1&b=%C3%A5", house.a_text())
    for path, status in (("", 403), ("?a=1&b=%C3%A6", 403), ("?a=1&b=%C3%A5", 200)):
        assert (await house.post("/twilio/message" + path, raw, headers)).status_code == status


async def test_a_signature_given_twice_is_none(house: House) -> None:
    raw, headers = house.signed("/twilio/message", house.a_text())
    twice = [*FORM.items(), *headers.items(), *headers.items()]
    async with httpx.AsyncClient() as client:
        got = await client.post(house.url + "/twilio/message", content=raw, headers=twice)
    assert got.status_code == 403


async def test_another_account_is_turned_away(house: House) -> None:
    assert (await house.text(house.a_text(AccountSid="AC" + "9" * 32))).status_code == 403
    assert await house.kept() == 0


@pytest.mark.parametrize("missing", ["MessageSid", "AccountSid", "From", "To"])
async def test_a_form_without_its_ids_is_turned_away(house: House, missing: str) -> None:
    fields = house.a_text()
    del fields[missing]
    assert (await house.text(fields)).status_code == 400
    assert await house.kept() == 0


async def test_a_repeated_parameter_is_turned_away_although_it_is_signed(house: House) -> None:
    # The signed string of a field given twice with one value is that of the field given once.
    raw, headers = house.signed("/twilio/message", house.a_text())
    assert (await house.post("/twilio/message", raw + b"&Body=4+3+5", headers)).status_code == 400
    assert await house.kept() == 0


@pytest.mark.parametrize("declared", [True, False])
async def test_a_large_body_is_turned_away_before_it_is_held(house: House, declared: bool) -> None:
    raw, headers = house.signed("/twilio/message", house.a_text(body="x" * 70_000))

    async def pieces() -> AsyncIterator[bytes]:
        yield raw

    async with httpx.AsyncClient() as client:
        got = await client.post(
            house.url + "/twilio/message", content=raw if declared else pieces(), headers={**FORM, **headers}
        )
    assert got.status_code == 413


async def test_a_text_that_cannot_be_kept_is_not_acknowledged(house: House) -> None:
    house.landing = Landing(house.database, room=0)
    async with served(house.routes):
        got = await house.text(house.a_text())
    assert (got.status_code, got.content) == (503, b"")
    assert house.nudges == []


async def test_other_methods_are_refused(house: House) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(house.url + "/twilio/message")).status_code == 405
        assert (await client.put(house.url + "/twilio/status/1")).status_code == 405


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1", "HMAC_SHA256"])
async def test_a_receipt_reaches_the_message_its_address_names(house: House, algorithm: str) -> None:
    async with house.api as api:
        twilio = TwilioChannel(
            account=ACCOUNT, token=TOKEN, api=api.url, public_url=house.url, sender_of=lambda programme: NUMBER
        )
        sent = await twilio.deliver(an_outbox_message(id=17))
        await twilio.close()
        assert await api.call_back(sent.provider_id, "undelivered", error="30003", algorithm=algorithm) == 200
    expected = DeliveryReceipt(
        outbox_id=17, provider_id=sent.provider_id, status=ReceiptStatus.FAILED, error_code="30003"
    )
    assert house.receipts == [expected]


async def test_a_receipt_signed_for_one_message_is_refused_for_another(house: House) -> None:
    fields = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": "delivered"}
    got = await house.post("/twilio/status/18", *house.signed("/twilio/status/17", fields))
    assert got.status_code == 403
    assert house.receipts == []


@pytest.mark.parametrize("outbox_id", ["x", "-1", "0", "017", "1.5", "", "9" * 19, "9" * 5000, "%D9%A1"])
async def test_a_receipt_for_no_number_of_ours_is_not_found(house: House, outbox_id: str) -> None:
    assert await house.receipt(outbox_id) == 404


async def test_a_receipt_that_says_nothing_new_is_answered_and_forgotten(house: House) -> None:
    assert await house.receipt("17", MessageStatus="receiving") == 200
    assert house.receipts == []


async def test_a_receipt_that_cannot_be_noted_is_not_acknowledged(house: House) -> None:
    house.away = True
    assert await house.receipt("17") == 503


async def test_a_receipt_that_takes_too_long_is_not_acknowledged_and_noted_all_the_same(house: House) -> None:
    house.stalls, house.patience = asyncio.Event(), timedelta(milliseconds=20)
    async with served(house.routes):
        assert await house.receipt("17") == 503
        assert house.receipts == []
        house.stalls.set()
        while not house.receipts:
            await asyncio.sleep(0)
    assert [one.outbox_id for one in house.receipts] == [17]
