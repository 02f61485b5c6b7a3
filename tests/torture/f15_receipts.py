"""Status callbacks come early, twice, backwards, for nobody and a year late: a message's status only moves forward."""

import itertools
from datetime import timedelta

from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from tests.fakes.twilio_api import ACCOUNT, Sent
from tests.torture.crowd import Words, a_crowd, rows_of, words_for
from tests.torture.fault import Place, Result
from tests.town import Person, Town, a_town

FAULT = "F15"
TITLE = "status callbacks: 13 statuses × 13 orders, before, beside and after the send's own answer; unknown; a year old"
FULL = 169

FINAL = {
    "delivered": OutboxStatus.DELIVERED,
    "read": OutboxStatus.DELIVERED,
    "undelivered": OutboxStatus.FAILED,
    "failed": OutboxStatus.FAILED,
    "canceled": OutboxStatus.FAILED,
}
ON_ITS_WAY = ("accepted", "scheduled", "queued", "sending", "sent", "partially_delivered")
EVERY = (*ON_ITS_WAY, *FINAL, "receiving", "received")
ORDERS = tuple(itertools.product(EVERY, EVERY))
BEFORE_THE_ANSWER = (0, 1, 2)
"""How many of the two callbacks come before the send's own answer."""


async def torture(tries: int, place: Place) -> Result:
    """Each order in each of three places, over the wire; then what is unknown, and what is a year old."""
    orders = ORDERS[:: max(1, len(ORDERS) // tries)][:tries]
    wrong: list[str] = []
    lost = doubled = 0
    for url in (await place.sqlite(), await place.postgresql()):
        async with a_town(url) as town:
            [person] = await a_crowd(town, ChannelName.SMS, 1)
            for order, early in itertools.product(orders, BEFORE_THE_ANSWER):
                got = await _status_after(town, person, order, early=early)
                place.say(f"{order} {early}")
                if got != expected(order):
                    wrong.append(f"{order}, {early} of them before the answer: {got}")
                    lost += got in (OutboxStatus.SENDING, OutboxStatus.QUEUED, OutboxStatus.UNSETTLED)
            doubled += len(town.twilio.sent) - len(orders) * len(BEFORE_THE_ANSWER)
            for status in EVERY:
                [other] = await a_crowd(town, ChannelName.SMS, 1)
                wrong += await _nobodys_and_old(town, other, status)
    return Result(
        tries=len(orders),
        lost=lost,
        doubled=doubled,
        wrong=tuple(wrong),
        notes=("each in 3 places beside the send's own answer, on both databases; and 13 for another sid, 13 late",),
    )


def expected(order: tuple[str, str]) -> OutboxStatus:
    """The first final word counts; until there is one, the message is sent."""
    return next((FINAL[one] for one in order if one in FINAL), OutboxStatus.SENT)


async def _status_after(town: Town, person: Person, order: tuple[str, str], *, early: int) -> str:
    [words] = await words_for(town, [person], about=f"{order} {early}")

    async def meanwhile(sent: Sent) -> None:
        for status in order[:early]:
            await town.twilio.call_back(sent.sid, status)

    town.twilio.meanwhile = meanwhile
    await town.app.delivery.send_on(ChannelName.SMS, now=town.now)
    town.twilio.meanwhile = None
    sid = town.twilio.sent[-1].sid
    for status in (*order[early:], *order[:early]):
        # Whatever came early comes once more at the end: each callback may be repeated.
        await town.twilio.call_back(sid, status)
    return await _status(town, words)


async def _nobodys_and_old(town: Town, person: Person, status: str) -> list[str]:
    """What a callback for another message of Twilio's, and one that is a year old, changed."""
    [words] = await words_for(town, [person], about=f"another {status}")
    await town.app.delivery.send_on(ChannelName.SMS, now=town.now)
    row, sent = (await rows_of(town, [words]))[words.text], town.twilio.sent[-1]
    fields = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "f" * 32, "MessageStatus": status, "ErrorCode": "30005"}
    answered = [await town.twilio.post(f"/twilio/status/{number}", fields) for number in (row.id, row.id + 1_000_000)]
    wrong = [] if answered == [200, 200] else [f"another's {status} was answered {answered}"]
    if (await _status(town, words)) != OutboxStatus.SENT:
        wrong.append(f"another's {status} changed ours")
    await town.twilio.call_back(sent.sid, "delivered")
    if (await _a_year_later(town, sent, words, status)) != OutboxStatus.DELIVERED:
        wrong.append(f"a year later {status} undid what was delivered")
    [words] = await words_for(town, [person], about=f"old {status}")
    await town.app.delivery.send_on(ChannelName.SMS, now=town.now)
    if (await _a_year_later(town, town.twilio.sent[-1], words, status)) != OutboxStatus.SENT:
        wrong.append(f"a year later {status} was still news")
    if await person.alerts():
        wrong.append(f"{status}: a coach was told of what is no news")
    return wrong


async def _a_year_later(town: Town, sent: Sent, words: Words, status: str) -> str:
    town.clock.now += timedelta(days=365)
    await town.twilio.call_back(sent.sid, status, error="30005" if status in ("failed", "undelivered") else "")
    town.clock.now -= timedelta(days=365)
    return await _status(town, words)


async def _status(town: Town, words: Words) -> str:
    return str((await rows_of(town, [words]))[words.text].status)
