"""Nothing is raised that a coach could not read: every kind of alert is declared, has its words and is told by them."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.content.week_letter import WeekLetters
from bot.domain.alerts import ANSWERED_BY_WRITING, WANTS_ANSWER, AlertKind
from bot.domain.people import Coach
from bot.domain.summaries import Did, WeeklySummary
from bot.domain.weeks import OpenAlert, Window

BOT = Path(__file__).resolve().parents[2] / "bot"
PARTS = BOT / "console" / "templates" / "_parts.html"
RAISES = {"NewAlert": "kind", "alert_about": 1, "alert_all": 2, "alert": 1, "_alert": 1, "Alert": "kind"}
"""Whatever raises an alert, and which argument is its kind."""

ASKING = ("domain", "services", "storage", "views", "console")

ALSO_ELSEWHERE = ("question", "stopped", "blocked", "uncertain", "crisis", "unsigned", "own", "media")
"""Plain words that other things are called by as well."""


def test_every_alert_is_raised_by_a_declared_kind() -> None:
    bare = [f"{file.relative_to(BOT)}:{line}" for file, tree in trees() for line in raised_by_a_bare_word(tree)]
    assert bare == []


def test_an_alert_raised_by_a_bare_word_is_seen() -> None:
    for said in ('hearing.alert(turn, "late-again")', 'NewAlert(kind="late-again")', 'alert_about(one, f"x-{word}")'):
        assert list(raised_by_a_bare_word(ast.parse(said))) == [1], said
    assert not list(raised_by_a_bare_word(ast.parse("hearing.alert(turn, AlertKind.MEDIA)")))


def test_no_room_asks_for_a_kind_by_a_word_of_its_own() -> None:
    names = {kind.value for kind in AlertKind} - set(ALSO_ELSEWHERE)
    found = [
        f"{file.relative_to(BOT)}:{node.lineno}: {node.value!r}"
        for file, tree in trees()
        if file.parent.name in ASKING and file.name != "alerts.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert found == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_letter_has_words_of_its_own_for_every_kind(language: str) -> None:
    told = [line_of_letter(kind, language=language) for kind in AlertKind]
    assert len(set(told)) == len(AlertKind)
    assert line_of_letter("likes-music", language=language) == line_of_letter(AlertKind.OWN, language=language)


def test_whoever_is_answered_by_writing_wanted_an_answer() -> None:
    assert set(ANSWERED_BY_WRITING) < set(WANTS_ANSWER)


def line_of_letter(kind: str, *, language: str) -> str:
    """What a letter says of one alert."""
    since = datetime(2026, 11, 19, 9, tzinfo=UTC)
    summary = WeeklySummary(
        window=Window(since=date(2026, 11, 16), until=date(2026, 11, 23), zone="Europe/Stockholm"),
        needs=(OpenAlert(kind=kind, raised_at=since, first_name="Amina"),),
        people=(),
        changed=(),
        silent=(),
        coming=(),
        did=Did(),
        programmes={},
    )
    coach = Coach(id=1, organisation_id=1, first_name="Lena", email="", language=language, zone="Europe/Stockholm")
    letter = WeekLetters().write(summary, coach=coach, titles=lambda _, key: key)
    return "".join(piece.words for piece in letter.sections[0].lines[0])


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every room but what a database once was."""
    for file in sorted(BOT.rglob("*.py")):
        if "migrations" not in file.parts:
            yield file, ast.parse(file.read_text(encoding="utf-8"))


def raised_by_a_bare_word(tree: ast.Module) -> Iterator[int]:
    """Lines on which an alert is raised and its kind is written out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        where = RAISES.get(name)
        if where is None:
            continue
        given = [one.value for one in node.keywords if one.arg == "kind"]
        if isinstance(where, int):
            given += node.args[where : where + 1]
        yield from (one.lineno for one in given if isinstance(one, ast.Constant | ast.JoinedStr))
