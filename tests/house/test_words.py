"""What people read stands in flows and catalogs: no room below the doors has a sentence of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).resolve().parents[2] / "bot"

# From here words leave to participants: whatever is said there is said by key.
SPEAKING = ("domain", "engine", "services", "channels")

# What a sentence may be for that no participant reads: a log line, an error, what the operator's doctor says.
_LOGS = ("log", "_log", "logging")
_TO_OPERATORS = ("trouble",)
_MOST_WORDS = 3

# Words of others, by which they are recognised, and an alphabet.
_QUOTED = ("blocked by the user", "Sent from your Twilio trial account - ")
_ALPHABETS = ("domain/sms_parts.py", "engine/folding.py", "engine/looseness.py")


def test_no_room_that_speaks_to_participants_has_words_of_its_own() -> None:
    found = [
        f"{file.relative_to(BOT)}:{line}: {words!r}"
        for room in SPEAKING
        for file in sorted((BOT / room).glob("*.py"))
        if str(file.relative_to(BOT)) not in _ALPHABETS
        for line, words in sentences(ast.parse(file.read_text(encoding="utf-8")))
        if words not in _QUOTED
    ]
    assert found == []


def test_no_room_that_speaks_to_participants_has_a_word_of_another_language() -> None:
    found = [
        f"{file.relative_to(BOT)}:{node.lineno}: {node.value!r}"
        for room in SPEAKING
        for file in sorted((BOT / room).glob("*.py"))
        if str(file.relative_to(BOT)) not in _ALPHABETS
        for node in literals(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node.value, str) and any(ord(letter) > 127 and letter.isalpha() for letter in node.value)
    ]
    assert found == []


def test_a_sentence_in_python_is_seen() -> None:
    assert list(sentences(ast.parse('say("Do you want to go on?")')))
    assert not list(sentences(ast.parse('log.info("Do you want to go on?")')))
    assert not list(sentences(ast.parse('raise ValueError("Do you want to go on?")')))


def sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Literals of more than a few words that are neither logged nor raised."""
    unsaid = {id(inner) for node in ast.walk(tree) if _is_unsaid(node) for inner in ast.walk(node)}
    for node in literals(tree):
        if id(node) not in unsaid and isinstance(node.value, str) and len(node.value.split()) > _MOST_WORDS:
            yield node.lineno, node.value


def literals(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every literal but docstrings and the other strings that stand alone."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in alone:
            yield node


def _is_unsaid(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise | ast.Assert):
        return True
    if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
        return node.name in _TO_OPERATORS
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id in _LOGS
    return False
