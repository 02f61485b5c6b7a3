"""No function and no file of the program is longer than can be read at once, but for those that are lists."""

import ast
from pathlib import Path

import pytest

BOT = Path(__file__).resolve().parents[2] / "bot"
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
EXCEPTIONS = {
    # The whole schema is read in one place, and beside docs/data.md: it decides nothing.
    "storage/tables.py": "the schema",
    # A step that was released is never rearranged: it is what stands in people's databases.
    "storage/migrations/versions/v0001_tables.py": "a migration",
}
MIGRATIONS = "storage/migrations/versions/"


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    found = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in BOT.rglob("*.py")}
    assert len(found) > 100
    assert {name for name, lines in found.items() if lines > LONGEST_FILE} == set(EXCEPTIONS)


def test_no_function_is_longer_than_can_be_read_at_once() -> None:
    found = [
        f"{name_of(file)}:{function}: {lines}"
        for file in sorted(BOT.rglob("*.py"))
        for function, lines in functions(file.read_text(encoding="utf-8"))
        # A migration lists what it changes, in the order in which it does.
        if lines > LONGEST_FUNCTION and not (function == "upgrade" and name_of(file).startswith(MIGRATIONS))
    ]
    assert found == []


@pytest.mark.parametrize("head", ["def long():", "async def long():", "class Room:\n  def long():"])
def test_a_long_function_is_found_wherever_it_stands(head: str) -> None:
    body = "    pass\n" * LONGEST_FUNCTION
    assert functions(f"{head}\n{body}") == [("long", LONGEST_FUNCTION + 1)]


def name_of(file: Path) -> str:
    """Its path inside the program."""
    return file.relative_to(BOT).as_posix()


def functions(source: str) -> list[tuple[str, int]]:
    """Every function of the source, and how many lines it has, from its name on."""
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
