"""What it costs to be there: processor time until it fetches, and memory, beside an echo bot on python-telegram-bot.

Both fetch from the same stand-in of the Bot API. The program serves with everything on: STEGA published on SQLite,
SMS, Telegram and mail set up, doors open, all ticks ticking. Half a second after the first fetch both are weighed.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot.app import machine_clock
from bot.services.publishing import publish
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.databases import KEY
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.mail import MailServer
from tests.ports import free_port
from tests.process.burst import Burst, SlowBotApi, SlowTwilio
from tests.process.running import ROOT, SERVE, environment

ROUNDS = 5
RESTS = 0.5

ECHO = """
import sys
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

async def echo(update: Update, context: object) -> None:
    await update.message.reply_text(update.message.text)

app = Application.builder().token(sys.argv[1]).base_url(sys.argv[2] + "/bot").build()
app.add_handler(MessageHandler(filters.TEXT, echo))
app.run_polling()
"""

Weight = tuple[float, float, float]
"""Seconds of processor time, mebibytes resident, seconds on the clock."""


def figures() -> list[tuple[str, float, str]]:
    """What was measured: name, value, unit. Raises `AssertionError` if one of the two did not come to fetching."""
    ours, echo = asyncio.run(_weighed())
    cpu, memory, wait = (statistics.median(column) for column in zip(*ours, strict=True))
    echo_cpu, echo_memory, echo_wait = (statistics.median(column) for column in zip(*echo, strict=True))
    return [
        ("start: framsteg run, processor time until it fetches", cpu * 1000, "ms"),
        ("start: echo bot, processor time until it fetches", echo_cpu * 1000, "ms"),
        ("start: ratio of processor time (aim: at most 3)", cpu / echo_cpu, "x"),
        ("start: framsteg run, memory", memory, "MiB"),
        ("start: echo bot, memory", echo_memory, "MiB"),
        ("start: ratio of memory (aim: at most 2)", memory / echo_memory, "x"),
        ("start: framsteg run, from exec to the first fetch", wait * 1000, "ms"),
        ("start: echo bot, from exec to the first fetch", echo_wait * 1000, "ms"),
    ]


async def _weighed() -> tuple[list[Weight], list[Weight]]:
    ours, echo = [], []
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/framsteg.db"
        await _published(url)
        async with SlowTwilio() as twilio, SlowBotApi() as telegram, MailServer() as mail:
            burst = Burst(database_url=url, twilio=twilio, telegram=telegram, mail=mail)
            # The first round of each warms the disk's cache and is not counted.
            for number in range(ROUNDS + 1):
                given = environment(**burst.settings(port=free_port()))
                weights = (
                    await _weigh(SERVE, given, telegram=telegram),
                    await _weigh(("-c", ECHO, TOKEN, telegram.url), given, telegram=telegram),
                )
                if number:
                    ours.append(weights[0])
                    echo.append(weights[1])
    return ours, echo


async def _published(url: str) -> None:
    database = Database(url, key=KEY)
    try:
        await migrate(database)
        stega = ROOT / "flows" / "programmes" / "stega"
        await publish(database, stega, content=ROOT, organisation="bench", now=machine_clock())
    finally:
        await database.close()


async def _weigh(words: tuple[str, ...], given: dict[str, str], *, telegram: BotApi) -> Weight:
    telegram.asked.clear()
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=ROOT,
        env=given,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        while not any(asked.path.endswith("/getUpdates") for asked in telegram.asked):
            assert process.returncode is None and time.monotonic() - began < 30, "it did not come to fetching"
            await asyncio.sleep(0.005)
        waited, cpu = time.monotonic() - began, _processor_seconds(process.pid)
        await asyncio.sleep(RESTS)
        return cpu, _resident(process.pid), waited
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024
