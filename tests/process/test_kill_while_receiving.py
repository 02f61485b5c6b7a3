"""What was acknowledged is handled once and in order although the process is killed again and again."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from random import Random

import httpx
import pytest

from bot.storage.tables import conversations, given_ratings, inbox, participants
from tests.fakes.twilio_api import signature
from tests.ports import free_port
from tests.process.burst import BEGINS, Burst, a_burst
from tests.process.running import SERVE, SERVE_WITH_SHORT_LEASE, Running, running, until_rows

# Ticks, two ratings and a yes or no: a weekly check-in from its first question to its last.
TICKS = ("1", "1 3", "1 3 5", "2 4 6 8")


async def test_answers_survive_kills(database_url: str, tmp_path: Path) -> None:
    async with a_burst(database_url, tmp_path, people=10, rule=BEGINS) as burst:
        await answer_and_kill(burst, SERVE_WITH_SHORT_LEASE, kills=3, seconds=20)
        await everything_was_handled_once(burst)


@pytest.mark.slow
async def test_many_answers_survive_kills_with_the_real_lease(database_url: str, tmp_path: Path) -> None:
    async with a_burst(database_url, tmp_path, people=60, rule=BEGINS) as burst:
        await answer_and_kill(burst, SERVE, kills=10, seconds=120)
        await everything_was_handled_once(burst)


def replies(place: int) -> list[str]:
    """What the person at this place writes, different from the neighbours' so that a mix-up would be seen."""
    return [TICKS[place % 4], str(1 + place % 5), str(1 + (place + 2) % 5), "nej"]


def ratings(place: int) -> list[int]:
    """What is to be kept of it."""
    return [len(TICKS[place % 4].split()), 1 + place % 5, 1 + (place + 2) % 5]


async def answer_and_kill(burst: Burst, words: tuple[str, ...], *, kills: int, seconds: float) -> None:
    """Everybody answers while the process is killed at random moments; done when nothing waits any more."""
    settings, dice = burst.settings(port=free_port()), Random(7)
    everybody = 2 * len(burst.numbers)
    answering: asyncio.Task[None] | None = None
    for _ in range(kills):
        async with running(settings, words) as one:
            await one.until_says("ready at")
            if answering is None:
                await until_rows(lambda: _begun(burst, everybody), seconds=seconds)
                answering = asyncio.create_task(_all_answer(burst, dice, longest=0.7 * kills))
            await asyncio.sleep(dice.uniform(0.05, 0.4))
            await one.kill()
    assert answering is not None and not answering.done(), "all had answered before the last kill"
    async with running(settings, words) as one:
        await asyncio.wait_for(answering, seconds)
        await until_rows(lambda: _all_handled(burst, one, of=4 * everybody), seconds=seconds)
        assert await one.stop() == 0, one.output


async def _begun(burst: Burst, everybody: int) -> list[object]:
    rows = await burst.rows(conversations, "id")
    return rows if len(rows) == everybody else []


async def _all_handled(burst: Burst, one: Running, *, of: int) -> list[object]:
    rows = await burst.rows(inbox, "state")
    assert one.process.returncode is None, one.output
    return rows if len(rows) >= of and not [row for row in rows if row.state == "waiting"] else []


async def _all_answer(burst: Burst, dice: Random, *, longest: float) -> None:
    # Every other person writes all of it in one breath, the others rest after each answer.
    def pause(place: int) -> float:
        return dice.uniform(0, longest) * (place % 2)

    async with httpx.AsyncClient(timeout=5) as client:
        await asyncio.gather(
            *(_answers_by_sms(burst, client, place, dice=dice, pause=pause) for place in range(len(burst.numbers))),
            *(_answers_by_telegram(burst, place, pause=pause) for place in range(len(burst.chats))),
        )


async def _answers_by_sms(
    burst: Burst, client: httpx.AsyncClient, place: int, *, dice: Random, pause: Callable[[int], float]
) -> None:
    for words in replies(place):
        fields = burst.twilio.inbound(sender=burst.numbers[place], body=words)
        # What was not acknowledged comes again, and sometimes what was.
        acknowledged = 0
        while acknowledged < dice.choice((1, 1, 2)):
            acknowledged += await _posted(burst, client, fields)
        await asyncio.sleep(pause(place))


async def _posted(burst: Burst, client: httpx.AsyncClient, fields: dict[str, str]) -> bool:
    url = f"{burst.twilio.product}/twilio/message"
    try:
        got = await client.post(url, data=fields, headers=signature(url, fields))
    except httpx.HTTPError:
        await asyncio.sleep(0.05)
        return False
    return got.status_code == 200


async def _answers_by_telegram(burst: Burst, place: int, *, pause: Callable[[int], float]) -> None:
    for words in replies(place):
        burst.telegram.write(burst.chats[place], words)
        await asyncio.sleep(pause(place))


async def everything_was_handled_once(burst: Burst) -> None:
    arrived = await burst.rows(inbox, "provider_id", "state")
    assert {row.state for row in arrived} == {"handled"}
    assert len(arrived) == 4 * 2 * len(burst.numbers)

    names = {row.id: row.first_name for row in await burst.rows(participants, "id", "first_name")}
    kept = defaultdict(list)
    for row in await burst.rows(given_ratings, "participant_id", "value"):
        kept[names[row.participant_id]].append(row.value)
    expected = {
        f"Person{place}{channel}": ratings(place)
        for place in range(len(burst.numbers))
        for channel in ("sms", "telegram")
    }
    assert kept == expected
    assert all(row.ended_at for row in await burst.rows(conversations, "ended_at"))
