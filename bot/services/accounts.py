"""An administrator decides who may sign in and what each is to a programme; somebody always administers."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.access import Appointment, By, ChangedMeanwhile, Role
from bot.services.account_mail import Post, Times
from bot.storage.audit import Done
from bot.storage.colleagues import Colleague
from bot.storage.database import Database
from bot.storage.sign_in_links import LinkPurpose
from bot.storage.unit_of_work import Work, unit_of_work

ADMINISTRATOR = Appointment(role=Role.ADMINISTRATOR)


class NoSuchColleague(Exception):
    """Nobody like that is in the organisation, or no such programme."""


class Taken(Exception):
    """A colleague has this e-mail address already."""


class LastAdministrator(Exception):
    """Nobody would be left to administer the organisation: make somebody else an administrator first."""


class StillAccompanies(Exception):
    """They accompany people who have not left: these are to be handed over first. `count` is how many."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


@dataclass(frozen=True, kw_only=True)
class NewColleague:
    """Somebody to be given an account."""

    first_name: str
    email: str
    language: str
    appointments: frozenset[Appointment] = field(default_factory=frozenset)


async def add(work: Work, new: NewColleague, *, organisation_id: int, now: datetime) -> int:
    """Give somebody an account without anything to sign in with; whoever was removed has it back.

    Gives the id. Raises `Taken`, and `NoSuchColleague` for a programme of another organisation.
    """
    known = await work.colleagues.held(organisation_id)
    await _must_be_ours(work, new.appointments, organisation_id=organisation_id)
    same = next((one for one in known.values() if one.email.lower() == new.email.lower()), None)
    if same is not None and same.removed_at is None:
        raise Taken
    if same is not None:
        await work.coaches.change(same.id, first_name=new.first_name, language=new.language, removed_at=None)
        coach_id = same.id
    else:
        coach_id = await work.coaches.add(
            new.first_name, organisation_id=organisation_id, email=new.email, language=new.language, now=now
        )
    for one in new.appointments:
        await work.appointments.give(coach_id, one, now=now)
    return coach_id


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """The colleagues of an organisation. Every id of another one is nobody's: `NoSuchColleague`."""

    database: Database
    post: Post

    async def invite(self, new: NewColleague, *, by: By, at: Times) -> tuple[int, str]:
        """Give somebody an account and a link to choose a password with. Gives the id and the link. Raises `Taken`."""
        async with unit_of_work(self.database) as work:
            coach_id = await add(work, new, organisation_id=by.organisation_id, now=at.now)
            for one in new.appointments:
                await work.audit.note(_role("role-given", coach_id, one), by=by, now=at.now)
            return coach_id, await self._link(work, coach_id, by=by, at=at)

    async def invite_again(self, coach_id: int, *, by: By, at: Times) -> str:
        """A new link; the one before works no more."""
        async with unit_of_work(self.database) as work:
            await _theirs(work, coach_id, by=by)
            return await self._link(work, coach_id, by=by, at=at)

    async def set_roles(
        self, coach_id: int, wanted: frozenset[Appointment], *, shown: frozenset[Appointment], by: By, at: Times
    ) -> None:
        """These are somebody's roles from now on, if they still are what was `shown`.

        Raises `ChangedMeanwhile`, `LastAdministrator` and `StillAccompanies`.
        """
        async with unit_of_work(self.database) as work:
            everybody = await work.colleagues.held(by.organisation_id)
            one = _among(everybody, coach_id)
            if one.appointments != shown:
                raise ChangedMeanwhile
            await _must_be_ours(work, wanted, organisation_id=by.organisation_id)
            if one.administers and ADMINISTRATOR not in wanted:
                _must_not_be_last(everybody, coach_id)
            today = at.now.date()
            taken = one.appointments - wanted
            accompanied = await work.colleagues.accompanied(coach_id, today=today)
            left = sum(accompanied.get(each.programme_id or 0, 0) for each in taken if each.role is Role.COACH)
            if left:
                raise StillAccompanies(left)
            for each in taken:
                await work.appointments.take(coach_id, each)
                await work.audit.note(_role("role-taken", coach_id, each), by=by, now=at.now)
            for each in wanted - one.appointments:
                await work.appointments.give(coach_id, each, now=at.now)
                await work.audit.note(_role("role-given", coach_id, each), by=by, now=at.now)

    async def reset_second_factor(self, coach_id: int, *, by: By, at: Times) -> None:
        """Their phone is lost: they set up a new one when they sign in next, and are signed out until then."""
        async with unit_of_work(self.database) as work:
            await _theirs(work, coach_id, by=by)
            await work.credentials.forget_second_factor(coach_id)
            await work.sessions.end(coach_id, now=at.machine_now)
            await work.audit.note(Done(what="second-factor-reset", about=str(coach_id)), by=by, now=at.now)

    async def remove(self, coach_id: int, *, by: By, at: Times) -> None:
        """They may no longer sign in, and are nothing to any programme. What they did stays in the log.

        Raises `LastAdministrator` and `StillAccompanies`.
        """
        async with unit_of_work(self.database) as work:
            everybody = await work.colleagues.held(by.organisation_id)
            if _among(everybody, coach_id).administers:
                _must_not_be_last(everybody, coach_id)
            await _must_accompany_nobody(work, coach_id, today=at.now.date())
            await work.sessions.end(coach_id, now=at.machine_now)
            await work.links.use_up(coach_id, now=at.machine_now)
            await work.credentials.forget(coach_id)
            await work.colleagues.take_every_role(coach_id)
            await work.colleagues.stand_in_for_nobody(coach_id)
            await work.coaches.change(coach_id, removed_at=at.now, deputy_id=None, away_until=None)
            await work.audit.note(Done(what="removed", about=str(coach_id)), by=by, now=at.now)

    async def _link(self, work: Work, coach_id: int, *, by: By, at: Times) -> str:
        account = await work.credentials.of(coach_id)
        if account is None:
            raise NoSuchColleague
        await work.audit.note(Done(what="invited", about=str(coach_id)), by=by, now=at.now)
        return await self.post.make_link(work, account, LinkPurpose.INVITATION, at=at)


def _role(what: str, coach_id: int, one: Appointment) -> Done:
    return Done(what=what, programme_id=one.programme_id, about=f"{coach_id} {one.role}")


async def _theirs(work: Work, coach_id: int, *, by: By) -> Colleague:
    return _among(await work.colleagues.held(by.organisation_id), coach_id)


def _among(everybody: dict[int, Colleague], coach_id: int) -> Colleague:
    found = everybody.get(coach_id)
    if found is None or found.removed_at is not None:
        raise NoSuchColleague
    return found


def _must_not_be_last(everybody: dict[int, Colleague], coach_id: int) -> None:
    if not any(one.administers for one in everybody.values() if one.id != coach_id):
        raise LastAdministrator


async def _must_accompany_nobody(work: Work, coach_id: int, *, today: date) -> None:
    accompanied = sum((await work.colleagues.accompanied(coach_id, today=today)).values())
    if accompanied:
        raise StillAccompanies(accompanied)


async def _must_be_ours(work: Work, wanted: frozenset[Appointment], *, organisation_id: int) -> None:
    ours = await work.colleagues.programmes(organisation_id)
    if any(one.programme_id is not None and one.programme_id not in ours for one in wanted):
        raise NoSuchColleague
