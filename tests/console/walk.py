"""Every page can be asked by everybody for everything: this knows the ways, the readers, and what each of them sees."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from typing import Any

import httpx
from sqlalchemy import update
from starlette.applications import Starlette

from bot.console.routes import console_routes, every_page
from bot.console.visit import Page, csrf_of
from bot.domain.access import May
from bot.services import sessions
from bot.storage import tables
from bot.storage.passwords import Passwords
from tests.console.door import CHEAP
from tests.console.mover import Belongings
from tests.console.street import ADDRESS, COLLEAGUES, COOKIE, Street

OPENS = {
    # What each role opens, as it was agreed on: not read from the program.
    "coach": {May.PEOPLE},
    "leader": {May.PEOPLE, May.FIGURES, May.TEXTS, May.LOG},
    "translator": {May.TEXTS},
    "analyst": {May.FIGURES},
    "administrator": {May.ACCOUNTS},
}
SEES: dict[str, set[str]] = {
    "Karin": {"Amina", "Bosse"},
    "Johan": {"Daniel"},
    "Lena": {"Amina", "Bosse", "Daniel"},
    "Olof": {"Olga"},
    "Lisa": {"Olga"},
    "Bertil": {"Berit"},
    "Lars": {"Berit"},
}
OUTSIDE = ("nobody", "ended", "made-up")
"""Whoever is not signed in, or not any more."""

NOBODYS: dict[str, dict[str, str]] = {
    "activity": {"walk": "walk"},
    "day": {"today": "2026-11-25"},
    "code": {"made-up": "A" * 43},
    "block": {"calm": "calm"},
}
"""Parts of a path that are no secret: what they are worth hangs on what stands beside them."""

PARAMETERS = {
    # Parts of a path that name a kind of thing of `belongings.py` by another word.
    "account": "coach",
    "address": "stranger",
    "file": "import",
    "person": "enrolment",
}

_PERSONAL = ("enrolment", "participant", "alert", "note", "absence", "inbound", "milestone", "attendance", "meeting")
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


def names_of(page: Page) -> tuple[str, ...]:
    """What the path of a page asks for."""
    return tuple(_PARAMETER.findall(page.path))


@dataclass
class Walk:
    """One program, and everybody signed in to it. `parameters` is for kinds that a path calls otherwise."""

    street: Street
    things: Belongings
    parameters: Mapping[str, str]
    tokens: dict[str, str] = field(default_factory=dict)
    _asked: int = 0

    def __post_init__(self) -> None:
        desk = replace(self.street.desk, passwords=Passwords(CHEAP))
        self._way = httpx.ASGITransport(app=Starlette(routes=[console_routes(desk)]))
        self._client = httpx.AsyncClient(
            transport=self._way,
            base_url=ADDRESS,
            headers={"User-Agent": "test"},
        )

    @property
    def pages(self) -> list[Page]:
        """All of them."""
        return list(every_page(self.street.desk))

    async def sign_everybody_in(self) -> None:
        """And one of them out again."""
        for name in COLLEAGUES:
            await self.sign_in(name)
        await self.sign_in("ended", as_="Karin")
        await sessions.end(
            self.street.database,
            self.street.coaches["Karin"],
            session_id=await self._session_of(self.tokens["ended"]),
            machine_now=self.street.hours.machine_now,
        )
        self.tokens |= {"nobody": "nobody-yet", "made-up": "A" * 43}

    async def sign_in(self, reader: str, *, as_: str = "") -> None:
        """A new session."""
        self.tokens[reader] = await sessions.begin(
            self.street.database,
            self.street.coaches[as_ or reader],
            browser="test",
            machine_now=self.street.hours.machine_now,
        )

    async def come_back(self, reader: str, page: Page) -> None:
        """Sign in again after a form that may have ended the session it came in."""
        if reader in COLLEAGUES and page.path.startswith(("/account", "/sign", "/invitation", "/new-password")):
            await self.sign_in(reader)

    async def _session_of(self, token: str) -> int:
        now = self.street.hours.machine_now
        found = await sessions.behind(self.street.database, token, now=now, machine_now=now)
        assert found is not None
        return found.id

    async def remove(self, name: str) -> None:
        """This colleague works here no more."""
        async with self.street.database.transaction() as connection:
            await connection.execute(
                update(tables.coaches)
                .where(tables.coaches.c.id == self.street.coaches[name])
                .values(removed_at=self.street.hours.now)
            )

    async def send_away(self, name: str) -> None:
        """The deputy sees to their people today."""
        async with self.street.database.transaction() as connection:
            await connection.execute(
                update(tables.coaches)
                .where(tables.coaches.c.id == self.street.coaches[name])
                .values(away_until=self.street.hours.now.date() + timedelta(days=1))
            )

    async def ask(self, method: str, path: str, *, as_: str, **options: Any) -> httpx.Response:
        """One request as a browser of this reader sends it. `fields` and `csrf` make a form; `headers` win."""
        token = self.tokens.get(as_, "")
        # From another address each time: whoever knocks too often is not let in for a while.
        self._asked += 1
        self._way.client = (f"198.18.{self._asked // 250}.{self._asked % 250}", 50_000)
        headers = {"Cookie": f"{COOKIE}={token}"} if token else {}
        fields, csrf = options.pop("fields", {}), options.pop("csrf", csrf_of(token))
        if method not in ("GET", "HEAD"):
            headers |= {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
            if "content" not in options and "files" not in options:
                options["data"] = {"csrf": csrf} | fields
        headers |= options.pop("headers", {})
        return await self._client.request(method, path, headers=headers, **options)

    def ways(self, page: Page) -> Iterator[tuple[str, dict[str, str]]]:
        """Every path this page can have on the street, with whose things it names."""
        names = names_of(page)
        for owners in product(*(self._all(name) for name in names)):
            chosen = dict(zip(names, owners, strict=True))
            yield self.filled(page, chosen), chosen

    def filled(self, page: Page, chosen: Mapping[str, str]) -> str:
        """The path that names these people's things."""
        return _PARAMETER.sub(lambda found: str(self._all(found[1])[chosen[found[1]]]), page.path)

    def _all(self, name: str) -> Mapping[str, object]:
        """Everything that this part of a path can be, by whose it is."""
        kind = self.kind(name)
        return NOBODYS.get(kind) or self.things.ids.get(kind) or {"nobody": 1}

    def kind(self, name: str) -> str:
        """What a part of a path names: a kind of thing of the same name, unless `parameters` say another."""
        return self.parameters.get(name, name)

    def sees(self, reader: str, page: Page, chosen: Mapping[str, str]) -> bool:
        """Whether everything that a path names is theirs to see, and belongs together."""
        people = {owner for name, owner in chosen.items() if self.kind(name) in _PERSONAL}
        return len(people) <= 1 and all(self._sees(reader, self.kind(name), owner) for name, owner in chosen.items())

    def _sees(self, reader: str, kind: str, owner: str) -> bool:
        if kind in NOBODYS or reader in OUTSIDE:
            return kind in NOBODYS and kind != "code"
        if kind in _PERSONAL:
            return owner in SEES.get(reader, ())
        if kind == "coach":
            return COLLEAGUES[owner][0] == COLLEAGUES[reader][0]
        if kind == "programme":
            where, slug, _ = COLLEAGUES[reader]
            return owner == f"{where}/{slug}"
        if kind == "stranger":
            return owner == COLLEAGUES[reader][0]
        # What is somebody's own: a session, a letter, a file.
        return owner == reader

    async def kept(self) -> dict[str, list[Any]]:
        """All that is in the database but the log, bookmarks and when a session was last used."""
        found: dict[str, list[Any]] = {}
        async with self.street.database.reading() as connection:
            for table in tables.metadata.tables.values():
                if table.name in ("audit", "bookmarks", "definitions", "tries"):
                    continue
                names = ", ".join(f'"{one.name}"' for one in table.columns if one.name != "seen_at")
                rows = await connection.exec_driver_sql(f"SELECT {names} FROM {table.name}")
                found[table.name] = sorted(map(repr, rows.all()))
        return found

    async def close(self) -> None:
        """No more requests."""
        await self._client.aclose()


def may(reader: str, page: Page) -> bool:
    """Whether this reader's role opens this page."""
    if page.needs is May.COME:
        return True
    if reader in OUTSIDE:
        return False
    return page.needs is May.ENTER or page.needs in OPENS[COLLEAGUES[reader][2]]


def differences(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> Iterable[str]:
    """The tables whose rows are not what they were."""
    return [name for name in before if before[name] != after[name]]


def reader_of(page: Page) -> str:
    """Somebody who may open this page."""
    return next(one for one in (*COLLEAGUES, "nobody") if may(one, page))


def path_of(walk: Walk, page: Page, reader: str) -> str:
    """A path of this page that names what its reader sees; any, if they see nothing."""
    ways = list(walk.ways(page))
    seen = [path for path, chosen in ways if walk.sees(reader, page, chosen)]
    return (seen or [ways[0][0]])[0]
