"""A link lets somebody choose a password, once; choosing one ends every session and uses up every link."""

from dataclasses import dataclass

from bot.domain.access import By
from bot.services.account_mail import Post, Times
from bot.services.knocking import Caller, knock
from bot.storage.audit import Done
from bot.storage.credentials import Account
from bot.storage.database import Database
from bot.storage.passwords import Passwords
from bot.storage.sign_in_links import LinkPurpose
from bot.storage.unit_of_work import looking, unit_of_work


class LinkIsOver(Exception):
    """This link was used, is too old, or never was one."""


@dataclass(frozen=True, kw_only=True)
class NewPasswords:
    """Invitations, and forgotten passwords."""

    database: Database
    passwords: Passwords
    post: Post

    async def behind(self, code: str, *, purpose: LinkPurpose, caller: Caller) -> Account:
        """Whose link this is. Looking does not use it: mail scanners look too.

        Raises `LinkIsOver`, and `TriedTooOften` for somebody who tries many.
        """
        tried = await knock(self.database, "link", caller=caller)
        async with looking(self.database) as work:
            coach_id = await work.links.behind(code, purpose=purpose, now=caller.machine_now)
            account = None if coach_id is None else await work.credentials.of(coach_id)
        if account is None:
            raise LinkIsOver
        async with unit_of_work(self.database) as work:
            await work.tries.forgive(tried)
        return account

    async def choose(self, code: str, password: str, *, purpose: LinkPurpose, caller: Caller) -> None:
        """This is the password from now on. Raises `LinkIsOver`."""
        kept = await self.passwords.hash(password)
        async with unit_of_work(self.database) as work:
            coach_id = await work.links.use(code, purpose=purpose, now=caller.machine_now)
            account = None if coach_id is None else await work.credentials.held(coach_id)
            if account is None:
                raise LinkIsOver
            await work.credentials.set_password(account.coach_id, kept, now=caller.machine_now)
            await work.links.use_up(account.coach_id, now=caller.machine_now)
            await work.sessions.end(account.coach_id, now=caller.machine_now)
            await work.audit.note(Done(what="password-set", about=purpose), by=_by(account, caller), now=caller.now)

    async def ask(self, email: str, *, caller: Caller) -> None:
        """Somebody says that they forgot the password. Raises `TriedTooOften`, and tells nothing else."""
        await knock(self.database, "forgotten", email.lower(), caller=caller)

    async def send_link(self, email: str, *, caller: Caller) -> bool:
        """Mail a link to whoever has this address. To be called when the answer has left: it takes time to write.

        Gives whether there is somebody.
        """
        at = Times(now=caller.now, machine_now=caller.machine_now)
        async with unit_of_work(self.database) as work:
            accounts = await work.credentials.by_email(email)
            for account in accounts:
                await self.post.make_link(work, account, LinkPurpose.FORGOTTEN, at=at)
                await work.audit.note(Done(what="new-password-asked"), by=_by(account, caller), now=caller.now)
        return bool(accounts)


def _by(account: Account, caller: Caller) -> By:
    return By(coach_id=account.coach_id, organisation_id=account.organisation_id, came_from=caller.came_from)
