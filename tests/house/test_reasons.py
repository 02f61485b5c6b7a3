"""Why a message did not leave is told in words, whichever room gave the reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).resolve().parents[2] / "bot"
PARTS = BOT / "console" / "templates" / "_parts.html"
ROOMS = ("services", "storage", "channels")


def test_every_reason_that_a_room_gives_has_words_for_the_coach() -> None:
    told = PARTS.read_text(encoding="utf-8").split("macro why(word)")[1].split("endmacro")[0]
    given = {reason for room in ROOMS for file in sorted((BOT / room).glob("*.py")) for reason in reasons(file)}
    assert {"held", "late", "paused", "stopped", "answer-lost"} <= given
    assert sorted(one for one in given if f'"{one}":' not in told) == []


def reasons(file: Path) -> Iterator[str]:
    """What is written as `why=` and `error=`, and what stands beside the status of a message."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            found = [one.value for one in node.keywords if one.arg in ("why", "error")]
        elif (
            isinstance(node, ast.Tuple)
            and len(node.elts) == 2
            and ast.unparse(node.elts[0]).startswith("OutboxStatus.")
        ):
            found = [node.elts[1]]
        yield from (one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str))
