"""A provider is away for six hours in the middle of a wave: what expired is marked, the rest leaves at its pace."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from bot.channels.twilio import TwilioChannel
from bot.domain.messages import OutboxStatus, Priority, Purpose
from bot.domain.people import ChannelName
from bot.services.delivery import Delivery
from bot.services.pace import Lane, Pace, Terms
from tests.ports import free_port
from tests.torture.crowd import Words, a_multitude, rows_of, words_for
from tests.torture.fault import Place, Result
from tests.town import Town, a_town

FAULT = "F16"
TITLE = "a provider is away for 6 h during a wave: nothing lost, expired ones marked, the drain keeps its pace"
FULL = 10_000

AWAY = timedelta(hours=6)
LOOK = timedelta(minutes=5)
PACE = Pace(per_second=100, burst=10)
MEANS_LITTLE_LATER, MEANS_STILL = timedelta(hours=2), timedelta(hours=10)


@dataclass(frozen=True, kw_only=True)
class Wave:
    """What was queued: reminders that expire meanwhile, others that do not, and replies to who wrote meanwhile."""

    short: Sequence[Words]
    long: Sequence[Words]
    replies: Sequence[Words]

    @property
    def may_leave(self) -> list[Words]:
        """What means something when the provider is back."""
        return [*self.long, *self.replies]


async def torture(tries: int, place: Place) -> Result:
    """Half of the wave expires meanwhile; a hundredth of the people write when the provider is nearly back."""
    async with a_town(await place.postgresql()) as town:
        people = await a_multitude(town, tries)
        lanes = (Lane(name="sms/wave", pace=PACE),)
        terms = Terms(lanes=lambda channel: lanes, ahead=lambda: town.machine.ahead)
        town.app.delivery = Delivery(town.app.database, town.app.shelf, town.app.channels, terms=terms)
        tried_meanwhile, wave = await _six_hours(town, people, place)
        began = len(town.twilio.sent)
        await _drained(town, wave, place)
        rows = await rows_of(town, [*wave.short, *wave.long, *wave.replies])
        times = Counter(sent.body for sent in town.twilio.sent)
        sent = [one for one in wave.may_leave if rows[one.text].status == OutboxStatus.SENT]
        expired = [one for one in wave.short if rows[one.text].status == OutboxStatus.EXPIRED]
        wrong = [] if began == 0 else [f"{began} left while the provider was away"]
        wrong += [] if len(expired) == len(wave.short) else [f"{len(wave.short) - len(expired)} are not marked expired"]
        wrong += _in_order(town, wave)
        fastest = _fastest([one.created_at for one in town.twilio.sent])
        most = (PACE.per_second or 0) + PACE.burst
        # A window is cut by the machine's clock, which goes on by whole seconds here.
        wrong += [] if fastest <= most * 1.1 else [f"{fastest} left within a second, of {most:.0f} at most"]
        return Result(
            tries=tries,
            lost=len(wave.may_leave) - len(sent) + sum(times[one.text] == 0 for one in sent),
            doubled=sum(more > 1 for more in times.values()),
            wrong=tuple(wrong),
            notes=(
                f"{len(sent)} left, {len(expired)} expired and are counted; {tried_meanwhile} tries in six hours; "
                f"at most {fastest} within a second at {PACE.per_second:.0f} a second and a burst of {PACE.burst}",
            ),
        )


async def _six_hours(town: Town, people: Sequence[object], place: Place) -> tuple[int, Wave]:
    channel = cast(TwilioChannel, town.app.channels[ChannelName.SMS])
    api, channel.api = channel.api, f"http://127.0.0.1:{free_port()}"
    await channel.close()
    everybody = list(people)
    half = len(everybody) // 2
    reminder = {"purpose": Purpose.REMINDER, "priority": Priority.REMINDER}
    short = await words_for(town, everybody[:half], lasts=MEANS_LITTLE_LATER, about="short", **reminder)
    long = await words_for(town, everybody[half:], lasts=MEANS_STILL, about="long", **reminder)
    ends, tried, replies = town.now + AWAY, 0, []
    while town.now < ends:
        if not replies and town.now >= ends - 2 * LOOK:
            replies = await words_for(town, everybody[:: max(1, len(everybody) // 100)], lasts=MEANS_LITTLE_LATER)
        tried += await town.app.delivery.send_queued(now=town.now)
        town.clock.now += LOOK
        town.machine.ahead += LOOK
        place.say(f"away, {town.now:%H:%M}")
    channel.api = api
    await channel.close()
    return tried, Wave(short=short, long=long, replies=replies)


async def _drained(town: Town, wave: Wave, place: Place) -> None:
    """A second after another, by the machine's clock, until everything has left or expired."""
    wanted, still = len(wave.may_leave), 0
    while len(town.twilio.sent) < wanted and still < 600:
        before = len(town.twilio.sent)
        await town.app.delivery.send_queued(now=town.now)
        still = still + 1 if len(town.twilio.sent) == before else 0
        town.machine.ahead += timedelta(seconds=1)
        place.say(f"back, {len(town.twilio.sent)} of {wanted}")
    # What expired is looked at after what may leave.
    for _ in range(len(wave.short) // 20 + 1):
        if not await town.app.delivery.send_queued(now=town.now):
            break


def _in_order(town: Town, wave: Wave) -> list[str]:
    """Who wrote to us is answered before the wave goes on, but for the one message that found the provider back."""
    replies = {one.text for one in wave.replies}
    last = max((place for place, sent in enumerate(town.twilio.sent) if sent.body in replies), default=0)
    overtaken = last + 1 - len(replies)
    return [] if overtaken <= 1 else [f"{overtaken} reminders left before the last reply"]


def _fastest(moments: Sequence[datetime]) -> int:
    """The most that left within any second."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= timedelta(seconds=1):
            first += 1
        most = max(most, last - first + 1)
    return most
