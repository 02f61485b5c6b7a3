"""Everybody looks after their own account: what they sign in with, where they are signed in, and who stands in."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.access import By
from bot.domain.people import AddressState, ChannelName
from bot.services.knocking import Caller, NotRight, knock
from bot.storage.addresses import Belongs
from bot.storage.audit import Done
from bot.storage.credentials import Account
from bot.storage.database import Database
from bot.storage.one_time_codes import new_secret, step_of
from bot.storage.passwords import Passwords
from bot.storage.unit_of_work import Work, looking, unit_of_work


class NoSuchColleague(Exception):
    """Nobody like that is in the organisation, or nobody who could stand in."""


@dataclass(frozen=True, kw_only=True)
class OwnAccount:
    """What one's own page does. Whatever a password is asked for raises `NotRight` and `TriedTooOften`."""

    database: Database
    passwords: Passwords

    async def set_language(self, language: str, zone: str, *, by: By, caller: Caller) -> None:
        """What pages and letters are written in, and by whose clock."""
        async with unit_of_work(self.database) as work:
            await work.coaches.change(by.coach_id, language=language, zone=zone)
            await work.audit.note(Done(what="account-changed", about=f"{language} {zone}"), by=by, now=caller.now)

    async def set_deputy(self, deputy_id: int | None, *, by: By, caller: Caller) -> None:
        """Who sees one's people while one is away. Raises `NoSuchColleague`."""
        async with unit_of_work(self.database) as work:
            if deputy_id is not None:
                found = (await work.colleagues.held(by.organisation_id)).get(deputy_id)
                if found is None or deputy_id == by.coach_id or not found.stands_in:
                    raise NoSuchColleague
            await work.coaches.change(by.coach_id, deputy_id=deputy_id)
            about = None if deputy_id is None else str(deputy_id)
            await work.audit.note(Done(what="deputy-chosen", about=about), by=by, now=caller.now)

    async def change_password(self, old: str, new: str, *, by: By, caller: Caller) -> str:
        """Every session ends, this one too. Gives the token of a new one."""
        tried = await self._must_know(old, by=by, caller=caller)
        kept = await self.passwords.hash(new)
        async with unit_of_work(self.database) as work:
            await work.tries.forgive(tried)
            await work.credentials.held(by.coach_id)
            await work.credentials.set_password(by.coach_id, kept, now=caller.machine_now)
            await work.links.use_up(by.coach_id, now=caller.machine_now)
            await work.sessions.end(by.coach_id, now=caller.machine_now)
            await work.audit.note(Done(what="password-set"), by=by, now=caller.now)
            return await work.sessions.begin(by.coach_id, browser=caller.browser, now=caller.machine_now)

    async def propose_second_factor(self, password: str, *, by: By, caller: Caller) -> None:
        """A new secret is to be shown to an app; until a code of it was shown, the old one counts."""
        tried = await self._must_know(password, by=by, caller=caller)
        async with unit_of_work(self.database) as work:
            await work.tries.forgive(tried)
            await work.credentials.propose_secret(by.coach_id, new_secret())

    async def proposed(self, *, by: By) -> Account | None:
        """The account, if a new secret waits to be shown to work."""
        async with looking(self.database) as work:
            account = await work.credentials.of(by.coach_id)
        return account if account is not None and account.new_secret is not None else None

    async def adopt_second_factor(self, code: str, *, by: By, caller: Caller) -> list[str]:
        """The new secret is the second factor from now on. Gives new recovery codes."""
        tried = await knock(self.database, "own-account", str(by.coach_id), caller=caller)
        async with unit_of_work(self.database) as work:
            account = await work.credentials.held(by.coach_id)
            secret = account.new_secret if account is not None else None
            step = step_of("".join(code.split()), secret=secret, now=caller.machine_now) if secret else None
            if step is None:
                raise NotRight
            await work.tries.forgive(tried)
            await work.credentials.adopt_secret(by.coach_id, step=step, now=caller.machine_now)
            await work.audit.note(Done(what="second-factor-set"), by=by, now=caller.now)
            return await work.credentials.new_recovery_codes(by.coach_id)

    async def new_recovery_codes(self, password: str, *, by: By, caller: Caller) -> list[str]:
        """Those from before work no more."""
        tried = await self._must_know(password, by=by, caller=caller)
        async with unit_of_work(self.database) as work:
            await work.tries.forgive(tried)
            await work.audit.note(Done(what="recovery-codes-made"), by=by, now=caller.now)
            return await work.credentials.new_recovery_codes(by.coach_id)

    async def end_session(self, session_id: int, *, by: By, caller: Caller) -> bool:
        """End one of one's own sessions. False if there is none such."""
        async with unit_of_work(self.database) as work:
            return bool(await _end(work, [session_id], by=by, caller=caller))

    async def end_other_sessions(self, kept: int | None, *, by: By, caller: Caller) -> int:
        """End all of one's own sessions but this one. Gives how many ended."""
        async with unit_of_work(self.database) as work:
            mine = await work.sessions.of(by.coach_id, now=caller.machine_now)
            return await _end(work, [one.id for one in mine if one.id != kept], by=by, caller=caller)

    async def _must_know(self, password: str, *, by: By, caller: Caller) -> list[int]:
        tried = await knock(self.database, "own-account", str(by.coach_id), caller=caller)
        async with looking(self.database) as work:
            account = await work.credentials.of(by.coach_id)
        if not await self.passwords.fits(password, account.password_hash if account else None):
            raise NotRight
        return tried


async def tell_at(database: Database, number: str | None, *, by: By, now: datetime) -> None:
    """What is urgent is told at this number (E.164) from now on, and at no other; `None`: by no SMS."""
    async with unit_of_work(database) as work:
        me = (await work.coaches.these([by.coach_id]))[by.coach_id]
        old = [one for one in me.addresses if one.channel is ChannelName.SMS and one.value != number]
        await work.addresses.set_state([(one.id, AddressState.STOPPED) for one in old], now=now)
        if number is not None:
            here = [one for one in await work.addresses.at(ChannelName.SMS, number) if one.coach_id == by.coach_id]
            await work.addresses.set_state([(one.address.id, AddressState.ACTIVE) for one in here], now=now)
            if not here:
                belongs = Belongs(organisation_id=by.organisation_id, coach_id=by.coach_id)
                await work.addresses.add(ChannelName.SMS, number, of=belongs, now=now)
        await work.audit.note(Done(what="urgent-number"), by=by, now=now)


async def invite_to_telegram(database: Database, *, by: By, now: datetime) -> str:
    """The code of a link that joins one's own Telegram: it works once."""
    async with unit_of_work(database) as work:
        return await work.participants.make_deep_link(coach_id=by.coach_id, now=now)


async def _end(work: Work, sessions: list[int], *, by: By, caller: Caller) -> int:
    ended = await work.sessions.end(by.coach_id, only=sessions, now=caller.machine_now)
    if ended:
        await work.audit.note(Done(what="session-ended", about=str(ended)), by=by, now=caller.now)
    return ended
