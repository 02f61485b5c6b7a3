"""Questions, flows and readings with sensible defaults: a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.engine.definition import AnswerKind, Ask, Choice, Flow, Step
from bot.engine.reading import Reading
from bot.engine.run import Send, Turn, reply
from bot.engine.tongues import Tongues
from tests.vocabulary import vocabulary

CONTENT = Path(__file__).parents[2]
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)

LABELS = {
    "walk": "Gå en promenad",
    "gym": "Träna på gym",
    "read": "Läsa och skriva",
    "days": "3 dagar på praktik",
}
CHOICES = tuple(Choice(value=value, label=f"flow/{value}") for value in LABELS)
READINGS = {
    language: replace(reading, labels={f"flow/{value}": label for value, label in LABELS.items()})
    for language, reading in vocabulary().readings.items()
}
EVERY = tuple(READINGS.values())
TONGUES = Tongues(EVERY)


def a_scale(name: str = "belief", **changes: Any) -> Ask:
    """A question about an indicator, from 1 to 5, that may be skipped."""
    asked: dict[str, Any] = {"text": f"flow/{name}", "answer": AnswerKind.SCALE, "saves": name, "indicator": name}
    return Ask(id=name, **(asked | {"skip": True} | changes))


def a_question(kind: AnswerKind, **changes: Any) -> Ask:
    """A question of any kind that saves its answer and may be skipped."""
    asked: dict[str, Any] = {"id": "question", "text": "flow/question", "saves": "answer", "skip": True}
    return Ask(answer=kind, **(asked | changes))


def a_flow(*steps: Step, **changes: Any) -> Flow:
    """A flow of these steps."""
    return Flow(**({"slug": "flow", "steps": steps} | changes))


def said(turn: Turn) -> list[str]:
    """The text keys that a turn says, in order."""
    return [effect.text for effect in turn.effects if isinstance(effect, Send)]


def answer(flow: Flow, turn: Turn, words: str, *, reading: Reading = READINGS["sv"]) -> Turn:
    """The next turn, when the person writes `words`."""
    assert turn.state is not None
    return reply(flow, turn.state, words, reading=reading, now=WEDNESDAY)
