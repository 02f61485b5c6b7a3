"""What somebody shows who they are with is kept so that a stolen table opens no door."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.sealing import Sealer
from bot.storage.tables import coaches, credentials, recovery_codes
from bot.storage.upsert import insert_into, insert_new

RECOVERY_CODES = 10

# Without 0, 1, i, l and o, which look alike on paper.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 3, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Somebody who may sign in. `secret` is the second factor's, `new_secret` one that was not shown to work yet."""

    coach_id: int
    organisation_id: int
    first_name: str
    email: str
    language: str
    password_hash: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    new_secret: str | None = field(default=None, repr=False)


_ACCOUNT = (
    select(
        coaches.c.id,
        coaches.c.organisation_id,
        coaches.c.first_name,
        coaches.c.email,
        coaches.c.language,
        credentials.c.password_hash,
        credentials.c.totp_cipher,
        credentials.c.totp_new_cipher,
    )
    .outerjoin(credentials, credentials.c.coach_id == coaches.c.id)
    .where(coaches.c.removed_at.is_(None))
    .order_by(coaches.c.id)
)


class Credentials:
    """Passwords, second factors and recovery codes. Of machine time."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def by_email(self, email: str) -> list[Account]:
        """Whoever signs in with this address: one, unless somebody works for two organisations."""
        rows = await self._connection.execute(_ACCOUNT.where(func.lower(coaches.c.email) == email.lower()))
        return [self._account(row) for row in rows]

    async def of(self, coach_id: int) -> Account | None:
        """One account; `None` if it is not there any more."""
        row = (await self._connection.execute(_ACCOUNT.where(coaches.c.id == coach_id))).first()
        return None if row is None else self._account(row)

    async def held(self, coach_id: int) -> Account | None:
        """The same, and nobody else changes its credentials until the end of the unit of work."""
        await self._connection.execute(
            insert_new(self._connection, credentials).values(coach_id=coach_id),
        )
        await self._connection.execute(
            select(credentials.c.coach_id).where(credentials.c.coach_id == coach_id).with_for_update()
        )
        return await self.of(coach_id)

    async def set_password(self, coach_id: int, kept: str, *, now: datetime) -> None:
        """From now on this is the password's hash."""
        await self._set(coach_id, password_hash=kept, password_set_at=now)

    async def rehash(self, coach_id: int, *, was: str, kept: str) -> None:
        """The same password at another cost, unless it was changed meanwhile."""
        await self._connection.execute(
            update(credentials)
            .where(credentials.c.coach_id == coach_id, credentials.c.password_hash == was)
            .values(password_hash=kept)
        )

    async def propose_secret(self, coach_id: int, secret: str) -> None:
        """This secret becomes the second factor when a code of it has been shown."""
        await self._set(coach_id, totp_new_cipher=self._sealer.seal(secret.encode()))

    async def adopt_secret(self, coach_id: int, *, step: int, now: datetime) -> None:
        """The proposed secret is the second factor from now on; the code that showed it is used."""
        await self._connection.execute(
            update(credentials)
            .where(credentials.c.coach_id == coach_id, credentials.c.totp_new_cipher.is_not(None))
            .values(totp_cipher=credentials.c.totp_new_cipher, totp_new_cipher=null(), totp_set_at=now, totp_step=step)
        )

    async def use_step(self, coach_id: int, step: int) -> bool:
        """Take the code of this half minute. False if it, or a later one, was taken already."""
        done = await self._connection.execute(
            update(credentials)
            .where(
                credentials.c.coach_id == coach_id,
                or_(credentials.c.totp_step.is_(None), credentials.c.totp_step < step),
            )
            .values(totp_step=step)
        )
        return bool(done.rowcount)

    async def new_recovery_codes(self, coach_id: int) -> list[str]:
        """Codes to be written down: each stands in for the second factor once. Those from before work no more."""
        await self._connection.execute(delete(recovery_codes).where(recovery_codes.c.coach_id == coach_id))
        made = [_new_code() for _ in range(RECOVERY_CODES)]
        await self._connection.execute(
            insert(recovery_codes), [{"coach_id": coach_id, "code_hash": self._hash(coach_id, one)} for one in made]
        )
        return made

    async def use_recovery_code(self, coach_id: int, code: str, *, now: datetime) -> bool:
        """Take a recovery code. False if there is no such code, or it was taken already."""
        done = await self._connection.execute(
            update(recovery_codes)
            .where(
                recovery_codes.c.coach_id == coach_id,
                recovery_codes.c.code_hash == self._hash(coach_id, code),
                recovery_codes.c.used_at.is_(None),
            )
            .values(used_at=now)
        )
        return bool(done.rowcount)

    async def recovery_codes_left(self, coach_id: int) -> int:
        """How many were not used yet."""
        return int(
            await self._connection.scalar(
                select(func.count()).where(recovery_codes.c.coach_id == coach_id, recovery_codes.c.used_at.is_(None))
            )
            or 0
        )

    async def forget_second_factor(self, coach_id: int) -> None:
        """It has to be set up anew."""
        await self._set(coach_id, totp_cipher=None, totp_new_cipher=None, totp_set_at=None, totp_step=None)
        await self._connection.execute(delete(recovery_codes).where(recovery_codes.c.coach_id == coach_id))

    async def forget(self, coach_id: int) -> None:
        """Nothing is left to sign in with."""
        await self._connection.execute(delete(recovery_codes).where(recovery_codes.c.coach_id == coach_id))
        await self._connection.execute(delete(credentials).where(credentials.c.coach_id == coach_id))

    async def _set(self, coach_id: int, **values: object) -> None:
        await self._connection.execute(
            insert_into(self._connection, credentials)
            .values(coach_id=coach_id, **values)
            .on_conflict_do_update(index_elements=["coach_id"], set_=values)
        )

    def _hash(self, coach_id: int, code: str) -> bytes:
        plain = "".join(letter for letter in code.lower() if letter.isalnum())
        return self._sealer.hash("recovery-code", f"{coach_id}/{plain}")

    def _account(self, row: Any) -> Account:
        return Account(
            coach_id=row.id,
            organisation_id=row.organisation_id,
            first_name=row.first_name,
            email=row.email,
            language=row.language,
            password_hash=row.password_hash,
            secret=self._unsealed(row.totp_cipher),
            new_secret=self._unsealed(row.totp_new_cipher),
        )

    def _unsealed(self, cipher: bytes | None) -> str | None:
        return None if cipher is None else self._sealer.unseal(cipher).decode()


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
