"""The engine's speed is measured against the barest dict machine that does the same work.

A conversation is a check-in of five ratings in seven events: the start, five right answers and one wrong one that is
asked again. The state is text between the events; each text is looked up in the person's language (en, sv, ar in
turn). The engine runs as it does in service, where it remembers the ways through a flow that were walked before. Both
machines must keep the same answers and say the same words, or the figures are void.
"""

import gc
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.content.reply_words import load_readings
from bot.engine.definition import AnswerKind, Ask, Flow, Say
from bot.engine.reading import Reading
from bot.engine.run import Save, Send, State, begin, reply

LANGUAGES = ("en", "sv", "ar")
REPLIES = (
    ("3", "4", "9", "2", "5", "1"),
    ("2", "x", "1", "5", "4", "3"),
    ("5", "5", "4", "0", "3", "2"),
)
CONVERSATIONS = 2_000
ROUNDS = 7
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

Outcome = tuple[list[tuple[str, int | str | None]], int]
"""The answers kept, as slug and value, and how many characters were said."""

QUESTIONS = tuple(f"indicator-{number}" for number in range(1, 6))
FLOW = Flow(
    slug="check-in",
    check_in=True,
    steps=(
        Say(id="hello", text="check-in/hello"),
        *(
            Ask(id=slug, text=f"check-in/{slug}", answer=AnswerKind.SCALE, saves=slug, indicator=slug, skip=True)
            for slug in QUESTIONS
        ),
        Say(id="thanks", text="check-in/thanks"),
    ),
)
BEYOND = "phrases/unclear-scale-range"
KEYS = (
    BEYOND,
    "phrases/unclear-scale-1",
    "phrases/unclear-scale-2",
    "phrases/left",
    *(step.text for step in FLOW.steps),
)
WORDS = {language: {key: f"{language}: the words of {key}" for key in KEYS} for language in LANGUAGES}


def figures() -> list[tuple[str, float, str]]:
    """What was measured: name, value, unit. Raises `AssertionError` if the two machines did not do the same work."""
    readings = load_readings(Path(__file__).parents[1])

    def ours(index: int) -> Outcome:
        return converse(index, reading=readings[LANGUAGES[index % 3]])

    expected = [converse_barely(index) for index in range(3)]
    assert [ours(index) for index in range(3)] == expected, "the engine and the dict machine differ"
    assert all(len(kept) == len(QUESTIONS) for kept, _ in expected), "answers are missing"
    mine, limit = _rounds(ours), _rounds(converse_barely)
    for _ in range(ROUNDS - 1):
        mine, limit = mine + _rounds(ours), limit + _rounds(converse_barely)
    engine, bare = statistics.median(mine), statistics.median(limit)
    return [
        ("engine, state as text between steps", engine, "conversations per CPU second"),
        ("limit: a dict machine, state as text between steps", bare, "conversations per CPU second"),
        ("engine to limit", engine / bare, "ratio (aim: at least 0.5)"),
    ]


def converse(index: int, *, reading: Reading) -> Outcome:
    """One check-in through the engine."""
    words = WORDS[LANGUAGES[index % 3]]
    kept: list[tuple[str, int | str | None]] = []
    said = 0
    turn = begin(FLOW)
    replies = iter(REPLIES[index % 3])
    while True:
        for effect in turn.effects:
            if type(effect) is Send:
                said += len(words[effect.text])
            elif type(effect) is Save:
                kept.append((effect.slug, effect.value))
        if turn.state is None:
            return kept, said
        text = turn.state.to_text()
        turn = reply(FLOW, State.from_text(text), next(replies), reading=reading, now=NOW)


def converse_barely(index: int) -> Outcome:
    """The same check-in by a dict, a list and an `if`."""
    words = WORDS[LANGUAGES[index % 3]]
    kept: list[tuple[str, int | str | None]] = []
    said = 0
    state, out = {"at": 0, "repeats": 0}, ["check-in/hello", "check-in/indicator-1"]
    replies = iter(REPLIES[index % 3])
    while True:
        for key in out:
            said += len(words[key])
        if state["at"] == len(QUESTIONS):
            return kept, said
        text = json.dumps(state)
        state = json.loads(text)
        answer = next(replies)
        if answer.isdecimal() and 1 <= int(answer) <= 5:
            kept.append((QUESTIONS[state["at"]], int(answer)))
            state = {"at": state["at"] + 1, "repeats": 0}
            out = [f"check-in/{QUESTIONS[state['at']]}" if state["at"] < len(QUESTIONS) else "check-in/thanks"]
        elif state["repeats"] < 2:
            state["repeats"] += 1
            out = [
                BEYOND if answer.isdecimal() and state["repeats"] == 1 else f"phrases/unclear-scale-{state['repeats']}"
            ]
        else:
            state["at"], out = len(QUESTIONS), ["phrases/left"]


def _rounds(converse_once: Callable[[int], Outcome]) -> list[float]:
    """Conversations per CPU second, once; every answer of the round is counted."""
    gc.collect()
    kept = 0
    began = time.process_time()
    for index in range(CONVERSATIONS):
        kept += len(converse_once(index)[0])
    spent = time.process_time() - began
    assert kept == CONVERSATIONS * len(QUESTIONS), f"{kept} answers kept"
    return [CONVERSATIONS / spent]


def main() -> None:
    """Print the figures."""
    for name, value, unit in figures():
        print(f"{name:<52} {value:>12,.2f} {unit}")


if __name__ == "__main__":
    main()
