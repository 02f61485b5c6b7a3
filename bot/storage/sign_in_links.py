"""A link that lets somebody choose a password works once, and not for long; its code is kept nowhere here."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import coaches, sign_in_links


class LinkPurpose(StrEnum):
    """Why somebody was given a link."""

    INVITATION = "invitation"
    FORGOTTEN = "new-password"


LASTS = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.FORGOTTEN: timedelta(hours=1)}

_BEHIND = (
    select(sign_in_links.c.coach_id)
    .join(coaches, coaches.c.id == sign_in_links.c.coach_id)
    .where(
        sign_in_links.c.code_hash == bindparam("hash"),
        sign_in_links.c.purpose == bindparam("purpose"),
        sign_in_links.c.used_at.is_(None),
        sign_in_links.c.expires_at > bindparam("now"),
        coaches.c.removed_at.is_(None),
    )
)


class SignInLinks:
    """Of machine time."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def make(self, coach_id: int, *, purpose: LinkPurpose, now: datetime) -> str:
        """A new link. Gives its code, 256 bits of chance. Of invitations only the newest works."""
        if purpose is LinkPurpose.INVITATION:
            await self.use_up(coach_id, now=now, only=purpose)
        code = secrets.token_urlsafe(32)
        await self._connection.execute(
            insert(sign_in_links).values(
                coach_id=coach_id,
                purpose=purpose,
                code_hash=_hash(code),
                made_at=now,
                expires_at=now + LASTS[purpose],
            )
        )
        return code

    async def behind(self, code: str, *, purpose: LinkPurpose, now: datetime) -> int | None:
        """Whose link this is, if it still works. Looking at it does not use it."""
        found = await self._connection.scalar(_BEHIND, {"hash": _hash(code), "purpose": purpose, "now": now})
        return None if found is None else int(found)

    async def use(self, code: str, *, purpose: LinkPurpose, now: datetime) -> int | None:
        """Whose link this is; it works for nobody afterwards. `None` if it did not work any more."""
        used = await self._connection.execute(
            update(sign_in_links)
            .where(
                sign_in_links.c.code_hash == _hash(code),
                sign_in_links.c.purpose == purpose,
                sign_in_links.c.used_at.is_(None),
                sign_in_links.c.expires_at > now,
            )
            .values(used_at=now)
            .returning(sign_in_links.c.coach_id)
        )
        found = used.scalar()
        return None if found is None else int(found)

    async def use_up(self, coach_id: int, *, now: datetime, only: LinkPurpose | None = None) -> None:
        """No link of theirs works any more, or none of one purpose."""
        which = [sign_in_links.c.coach_id == coach_id, sign_in_links.c.used_at.is_(None)]
        if only is not None:
            which.append(sign_in_links.c.purpose == only)
        await self._connection.execute(update(sign_in_links).where(*which).values(used_at=now))


def _hash(code: str) -> bytes:
    return sha256(code.encode("utf-8", "surrogatepass")).digest()
