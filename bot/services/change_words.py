"""Whoever would have come reads what was changed, in their language: what, which day, what hour, and what holds now."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.texts import clock, day
from bot.domain.changing import Telling, usual
from bot.domain.people import Participant
from bot.domain.sms_parts import sms_parts
from bot.domain.timetable import Change, ChangeKind, Planned
from bot.services.published import Plan
from bot.services.wording import Said, say

_KEYS = {
    ChangeKind.CANCELLED: "phrases/activity-cancelled",
    ChangeKind.MOVED: "phrases/activity-moved",
    ChangeKind.HELD: "phrases/activity-held",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What would be told in one language, to how many people, and in how many parts of an SMS."""

    language: str
    text: str
    parts: int
    people: int


def words_of(
    plan: Plan, change: Change, told: Telling, *, participant: Participant, knows_nothing: bool = False
) -> Said:
    """What somebody is told of a change. Who `knows_nothing` of an earlier one thinks that it is as usual."""
    values = _values(plan, change, told, language=plan.language_of(participant.language), as_usual=knows_nothing)
    return say(plan, _KEYS[change.what], participant=participant, values=values)


def previews(
    plan: Plan, change: Change, told: Telling, *, people: Mapping[str, int], reader: str
) -> tuple[Preview, ...]:
    """The same in every language in which anybody is told (or else in the usual one), as `reader` would read it."""
    counts: dict[str, int] = {}
    for wanted, count in people.items():
        language = plan.language_of(wanted)
        counts[language] = counts.get(language, 0) + count
    found = []
    for language in plan.programme.languages:
        if language in counts or (not counts and language == plan.programme.languages[0]):
            values = _values(plan, change, told, language=language) | {"first_name": reader, "coach": reader}
            text = plan.texts.say(
                _KEYS[change.what], language=language, fallback=plan.programme.languages, values=values
            )
            found.append(Preview(language=language, text=text, parts=sms_parts(text), people=counts.get(language, 0)))
    return tuple(found)


def _values(plan: Plan, change: Change, told: Telling, *, language: str, as_usual: bool = False) -> dict[str, str]:
    def words(key: str) -> str:
        return plan.texts.say(key, language=language, fallback=plan.programme.languages, values={})

    def place(one: Planned) -> str:
        return one.place or words(one.activity.place)

    before = usual(told.activity, change)
    known = before if as_usual else told.was or before
    values = {"activity": words(told.activity.title), "day": day(known.on, language), "time": clock(known.begins)}
    if change.what is ChangeKind.HELD:
        values |= {"day": day(before.on, language), "time": clock(before.begins), "place": place(before)}
    if told.becomes is not None:
        new = told.becomes
        values |= {"new_day": day(new.on, language), "new_time": clock(new.begins), "place": place(new)}
    return values
