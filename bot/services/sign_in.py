"""Whoever signs in shows a password and then a second factor, and nothing opens before both were right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.access import By
from bot.services.knocking import Caller, NotRight, knock
from bot.storage.audit import Done
from bot.storage.credentials import Account
from bot.storage.database import Database
from bot.storage.one_time_codes import new_secret, step_of
from bot.storage.passwords import Passwords
from bot.storage.sessions import HalfSession
from bot.storage.unit_of_work import Work, looking, unit_of_work

CODE_LENGTH = 6


class NotHalfway(Exception):
    """The password is to be shown first, or again: it was not, or too long ago."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Halfway:
    """Somebody who knew the password, and has not shown the second factor yet."""

    session: HalfSession
    account: Account


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A session that is whole: its token, and the recovery codes if they were made just now."""

    token: str
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """The way in."""

    database: Database
    passwords: Passwords

    async def with_password(self, email: str, password: str, *, caller: Caller) -> str:
        """Begin a session that opens nothing yet. Gives its token. Raises `NotRight` and `TriedTooOften`.

        A known name and an unknown one cost the same work, and are answered alike.
        """
        tried = await knock(self.database, "sign-in", email.lower(), caller=caller)
        async with looking(self.database) as work:
            accounts = await work.credentials.by_email(email)
        account = await self._whose(accounts, password)
        if account is None:
            await self._note_refusal(accounts, tried, caller=caller)
            raise NotRight
        was = account.password_hash or ""
        kept = await self.passwords.hash(password) if self.passwords.outdated(was) else was
        async with unit_of_work(self.database) as work:
            await work.tries.forgive(tried)
            if kept != was:
                await work.credentials.rehash(account.coach_id, was=was, kept=kept)
            if account.secret is None:
                # Made anew each time: whoever saw an earlier one may not have been the account's owner.
                await work.credentials.propose_secret(account.coach_id, new_secret())
            return await work.sessions.begin(
                account.coach_id, browser=caller.browser, now=caller.machine_now, whole=False
            )

    async def halfway(self, token: str, *, machine_now: datetime) -> Halfway:
        """Who knew the password of this session. Raises `NotHalfway`."""
        async with looking(self.database) as work:
            session = await work.sessions.half(token, now=machine_now)
            account = None if session is None else await work.credentials.of(session.coach_id)
        if session is None or account is None:
            raise NotHalfway
        return Halfway(session=session, account=account)

    async def with_code(self, token: str, code: str, *, caller: Caller) -> Opened:
        """Go on with the second factor: a code of the app, or a recovery code.

        Raises `NotRight`, `NotHalfway` and `TriedTooOften`.
        """
        half = await self.halfway(token, machine_now=caller.machine_now)
        tried = await knock(self.database, "second-factor", str(half.account.coach_id), caller=caller)
        async with unit_of_work(self.database) as work:
            account = await work.credentials.held(half.account.coach_id)
            if account is None or account.secret is None:
                raise NotHalfway
            shown = await _shown(work, account, "".join(code.split()), machine_now=caller.machine_now)
            if shown is None:
                await work.audit.note(Done(what="sign-in-refused"), by=_by(account, caller), now=caller.now)
            else:
                await work.tries.forgive(tried)
                if shown != "signed-in":
                    await work.audit.note(Done(what=shown), by=_by(account, caller), now=caller.now)
                return Opened(token=await _open(work, half, caller=caller))
        raise NotRight

    async def set_up(self, token: str, code: str, *, caller: Caller) -> Opened:
        """Go on with a second factor that is new: its first code shows that it works.

        Raises `NotRight`, `NotHalfway` and `TriedTooOften`.
        """
        half = await self.halfway(token, machine_now=caller.machine_now)
        tried = await knock(self.database, "second-factor", str(half.account.coach_id), caller=caller)
        async with unit_of_work(self.database) as work:
            account = await work.credentials.held(half.account.coach_id)
            if account is None or account.new_secret is None or account.secret is not None:
                raise NotHalfway
            step = step_of("".join(code.split()), secret=account.new_secret, now=caller.machine_now)
            if step is not None:
                await work.tries.forgive(tried)
                await work.credentials.adopt_secret(account.coach_id, step=step, now=caller.machine_now)
                codes = await work.credentials.new_recovery_codes(account.coach_id)
                await work.audit.note(Done(what="second-factor-set"), by=_by(account, caller), now=caller.now)
                return Opened(token=await _open(work, half, caller=caller), recovery_codes=tuple(codes))
        raise NotRight

    async def out(self, session_id: int | None, *, by: By, now: datetime, machine_now: datetime) -> None:
        """Sign out: the session ends here, whatever a browser keeps."""
        async with unit_of_work(self.database) as work:
            if session_id is not None and await work.sessions.end(by.coach_id, only=(session_id,), now=machine_now):
                await work.audit.note(Done(what="signed-out"), by=by, now=now)

    async def _whose(self, accounts: Sequence[Account], password: str) -> Account | None:
        known = [one for one in accounts if one.password_hash is not None]
        if not known:
            await self.passwords.fits(password, None)
        for one in known:
            if await self.passwords.fits(password, one.password_hash):
                return one
        return None

    async def _note_refusal(self, accounts: Sequence[Account], tried: Sequence[int], *, caller: Caller) -> None:
        async with unit_of_work(self.database) as work:
            # Something is written for an unknown name too: a commit is what could be felt from outside.
            await work.tries.failed(tried, now=caller.machine_now)
            for one in accounts:
                await work.audit.note(Done(what="sign-in-refused"), by=_by(one, caller), now=caller.now)


async def _shown(work: Work, account: Account, code: str, *, machine_now: datetime) -> str | None:
    """What goes into the log if the code is right; it is used from now on."""
    if len(code) == CODE_LENGTH and code.isascii() and code.isdigit():
        step = step_of(code, secret=account.secret or "", now=machine_now)
        return "signed-in" if step is not None and await work.credentials.use_step(account.coach_id, step) else None
    used = await work.credentials.use_recovery_code(account.coach_id, code, now=machine_now)
    return "recovery-code-used" if used else None


async def _open(work: Work, half: Halfway, *, caller: Caller) -> str:
    """The half session ends, and one with another token is whole. Raises `NotHalfway` if it ended meanwhile."""
    account, machine_now = half.account, caller.machine_now
    if not await work.sessions.end(account.coach_id, only=(half.session.id,), now=machine_now):
        raise NotHalfway
    await work.audit.note(Done(what="signed-in"), by=_by(account, caller), now=caller.now)
    return await work.sessions.begin(account.coach_id, browser=caller.browser, now=machine_now)


def _by(account: Account, caller: Caller) -> By:
    return By(coach_id=account.coach_id, organisation_id=account.organisation_id, came_from=caller.came_from)
