"""Every coach gets the week about people on the coach's own Monday morning, once, and no more of it than may leave."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.content.letters import Letter
from bot.content.week_letter import CONTENT, Titles, WeekLetters
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import Address, ChannelName, Coach
from bot.domain.programme import SummaryLeaves
from bot.domain.summaries import for_outside, summarise
from bot.domain.weeks import ProgrammeWeek, WeekFacts, Window, latest_due, may_leave, next_summary, window_before
from bot.services.published import Plan, Shelf
from bot.storage.addresses import Belongs
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, unit_of_work

LASTS = timedelta(days=3)
"""Afterwards a summary is news no more: it stays on its page, and is not sent."""

TRIED_AGAIN = timedelta(hours=1)
"""How long a summary that could not be written waits for its next try."""

MOST_AT_ONCE = 50

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A coach's summary whose moment `at` has come; the one after it comes at `next_at`."""

    coach: Coach
    plans: Mapping[int, Plan]
    at: datetime
    next_at: datetime

    @property
    def window(self) -> Window:
        """The days it is about."""
        return window_before(self.at, zone=self.coach.zone)


@dataclass(frozen=True, kw_only=True)
class Letters:
    """What a coach reads in the house, and what of it leaves."""

    inside: Letter
    outside: Letter


class Summaries:
    """Writes weekly summaries. One for each process; they share the work without meeting."""

    def __init__(self, database: Database, shelf: Shelf, *, content: Path = CONTENT, address: str = "") -> None:
        """`content` is where locales/ are, `address` where coaches find the console, if anywhere."""
        self._database = database
        self._shelf = shelf
        self._letters = WeekLetters(content)
        self._address = address

    async def queue_weekly(self, *, now: datetime) -> int:
        """Safe to call as often as you like: a coach's week is told once. Gives how many summaries were written.

        A coach whose moment was never set gets one, and nothing is sent because of that. After a standstill only
        the last week is told.
        """
        written, found = 0, MOST_AT_ONCE
        while found == MOST_AT_ONCE:
            async with unit_of_work(self._database) as work:
                coaches = await work.coaches.due_a_summary(now=now, most=MOST_AT_ONCE)
                found = len(coaches)
                for coach, moment in coaches:
                    written += await self._tell(work, coach, moment, now=now)
        return written

    async def preview(self, work: Work, coach: Coach, *, now: datetime) -> Letter:
        """The summary as it would be written now, as it may be read in the house. Keeps and sends nothing."""
        plans = await self._plans(work, coach)
        window = window_before(now, zone=coach.zone)
        summary = summarise(await _facts(work, coach, plans, window), now=now)
        return self._letters.write(summary, coach=coach, titles=_titles(plans, coach))

    async def _tell(self, work: Work, coach: Coach, moment: datetime | None, *, now: datetime) -> int:
        try:
            due = await self._due(work, coach, moment, now=now)
            letters = None if moment is None else await self._letters_of(work, due, now=now)
        except DatabaseAway:
            raise
        except Exception as wrong:  # noqa: BLE001 - one coach's trouble must not be another's, whatever it is
            # The exception's own text may hold names: only its kind is told.
            log.error("the summary of coach %d could not be written: %s", coach.id, type(wrong).__name__)
            await work.coaches.set_next_summary([(coach.id, now + TRIED_AGAIN)])
            return 0
        await work.coaches.set_next_summary([(coach.id, due.next_at)])
        return 0 if letters is None else await self._keep(work, due, letters, now=now)

    async def _due(self, work: Work, coach: Coach, moment: datetime | None, *, now: datetime) -> Due:
        plans = await self._plans(work, coach)
        rules = [plan.programme.summary for plan in plans.values()]
        at = now if moment is None else latest_due(rules, zone=coach.zone, due=moment, now=now)
        return Due(coach=coach, plans=plans, at=at, next_at=next_summary(rules, zone=coach.zone, after=now))

    async def _plans(self, work: Work, coach: Coach) -> Mapping[int, Plan]:
        return await self._shelf.plans(work, await work.coaches.programmes_of(coach.id))

    async def _letters_of(self, work: Work, due: Due, *, now: datetime) -> Letters | None:
        coach, facts = due.coach, await _facts(work, due.coach, due.plans, due.window)
        if not facts.alerts and not any(week.people for week in facts.programmes):
            # Nobody to tell of: an empty letter every Monday would teach the coach not to open them.
            return None
        summary, titles = summarise(facts, now=now), _titles(due.plans, coach)
        inside = self._letters.write(summary, coach=coach, titles=titles)
        if may_leave(plan.programme.summary for plan in due.plans.values()) is SummaryLeaves.NOTICE:
            outside = self._letters.notice(summary, coach=coach)
        else:
            outside = self._letters.write(for_outside(summary), coach=coach, titles=titles)
        return Letters(inside=inside, outside=replace(outside, link=self._address))

    async def _keep(self, work: Work, due: Due, letters: Letters, *, now: datetime) -> int:
        coach, inside = due.coach, letters.inside
        written = (inside.text, inside.html)
        kept = await work.summaries.keep(
            coach.id, week=due.window.week, language=coach.language, written=written, now=now
        )
        if kept is None:
            return 0
        addresses = await _addresses(work, coach, now=now)
        await work.outbox.queue([self._draft(due, letters.outside, one, now=now) for one in addresses], now=now)
        return 1

    def _draft(self, due: Due, letter: Letter, address: Address, *, now: datetime) -> Draft:
        coach, (year, week) = due.coach, due.window.week
        mail = address.channel is ChannelName.EMAIL
        return Draft(
            organisation_id=coach.organisation_id,
            programme_id=None,
            coach_id=coach.id,
            address_id=address.id,
            channel=address.channel,
            purpose=Purpose.SUMMARY,
            priority=Priority.SUMMARY,
            text=letter.text if mail else letter.chat(more=self._letters.more(coach.language)),
            subject=letter.subject if mail else None,
            html=letter.mail if mail else None,
            available_at=now,
            expires_at=min(now + LASTS, due.next_at),
            language=coach.language,
            once=f"summary/{coach.id}/{year}-{week:02}/{address.id}",
        )


async def _facts(work: Work, coach: Coach, plans: Mapping[int, Plan], window: Window) -> WeekFacts:
    known = await work.week.of(coach, window)
    return WeekFacts(
        window=window,
        alerts=tuple(known.alerts),
        programmes=tuple(
            ProgrammeWeek(
                programme_id=plan.programme_id,
                programme=plan.programme,
                timetable=plan.timetable,
                instrument=plan.instrument,
                people=tuple(known.people[plan.programme_id]),
                outbox=known.outbox.get(plan.programme_id, {}),
            )
            for plan in plans.values()
            # A programme that somebody left long ago is not told of, nor named.
            if plan.programme_id in known.people
        ),
    )


async def _addresses(work: Work, coach: Coach, *, now: datetime) -> list[Address]:
    """Where the coach is written to. The first summary makes an address of what the coach signs in with."""
    found = [one for one in coach.addresses if one.channel in (ChannelName.EMAIL, ChannelName.TELEGRAM)]
    if coach.email and ChannelName.EMAIL not in await work.week.known_channels(coach.id):
        found.append(
            await work.addresses.add(
                ChannelName.EMAIL,
                coach.email,
                of=Belongs(organisation_id=coach.organisation_id, coach_id=coach.id),
                now=now,
            )
        )
    return found


def _titles(plans: Mapping[int, Plan], coach: Coach) -> Titles:
    def title(programme_id: int, key: str) -> str:
        plan = plans[programme_id]
        return plan.texts.say(key, language=coach.language, fallback=plan.programme.languages, values={})

    return title
