"""The stand-ins also run as processes of their own, for tests that kill ours."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.channels.channel import SendFailed
from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from tests.fakes import bot_api, twilio_api
from tests.fakes.outgoing import an_outbox_message


@asynccontextmanager
async def alone(module: str) -> AsyncIterator[str]:
    """The stand-in's address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).resolve().parents[2]
    )
    assert process.stdout is not None
    try:
        port = int(await asyncio.wait_for(process.stdout.readline(), 20))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_twilio_alone_keeps_what_it_took_and_fails_when_told() -> None:
    async with alone("tests.fakes.twilio_api") as url, httpx.AsyncClient() as client:
        channel = TwilioChannel(
            account=twilio_api.ACCOUNT,
            token=twilio_api.TOKEN,
            api=url,
            public_url="https://framsteg.example",
            sender_of=lambda programme: twilio_api.NUMBER,
        )
        await client.post(url + "/sim/fault", json={"kind": "reset", "taken": True, "only": "Messages"})
        with pytest.raises(SendFailed) as failed:
            await channel.deliver(an_outbox_message())
        await channel.close()
        [sent] = (await client.get(url + "/sim/sent")).json()
    assert failed.value.unsettled
    assert sent["status_callback"] == "https://framsteg.example/twilio/status/17"


async def test_telegram_alone_keeps_what_it_took() -> None:
    async with alone("tests.fakes.bot_api") as url, httpx.AsyncClient() as client:
        channel = TelegramChannel(token=bot_api.TOKEN, api=url)
        await channel.deliver(an_outbox_message(to="4711", text="hej"))
        await channel.close()
        await client.post(url + "/sim/write", json={"chat": 4711, "text": "hallå"})
        state = (await client.get(url + "/sim/sent")).json()
    assert [message["text"] for message in state["sent"]] == ["hej"]
    assert state["waiting"] == 1
