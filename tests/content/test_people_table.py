"""What was read of a table is kept as a table that says the very same, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.people_problems import PeopleRefused
from bot.content.people_table import COLUMNS, PeopleTable, Spoken, open_table, phone_number
from tests.content.workbooks import workbook

CELLS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=12).map(
    str.strip
)
ROWS = st.dictionaries(st.sampled_from(COLUMNS), CELLS.filter(bool), min_size=1)


@given(st.lists(st.tuples(st.integers(1, 3), ROWS), min_size=1, max_size=8))
def test_a_table_that_is_kept_opens_again_as_it_was(steps: list[tuple[int, dict[str, str]]]) -> None:
    rows, number = [], 1
    for step, cells in steps:
        number += step
        rows.append((number, cells))
    table = PeopleTable(rows=tuple(rows))
    assert open_table(table.plain(), needs=()) == table


@pytest.mark.parametrize("words", ["0701740699", "701740699", "46701740699", "+46 70-174 06 99", "0046701740699"])
def test_a_number_is_understood_though_a_spreadsheet_took_its_zeros(words: str) -> None:
    assert phone_number(words) == "+46701740699"


def test_a_file_may_use_other_words_in_any_letters() -> None:
    spoken = Spoken(headings={"förnamn": "first_name", "kön": "gender"}, words={"gender": {"kvinna": "woman"}})
    table = open_table("FÖRNAMN;Kön\nÅsa;KVINNA\n".encode(), needs=(), spoken=spoken)
    assert table.rows == ((2, {"first_name": "Åsa", "gender": "woman"}),)


def test_columns_and_rows_without_a_word_are_none() -> None:
    file = workbook(("first_name", None, None), ("Nora", None, None), (None, None, None), ("Omar",))
    assert [number for number, _ in open_table(file, needs=()).rows] == [2, 4]


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"first_name,Phone,phone\nNora,1,2\n", "row 1, phone: keep one of the columns of this name"),
        (b"first_name,\nNora,stray\n", "row 1, (empty): not a column: use "),
        (b"phone\n1\n", "row 1, first_name: add this column"),
        ("first_name,Smeknamn\nNora,No\n".encode("utf-16"), "row 1, Smeknamn: not a column: use "),
    ],
)
def test_a_heading_is_refused_with_what_is_wrong_in_it(file: bytes, problem: str) -> None:
    with pytest.raises(PeopleRefused) as refused:
        open_table(file, needs=("first_name",))
    assert str(refused.value).startswith(problem)
