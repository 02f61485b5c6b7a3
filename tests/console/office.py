"""A town has an office: colleagues with browsers, participants with phones, and one program between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import select
from starlette.applications import Starlette

from bot.cli.window import desk_of
from bot.console.routes import console_routes
from bot.domain.access import Appointment, Role
from bot.services import imports, sessions
from bot.serving import routes
from bot.storage import tables
from bot.storage.passwords import Passwords
from bot.storage.unit_of_work import looking, unit_of_work
from tests.console.browsing import Browser, Page
from tests.console.door import CHEAP, PASSWORD
from tests.town import Person, Town, a_town

COLLEAGUES = {
    "Karin": Role.COACH,
    "Johan": Role.COACH,
    "Lena": Role.LEADER,
    "Tove": Role.TRANSLATOR,
    "Anders": Role.ANALYST,
    "Adam": Role.ADMINISTRATOR,
}


@dataclass
class Office:
    """The town's office. `colleagues` are ids by first name."""

    town: Town
    web: Starlette
    colleagues: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """Programme time."""
        return self.town.now

    async def at_work(self, name: str) -> Browser:
        """A browser in which this colleague is signed in."""
        machine = self.town.machine
        token = await sessions.begin(
            self.town.app.database, self.colleagues[name], browser="test", machine_now=machine()
        )
        return self.at_the_door(token=token)

    def at_the_door(self, *, token: str = "") -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self.web, address=self.town.url.replace("http:", "https:"), token=token)

    async def takes_part(self, first_name: str, *, coach: str = "Karin", **more: Any) -> Person:
        """Somebody with a phone, accompanied by this coach; from today, unless it is said."""
        self.town.coach = self.colleagues[coach]
        return await self.town.a_person(first_name=first_name, **{"started_on": self.now.date()} | more)

    async def takes_in(self) -> int:
        """Let the clock take in files of people to the end; gives how many times it had to."""
        times, app = 0, self.town.app
        while await imports.go_on(app.database, app.shelf, now=self.now):
            times += 1
        return times

    async def deeds(self, *, of: str = "") -> list[tuple[str, str]]:
        """The whole log: who did what; of one participant, by first name."""
        who, whom = tables.coaches.c.first_name, tables.participants.c.first_name
        told = (
            select(who, tables.audit.c.what, whom.label("whom"))
            .outerjoin(tables.coaches, tables.coaches.c.id == tables.audit.c.coach_id)
            .outerjoin(tables.participants, tables.participants.c.id == tables.audit.c.participant_id)
            .order_by(tables.audit.c.id)
        )
        return [(row.first_name, row.what) for row in await self.town.rows(told) if not of or row.whom == of]


@dataclass
class Phone:
    """A colleague's own phone, with an app that shows one-time codes of its `key`."""

    town: Town
    key: str = ""

    async def code(self) -> str:
        """What it shows now. A minute goes by first, so that it has shown nobody this code before."""
        await self.town.settle(seconds=60)
        return pyotp.TOTP(self.key).at(self.town.machine())

    async def is_set_up(self, page: Page) -> tuple[Page, list[str]]:
        """Read the key of a page and show the first code; the page that is opened at last, and the recovery codes."""
        self.key = page.codes[0].replace(" ", "")
        shown = await page.press("It works", {"Code": await self.code()})
        return await shown.follow("I have written them down"), shown.codes


async def accepts(browser: Browser, link: str, *, email: str, phone: Phone) -> tuple[Page, list[str]]:
    """Choose a password by an invitation, sign in with it and set up a phone; the first page, and recovery codes."""
    page = await (await browser.open(link)).follow("English")
    page = await page.press("Save the password", {"New password": PASSWORD, "The same password again": PASSWORD})
    assert "Your password is saved" in page.words
    page = await page.press("Go on", {"E-mail address": email, "Password": PASSWORD})
    return await phone.is_set_up(page)


async def signs_in(browser: Browser, *, email: str, phone: Phone) -> Page:
    """The way in of somebody who has a password and a phone; the page where they begin."""
    page = await (await browser.open("/")).follow("English")
    page = await page.press("Go on", {"E-mail address": email, "Password": PASSWORD})
    return await page.press("Sign in", {"Code": await phone.code()})


@asynccontextmanager
async def an_office(database_url: str) -> AsyncIterator[Office]:
    """The console of a town's own program, where trying a password costs little, and whoever works there."""
    async with a_town(database_url) as town:
        desk = replace(desk_of(town.app), machine_now=town.machine, passwords=Passwords(CHEAP))
        office = Office(town=town, web=Starlette(routes=[*routes(town.app), console_routes(desk)]))
        async with looking(town.app.database) as work:
            known = await work.coaches.by_email(town.programme.organisation_id)
        office.colleagues = {one.first_name: one.id for one in known.values()}
        yield office


async def hire(office: Office) -> None:
    """Everybody is hired and appointed, and reads English."""
    town = office.town
    async with unit_of_work(town.app.database) as work:
        for name, role in COLLEAGUES.items():
            if name not in office.colleagues:
                email, owner = f"{name.lower()}@example.se", town.programme.organisation_id
                office.colleagues[name] = await work.coaches.add(
                    name, organisation_id=owner, email=email, language="en", now=town.now
                )
            coach, place = office.colleagues[name], None if role is Role.ADMINISTRATOR else town.programme.id
            await work.coaches.change(coach, language="en")
            await work.appointments.give(coach, Appointment(role=role, programme_id=place), now=town.now)
