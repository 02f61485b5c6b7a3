"""No group of fewer than five is told, and none can be reckoned from what is told, by whoever knows the rule."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import LEAST, Counts, age_band, change, counted, share


def table(*people: int) -> Counts:
    return counted({f"group {place}": one for place, one in enumerate(people)})


def told(*people: int) -> tuple[int | None, ...]:
    return tuple(group.people for group in table(*people).groups)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=9))
def test_no_small_group_is_told_and_none_is_changed(people: list[int]) -> None:
    found = table(*people)
    for real, group in zip(people, found.groups, strict=True):
        assert group.people in (real, None)
        assert group.people is None or group.people == 0 or group.people >= LEAST


@given(st.lists(st.integers(0, 60), min_size=1, max_size=9))
def test_what_is_not_told_is_never_one_group_alone_nor_few_people_together(people: list[int]) -> None:
    found = table(*people)
    hidden = [real for real, group in zip(people, found.groups, strict=True) if group.people is None]
    if found.people is not None and hidden:
        assert len(hidden) > 1 and sum(hidden) >= LEAST


@given(st.lists(st.sampled_from([0, 1, 1, 1, 2, 3, 4, 5, 6]), min_size=1, max_size=6))
def test_the_total_without_what_is_told_leaves_several_sizes_for_each_group_that_is_not(people: list[int]) -> None:
    """Of all tables that fit what is told, no two groups that are hidden are the same size in all."""
    found = table(*people)
    hidden = [place for place, group in enumerate(found.groups) if group.people is None]
    if found.people is None or not hidden:
        return
    rest = found.people - sum(group.people or 0 for group in found.groups)
    # Where empty groups are told, none of those that are hidden is empty; where nothing is told, each may be.
    least = 0 if len(hidden) == len(people) else 1
    for size in zip(*sums(rest, len(hidden), least=least), strict=True):
        assert len(set(size)) > 1


def sums(total: int, parts: int, *, least: int) -> Iterator[tuple[int, ...]]:
    """Every way in which so many people can be in so many groups."""
    if parts == 1:
        yield (total,)
        return
    for first in range(least, total - least * (parts - 1) + 1):
        for others in sums(total - first, parts - 1, least=least):
            yield (first, *others)


def test_a_table_of_large_groups_is_told_whole_and_one_small_group_hides_the_next() -> None:
    assert told(40, 45, 0) == (40, 45, 0)
    assert told(40, 45, 3) == (None, 45, None)
    assert told(4, 4, 30) == (None, None, 30)
    assert told(1, 1, 30, 40) == (None, None, None, 40)
    assert told(1, 1, 1, 1, 1, 0) == (None,) * 6
    assert told(1, 1, 1, 1, 1, 9, 50) == (None, None, None, None, None, None, 50)


def test_of_fewer_than_five_people_nothing_is_told_not_even_how_many() -> None:
    assert table(2, 1, 0) == counted({"group 0": 1, "group 1": 0, "group 2": 3})
    assert table(2, 1, 0).people is None and told(0, 0) == (0, 0)


def test_shares_and_averages_stand_on_five_people_or_are_not_told() -> None:
    assert share(30, of=40, people=5).percent == 75 and share(30, of=40, people=4).percent is None
    assert share(0, of=0, people=9).percent is None
    few, enough = change(2.5, 3.5, people=4), change(2.54, 3.46, people=5)
    assert (few.first, few.latest, few.people) == (None, None, None)
    assert (enough.first, enough.latest, enough.people) == (2.5, 3.5, 5)


@pytest.mark.parametrize(
    ("born", "band"),
    [(2009, "under-18"), (2008, "18-29"), (1997, "18-29"), (1996, "30-54"), (1972, "30-54"), (1971, "55-up")],
)
def test_people_are_counted_by_the_age_they_reach_this_year(born: int, band: str) -> None:
    assert age_band(born, year=2026) == band and age_band(None, year=2026) == "unknown"
