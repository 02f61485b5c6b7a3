"""What reading costs is counted in the interpreter's own steps, which are the same on every machine."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

SHAPES = {
    "digits": "3",
    "digits apart": "3 ",
    "a choice after another": "1,",
    "yes after yes": "ja ",
    "slips": "femmma ",
    "words nobody knows": "blorg ",
    "one long word": "å",
    "and": " و",
    "marks": "e\u0301",
    "dots of dates": "1.",
    "a sign": "-",
    "faces": "<3 ",
    "clock": "kl 9 ",
    "Thai without spaces": "สาม",
    "Cyrillic with Latin": "пя'ть i",
}
"""What a long message may be made of, again and again."""


def steps(read: Callable[[], object]) -> int:
    """How many steps of bytecode one call takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read()
    finally:
        sys.settrace(before)
    return count


def grown(shape: str, *, letters: int) -> str:
    """A message of this shape with so many letters."""
    return (shape * (letters // len(shape) + 1))[:letters]
