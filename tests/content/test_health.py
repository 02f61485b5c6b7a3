"""Something for health every day is promised for real days: of odd weeks, of months, of blocks and of free days."""

import time

from bot.content.pages import page_of
from bot.content.programmes import read_programme
from tests.content.small import PROGRAMME

WALK = (
    '  walk:\n    title: Promenad\n    area: health\n    weekdays: [mon, wed]\n    from: "09:00"\n    to: "10:00"\n'
    "    place: Parken\n    phases: [one]\n"
)


def lacks(*activities: str, top: str = "") -> list[str]:
    """What is said of a programme that holds these: name, area and the rest."""
    assert WALK in PROGRAMME
    hours = 'title: Titel, from: "09:00", to: "10:00", place: Plats'
    rows = [f"  {name}: {{{hours}, area: {rest}}}\n" for name, rest in (one.split(" ", 1) for one in activities)]
    page = page_of(PROGRAMME.replace(WALK, "".join(rows)) + top, path="programme.yaml")
    read_programme(page)
    said = [complaint.what for complaint in page.complaints]
    assert all("there is nothing for health on " in one for one in said), said
    return [one.replace("in phase 'one' there is nothing for health on ", "") for one in said]


def test_a_programme_that_holds_nothing_lacks_nothing() -> None:
    assert lacks() == []


def test_a_day_of_every_second_week_needs_its_own() -> None:
    work = "work job, weekdays: [mon]"
    walk = 'walk health, weekdays: [mon], every: 2 weeks, counted-from: "2026-11-02"'
    other = walk.replace("walk health", "swim health").replace("11-02", "11-09")
    assert lacks(work, walk) == ["mon 2026-11-09"]
    assert lacks(work, walk, other) == []


def test_weeks_of_different_lengths_meet_at_last() -> None:
    every = 'weekdays: [mon], every: {} weeks, counted-from: "2026-11-02"'
    rows = [f"work job, {every.format(5)}", f"walk health, {every.format(2)}", f"swim health, {every.format(3)}"]
    # Weeks 0, 5, 10, 15, 20, 25: the sixth is the first that neither two nor three divides after the second.
    assert lacks(*rows) == ["mon 2026-12-07"]


def test_a_day_of_the_month_is_looked_for_a_whole_year() -> None:
    walk = "walk health, weekdays: [mon, tue, wed, thu, fri]"
    assert lacks("work job, every: month, on: last fri", walk) == []
    assert lacks("work job, every: month, on: 15", walk) == ["sat 2026-08-15", "sun 2026-02-15"]


def test_written_dates_need_something_for_health_on_each() -> None:
    work = 'work job, dates: ["2026-12-01", "2026-12-02"]'
    assert lacks(work, "walk health, weekdays: [tue]") == ["wed 2026-12-02"]


def test_a_day_before_the_first_and_after_the_last_has_nothing() -> None:
    walk = 'walk health, weekdays: [mon], first-day: "2026-11-09", last-day: "2026-11-16"'
    assert lacks("work job, weekdays: [mon]", walk) == ["mon 2026-11-23"]
    assert lacks('work job, weekdays: [mon], first-day: "2026-11-09", last-day: "2026-11-16"', walk) == []


def test_who_is_in_a_block_has_something_for_health_there() -> None:
    blocks = "blocks: {calm: {title: Lugn}, work: {title: Arbete}}\n"
    held = ["home job, weekdays: [mon], block: work", "walk health, weekdays: [mon], block: calm"]
    assert lacks(*held, top=blocks) == ["mon for the block 'work'"]
    assert lacks(*held, "swim health, weekdays: [mon]", top=blocks) == []
    # What everybody has lacks it for everybody: that is said once.
    assert lacks("home job, weekdays: [mon]", held[1], top=blocks) == ["mon"]


def test_a_closed_day_on_which_something_is_held_needs_health_too() -> None:
    held = ["open social, weekdays: [mon], held-on-free-days: true", "walk health, weekdays: [mon]"]
    closed = 'closed: ["2026-12-28"]\n'
    assert lacks(*held) == []
    assert lacks(*held, top=closed) == ["mon 2026-12-28"]
    assert lacks(held[0], f"{held[1]}, held-on-free-days: true", top=closed) == []


def test_any_weekday_may_be_a_red_day() -> None:
    held = ["open social, weekdays: [mon], held-on-free-days: true", "walk health, weekdays: [mon]"]
    assert lacks(*held, top="red-days: SE\n") == ["a mon that is a red day"]
    assert lacks(held[0], f"{held[1]}, held-on-free-days: true", top="red-days: SE\n") == []


def test_a_large_programme_is_looked_through_while_somebody_types() -> None:
    rows = [
        f'one-{number} health, weekdays: [mon, tue], every: {2 + number} weeks, counted-from: "2026-11-02", '
        f"held-on-free-days: true"
        for number in range(40)
    ]
    began = time.process_time()
    assert lacks(*rows, top="red-days: SE\nblocks: {a: {title: A}, b: {title: B}, c: {title: C}}\n") == []
    assert time.process_time() - began < 3
