"""A state survives being text, and nothing else passes for one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.state import State

NAMES = st.text(st.characters(), max_size=12)
STATES = st.builds(
    State,
    at=NAMES,
    asked=st.integers(0, 10**6),
    count=st.integers(0, 10**6),
    repeats=st.integers(0, 9),
    nudged=st.booleans(),
    picks=st.lists(NAMES, max_size=4).map(tuple),
    ticked=st.lists(NAMES, max_size=4).map(tuple),
    left=st.booleans(),
    later=st.booleans(),
    sheet=st.lists(NAMES, max_size=4).map(tuple),
    first=st.integers(0, 99),
    missing=st.lists(NAMES, max_size=4).map(tuple),
    alone=st.booleans(),
    behind=NAMES,
    over=st.booleans(),
    had=st.lists(NAMES, max_size=2).map(tuple),
)


@given(state=STATES)
def test_state_read_back_is_the_state_that_was_written(state: State) -> None:
    text = state.to_text()
    assert State.from_text(text) == state
    assert text.isascii()
    assert text == json.dumps(json.loads(text), separators=(",", ":"))


def test_state_is_short_and_names_no_class() -> None:
    assert State(at="work-belief", asked=2, count=5).to_text() == '{"at":"work-belief","asked":2,"count":5}'


def test_a_state_written_before_there_were_sheets_and_corrections_is_read() -> None:
    old = '{"at":"q","asked":2,"count":5,"repeats":1,"nudged":true,"picks":["a"],"left":true,"ticked":["b"]}'

    state = State.from_text(old)

    assert (state.at, state.asked, state.count, state.picks, state.ticked) == ("q", 2, 5, ("a",), ("b",))
    assert not state.together and not state.mends
    assert state.to_text() == old


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "3",
        "[]",
        "{}",
        "{",
        '{"asked":1}',
        '{"at":3}',
        '{"at":null}',
        '{"at":"q","asked":"1"}',
        '{"at":"q","asked":true}',
        '{"at":"q","asked":1.5}',
        '{"at":"q","asked":NaN}',
        '{"at":"q","nudged":1}',
        '{"at":"q","picks":"ab"}',
        '{"at":"q","picks":[1]}',
        '{"at":"q","picks":[["a"]]}',
        '{"at":"q","picks":{"a":1}}',
        '{"at":"q","class":"State"}',
        "[" * 100_000,
        '{"at":' * 100_000,
        '{"at":"q","asked":' + "9" * 10_000 + "}",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the text of a state"):
        State.from_text(text)


@given(text=st.text(max_size=40))
def test_any_text_is_a_state_or_a_value_error(text: str) -> None:
    try:
        state = State.from_text(text)
    except ValueError:
        return
    assert State.from_text(state.to_text()) == state
