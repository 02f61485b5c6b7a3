"""Two organisations live on one street: one program serves both, and neither sees into the other's window."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path

import httpx
from sqlalchemy import select, update
from starlette.applications import Starlette

from bot.console.desk import Desk
from bot.console.routes import console_routes
from bot.console.visit import csrf_of
from bot.content.catalogs import console_words
from bot.domain.access import Appointment, Role
from bot.domain.people import ChannelName, NewParticipant
from bot.services import sessions
from bot.services.published import Shelf
from bot.services.publishing import publish
from bot.services.summaries import Summaries
from bot.storage.addresses import Belongs
from bot.storage.database import Database
from bot.storage.programmes import ProgrammeRow
from bot.storage.tables import programmes
from bot.storage.unit_of_work import Work, unit_of_work
from tests.almanac import almanac
from tests.databases import KEY
from tests.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parent.parent.parent
STEGA = ROOT / "flows/programmes/stega"
ADDRESS = "https://console.example.se"
COOKIE = "__Host-framsteg"

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""A Wednesday at nine in Stockholm."""

COLLEAGUES = {
    # Karin and Johan are coaches of one programme and each other's deputies; Lena leads it.
    "Karin": ("norrby", "stega", Role.COACH),
    "Johan": ("norrby", "stega", Role.COACH),
    "Lena": ("norrby", "stega", Role.LEADER),
    "Tove": ("norrby", "stega", Role.TRANSLATOR),
    "Anders": ("norrby", "stega", Role.ANALYST),
    "Adam": ("norrby", None, Role.ADMINISTRATOR),
    # Another programme of the same organisation.
    "Olof": ("norrby", "annan", Role.COACH),
    "Lisa": ("norrby", "annan", Role.LEADER),
    # Another organisation.
    "Bertil": ("soderby", "stega", Role.COACH),
    "Lars": ("soderby", "stega", Role.LEADER),
    "Axel": ("soderby", None, Role.ADMINISTRATOR),
}
PEOPLE = {
    # name: (coach, language, channel, address, phase)
    "Amina": ("Karin", "ar", ChannelName.TELEGRAM, "1001", "phase-2"),
    "Bosse": ("Karin", "sv", ChannelName.SMS, "+46701740605", "phase-1"),
    "Daniel": ("Johan", "en", ChannelName.SMS, "+46701740606", "phase-2"),
    "Olga": ("Olof", "sv", ChannelName.SMS, "+46701740607", "phase-1"),
    "Berit": ("Bertil", "sv", ChannelName.SMS, "+46701740608", "phase-1"),
}


@dataclass
class Hours:
    """Programme time and machine time; a test moves them by setting them."""

    now: datetime = NOW
    machine_now: datetime = NOW


@dataclass
class Street:
    """Everybody's ids by first name (`people` are participants), and the programmes' by owner and slug."""

    database: Database
    desk: Desk
    hours: Hours
    coaches: dict[str, int] = field(default_factory=dict)
    enrolments: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    programmes: dict[str, int] = field(default_factory=dict)
    sent: int = 0

    async def browser(self, name: str = "") -> "Browser":
        """A browser in which this colleague is signed in, or nobody."""
        token = "nobody-yet"
        if name:
            token = await sessions.begin(
                self.database, self.coaches[name], browser="test", machine_now=self.hours.machine_now
            )
        return Browser(self.desk, token=token)

    async def enrol(self, name: str, coach: str, **fields: object) -> int:
        """Give one more person a place; gives the enrolment's id."""
        owner, slug, _ = COLLEAGUES[coach]
        async with unit_of_work(self.database) as work:
            row = next(one for one in await work.programmes.all() if one.id == self.programmes[f"{owner}/{slug}"])
            return await self._enrol(work, name, self.coaches[coach], row, **fields)

    async def _enrol(self, work: Work, name: str, coach_id: int, row: ProgrammeRow, **fields: object) -> int:
        values: dict[str, object] = {
            "first_name": name,
            "language": "sv",
            "zone": "Europe/Stockholm",
            "channel": ChannelName.SMS,
            "coach_id": coach_id,
            "phase": "phase-1",
            "started_on": date(2026, 9, 1),
        }
        new = NewParticipant(**(values | fields))  # type: ignore[arg-type]
        enrolment = await work.participants.enrol(new, programme=row, now=self.hours.now)
        self.enrolments[name] = enrolment
        self.people[name] = (await work.participants.enrolled([enrolment]))[enrolment].id
        return enrolment


class Browser:
    """What a colleague does with the pages. Redirects are followed; forms bring back what ours bring back."""

    def __init__(self, desk: Desk, *, token: str) -> None:
        app = Starlette(routes=[console_routes(desk)])
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=ADDRESS,
            headers={"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin", "User-Agent": "test"},
            cookies={COOKIE: token},
            follow_redirects=True,
        )

    @property
    def token(self) -> str:
        """What the browser keeps."""
        return next(cookie.value or "" for cookie in reversed(list(self.client.cookies.jar)) if cookie.name == COOKIE)

    async def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return await self.client.get(path)

    async def post(self, path: str, **fields: object) -> httpx.Response:
        """Send a form of ours."""
        return await self.client.post(path, data={"csrf": csrf_of(self.token), **fields})


async def settle_in(database: Database, hours: Hours) -> Street:
    """Publish the programmes and let everybody move in."""
    street = Street(database=database, desk=desk_at(database, hours), hours=hours)
    for owner, slug in (("norrby", "stega"), ("norrby-annan", "stega"), ("soderby", "stega")):
        done = await publish(database, STEGA, content=ROOT, organisation=owner, now=NOW)
        street.programmes[f"{owner}/{slug}"] = done.programme_id
    await _join(street)
    async with unit_of_work(database) as work:
        rows = {row.id: row for row in await work.programmes.all()}
        for name, (owner, at, role) in COLLEAGUES.items():
            organisation = rows[street.programmes[f"{owner}/stega"]].organisation_id
            email = f"{name.lower()}@{owner}.example"
            street.coaches[name] = coach = await work.coaches.add(
                name, organisation_id=organisation, email=email, language="en", now=NOW
            )
            place = street.programmes[f"{owner}/{at}"] if at else None
            await work.appointments.give(coach, Appointment(role=role, programme_id=place), now=NOW)
            belongs = Belongs(organisation_id=organisation, coach_id=coach)
            await work.addresses.add(ChannelName.EMAIL, email, of=belongs, now=NOW)
        await work.coaches.change(street.coaches["Karin"], deputy_id=street.coaches["Johan"])
        await work.coaches.change(street.coaches["Johan"], deputy_id=street.coaches["Karin"])
        for name, (coach_name, language, channel, address, phase) in PEOPLE.items():
            owner, at, _ = COLLEAGUES[coach_name]
            await street._enrol(
                work,
                name,
                street.coaches[coach_name],
                rows[street.programmes[f"{owner}/{at}"]],
                language=language,
                channel=channel,
                addresses=((channel, address),),
                phase=phase,
            )
    return street


async def _join(street: Street) -> None:
    """The third organisation's programme becomes the first one's second."""
    annan = street.programmes["norrby/annan"] = street.programmes.pop("norrby-annan/stega")
    owner = select(programmes.c.organisation_id).where(programmes.c.id == street.programmes["norrby/stega"])
    async with street.database.transaction() as connection:
        await connection.execute(
            update(programmes)
            .where(programmes.c.id == annan)
            .values(slug="annan", organisation_id=owner.scalar_subquery())
        )


def desk_at(database: Database, hours: Hours) -> Desk:
    """A desk as in service."""
    shelf = Shelf({})
    shelf.learn(vocabulary())
    shelf.mark_days(almanac())
    return Desk(
        database=database,
        shelf=shelf,
        summaries=Summaries(database, shelf, content=ROOT, address=ADDRESS),
        words=_words(),
        now=lambda: hours.now,
        machine_now=lambda: hours.machine_now,
        address=ADDRESS,
    )


@cache
def _words() -> Mapping[str, NullTranslations]:
    return {one: console_words(one, content=ROOT) for one in ("sv", "en")}


@asynccontextmanager
async def moved_in(settled: Street, copy: Callable[[], Awaitable[str]]) -> AsyncIterator[Street]:
    """The same street in a database of its own."""
    hours = Hours()
    database = Database(await copy(), key=KEY, synchronous="NORMAL")
    street = Street(
        database=database,
        desk=desk_at(database, hours),
        hours=hours,
        coaches=dict(settled.coaches),
        enrolments=dict(settled.enrolments),
        people=dict(settled.people),
        programmes=dict(settled.programmes),
    )
    try:
        yield street
    finally:
        await database.close()
