"""Somebody at the door: with a password that costs little to try, and a phone that shows codes."""

import html
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pyotp

from bot.console.desk import Desk
from bot.storage.one_time_codes import new_secret
from bot.storage.passwords import Cost, Passwords
from bot.storage.unit_of_work import unit_of_work
from tests.console.street import Browser, Street

PASSWORD = "en kopp te i regnet"
OTHER = "sju små getter på taket"

CHEAP = Cost(rounds=1, kibibytes=8, lanes=1)


class Counted(Passwords):
    """Real, and counts how often a password was tried."""

    def __init__(self, cost: Cost = CHEAP) -> None:
        super().__init__(cost)
        self.tried = 0

    async def fits(self, password: str, kept: str | None) -> bool:
        """The same."""
        self.tried += 1
        return await super().fits(password, kept)


@dataclass
class Door:
    """The street's door. `phones` are everybody's secrets by name."""

    street: Street
    passwords: Counted = field(default_factory=Counted)
    phones: dict[str, str] = field(default_factory=dict)
    mails: bool = True

    @property
    def desk(self) -> Desk:
        """The street's, with passwords that cost little."""
        return replace(self.street.desk, passwords=self.passwords, mails=self.mails)

    def browser(self, came_from: str = "192.0.2.7", *, token: str = "nobody-yet") -> Browser:
        """A browser in which nobody is signed in, but for whoever has this token. It shows English."""
        found = Browser(self.desk, token=token)
        found.client.cookies.set("framsteg-language", "en")
        transport = found.client._transport
        assert isinstance(transport, httpx.ASGITransport)
        transport.client = (came_from, 1234)
        return found

    async def has_password(self, name: str, *, phone: bool = True) -> None:
        """This colleague has chosen PASSWORD, and set up a phone."""
        coach = self.street.coaches[name]
        async with unit_of_work(self.street.database) as work:
            await work.credentials.set_password(
                coach, await self.passwords.hash(PASSWORD), now=self.street.hours.machine_now
            )
            if phone:
                self.phones[name] = new_secret()
                await work.credentials.propose_secret(coach, self.phones[name])
                await work.credentials.adopt_secret(coach, step=0, now=self.street.hours.machine_now)

    def code(self, name: str, *, later: timedelta = timedelta()) -> str:
        """What this colleague's phone shows now, or so much later."""
        return pyotp.TOTP(self.phones[name]).at(self.street.hours.machine_now + later)

    async def knows_password(self, name: str, browser: Browser, password: str = PASSWORD) -> httpx.Response:
        """The first step."""
        await browser.get("/sign-in")
        return await browser.post("/sign-in", email=_email(name), password=password)

    async def signed_in(self, name: str) -> Browser:
        """The whole way in. Half a minute goes by afterwards, so that the phone shows another code."""
        browser = self.browser()
        await self.knows_password(name, browser)
        answer = await browser.post("/sign-in/code", code=self.code(name))
        assert answer.status_code == 200, answer.text
        self.street.hours.machine_now += timedelta(seconds=30)
        return browser


def _email(name: str) -> str:
    return f"{name.lower()}@{'soderby' if name in ('Bertil', 'Lars', 'Axel') else 'norrby'}.example"


def secret_in(page: str) -> str:
    """The secret that a page shows for typing into an app."""
    found = re.search(r'<code class="key" dir="ltr">([A-Z2-7 ]+)</code>', page)
    assert found, page
    return found[1].replace(" ", "")


def codes_in(page: str) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><code>([0-9a-z-]+)</code></li>", page)


def heading(answer: httpx.Response) -> str:
    """What a page is about."""
    found = re.search(r"<h1>(.*?)</h1>", answer.text)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""
