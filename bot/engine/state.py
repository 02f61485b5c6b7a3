"""Where a conversation stands between turns is a short text, which any later version reads."""

import json
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from json.encoder import encode_basestring_ascii as _quoted


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a conversation stands between turns. Kept as text by `to_text`, read back by `from_text`.

    People at the same question of a flow share their state, so what is worked out from one is kept with it.

    `at` is the id of the question that waits; `asked` counts the questions put so far, of `count` in all; `repeats`
    how often this one was asked again; `picks` the rotating indicators of this conversation; `ticked` the values
    ticked so far by buttons in a several-of question; `left` says that one question was left already; `later` that the
    person asked for this question at another time: it then comes again by itself, as it is. `when` is the question of
    which we asked at what time it is to come, and wait to hear it.

    `sheet` are the questions that were asked in one message, the first of them as number `first`, and `missing` those
    of them not answered yet: all together, or `alone` one by one.

    `behind` is the text of the state that goes on when a correction is done, and `over` says that the conversation had
    ended before the correction. `had` are the alerts of the answer that is corrected.
    """

    at: str
    asked: int = 1
    count: int = 1
    repeats: int = 0
    nudged: bool = False
    picks: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    left: bool = False
    later: bool = False
    when: str = ""
    sheet: tuple[str, ...] = ()
    first: int = 0
    missing: tuple[str, ...] = ()
    alone: bool = False
    behind: str = ""
    over: bool = False
    had: tuple[str, ...] = ()

    @property
    def together(self) -> bool:
        """Whether the questions of a sheet wait together for one answer."""
        return bool(self.sheet) and not self.alone and not self.mends

    @property
    def mends(self) -> bool:
        """Whether the question is asked anew to correct its answer."""
        return self.over or self.behind != ""

    @cached_property
    def again(self) -> "State":
        """The same when the question is asked once more."""
        return replace(self, repeats=self.repeats + 1)

    def number_of(self, step: str) -> int:
        """Which question of the conversation one of the sheet is."""
        return self.first + self.sheet.index(step)

    def to_text(self) -> str:
        """JSON, short, with no names of classes: readable by any later version."""
        return self._text

    @cached_property
    def _text(self) -> str:
        text = f'{{"at":{_quoted(self.at)},"asked":{self.asked},"count":{self.count}'
        for name in _SELDOM:
            value = getattr(self, name)
            if value:
                text += f',"{name}":{_json(value)}'
        return text + "}"

    @classmethod
    def from_text(cls, text: str) -> "State":
        """The state that `to_text` wrote. Raises `ValueError` for anything else."""
        return _read_state(text)


# Few texts are read again and again.
@lru_cache(maxsize=8_192)
def _read_state(text: str) -> State:
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("not the text of a state") from None
    if type(kept) is not dict or not kept.keys() <= _KINDS.keys() or "at" not in kept:
        raise ValueError("not the text of a state")
    for name, value in kept.items():
        whole = type(value) is not list or all(type(item) is str for item in value)
        if type(value) is not _KINDS[name] or not whole:
            raise ValueError(f"not the text of a state: {name}")
        if type(value) is list:
            kept[name] = tuple(value)
    return State(**kept)


def _json(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return f"[{','.join(map(_quoted, value))}]"
        case str():
            return _quoted(value)
    return str(value)


_KINDS = {
    "at": str,
    "asked": int,
    "count": int,
    "repeats": int,
    "nudged": bool,
    "picks": list,
    "left": bool,
    "later": bool,
    "when": str,
    "ticked": list,
    "sheet": list,
    "first": int,
    "missing": list,
    "alone": bool,
    "behind": str,
    "over": bool,
    "had": list,
}
_SELDOM = tuple(_KINDS)[3:]
"""What most states do not have, and do not tell."""
