"""Where time can be moved to follows the programme's own wall clock, also over a change of clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.demo import DemoSet
from bot.console.moves import moves
from bot.console.sparkline import HEIGHT, WIDTH, sparkline
from tests.console.conftest import browser


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "tomorrow", "monday", "check_in"),
    [
        (at(11, 24, 12), at(11, 25, 6), at(11, 30, 7), at(11, 26, 9)),
        (at(11, 26, 9), at(11, 27, 6), at(11, 30, 7), at(12, 3, 9)),
        (at(11, 30, 6, 59), at(12, 1, 6), at(11, 30, 7), at(12, 3, 9)),
        (at(11, 24, 23, 30), at(11, 26, 6), at(11, 30, 7), at(11, 26, 9)),
        # The clocks go back on 25 October, and forward on 29 March.
        (at(10, 24, 12), at(10, 25, 6), at(10, 26, 7), at(10, 29, 9)),
        (at(3, 28, 12), at(3, 29, 5), at(3, 30, 6), at(4, 2, 8)),
    ],
)
async def test_each_move_is_later_than_now_and_on_the_hour(
    lived: DemoSet, now: datetime, tomorrow: datetime, monday: datetime, check_in: datetime
) -> None:
    assert moves(now, programme=lived.machine.plan.programme) == {
        "hour": now + timedelta(hours=1),
        "tomorrow": tomorrow,
        "monday": monday,
        "check-in": check_in,
    }


async def test_a_page_shows_how_far_time_has_come(lived: DemoSet) -> None:
    journey = lived.machine.journey
    journey.begins, journey.at, journey.target = at(11, 24, 0), at(11, 24, 6), at(11, 25, 0)
    try:
        async with browser(lived) as visitor:
            html = (await visitor.get("/phones")).text
    finally:
        journey.target = None
    assert '<progress max="100" value="25"' in html and 'http-equiv="refresh"' in html
    assert 'action="/clock"' not in html


def test_a_line_stays_within_its_picture_and_higher_values_stand_higher() -> None:
    span = (at(11, 1, 0), at(11, 21, 0))
    drawn = sparkline([(at(11, 1, 0), 1), (at(11, 11, 0), 5), (at(11, 21, 0), 3)], scale=(1, 5), span=span)
    (left, lowest), (middle, highest), (right, between) = drawn.points
    assert 0 < left < middle < right < WIDTH and 0 < highest < between < lowest < HEIGHT
    assert len(drawn.levels) == 5 and (lowest, highest) == (drawn.levels[0], drawn.levels[-1])


def test_one_value_of_one_moment_is_a_line_too() -> None:
    drawn = sparkline([(at(11, 1, 0), 0)], scale=(0, 0), span=(at(11, 1, 0), at(11, 1, 0)))
    assert len(drawn.points) == 1
