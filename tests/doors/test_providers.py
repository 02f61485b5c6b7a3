"""A provider that is down is named once, and once more when it is back."""

import asyncio
from datetime import timedelta

from bot.doors.providers import Trouble, greet
from tests.process.running import until

AT_ONCE = timedelta(milliseconds=2)


def asked(*answers: str | Exception | None) -> tuple[Trouble, list[int]]:
    """A provider that gives these answers, the last one for ever, and how often it was asked."""
    left, times = list(answers), []

    async def ask() -> str | None:
        times.append(1)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask, times


async def heard(providers: dict[str, Trouble]) -> list[str]:
    said: list[str] = []
    await asyncio.wait_for(greet(providers, say=said.append, stopping=asyncio.Event(), patience=AT_ONCE), 5)
    return said


async def test_who_answers_is_not_spoken_of() -> None:
    ask, times = asked(None)
    assert (await heard({"Twilio": ask}), len(times)) == ([], 1)


async def test_who_does_not_answer_is_named_once_and_asked_until_it_does() -> None:
    ask, times = asked("does not answer", "does not answer", "does not answer", None)
    assert await heard({"Telegram": ask}) == ["Telegram does not answer; trying again", "Telegram answers"]
    assert len(times) == 4


async def test_another_trouble_is_news() -> None:
    ask, _ = asked("does not answer", "refuses the token", "refuses the token", None)
    assert await heard({"Telegram": ask}) == [
        "Telegram does not answer; trying again",
        "Telegram refuses the token; trying again",
        "Telegram answers",
    ]


async def test_what_a_provider_raises_is_only_silence() -> None:
    ask, _ = asked(RuntimeError("token 123"), None)
    assert await heard({"Twilio": ask}) == ["Twilio does not answer; trying again", "Twilio answers"]


async def test_one_that_is_down_does_not_keep_another_from_being_greeted() -> None:
    down, _ = asked("does not answer")
    up, _ = asked("does not answer", None)
    said: list[str] = []
    stopping = asyncio.Event()
    greeting = asyncio.create_task(
        greet({"Twilio": down, "Telegram": up}, say=said.append, stopping=stopping, patience=AT_ONCE)
    )
    await until(lambda: "Telegram answers" in said)
    stopping.set()
    await asyncio.wait_for(greeting, 1)
    assert said.count("Twilio does not answer; trying again") == 1
