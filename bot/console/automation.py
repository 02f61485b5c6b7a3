"""What the program does with a person stands in plain words: what it asks, what waits, what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.console.visit import Visit
from bot.engine.definition import Ask
from bot.engine.state import State
from bot.services.published import FlowEdition, Plan
from bot.storage.unit_of_work import looking
from bot.storage.views.conversation import Ahead, Automation, OpenTalk, PersonHeard, Waits


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The question that is open, in `language`. With `nudges`, a reminder is said at `until` before it closes."""

    flow: str
    words: str
    language: str
    number: int
    count: int
    since: datetime
    until: datetime | None
    nudges: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """A conversation or message that has fallen due: the flow it begins, else the rule's own name."""

    what: str
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What stands beside a conversation."""

    asked: Asked | None
    waits: Sequence[Waits]
    coming: Sequence[Coming]


async def beside_of(visit: Visit, person: PersonHeard, working: Automation) -> Beside:
    """The program's side of a conversation, in words."""
    talk = working.talk
    async with looking(visit.desk.database) as work:
        plans = await visit.desk.shelf.plans(work, [person.programme_id])
        editions = await visit.desk.shelf.flows(work, [talk.definition_id] if talk else [])
    plan = plans.get(person.programme_id)
    if plan is None:
        return Beside(asked=None, waits=working.waits, coming=())
    asked = _asked(visit, person, plan, talk, editions[talk.definition_id]) if talk else None
    return Beside(asked=asked, waits=working.waits, coming=[_coming(plan, one) for one in working.ahead])


def _asked(visit: Visit, person: PersonHeard, plan: Plan, talk: OpenTalk, edition: FlowEdition) -> Asked:
    state = State.from_text(talk.state)
    step = edition.flow.steps[edition.flow.places[state.at]]
    low, high = (step.low, step.high) if isinstance(step, Ask) else ("", "")
    texts, spoken = edition.beside(plan.texts).texts, plan.programme.languages
    values = {
        "first_name": person.first_name,
        "coach": person.coach,
        "programme": visit.title(plan, plan.programme.title),
        "number": state.asked,
        "count": state.count,
        "low": low,
        "high": high,
    }
    return Asked(
        flow=talk.flow,
        words=texts.say(step.text, language=visit.language, fallback=spoken, values=values),
        language=texts.language_for(step.text, visit.language, fallback=spoken),
        number=state.asked,
        count=state.count,
        since=talk.began_at,
        until=talk.silent_at,
        nudges=not state.nudged,
    )


def _coming(plan: Plan, one: Ahead) -> Coming:
    rule = next((each for each in plan.programme.rules if each.slug == one.rule), None)
    what = (rule.begins if rule else None) or one.rule
    return Coming(what=what, due_at=one.due_at, expires_at=one.expires_at)
