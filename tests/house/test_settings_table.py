"""README's table of settings says what the settings are, no more and no less."""

import re
from dataclasses import fields
from pathlib import Path

from bot.settings import Settings

_README = Path(__file__).parents[2] / "README.md"
_ROW = re.compile(r"^\| `(FRAMSTEG_\w+)` \| (.+?) \|")


def test_every_setting_stands_in_the_readme_and_nothing_else() -> None:
    written = [
        (row[1], row[2]) for line in _README.read_text(encoding="utf-8").splitlines() if (row := _ROW.match(line))
    ]
    assert written == [(entry.metadata["key"], entry.metadata["about"]) for entry in fields(Settings)]
