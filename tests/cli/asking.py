"""A command is asked as an operator asks it, in this process, because a new one takes half a second."""

import asyncio
import os
from dataclasses import dataclass

from click.testing import CliRunner

from bot.cli.commands import framsteg
from tests.process.running import KEY_SETTING


@dataclass(frozen=True, kw_only=True)
class Said:
    """The exit code, and all that was said on either stream."""

    code: int
    words: str


async def ask(given: dict[str, str], *words: str, typed: str = "") -> Said:
    """Run a command with these settings and no others; `typed` is what the operator types."""
    # In a thread, for a command runs a loop of its own.
    return await asyncio.to_thread(_ask, given, words, typed)


def _ask(given: dict[str, str], words: tuple[str, ...], typed: str) -> Said:
    none: dict[str, str | None] = {name: None for name in os.environ if name.startswith("FRAMSTEG_")}
    asked = CliRunner().invoke(framsteg, words, input=typed, env={**none, "FRAMSTEG_KEY": KEY_SETTING, **given})
    if asked.exception is not None and not isinstance(asked.exception, SystemExit):
        raise asked.exception
    return Said(code=asked.exit_code, words=asked.output)
