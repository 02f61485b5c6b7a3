"""Three invented weeks are lived through on the same path as real ones, only faster."""

import heapq
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from bot.app import App
from bot.cli.demo_answers import Habits
from bot.cli.demo_cast import Persona
from bot.cli.demo_deeds import Office, at_of
from bot.cli.demo_fates import Fates, Happening, Stage
from bot.cli.demo_time import TimeMachine
from bot.domain.access import Appointment, Role
from bot.domain.calendar import moment, zone_of
from bot.domain.people import ChannelName, NewParticipant, Participant
from bot.engine.definition import Ask
from bot.engine.line import asked_at, questions_of
from bot.engine.state import State
from bot.services import roster
from bot.services.published import Plan
from bot.services.publishing import publish
from bot.storage.addresses import Belongs
from bot.storage.talk import Live
from bot.storage.unit_of_work import Work, unit_of_work

LASTS = timedelta(days=21)


async def step(app: App, now: datetime) -> None:
    """Everything that is due now. What fell silent goes first, so that what waited for it can begin."""
    await app.silence(now)
    await app.step(now)


async def live_through(stage: Stage, *, until: datetime, lasts: timedelta = LASTS) -> None:
    """Publish the programme, let everybody join, and live the weeks that end at `until`."""
    begins = until - lasts
    stage.clock.hold(begins)
    settings = stage.app.settings
    directory = settings.content / "flows/programmes/stega"
    done = await publish(
        stage.app.database, directory, content=settings.content, organisation=stage.cast.organisation, now=begins
    )
    async with unit_of_work(stage.app.database) as work:
        await work.programmes.organisation(stage.cast.organisation, name=stage.cast.organisation_name, now=begins)
        await work.programmes.change(done.programme_id, sms_sender=stage.cast.sender)
        plan = (await stage.app.shelf.plans(work, [done.programme_id]))[done.programme_id]
    life = Life(stage=stage, plan=plan, begins=begins, until=until)
    await life.join()
    await life.live()
    stage.clock.go_on(since=until)


@dataclass
class Life:
    """Who does what when. The dice are loaded the same way every time."""

    stage: Stage
    plan: Plan
    begins: datetime
    until: datetime
    dice: Random = field(default_factory=lambda: Random(2026))
    enrolments: dict[str, int] = field(default_factory=dict)
    habits: dict[int, Habits] = field(default_factory=dict)
    agenda: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    asked: dict[int, tuple[int, str, int]] = field(default_factory=dict)
    ignores: set[int] = field(default_factory=set)
    seen: dict[int, int] = field(default_factory=dict)
    order: Iterator[int] = field(default_factory=itertools.count)

    @property
    def fates(self) -> Fates:
        """What can happen to somebody."""
        return Fates(stage=self.stage, plan=self.plan)

    def plan_for(self, at: datetime, happening: Happening) -> None:
        """Have this happen at `at`, if that is still to come."""
        if self.begins < at < self.until:
            heapq.heappush(self.agenda, (at, next(self.order), happening))

    async def live(self) -> None:
        """Go from moment to moment."""
        app = self.stage.app
        machine = TimeMachine(
            clock=self.stage.clock,
            database=app.database,
            plan=self.plan,
            zones=(self.plan.programme.zone,),
            step=lambda now: step(app, now),
        )
        at = self.begins
        while at < self.until:
            next_one = self.agenda[0][0] if self.agenda else self.until
            at = await machine.next_moment(after=at, until=min(self.until, max(next_one, at)))
            self.stage.clock.hold(at)
            while self.agenda and self.agenda[0][0] <= at:
                await heapq.heappop(self.agenda)[2](at)
            await step(app, at)
            await self._look_at_phones(at)

    async def join(self) -> None:
        """Everybody gets a coach and a place, and what is known of them in advance goes on the agenda."""
        async with unit_of_work(self.stage.app.database) as work:
            row = (await work.programmes.all())[0]
            coaches = await self._colleagues(work, row.id)
            for persona in self.stage.cast.people:
                enrolment = await work.participants.enrol(
                    self._newcomer(persona, coaches[persona.coach]), programme=row, now=self.begins
                )
                self.enrolments[persona.first_name] = enrolment
            people = await work.participants.enrolled(self.enrolments.values())
        for persona in self.stage.cast.people:
            one = people[self.enrolments[persona.first_name]]
            self.habits[one.id] = Habits(
                persona=persona,
                words=self.stage.cast.answers[persona.language],
                sender=self.stage.cast.sender,
                dice=Random(self.dice.random()),
            )
            await self._foresee(persona, one)
        for saying in self.stage.cast.sayings:
            persona = next(one for one in self.stage.cast.people if one.first_name == saying.who)
            self.plan_for(self._on(saying.day, saying.at), self.fates.writing(persona, saying.words))
        self._foresee_deeds(coaches, row.organisation_id)
        self._foresee_attendance()

    def _foresee_deeds(self, coaches: Mapping[str, int], organisation_id: int) -> None:
        zone = self.plan.programme.zone
        office = Office(
            stage=self.stage,
            organisation_id=organisation_id,
            coaches=coaches,
            enrolments=self.enrolments,
            last_day=self.until.astimezone(zone_of(zone)).date(),
        )
        for deed in self.stage.cast.deeds:
            self.plan_for(at_of(deed, begins=self.begins, until=self.until, zone=zone), office.happening(deed))

    async def _colleagues(self, work: Work, programme_id: int) -> dict[str, int]:
        owner = (await work.programmes.organisation_ids())[0]
        found = {}
        for one in self.stage.cast.colleagues:
            found[one.first_name] = coach = await work.coaches.add(
                one.first_name, organisation_id=owner, email=one.email, language=one.language, now=self.begins
            )
            for role in one.roles:
                where = None if role is Role.ADMINISTRATOR else programme_id
                await work.appointments.give(coach, Appointment(role=role, programme_id=where), now=self.begins)
            belongs = Belongs(organisation_id=owner, coach_id=coach)
            await work.addresses.add(ChannelName.EMAIL, one.email, of=belongs, now=self.begins)
        for one in self.stage.cast.colleagues:
            if one.deputy:
                await work.coaches.change(found[one.first_name], deputy_id=found[one.deputy])
        return found

    def _newcomer(self, persona: Persona, coach: int) -> NewParticipant:
        # So long ago that the full check-in of every third month falls into the first week.
        tuesday = self._day(1 + (1 - self._day(1).weekday()) % 7)
        return NewParticipant(
            first_name=persona.first_name,
            language=persona.language,
            zone=self.plan.programme.zone,
            channel=persona.channel,
            coach_id=coach,
            phase=persona.phase,
            started_on=_months_before(tuesday, persona.months) if persona.months else self._day(0),
            addresses=((persona.channel, persona.address),),
            gender=persona.gender,
            birth_year=persona.born,
        )

    async def _foresee(self, persona: Persona, one: Participant) -> None:
        known = persona.milestone
        if known:
            today = self.until.astimezone(zone_of(self.plan.programme.zone)).date()
            due = today + timedelta(days=known["in_days"]) if "in_days" in known else None
            reached = today - timedelta(days=known["reached_days"]) if "reached_days" in known else None
            app = self.stage.app
            await roster.set_milestone(
                app.database,
                app.shelf,
                one.enrolment_id,
                roster.MilestoneDates(slug=known["slug"], due_on=due, reached_on=reached),
                now=self.until,
            )
        if persona.months == 0:
            self.plan_for(self._on(1, time(10, 30)), self.fates.welcoming(one.enrolment_id))
        if persona.stops_on_day is not None:
            stop = self.stage.cast.answers[persona.language]["stop"]
            self.plan_for(self._on(persona.stops_on_day, time(18, 20)), self.fates.writing(persona, stop))
        if persona.pauses_on_day is not None:
            self.plan_for(self._on(persona.pauses_on_day, time(14, 0)), self.fates.pausing(persona, one.id))
        if persona.leaves_on_day is not None:
            leaving = self.fates.leaving(one.enrolment_id, on=self._day(persona.leaves_on_day))
            self.plan_for(self._on(persona.leaves_on_day - 3, time(14, 30)), leaving)
        if persona.cut_off_on_day is not None:
            self.plan_for(self._on(persona.cut_off_on_day, time(12, 0)), self.fates.cutting_off(persona))

    def _foresee_attendance(self) -> None:
        # Whoever never answers comes seldom; nobody comes always.
        likely = {
            self.enrolments[one.first_name]: 0.45 + 0.45 * one.answers
            for one in self.stage.cast.people
            if one.stops_on_day is None
        }
        for number in range((self.until - self.begins).days):
            day = self._day(number)
            if day.isoweekday() < 6:
                self.plan_for(self._on(number, time(16, 30)), self.fates.noting(day, likely=likely, dice=self.dice))

    async def _look_at_phones(self, now: datetime) -> None:
        """Whoever has been asked something new will answer after a while, or not."""
        rung = []
        for person, habits in self.habits.items():
            count = len(self.stage.phones.chat(habits.persona.channel, habits.persona.address))
            if count != self.seen.get(person):
                self.seen[person] = count
                rung.append(person)
        if not rung:
            return
        async with unit_of_work(self.stage.app.database) as work:
            lives = await work.conversations.open_with(rung)
            editions = await self.stage.app.shelf.flows(work, (one.definition_id for one in lives.values()))
        for person, one in lives.items():
            state = State.from_text(one.state)
            flow = editions[one.definition_id].flow
            asked = questions_of(flow, state) if state.together else (asked_at(flow, state.at),)
            waits = tuple(each for each in asked if each is not None)
            if waits:
                self._expect(person, one, (waits, state.repeats), now=now)

    def _expect(self, person: int, live: Live, waits: tuple[tuple[Ask, ...], int], *, now: datetime) -> None:
        asked, repeats = waits
        question = (live.id, asked[0].id, repeats)
        before, self.asked[person] = self.asked.get(person), question
        habits = self.habits[person]
        is_first = before is None or before[0] != live.id
        if is_first and self.dice.random() >= habits.persona.answers:
            self.ignores.add(live.id)
        if before == question or live.id in self.ignores:
            return
        minutes = habits.persona.replies * self.dice.uniform(0.4, 1.6) if is_first else self.dice.uniform(0.3, 2.0)

        async def happen(now: datetime) -> None:
            gone = (now - self.begins) / (self.until - self.begins)
            for posted in habits.answer(self.stage.phones, asked, gone=gone):
                await self.stage.arrive(habits.persona.channel, habits.persona.address, posted, now=now)

        self.plan_for(now + timedelta(minutes=minutes), happen)

    def _day(self, number: int) -> date:
        return self.begins.astimezone(zone_of(self.plan.programme.zone)).date() + timedelta(days=number)

    def _on(self, number: int, at: time) -> datetime:
        return moment(self._day(number), at, zone_of(self.plan.programme.zone))


def _months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, min(day.day, 28))
