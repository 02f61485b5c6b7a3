"""A reminder is worded once in each language; names of people are left open until it is queued."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.content.texts import clock, day, hours
from bot.domain.rules import BeforeDay, BeforeMeeting
from bot.domain.speaking import Speaking
from bot.domain.timetable import Planned
from bot.services.published import Plan
from bot.services.wording import not_coming_buttons
from bot.storage.outbox_rows import buttons_text
from bot.storage.spoken import Wording

# What stands for a name until the row is queued: no text holds these characters.
_MARK = "\ue000"
_MARKED = re.compile(f"{_MARK}([a-z_]+){_MARK}")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is told: the text `says`, about what is `held`, with the texts of `names` put in by key."""

    says: str
    held: tuple[Planned, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def wording(plan: Plan, said: Speaking, told: Told, *, language: str) -> Wording:
    """The words in one language, with the names left open that differ from person to person."""
    held = told.held

    def words(key: str, **values: str) -> str:
        return plan.texts.say(key, language=language, fallback=plan.programme.languages, values=values)

    values = {
        "first_name": _marked("first_name"),
        "coach": _marked("coach"),
        "programme": words(plan.programme.title),
        "hours": hours(plan.programme.staffed, language),
        "day": day(said.day, language),
    }
    values |= {name: words(key) for name, key in told.names.items()}
    if isinstance(said.rule.when, BeforeMeeting):
        values |= {"time": _marked("meeting_time"), "place": _marked("meeting_place")}
    elif said.planned is not None:
        values |= _activity(plan, held[0], language=language)
    elif held:
        values |= _activities(plan, held, language=language)
    buttons = None
    if isinstance(said.rule.when, BeforeDay) and not all(one.activity.drop_in for one in held):
        buttons = buttons_text(not_coming_buttons(plan, language))
    pieces = _MARKED.split(words(told.says, **values))
    return Wording(language=language, pieces=tuple(pieces), buttons=buttons)


def _activity(plan: Plan, one: Planned, *, language: str) -> dict[str, str]:
    def words(key: str) -> str:
        return plan.texts.say(key, language=language, fallback=plan.programme.languages, values={})

    return {
        "time": clock(one.begins),
        "title": words(one.activity.title),
        "place": one.place or words(one.activity.place),
    }


def _activities(plan: Plan, held: tuple[Planned, ...], *, language: str) -> dict[str, str]:
    told = [_activity(plan, one, language=language) for one in held]
    lines = [
        plan.texts.say(
            "phrases/drop-in-line" if one.activity.drop_in else "phrases/activity-line",
            language=language,
            fallback=plan.programme.languages,
            values={"begins": said["time"], "title": said["title"], "place": said["place"]},
        )
        for one, said in zip(held, told, strict=True)
    ]
    # Where somebody is waited for comes before what is open to all: a place is kept there, and only there.
    first = next((said for one, said in zip(held, told, strict=True) if not one.activity.drop_in), told[0])
    return {
        "activities": "\n".join(lines),
        "first_time": first["time"],
        "first_activity": first["title"],
        "first_place": first["place"],
    }


def _marked(name: str) -> str:
    return f"{_MARK}{name}{_MARK}"
