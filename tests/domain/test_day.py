"""What a day asks of a coach is decided without looking anything up."""

from datetime import UTC, date, datetime, time

import pytest

from bot.domain.day import Attended, Later, NewAbsence, TakingPart, attended, later, sessions
from bot.domain.people import Presence
from bot.domain.programme import Activity, Area
from bot.domain.recurrence import Weeks
from bot.domain.timetable import Timetable

WEDNESDAY = date(2026, 11, 25)
STOCKHOLM = "Europe/Stockholm"


def an_activity(slug: str = "walk", *, weekdays: tuple[int, ...] = (1, 3), **more: object) -> Activity:
    values: dict[str, object] = {
        "slug": slug,
        "title": f"{slug}/title",
        "area": Area.HEALTH,
        "recurs": Weeks(weekdays=weekdays),
        "begins": time(9),
        "ends": time(10),
        "place": f"{slug}/place",
    }
    return Activity(**(values | more))  # type: ignore[arg-type]


def held(*activities: Activity) -> Timetable:
    return Timetable(zone=STOCKHOLM, activities=activities)


def test_in_the_morning_something_can_wait_until_the_afternoon_or_tomorrow() -> None:
    found = later(datetime(2026, 11, 25, 7, tzinfo=UTC), zone=STOCKHOLM)
    assert found == {
        Later.AFTERNOON: datetime(2026, 11, 25, 12, tzinfo=UTC),
        Later.TOMORROW: datetime(2026, 11, 26, 6, tzinfo=UTC),
    }


def test_in_the_afternoon_something_can_wait_until_tomorrow_only() -> None:
    assert list(later(datetime(2026, 11, 25, 12, tzinfo=UTC), zone=STOCKHOLM)) == [Later.TOMORROW]


def test_tomorrow_is_a_day_of_the_coachs_own_clock() -> None:
    # Half past midnight in Stockholm is still Tuesday in UTC.
    found = later(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), zone=STOCKHOLM)
    assert found[Later.TOMORROW] == datetime(2026, 11, 26, 6, tzinfo=UTC)


def test_the_days_activities_are_told_in_the_order_they_begin_with_how_many_are_expected() -> None:
    late, early = an_activity("coffee", begins=time(10, 30)), an_activity("walk", phases=("phase-1",))
    found = sessions(
        held(late, early, an_activity("elsewhere", weekdays=(5,))),
        programme_id=7,
        on=WEDNESDAY,
        people=TakingPart(phases={"phase-1": 3, "phase-2": 2}),
        noted={("coffee", "phase-2", ()): 1},
    )
    assert [(one.activity.slug, one.expected, one.noted) for one in found] == [("walk", 3, 0), ("coffee", 5, 1)]
    assert {one.programme_id for one in found} == {7}


def test_whoever_was_noted_before_they_moved_on_was_expected() -> None:
    found = sessions(
        held(an_activity(phases=("phase-1",))),
        programme_id=7,
        on=WEDNESDAY,
        people=TakingPart(phases={"phase-1": 3, "phase-2": 2}),
        noted={("walk", "phase-2", ()): 1, ("walk", "phase-1", ()): 1},
    )
    assert [(one.expected, one.noted) for one in found] == [(4, 2)]


def test_an_activity_for_nobody_is_not_told_of() -> None:
    walk = an_activity(phases=("phase-3",))
    assert (
        sessions(
            held(walk),
            programme_id=7,
            on=WEDNESDAY,
            people=TakingPart(phases={"phase-1": 3}),
            noted={},
        )
        == []
    )


def test_the_days_around_are_those_on_which_it_is_held() -> None:
    walk, rare = an_activity(weekdays=(1, 3)), an_activity(weekdays=(3,))
    assert held(walk).near(walk, WEDNESDAY, step=1) == date(2026, 11, 30)
    assert held(walk).near(walk, WEDNESDAY, step=-1) == date(2026, 11, 23)
    assert held(rare).near(rare, WEDNESDAY, step=1) == date(2026, 12, 2)


def test_a_coachs_note_counts_before_what_was_reported() -> None:
    assert attended(Presence.PRESENT, noted_by="coach", reported=Presence.ILLNESS) == Attended(
        presence=Presence.PRESENT
    )


@pytest.mark.parametrize(
    ("noted", "noted_by", "reported"),
    [(None, None, Presence.ILLNESS), (Presence.ILLNESS, "participant", None), (Presence.ILLNESS, "bot", None)],
)
def test_what_no_coach_has_looked_at_is_assumed(
    noted: Presence | None, noted_by: str | None, reported: Presence | None
) -> None:
    found = attended(noted, noted_by=noted_by, reported=reported)
    assert found == Attended(presence=Presence.ILLNESS, assumed=True)


def test_of_whom_nothing_is_known_nothing_is_assumed() -> None:
    assert attended(None, noted_by=None, reported=None) == Attended()


def test_coming_late_is_true_of_one_day() -> None:
    assert NewAbsence(category=Presence.LATE, begins_on=WEDNESDAY).last_day == WEDNESDAY
    assert NewAbsence(category=Presence.ILLNESS, begins_on=WEDNESDAY).last_day is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": Presence.PRESENT},
        {"category": Presence.ILLNESS, "ends_on": date(2026, 11, 24)},
        {"category": Presence.ILLNESS, "late_minutes": 10},
    ],
)
def test_an_absence_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"absent|absence|late"):
        NewAbsence(begins_on=WEDNESDAY, **wrong)  # type: ignore[arg-type]
