"""An urgent alert is told to the coach, then to the deputy, then to the leaders, until somebody takes it on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.access import Role
from bot.domain.calendar import zone_of
from bot.domain.messages import Button
from bot.engine.seen import SEEN
from bot.services.calling import Told, reached_at, told_at
from bot.services.published import Plan, Shelf
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, unit_of_work
from bot.storage.urgent import Colleague, UrgentAlert

MOST_AT_ONCE = 20
ROUND_RESTS = 4
"""After the last one nobody is told for so many times the programme's interval; then it begins again with the first."""

GIVES_UP = timedelta(hours=24)
"""For so long it is told. Afterwards it stands on the page, first of all, until somebody sees to it."""

USUAL_MINUTES = 15
USUAL_ZONE = "Europe/Stockholm"


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """Tells who is to be told. One for each process; they share the work without meeting."""

    database: Database
    shelf: Shelf

    async def tell_due(self, *, now: datetime) -> int:
        """Tell whoever is next of each alert that is due, at any hour. Gives how many alerts there were."""
        async with unit_of_work(self.database) as work:
            due = await work.urgent.due(now=now, most=MOST_AT_ONCE)
            plans = await self.shelf.plans(work, {one.programme_id for one in due if one.programme_id is not None})
            for alert in due:
                if alert.acknowledged_by is not None:
                    await self._tell_who_has_it(work, alert, by=alert.acknowledged_by, now=now)
                else:
                    await self._tell_next(work, alert, plan=plans.get(alert.programme_id or 0), now=now)
        return len(due)

    async def _tell_next(self, work: Work, alert: UrgentAlert, *, plan: Plan | None, now: datetime) -> None:
        chain = await _chain(work, alert, today=_today(plan, now=now))
        calls = await work.urgent.calls(alert.id)
        if not chain or now - alert.raised_at >= GIVES_UP:
            await work.urgent.set_next(alert.id, None)
            return
        # Whoever was never told comes first, in their order; afterwards whoever was told longest ago.
        order = [one for one, _ in chain]
        chosen = min(order, key=lambda one: (one.id in calls, calls.get(one.id, now), order.index(one)))
        await work.urgent.note_call(alert.id, coach=chosen.id, as_whom=dict(chain)[chosen], now=now)
        coach = (await work.coaches.these([chosen.id]))[chosen.id]
        told = Told(
            coach=coach,
            letter=self.shelf.urgent.urgent(coach.language, number=alert.id),
            once=f"urgent/{alert.id}/{coach.id}/{now:%Y%m%dT%H%M%S}",
            programme_id=alert.programme_id,
            seen=Button(label=self.shelf.urgent.seen_button(coach.language), data=f"{SEEN}{alert.id}"),
        )
        places = await reached_at(work, coach, now=now)
        await work.outbox.queue([told_at(told, one, now=now) for one in places], now=now)
        pause = timedelta(minutes=plan.programme.urgent_minutes if plan else USUAL_MINUTES)
        if chosen is order[-1]:
            pause *= ROUND_RESTS
        elif chosen.is_away or not places:
            # Whoever is away may not look at their phone: the next one is told now.
            pause = timedelta()
        await work.urgent.set_next(alert.id, now + pause)

    async def _tell_who_has_it(self, work: Work, alert: UrgentAlert, *, by: int, now: datetime) -> None:
        told = (await work.urgent.calls(alert.id)).keys() - {by}
        people = await work.coaches.these([*told, by])
        drafts = []
        for other in sorted(told):
            coach = people[other]
            letter = self.shelf.urgent.taken(coach.language, number=alert.id, by=people[by].first_name)
            once = f"taken/{alert.id}/{coach.id}"
            news = Told(coach=coach, letter=letter, once=once, programme_id=alert.programme_id)
            drafts += [told_at(news, one, now=now) for one in await reached_at(work, coach, now=now)]
        await work.outbox.queue(drafts, now=now)
        await work.urgent.set_next(alert.id, None)


def _today(plan: Plan | None, *, now: datetime) -> date:
    """The programme's date: at its midnight it is still yesterday elsewhere."""
    return now.astimezone(zone_of(plan.programme.zone if plan else USUAL_ZONE)).date()


async def _chain(work: Work, alert: UrgentAlert, *, today: date) -> list[tuple[Colleague, str]]:
    """Who is told, in order, and as whom. An alert that is nobody's goes to the leaders, then to all coaches."""
    there = await work.urgent.colleagues(alert.organisation_id, programme=alert.programme_id, today=today)
    coach_id = alert.coach_id
    if coach_id is None and alert.participant_id is not None:
        coach_id = await work.urgent.coach_of(alert.participant_id, programme=alert.programme_id)
    coach = there.get(coach_id or 0)
    deputy = there.get(coach.deputy_id or 0) if coach else None
    leaders = [one for one in there.values() if Role.LEADER in one.roles]
    found = [(one, whom) for one, whom in ((coach, "coach"), (deputy, "deputy")) if one is not None]
    found += [(one, "leader") for one in leaders]
    if coach is None and alert.participant_id is None:
        found += [(one, "coach") for one in there.values() if Role.COACH in one.roles]
    if not found:
        # Rather somebody who cannot help than nobody at all.
        found = [(one, "coach") for one in there.values()]
    order: dict[Colleague, str] = {}
    for one, whom in found:
        order.setdefault(one, whom)
    return list(order.items())
