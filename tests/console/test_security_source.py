"""What no page could be safe with is nowhere in the source: the files themselves are read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "bot/console/templates").rglob("*.html"))
TREES = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "bot").rglob("*.py"))}
SCRIPTS = [one for one in (ROOT / "bot/console/static").glob("*.js") if not one.name.startswith("htmx")]

FORBIDDEN_CALLS = re.compile(
    r"(^|\.)(eval|exec|compile|__import__|system|popen|unsafe_load|full_load|md5|sha1|mktemp)$|^yaml\.|^random\.Random$"
)
COMPILES = ("re.compile",)
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "subprocess", "ctypes"}
STATEMENTS = ("text", "exec_driver_sql", "literal_column", "execute", "scalar", "executemany", "fetch", "fetchval")
PUTS_NAMES_TOGETHER = ("migrations", "sqlite.py", "sqlite_driver.py", "postgresql.py", "migrate.py")
"""Pragmas and revisions know only names of ours."""

UNESCAPED = {
    # A letter is made of escaped parts where it is written; its own tests stand there.
    "summary.html": 1,
}
INLINE = (r"\sstyle\s*=", r"<style", r"\son[a-z]+\s*=\s*[\"']", r"hx-on", r"hx-vals=.js", "javascript:", "innerHTML")
WRITES_MARKUP = (
    r"innerHTML\s*\+?=[^=]", "outerHTML", "insertAdjacentHTML", r"document\.write", r"\beval\(", "new Function",
    "localStorage", "sessionStorage",
)  # fmt: skip


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Where, what, and the call."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.unparse(node.func), node


def _built(node: ast.expr) -> bool:
    """Whether a string is put together of what is not written there."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _built(node.left) or not isinstance(node.right, ast.Constant)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        given = [*node.args, *(word.value for word in node.keywords)]
        return not all(isinstance(one, ast.Constant) for one in given)
    return False


def test_no_code_is_made_of_what_somebody_sent() -> None:
    found = [f"{at} {name}" for at, name, _ in _calls() if FORBIDDEN_CALLS.search(name) and name not in COMPILES]
    found += [f"{at} shell" for at, _, call in _calls() if any(word.arg == "shell" for word in call.keywords)]
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = {alias.name for alias in node.names} if isinstance(node, ast.Import) else {node.module}
                found += [f"{path.name}:{node.lineno} {name}" for name in modules & FORBIDDEN_MODULES]
    assert found == []


def test_yaml_is_read_as_data_only() -> None:
    kinds = {
        at: [ast.unparse(word.value) for word in call.keywords if word.arg == "typ"]
        for at, name, call in _calls()
        if name.endswith("YAML")
    }
    assert kinds
    assert {at: kind for at, kind in kinds.items() if kind not in (["'safe'"], ["'rt'"], [])} == {}


def test_every_statement_to_the_database_is_constant() -> None:
    """Values are bound."""
    found = [
        f"{at} {ast.unparse(argument)[:60]}"
        for at, name, call in _calls()
        for argument in call.args[:1]
        if name.rpartition(".")[2] in STATEMENTS and _built(argument)
        if not any(one in at for one in PUTS_NAMES_TOGETHER)
    ]
    assert found == []


def test_nothing_is_called_safe_that_is_put_together() -> None:
    """`Markup` around a constant, or `Markup("...").format()`, which escapes what it is given, is safe."""
    found = [
        f"{at} {ast.unparse(call)[:60]}"
        for at, name, call in _calls()
        if name.rpartition(".")[2] == "Markup" and call.args and _built(call.args[0])
    ]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda one: one.name)
def test_no_page_has_inline_script_or_style_or_words_that_are_not_escaped(path: Path) -> None:
    html = path.read_text()
    assert len(re.findall(r"\|\s*safe\b", html)) == UNESCAPED.get(path.name, 0), "|safe"
    assert not re.search(r"autoescape\s+(false|off)", html)
    assert [one for one in INLINE if re.search(one, html, re.I)] == []
    assert [one for one in re.findall(r"<script\b[^>]*>", html) if ' src="/static/' not in one] == []
    # Where an attribute has no quotes around it, a space ends it.
    assert not re.search(r"\s[\w-]+=\{\{", html), "an attribute without quotes"
    links = re.findall(r"""(?:src|href|action|srcset|hx-\w+)\s*=\s*["']([^"']*)""", html)
    assert [one for one in links if one.startswith(("http:", "https:", "//"))] == [], "another host"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda one: one.name)
def test_no_script_writes_markup_or_runs_words_or_keeps_anything(path: Path) -> None:
    script = path.read_text()
    assert [one for one in WRITES_MARKUP if re.search(one, script)] == []
