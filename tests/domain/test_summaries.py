"""What is told of a week follows from its facts alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from bot.domain.calendar import zone_of
from bot.domain.people import AddressState, Presence, StaffedHours
from bot.domain.programme import (
    Activity,
    Area,
    AskedOf,
    Indicator,
    Instrument,
    Milestone,
    Phase,
    Programme,
    QuietHours,
    SummaryLeaves,
    SummaryRule,
)
from bot.domain.recurrence import Weeks
from bot.domain.silence import Silence
from bot.domain.summaries import WeeklySummary, for_outside, summarise
from bot.domain.timetable import Timetable
from bot.domain.weeks import (
    Held,
    OpenAlert,
    PersonWeek,
    ProgrammeWeek,
    Rated,
    WeekFacts,
    latest_due,
    may_leave,
    next_summary,
    window_before,
)

ZONE = "Europe/Stockholm"
MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
EARLIER, LATER = MONDAY - timedelta(days=10), MONDAY - timedelta(days=4)

STEP = Indicator(slug="belief", title="t/belief", asked_of=AskedOf.BOTH, coach_question="q", anchors=())
HEALTH = Indicator(
    slug="health", title="t/health", asked_of=AskedOf.BOTH, coach_question="q", anchors=(), sensitive=True
)


def rule(weekday: int = 1, at: str = "07:30", leaves: SummaryLeaves = SummaryLeaves.CONTENT) -> SummaryRule:
    return SummaryRule(weekday=weekday, at=time.fromisoformat(at), leaves=leaves, silent_after_days=7)


def a_programme(**more: Any) -> Programme:
    nine, ten = time(9), time(10)
    plain: dict[str, Any] = {
        "slug": "small",
        "title": "small/title",
        "zone": ZONE,
        "languages": ("sv",),
        "phases": (Phase(slug="one", title="small/one", milestones=(Milestone(slug="cv", title="small/cv"),)),),
        "activities": (
            Activity(
                slug="walk",
                title="w",
                area=Area.HEALTH,
                recurs=Weeks(weekdays=(1, 2, 3, 4, 5)),
                begins=nine,
                ends=ten,
                place="p",
            ),
        ),
        "instrument": "steps",
        "rules": (),
        "quiet": QuietHours(begins=time(20), ends=time(7)),
        "staffed": StaffedHours(weekdays=(1,), begins=nine, ends=ten),
        "summary": rule(),
        "flows": (),
    }
    return Programme(**(plain | more))


def a_person(name: str = "Amina", **more: Any) -> PersonWeek:
    plain: dict[str, Any] = {
        "participant_id": 1,
        "enrolment_id": 1,
        "first_name": name,
        "phase": "one",
        "coach_since": date(2026, 1, 1),
        "started_on": date(2026, 1, 1),
        "last_heard_at": LATER,
    }
    return PersonWeek(**(plain | more))


def told(*people: PersonWeek, alerts: tuple[OpenAlert, ...] = (), now: datetime = MONDAY) -> WeeklySummary:
    week = ProgrammeWeek(
        programme_id=1,
        programme=a_programme(),
        timetable=Timetable(zone="Europe/Stockholm", activities=a_programme().activities),
        instrument=Instrument(slug="steps", low=1, high=5, indicators=(STEP, HEALTH)),
        people=people,
    )
    return summarise(WeekFacts(window=window_before(now, zone=ZONE), programmes=(week,), alerts=alerts), now=now)


def rated(value: int, at: datetime, indicator: str = "belief", version: int = 1) -> Rated:
    return Rated(indicator=indicator, instrument="steps", version=version, value=value, rated_at=at)


def changes(before: int, now: int, indicator: str = "belief") -> dict[str, Any]:
    return {"before": (rated(before, EARLIER, indicator),), "rated": (rated(now, LATER, indicator),)}


def test_people_stand_by_name_however_their_week_was() -> None:
    people = [
        a_person("Östen", enrolment_id=1, **changes(1, 5)),
        a_person("amina", enrolment_id=2, **changes(5, 1)),
        a_person("Bo", enrolment_id=3),
    ]
    assert [one.first_name for one in told(*people).people] == ["amina", "Bo", "Östen"]


def test_what_went_up_is_told_before_what_went_down() -> None:
    summary = told(a_person("Amina", enrolment_id=1, **changes(3, 2)), a_person("Bo", enrolment_id=2, **changes(2, 3)))
    assert [(one.first_name, one.up) for one in summary.changed] == [("Bo", True), ("Amina", False)]


def test_the_same_value_is_no_change() -> None:
    assert told(a_person(**changes(3, 3))).changed == ()


def test_a_first_value_is_no_change() -> None:
    assert told(a_person(rated=(rated(3, LATER),))).changed == ()


def test_another_version_is_another_question() -> None:
    person = a_person(before=(rated(1, EARLIER, version=1),), rated=(rated(4, LATER, version=2),))
    assert told(person).changed == ()


def test_an_indicator_that_is_gone_is_held_to_be_sensitive() -> None:
    (move,) = told(a_person(**changes(1, 2, "long-gone"))).changed
    assert (move.sensitive, move.title) == (True, None)


@given(some.integers(1, 5), some.integers(1, 5), some.booleans())
def test_nothing_sensitive_and_nobody_protected_leaves_the_house(was: int, now: int, protected: bool) -> None:
    person = a_person(protected=protected, **changes(was, now, "health"))
    sick = Held(activity="walk", on=date(2026, 11, 16), presence=Presence.ILLNESS)
    alert = OpenAlert(kind="question", raised_at=LATER, first_name="Amina", protected=protected)
    whole = told(replace(person, held=(sick,)), alerts=(alert,))
    outside = for_outside(whole)
    assert outside.changed == ()
    assert all(not one.moves and not one.absences for one in outside.people)
    assert outside.withheld_changes == (was != now)
    assert outside.withheld_people == protected
    assert len(outside.people) == len(outside.needs) == (0 if protected else 1)
    assert all(one.away == 1 for one in outside.people)
    assert whole.people[0].absences == {Presence.ILLNESS: 1}


def test_who_left_before_the_week_is_not_told_of_and_who_left_in_it_is() -> None:
    summary = told(
        a_person("Amina", enrolment_id=1, ended_on=date(2026, 11, 15)),
        a_person("Bo", enrolment_id=2, ended_on=date(2026, 11, 18)),
    )
    (bo,) = summary.people
    assert (bo.first_name, bo.ended_on) == ("Bo", date(2026, 11, 18))
    # Monday to Wednesday, and no more.
    assert bo.planned == 3
    assert summary.silent == ()


def test_a_session_outside_the_plan_counts_as_one() -> None:
    extra = Held(activity="visit", on=date(2026, 11, 21), presence=Presence.PRESENT)
    (line,) = told(a_person(held=(extra,))).people
    assert (line.attended, line.planned, line.noted) == (1, 6, 1)


def silence_of(**more: Any) -> Silence | None:
    return next((one.why for one in told(a_person(**more)).silent), None)


def test_silence_begins_after_the_programmes_days() -> None:
    assert silence_of(last_heard_at=MONDAY - timedelta(days=7)) is Silence.NO_WORD
    assert silence_of(last_heard_at=MONDAY - timedelta(days=7) + timedelta(minutes=1)) is None


def test_somebody_new_has_not_been_silent() -> None:
    assert silence_of(last_heard_at=None, started_on=date(2026, 11, 20)) is None
    assert silence_of(last_heard_at=None, started_on=date(2026, 11, 2)) is Silence.NO_WORD


def test_a_pause_is_no_silence_and_a_protected_person_owes_no_word() -> None:
    old = MONDAY - timedelta(days=30)
    assert silence_of(last_heard_at=old, paused_until=MONDAY + timedelta(days=1)) is None
    assert silence_of(last_heard_at=old, paused_until=MONDAY - timedelta(days=1)) is Silence.NO_WORD
    assert silence_of(last_heard_at=old, held_at=old) is None
    assert silence_of(last_heard_at=old, protected=True) is None


def test_a_number_that_bounces_is_told_although_somebody_wrote() -> None:
    assert silence_of(reach=AddressState.BAD) is Silence.UNREACHABLE
    assert silence_of(reach=None) is Silence.UNREACHABLE
    assert silence_of(reach=AddressState.WRONG) is Silence.UNREACHABLE
    assert silence_of(reach=AddressState.STOPPED) is Silence.BLOCKED
    assert silence_of(reach=AddressState.STOPPED, stopped_at=LATER) is Silence.STOPPED
    assert silence_of(stopped_at=LATER) is Silence.STOPPED


def test_what_is_urgent_stands_first() -> None:
    kinds = ("set-aside", "uncertain", "question", "likes-music", "wants-call", "crisis")
    alerts = tuple(OpenAlert(kind=kind, raised_at=LATER, first_name="Amina") for kind in kinds)
    order = [one.kind for one in told(a_person(), alerts=alerts).needs]
    assert order == ["crisis", "wants-call", "likes-music", "question", "uncertain", "set-aside"]


def test_the_week_of_a_monday_is_the_one_that_ended_and_of_a_friday_the_one_that_ends() -> None:
    assert window_before(MONDAY, zone=ZONE).week == (2026, 47)
    assert window_before(MONDAY + timedelta(days=4), zone=ZONE).week == (2026, 48)
    # The year of a week is ISO's: the Monday of 4 January 2027 tells of week 53 of 2026.
    assert window_before(datetime(2027, 1, 4, 7, tzinfo=UTC), zone=ZONE).week == (2026, 53)


def test_a_week_in_which_the_clock_changes_has_seven_local_days() -> None:
    window = window_before(datetime(2026, 10, 26, 7, tzinfo=UTC), zone=ZONE)
    assert window.ends - window.begins == timedelta(days=7, hours=1)
    assert window.begins.astimezone(zone_of(ZONE)).time() == time(0)


def test_the_earliest_of_several_programmes_decides_when() -> None:
    friday = datetime(2026, 11, 20, 15, tzinfo=UTC)
    rules = [rule(2, "09:00"), rule(1, "08:00"), rule(1, "07:30")]
    assert next_summary(rules, zone=ZONE, after=friday) == MONDAY
    # Nobody's coach yet: looked at again on Monday.
    assert next_summary([], zone=ZONE, after=friday) == MONDAY


def test_after_a_standstill_the_last_moment_counts() -> None:
    long_ago, now = MONDAY - timedelta(days=70), MONDAY + timedelta(days=2)
    assert latest_due([rule()], zone=ZONE, due=long_ago, now=now) == MONDAY
    assert latest_due([rule()], zone=ZONE, due=MONDAY, now=MONDAY) == MONDAY


def test_content_leaves_only_if_every_programme_says_so() -> None:
    content, notice = rule(), rule(leaves=SummaryLeaves.NOTICE)
    assert may_leave([content, content]) is SummaryLeaves.CONTENT
    assert may_leave([content, notice]) is SummaryLeaves.NOTICE
    assert may_leave([]) is SummaryLeaves.NOTICE
