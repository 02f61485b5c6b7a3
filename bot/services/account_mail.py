"""A link to sign in with is mailed to the address that its reader signs in with, and to no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from gettext import NullTranslations
from hashlib import sha256

from bot.content.account_letters import invitation, new_password
from bot.content.letters import Letter
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import ChannelName
from bot.storage.addresses import Belongs
from bot.storage.credentials import Account
from bot.storage.sign_in_links import LASTS, LinkPurpose
from bot.storage.unit_of_work import Work

_LETTERS: dict[LinkPurpose, Callable[..., Letter]] = {
    LinkPurpose.INVITATION: invitation,
    LinkPurpose.FORGOTTEN: new_password,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Programme time and the machine's own: a letter leaves by the one, its link ends by the other."""

    now: datetime
    machine_now: datetime


@dataclass(frozen=True, kw_only=True)
class Post:
    """How links leave: the console's `words` by language, and the `address` at which the world finds it.

    `mails` says whether there is a mail server; without one, links are handed over by whoever made them.
    """

    words: Mapping[str, NullTranslations]
    address: str
    mails: bool

    async def make_link(self, work: Work, account: Account, purpose: LinkPurpose, *, at: Times) -> str:
        """A new link for this account, mailed if mail is sent at all. Gives its whole address."""
        code = await work.links.make(account.coach_id, purpose=purpose, now=at.machine_now)
        link = f"{self.address}/{purpose}/{code}"
        if self.mails:
            letter = _LETTERS[purpose](self.words, language=account.language, first_name=account.first_name, link=link)
            address = await _address(work, account, now=at.now)
            once = f"link/{sha256(code.encode()).hexdigest()[:32]}"
            draft = _draft(account, letter=letter, address_id=address, once=once, now=at.now)
            await work.outbox.queue([replace(draft, expires_at=at.now + LASTS[purpose])], now=at.now)
        return link


def _draft(account: Account, *, letter: Letter, address_id: int, once: str, now: datetime) -> Draft:
    return Draft(
        organisation_id=account.organisation_id,
        programme_id=None,
        coach_id=account.coach_id,
        address_id=address_id,
        channel=ChannelName.EMAIL,
        purpose=Purpose.ACCOUNT,
        priority=Priority.REPLY,
        text=letter.text,
        subject=letter.subject,
        html=letter.mail,
        available_at=now,
        expires_at=None,
        language=letter.language,
        once=once,
    )


async def _address(work: Work, account: Account, *, now: datetime) -> int:
    for owner in await work.addresses.at(ChannelName.EMAIL, account.email):
        if owner.coach_id == account.coach_id:
            return owner.address.id
    belongs = Belongs(organisation_id=account.organisation_id, coach_id=account.coach_id)
    return (await work.addresses.add(ChannelName.EMAIL, account.email, of=belongs, now=now)).id
