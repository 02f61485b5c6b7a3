"""Whoever reads the database finds every table, view and column described, and nothing that is not there."""

import re
from pathlib import Path

from sqlalchemy import inspect

from bot.storage import tables
from bot.storage.database import Database

_PAGE = Path(__file__).parents[2] / "docs" / "data.md"
_HEADING = re.compile(r"^#+ (Table|View) `(\w+)`$")
_ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$")

# What would identify a person, or is a person's own words or values, wherever a column is called so.
_SENSITIVE = {
    *("first_name", "email", "participant_id", "hash", "cipher", "sender_hash", "raw", "words", "text", "html"),
    *("value", "first_value", "latest_value", "change", "presence", "gender", "birth_year", "protected"),
}


def _described(kind: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    columns: dict[str, str] = {}
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.match(line):
            columns = {}
            if heading[1] == kind:
                assert heading[2] not in found, f"{heading[2]} is described twice"
                found[heading[2]] = columns
        elif row := _ROW.match(line):
            assert row[1] not in columns, f"{row[1]} is described twice"
            columns[row[1]] = row[2]
    return found


def test_every_table_and_column_is_described_and_nothing_else() -> None:
    there = {table.name: list(table.columns.keys()) for table in tables.metadata.sorted_tables}
    assert {name: list(columns) for name, columns in _described("Table").items()} == there


async def test_every_view_and_its_columns_are_described_and_nothing_else(database: Database) -> None:
    async with database.reading() as connection:
        there = await connection.run_sync(
            lambda plain: {
                name: [column["name"] for column in inspect(plain).get_columns(name)]
                for name in inspect(plain).get_view_names()
            }
        )
    assert {name: list(columns) for name, columns in _described("View").items()} == there


def test_what_is_sensitive_is_marked() -> None:
    # The number a poll has reached is called `value` too, and is about nobody.
    about_nobody = {("cursors", "value")}
    unmarked = [
        f"{name}.{column}"
        for kind in ("Table", "View")
        for name, columns in _described(kind).items()
        for column, meaning in columns.items()
        if column in _SENSITIVE and not meaning.startswith("●") and (name, column) not in about_nobody
    ]
    assert unmarked == []
