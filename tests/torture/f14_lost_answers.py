"""The provider took the words and its answer was lost: what became of them is found out, and nothing leaves twice."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from tests.fakes.wire import EMPTY, HTML, HTML_200, Answer, Fault
from tests.torture.crowd import Words, a_crowd, followed, rows_of, seen_by_coach, words_for
from tests.torture.fault import Place, Result
from tests.town import Town, a_town

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
AT_ONCE = 4
"""So many answers are lost at once; a fifth in a row would let the whole channel be left alone for a while."""


async def torture(tries: int, place: Place) -> Result:
    """By SMS (settled by callback, by look-up, by a look-up that first fails) and in Telegram, in turn."""
    tried = lost = doubled = 0
    wrong: list[str] = []
    slowest = timedelta()
    for url, until in ((await place.sqlite(), tries // 2), (await place.postgresql(), tries)):
        async with a_town(url) as town:
            await _hasty(town)
            for number in itertools.count():
                if tried >= until:
                    break
                how_many = min(AT_ONCE, until - tried)
                took, words, found = await _round(town, number, how_many, kinds=_kinds(tried))
                slowest = max(slowest, took)
                times = [one.arrived() for one in words]
                tried += len(words)
                lost, doubled = lost + times.count(0), doubled + sum(time > 1 for time in times)
                wrong += found
                place.say(f"{tried} lost answers")
    notes = (f"the last was settled after {slowest.total_seconds():.0f} s of the machine's time",)
    return Result(tries=tried, lost=lost, doubled=doubled, wrong=tuple(wrong), notes=notes)


def _kinds(tried: int) -> Iterator[str]:
    """The kinds of loss in turn, from where the round before came to."""
    return itertools.islice(itertools.cycle(FAULTS), tried % len(FAULTS), None)


async def _round(
    town: Town, number: int, how_many: int, *, kinds: Iterator[str]
) -> tuple[timedelta, list[Words], list[str]]:
    """Lose the answers about some words; how long it took until they were settled, and what was not as it must be."""
    channel = (ChannelName.SMS, ChannelName.TELEGRAM)[number % 2]
    await _answered_again(town, channel, number)
    words = await words_for(town, await a_crowd(town, channel, how_many))
    by_person = dict(zip((one.person.id for one in words), kinds, strict=False))
    wire, key = (town.twilio, "To=%2B") if channel is ChannelName.SMS else (town.telegram, "chat_id=")
    for one in words:
        fault = FAULTS[by_person[one.person.id]]
        wire.fail(replace(fault, holds=f"{key}{one.address.lstrip('+')}".encode()))
    await town.app.delivery.send_queued(now=town.now)
    assert not wire.faults, "every fault came about"
    if number % 6 == 0:
        for sent in [sent for sent in town.twilio.sent if sent.body in {one.text for one in words}]:
            await town.twilio.call_back(sent.sid, "delivered")
    elif number % 6 == 2:
        # Twilio's list is away too, for a while.
        town.twilio.fail(*[Fault(answer=BROKEN, only="Messages.json")] * (2 * len(words)))
    took = await followed(town, words, within=WITHIN)
    wire.faults.clear()
    # What is settled stays so, whatever else comes.
    await town.settle(hours=1)
    return took, words, await _not_settled(town, words, channel, by_person)


async def _answered_again(town: Town, channel: ChannelName, number: int) -> None:
    """The provider answers in between, as providers do."""
    words = await words_for(town, await a_crowd(town, channel, 1), about=f"fine {number}")
    await town.app.delivery.send_queued(now=town.now)
    assert words[0].arrived() == 1, "the provider is there"


async def _hasty(town: Town) -> None:
    for channel in (ChannelName.SMS, ChannelName.TELEGRAM):
        one = cast(TwilioChannel | TelegramChannel, town.app.channels[channel])
        one.timeout = PATIENCE
        await one.close()


async def _not_settled(town: Town, words: Sequence[Words], channel: ChannelName, kinds: Mapping[int, str]) -> list[str]:
    rows = await rows_of(town, words)
    told = await seen_by_coach(town, "uncertain")
    wrong = []
    for one in words:
        status, times = rows[one.text].status, told[one.person.id]
        if channel is ChannelName.SMS:
            fine = status in (OutboxStatus.SENT, OutboxStatus.DELIVERED) and not times
        else:
            fine = status == OutboxStatus.UNCERTAIN and times == 1
        if not fine:
            wrong.append(f"{channel}, {kinds[one.person.id]}: {status}, a coach was told {times} times")
    return wrong
