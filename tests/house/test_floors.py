"""The house stands as it was planned: stairs go down, and the ground floor knows no library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_BOT = _ROOT / "bot"

# What each room may know beside Python itself.
_MAY_KNOW = {
    "domain": ("bot.domain",),
    "engine": ("bot.domain", "bot.engine"),
    # A number in the national way is turned into the international one here; that is no framework.
    "services": ("bot", "phonenumbers"),
    "settings.py": (),
}

_NOT_IN_TESTS = (
    ("unittest", "mock"),
    ("pytest", "skip"),
    ("pytest", "importorskip"),
    ("mark", "skip"),
    ("mark", "xfail"),
)


def test_stairs_only_go_down() -> None:
    # In a process of its own: it sets up logging for itself, and silences every logger that is there.
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
    done = subprocess.run([sys.executable, "-c", lint], cwd=_ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", _MAY_KNOW)
def test_decisions_and_stories_know_no_library(room: str) -> None:
    foreign = [
        f"{path.relative_to(_ROOT)}: {name}"
        for path in _files(_BOT / room)
        for name in _imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not _known(name, _MAY_KNOW[room])
    ]
    assert foreign == []


def test_every_room_says_in_one_sentence_what_is_true_because_of_it() -> None:
    silent = [
        str(path.relative_to(_ROOT))
        for path in _files(_BOT)
        if not (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
        .partition("\n")[0]
        .endswith((".", "…"))
    ]
    assert silent == []


def test_no_room_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "base", "core", "misc"}
    assert [str(path.relative_to(_ROOT)) for path in _files(_BOT) if empty & {path.stem, path.parent.name}] == []


def test_the_tests_mock_nothing_and_skip_nothing() -> None:
    forbidden = [f"{before}.{after}" for before, after in _NOT_IN_TESTS]
    found = [
        f"{path.relative_to(_ROOT)}: {words}"
        for path in _files(_ROOT / "tests")
        for words in forbidden
        if words in path.read_text(encoding="utf-8")
    ]
    assert found == []


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def _imported(path: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    whole = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    # Relative imports are not used: `module` is what they would leave empty.
    return whole + [node.module or "relative" for node in nodes if isinstance(node, ast.ImportFrom)]


def _known(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)
