"""A coach's weeks in a programme, for tests of the weekly summary: people, what they rate, and the coach's Mondays."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.calendar import moment
from bot.domain.check_ins import RaterKind
from bot.domain.people import ChannelName, NewParticipant
from bot.services import roster
from bot.services.published import Shelf
from bot.services.publishing import publish
from bot.services.summaries import Summaries
from bot.storage.alerts import NewAlert
from bot.storage.database import Database
from bot.storage.programmes import ProgrammeRow
from bot.storage.ratings import NewRating
from bot.storage.tables import summaries
from bot.storage.talk import Begun
from bot.storage.unit_of_work import looking, unit_of_work
from tests.almanac import almanac
from tests.vocabulary import vocabulary

CONTENT = Path(__file__).parents[1]
STEGA = CONTENT / "flows/programmes/stega"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOSTILE = '<script>alert(1)</script>&"\u202emoc.live'


def at(day: str, clock: str = "07:30") -> datetime:
    """A moment by the clock of Stockholm."""
    return moment(date.fromisoformat(day), time.fromisoformat(clock), STOCKHOLM)


# Monday 16 November 2026 begins ISO week 47; the summary of it comes on Monday 23 November.
LAST_THURSDAY, THURSDAY = at("2026-11-12", "10:00"), at("2026-11-19", "10:00")
MONDAY, NEXT_MONDAY = at("2026-11-23"), at("2026-11-30")


@dataclass
class House:
    """STEGA published, one coach, and what a test does with them."""

    database: Database
    shelf: Shelf
    programme: ProgrammeRow
    coach: int
    numbers: Iterator[int]

    async def tick(self, now: datetime) -> int:
        return await Summaries(self.database, self.shelf, content=CONTENT).queue_weekly(now=now)

    async def preview(self, now: datetime) -> str:
        async with looking(self.database) as work:
            coach = (await work.coaches.these([self.coach]))[self.coach]
            letter = await Summaries(self.database, self.shelf, content=CONTENT).preview(work, coach, now=now)
        return letter.text

    async def a_person(self, name: str, **values: object) -> int:
        given: dict[str, object] = {
            "first_name": name,
            "language": "sv",
            "zone": "Europe/Stockholm",
            "channel": ChannelName.SMS,
            "coach_id": self.coach,
            "phase": "phase-1",
            "started_on": date(2026, 9, 7),
            "addresses": ((ChannelName.SMS, f"+4670174{next(self.numbers):04}"),),
        }
        new = NewParticipant(**(given | values))  # type: ignore[arg-type]
        return await roster.enrol(self.database, self.programme, new, now=at("2026-09-07"))

    async def person(self, enrolment: int):
        async with unit_of_work(self.database) as work:
            return (await work.participants.enrolled([enrolment]))[enrolment]

    async def rates(self, enrolment: int, values: dict[str, int | None], *, now: datetime, version: int = 1) -> int:
        """A check-in in which these values are given, none if it was not answered. Gives its id."""
        async with unit_of_work(self.database) as work:
            person = (await work.participants.enrolled([enrolment]))[enrolment]
            live = (await self.shelf.plans(work, [self.programme.id]))[self.programme.id]
            await work.participants.heard_from([person.id], now=now)
            (begun,) = await work.conversations.begin(
                [
                    Begun(
                        participant_id=person.id,
                        enrolment_id=enrolment,
                        programme_id=self.programme.id,
                        definition_id=live.flows["weekly-check-in"].definition_id,
                        flow="weekly-check-in",
                        state="{}",
                        silent_at=None,
                        instrument="progress",
                        instrument_version=version,
                    )
                ],
                now=now,
            )
            await work.ratings.keep(rated(enrolment, person.id, begun.check_in_id, values, version), now=now)
            await work.conversations.end([person.id], outcome="finished", now=now)
        return begun.check_in_id

    async def corrects(
        self,
        enrolment: int,
        check_in: int,
        values: dict[str, int | None],
        *,
        now: datetime,
        rater: RaterKind = RaterKind.PARTICIPANT,
    ) -> None:
        person = await self.person(enrolment)
        given = rated(enrolment, person.id, check_in, values, 1)
        async with unit_of_work(self.database) as work:
            await work.ratings.keep([replace(one, rater=rater) for one in given], now=now)

    async def alert(self, kind: str, enrolment: int | None, *, now: datetime, once: str = "") -> None:
        person = None if enrolment is None else await self.person(enrolment)
        async with unit_of_work(self.database) as work:
            await work.alerts.raise_these(
                [
                    NewAlert(
                        organisation_id=self.programme.organisation_id,
                        kind=kind,
                        once=f"{kind}/{enrolment}/{once}",
                        programme_id=self.programme.id if person else None,
                        participant_id=person.id if person else None,
                    )
                ],
                now=now,
            )

    async def rows(self, table):
        async with self.database.reading() as connection:
            return list(await connection.execute(select(table).order_by(table.c.id)))

    async def in_house(self) -> str:
        (kept,) = await self.rows(summaries)
        return kept.text


def rated(enrolment, person, check_in, values, version) -> list[NewRating]:
    return [
        NewRating(
            check_in_id=check_in,
            participant_id=person,
            enrolment_id=enrolment,
            indicator=indicator,
            instrument="progress",
            instrument_version=version,
            value=value,
            low=1,
            high=5,
            language="sv",
        )
        for indicator, value in values.items()
    ]


async def a_house(database: Database, *, language: str = "en") -> House:
    published = await publish(database, STEGA, content=CONTENT, organisation="landskrona", now=at("2026-09-01"))
    async with unit_of_work(database) as work:
        (programme,) = [one for one in await work.programmes.all() if one.id == published.programme_id]
        coach = await work.coaches.add(
            "Karin",
            organisation_id=programme.organisation_id,
            email="karin@landskrona.example",
            language=language,
            now=at("2026-09-01"),
        )
    shelf = Shelf({})
    shelf.learn(vocabulary())
    shelf.mark_days(almanac())
    return House(database, shelf, programme, coach, itertools.count())


def section(said: str, title: str) -> list[str]:
    """The lines under a heading, without their marks."""
    lines = next(block for block in said.split("\n\n") if block.startswith(title)).split("\n")[1:]
    return [line.removeprefix("- ") for line in lines]


def line_of(said: str, name: str) -> str:
    return next(line for line in section(said, "Your people") if line.startswith(name))
