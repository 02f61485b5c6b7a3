"""The demo as a newcomer starts it: a process of its own, in a place of its own, on a port of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 90


@asynccontextmanager
async def demo_process(place: Path) -> AsyncIterator[str]:
    """Its address, once it answers. Raises `AssertionError` with all it said if it ends first."""
    home = f"http://127.0.0.1:{(port := free_port())}"
    said = place / "said.txt"
    with said.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", str(port)),
            cwd=place,
            env={name: value for name, value in os.environ.items() if not name.startswith("FRAMSTEG_")}
            | {"PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            await _answering(home, process, said)
            yield home
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _answering(home: str, process: asyncio.subprocess.Process, said: Path) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(SECONDS * 5):
            assert process.returncode is None, said.read_text()
            try:
                if (await client.get(home + "/start")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)
    raise AssertionError(said.read_text())
