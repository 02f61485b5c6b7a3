"""Every programme reminds of first days and of meetings by itself, unless it does so in its own way or not at all."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.content.phrases import PHRASES, key_of
from bot.content.shelf import programme_directories, read_shelf
from bot.domain.programme import FAREWELL, Programme, QuietHours
from bot.domain.reminding import BY_ITSELF, all_rules, said_by
from bot.domain.rules import BeforeDay, BeforeFirst, BeforeMeeting, ReminderRule, When

CONTENT = Path(__file__).parents[2]
FIRSTS = ["first-soon", "first-tomorrow"]
MEETINGS = ["meeting-soon", "meeting-tomorrow"]


@pytest.fixture(scope="module")
def programme() -> Programme:
    """One of ours, without rules of its own."""
    directory = next(one for one in programme_directories(CONTENT) if one.name == "stega")
    found = read_shelf(directory, content=CONTENT).programme
    assert found is not None
    return replace(found, rules=())


def usual(programme: Programme) -> list[ReminderRule]:
    return [rule for rule in all_rules(programme) if rule.slug != FAREWELL]


def test_first_days_and_meetings_are_told_of_three_days_and_one_day_before(programme: Programme) -> None:
    found = {rule.slug: rule.when for rule in usual(programme)}
    assert found == {
        "first-soon": BeforeFirst(days=3, at=time(10)),
        "first-tomorrow": BeforeFirst(days=1, at=time(16)),
        "meeting-soon": BeforeMeeting(days=3, at=time(10)),
        "meeting-tomorrow": BeforeMeeting(days=1, at=time(16)),
    }
    assert {*found, FAREWELL} == BY_ITSELF


@pytest.mark.parametrize(
    ("when", "left"),
    [
        (BeforeFirst(days=7, at=time(9)), MEETINGS),
        (BeforeMeeting(days=0, at=time(9)), FIRSTS),
        (BeforeDay(days=1, at=time(18)), [*FIRSTS, *MEETINGS]),
    ],
)
def test_a_rule_of_its_own_takes_the_place_of_both_of_its_kind(
    programme: Programme, when: When, left: list[str]
) -> None:
    own = replace(programme, rules=(ReminderRule(slug="own", when=when, says="own"),))
    assert [rule.slug for rule in usual(own)] == ["own", *left]


def test_a_programme_that_wants_none_has_none(programme: Programme) -> None:
    assert usual(replace(programme, usual_reminders=False)) == []


def test_what_they_say_is_there_to_be_said(programme: Programme) -> None:
    said = {key for rule in usual(programme) for key in (rule.says, rule.says_drop_in) if key}
    assert said <= {key_of(slug) for slug in PHRASES}
    assert all(said_by(rule, drop_in=False) == f"phrases/{rule.slug}" for rule in usual(programme))


def test_tomorrow_is_said_today_whatever_the_quiet_hours_are(programme: Programme) -> None:
    for begins, ends in ((time(15), time(9)), (time(0), time(17)), (time(20), time(7))):
        quiet = QuietHours(begins=begins, ends=ends)
        for rule in usual(replace(programme, quiet=quiet)):
            assert isinstance(rule.when, BeforeFirst | BeforeMeeting)
            assert not quiet.hold(rule.when.at)
            if rule.when.days == 1:
                assert time(9) <= rule.when.at
                # It has lost its meaning before the day it calls tomorrow.
                assert timedelta(hours=rule.when.at.hour) + rule.expires_after < timedelta(days=1)


def test_a_first_day_that_is_all_drop_in_promises_no_place(programme: Programme) -> None:
    for rule in usual(programme):
        gentle = said_by(rule, drop_in=True)
        assert gentle == ("phrases/drop-in-day" if rule.slug in FIRSTS else rule.says)
