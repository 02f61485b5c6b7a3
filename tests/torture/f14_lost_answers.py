"""The provider took the words and its answer was lost: what became of them is found out, and nothing leaves twice."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from tests.fakes.wire import EMPTY, HTML, HTML_200, Answer, Fault
from tests.torture.crowd import Words, a_crowd, followed, rows_of, seen_by_coach, words_for
from tests.torture.fault import Place, Result
from tests.town import Person, Town, a_town

FAULT = "F14"
TITLE = "the provider accepted and its answer was lost"
FULL = 500

WITHIN = timedelta(minutes=10)
PATIENCE = timedelta(seconds=0.4)
"""How long the channels wait here for an answer, in place of ten seconds."""

BROKEN = Answer(status=500, body=b'{"code": 20500, "status": 500, "message": "Internal Server Error"}')
FAULTS = {
    "reset": Fault(kind="reset", taken=True),
    "stalled beyond the time-out": Fault(kind="hang", taken=True),
    "cut in the middle": Fault(kind="cut", taken=True),
    "a page of HTML, 502": Fault(answer=HTML, taken=True),
    "a page of HTML, 200": Fault(answer=HTML_200, taken=True),
    "empty": Fault(answer=EMPTY, taken=True),
    "500": Fault(answer=BROKEN, taken=True),
    "a byte at a time": Fault(kind="drip", answer=BROKEN, taken=True),
}
CROWD = 24
"""People at once: more than a process has in hand."""


async def torture(tries: int, place: Place) -> Result:
    """Half of it by SMS (settled by callback, by look-up, by a look-up that first fails), half in Telegram."""
    tried = lost = doubled = 0
    wrong: list[str] = []
    slowest = timedelta()
    for number in itertools.count():
        if tried >= tries:
            break
        channel = (ChannelName.SMS, ChannelName.TELEGRAM)[number % 2]
        url = await (place.sqlite() if number // 2 % 2 == 0 else place.postgresql())
        async with a_town(url) as town:
            await _hasty(town)
            people = await a_crowd(town, channel, min(CROWD, tries - tried))
            took, words = await (_by_sms if channel is ChannelName.SMS else _in_telegram)(town, people, number)
            slowest = max(slowest, took)
            times = {one.text: one.arrived() for one in words}
            tried += len(words)
            lost += sum(time == 0 for time in times.values())
            doubled += sum(time > 1 for time in times.values())
            wrong += await _not_settled(town, words, channel)
        place.say(f"{tried} lost answers")
        await place.clear()
    notes = (f"the last was settled after {slowest.total_seconds():.0f} s of the machine's time",)
    return Result(tries=tried, lost=lost, doubled=doubled, wrong=tuple(wrong), notes=notes)


async def _hasty(town: Town) -> None:
    for channel in (ChannelName.SMS, ChannelName.TELEGRAM):
        one = cast(TwilioChannel | TelegramChannel, town.app.channels[channel])
        one.timeout = PATIENCE
        await one.close()


def _broken(words: Sequence[Words], key: str) -> list[Fault]:
    """A fault for each, by whom the request is for."""
    kinds = itertools.cycle(FAULTS.values())
    return [
        Fault(kind=one.kind, answer=one.answer, taken=True, holds=f"{key}{each.address.lstrip('+')}".encode())
        for each, one in zip(words, kinds, strict=False)
    ]


async def _by_sms(town: Town, people: Sequence[Person], number: int) -> tuple[timedelta, list[Words]]:
    words = await words_for(town, people)
    town.twilio.fail(*_broken(words, "To=%2B"))
    await town.app.delivery.send_queued(now=town.now)
    while len(town.twilio.sent) < len(words):
        await town.app.delivery.send_queued(now=town.now)
        town.machine.ahead += timedelta(seconds=1)
    if number % 3 == 0:
        for sent in list(town.twilio.sent):
            await town.twilio.call_back(sent.sid, "delivered")
    elif number % 3 == 1:
        # Twilio's list is away too, for a while.
        town.twilio.fail(*[Fault(answer=BROKEN)] * (2 * len(words)))
    took = await followed(town, words, within=WITHIN)
    left_over = [one for one in town.twilio.faults if one.holds]
    assert not left_over, "every fault came about"
    town.twilio.faults.clear()
    # What is settled stays so, whatever else comes.
    await town.settle(hours=1)
    return took, words


async def _in_telegram(town: Town, people: Sequence[Person], number: int) -> tuple[timedelta, list[Words]]:
    words = await words_for(town, people)
    town.telegram.fail(*_broken(words, "chat_id="))
    took = await followed(town, words, within=WITHIN)
    assert not town.telegram.faults, "every fault came about"
    await town.settle(hours=1)
    return took, words


async def _not_settled(town: Town, words: Sequence[Words], channel: ChannelName) -> list[str]:
    rows = await rows_of(town, words)
    told = await seen_by_coach(town, "uncertain")
    wrong = []
    for one, kind in zip(words, itertools.cycle(FAULTS), strict=False):
        status = rows[one.text].status
        if channel is ChannelName.SMS:
            fine = status in (OutboxStatus.SENT, OutboxStatus.DELIVERED) and not told[one.person.id]
        else:
            fine = status == OutboxStatus.UNCERTAIN and told[one.person.id] == 1
        if not fine:
            wrong.append(f"{channel}, {kind}: {status}, told {told[one.person.id]} times")
    return wrong
