"""Whoever is signed in stands here: a session ends on the server, whatever a browser keeps."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Appointment, Role, Viewer
from bot.storage.tables import appointments, coaches, sessions

LASTS = timedelta(hours=12)
"""A working day: then one signs in again."""

IDLE = timedelta(hours=2)
"""A session that nobody uses ends after this."""

HALF_LASTS = timedelta(minutes=10)
"""For so long whoever knew the password may look for the second factor."""

LONGEST_BROWSER = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSession:
    """A session that has not ended, and whose it is."""

    id: int
    viewer: Viewer
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfSession:
    """A session that waits for the second factor, and whose password it was."""

    id: int
    coach_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionSeen:
    """One of somebody's own sessions, as a list shows it."""

    id: int
    began_at: datetime
    seen_at: datetime
    browser: str


_OPEN = (
    select(
        sessions.c.id,
        sessions.c.seen_at,
        coaches.c.id.label("coach_id"),
        coaches.c.organisation_id,
        coaches.c.first_name,
        coaches.c.email,
        coaches.c.language,
        coaches.c.zone,
        appointments.c.role,
        appointments.c.programme_id,
    )
    .join(coaches, coaches.c.id == sessions.c.coach_id)
    .outerjoin(appointments, appointments.c.coach_id == coaches.c.id)
    .where(
        sessions.c.token_hash == bindparam("hash"),
        sessions.c.ended_at.is_(None),
        sessions.c.whole_at.is_not(None),
        sessions.c.ends_at > bindparam("now"),
        sessions.c.seen_at > bindparam("idle_since"),
        coaches.c.removed_at.is_(None),
    )
)
_HALF = select(sessions.c.id, sessions.c.coach_id).where(
    sessions.c.token_hash == bindparam("hash"),
    sessions.c.ended_at.is_(None),
    sessions.c.whole_at.is_(None),
    sessions.c.ends_at > bindparam("now"),
)
_AWAY = select(coaches.c.id, coaches.c.zone, coaches.c.away_until).where(
    coaches.c.deputy_id == bindparam("deputy"),
    coaches.c.away_until.is_not(None),
    coaches.c.organisation_id == bindparam("organisation"),
)


class Sessions:
    """Of machine time: a demo's moved clock signs nobody out."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, coach_id: int, *, browser: str, now: datetime, whole: bool = True) -> str:
        """A new session. Gives its token, 256 bits of chance, which is kept nowhere here.

        One that is not `whole` opens nothing: it says that somebody knew the password, and for `HALF_LASTS`.
        """
        token = secrets.token_urlsafe(32)
        await self._connection.execute(
            insert(sessions).values(
                coach_id=coach_id,
                token_hash=_hash(token),
                began_at=now,
                whole_at=now if whole else None,
                seen_at=now,
                ends_at=now + (LASTS if whole else HALF_LASTS),
                browser=browser[:LONGEST_BROWSER],
            )
        )
        return token

    async def behind(self, token: str, *, today: datetime, now: datetime) -> OpenSession | None:
        """Whose open session this is; `None` if it ended, was never begun, or its coach is gone.

        `today` is programme time: who is away is read by it. `now` is machine time.
        """
        found = await self._connection.execute(_OPEN, {"hash": _hash(token), "now": now, "idle_since": now - IDLE})
        rows = found.all()
        if not rows:
            return None
        first = rows[0]
        away = await self._connection.execute(_AWAY, {"deputy": first.coach_id, "organisation": first.organisation_id})
        viewer = Viewer(
            coach_id=first.coach_id,
            organisation_id=first.organisation_id,
            first_name=first.first_name,
            email=first.email,
            language=first.language,
            zone=first.zone,
            appointments=frozenset(
                Appointment(role=Role(row.role), programme_id=row.programme_id) for row in rows if row.role
            ),
            stands_in_for=frozenset(row.id for row in away if row.away_until >= _day(today, row.zone)),
        )
        return OpenSession(id=first.id, viewer=viewer, seen_at=first.seen_at)

    async def half(self, token: str, *, now: datetime) -> HalfSession | None:
        """Whose password this session was begun with, while it waits for the second factor."""
        row = (await self._connection.execute(_HALF, {"hash": _hash(token), "now": now})).first()
        return None if row is None else HalfSession(id=row.id, coach_id=row.coach_id)

    async def touch(self, session_id: int, *, now: datetime) -> None:
        """It is in use."""
        await self._connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))

    async def of(self, coach_id: int, *, now: datetime) -> list[SessionSeen]:
        """Somebody's open sessions, the newest first."""
        rows = await self._connection.execute(
            select(sessions.c.id, sessions.c.began_at, sessions.c.seen_at, sessions.c.browser)
            .where(
                sessions.c.coach_id == coach_id,
                sessions.c.ended_at.is_(None),
                sessions.c.whole_at.is_not(None),
                sessions.c.ends_at > now,
                sessions.c.seen_at > now - IDLE,
            )
            .order_by(sessions.c.id.desc())
        )
        return [SessionSeen(**row._mapping) for row in rows]

    async def end(self, coach_id: int, *, only: Iterable[int] | None = None, now: datetime) -> int:
        """End all of somebody's sessions, or `only` these of them. Gives how many ended."""
        which = [sessions.c.coach_id == coach_id, sessions.c.ended_at.is_(None)]
        if only is not None:
            which.append(or_(*(sessions.c.id == one for one in only), sessions.c.id == 0))
        done = await self._connection.execute(update(sessions).where(*which).values(ended_at=now))
        return int(done.rowcount)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def _day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()
