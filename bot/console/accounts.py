"""An administrator invites colleagues, gives and takes roles, and sees no participant while doing so."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from bot.console.desk import Desk
from bot.console.forms import Form
from bot.console.knocks import address_of, words_of
from bot.console.visit import Page, Visit
from bot.domain.access import Appointment, ChangedMeanwhile, May, Role
from bot.services.account_mail import Post, Times
from bot.services.accounts import (
    Accounts,
    LastAdministrator,
    NewColleague,
    NoSuchColleague,
    StillAccompanies,
    Taken,
)
from bot.storage.unit_of_work import looking as looking_at_stores
from bot.storage.views.accounts import account, accounts, programmes_of, word_of
from bot.storage.views.sight import looking

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_IN_A_PROGRAMME = (Role.COACH, Role.LEADER, Role.TRANSLATOR, Role.ANALYST)
LONGEST_NAME = 60


class AccountsPages:
    """`/accounts` and each colleague's page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pages(self) -> Sequence[Page]:
        """All of them."""
        one = "/accounts/{account:int}"
        posts = {"roles": self.roles, "invite": self.again, "second-factor": self.reset, "remove": self.remove}
        return [
            Page(path="/accounts", answer=self.all, needs=May.ACCOUNTS),
            Page(path="/accounts/new", answer=self.new, needs=May.ACCOUNTS),
            Page(path="/accounts/new", answer=self.invite, needs=May.ACCOUNTS, method="POST"),
            Page(path=one, answer=self.one, needs=May.ACCOUNTS),
            *(
                Page(path=f"{one}/{of}", answer=_of_ours(do), needs=May.ACCOUNTS, method="POST")
                for of, do in posts.items()
            ),
        ]

    async def all(self, visit: Visit) -> Response:
        """Everybody who may sign in."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            found = await accounts(look, machine_now=visit.desk.machine_now())
            titles = await _titles(visit, [one.id for one in await programmes_of(look)])
        return visit.show("accounts.html", accounts=found, titles=titles, done=visit.asked("done"))

    async def new(self, visit: Visit) -> Response:
        """An empty form."""
        return await _new(visit, Form(values={"language": visit.me.language}), chosen=frozenset())

    async def invite(self, visit: Visit) -> Response:
        """Give a colleague an account, and a link."""
        form, chosen, _ = Form.sent(visit, "first_name", "email", "language"), _chosen(visit), words_of(visit)
        form.words("first_name", most=LONGEST_NAME)
        form.words("email", most=200)
        form.one_of("language", visit.pages.languages)
        if not _EMAIL.fullmatch(form["email"]):
            form.complain("email", "no-email")
        if not chosen:
            form.complain("roles", _("Choose at least one role: without one, no page opens."))
        if not form.well:
            return await _new(visit, form, chosen=chosen)
        new = NewColleague(
            first_name=form["first_name"], email=form["email"], language=form["language"], appointments=chosen
        )
        try:
            coach_id, link = await self._accounts(visit).invite(new, by=visit.by, at=_times(visit))
        except Taken:
            form.complain("email", _("A colleague has this address already. Look for them among the accounts."))
            return await _new(visit, form, chosen=chosen)
        except NoSuchColleague:
            form.complain("roles", "choose")
            return await _new(visit, form, chosen=frozenset())
        return await self._invited(visit, coach_id, link)

    async def one(self, visit: Visit) -> Response:
        """One colleague."""
        return await _one(visit, visit.number("account"))

    async def roles(self, visit: Visit, coach_id: int) -> Response:
        """Their roles from now on."""
        _ = words_of(visit)
        try:
            await self._accounts(visit).set_roles(
                coach_id,
                _chosen(visit),
                shown=_appointments(visit.field("standing").split()),
                by=visit.by,
                at=_times(visit),
            )
        except ChangedMeanwhile:
            said = _("Somebody else has changed these roles since you opened the page. This is how they are now.")
            return await _one(visit, coach_id, problem=said, code=409)
        if coach_id == visit.me.coach_id and Appointment(role=Role.ADMINISTRATOR) not in _chosen(visit):
            return visit.go("/")
        return visit.go(f"/accounts/{coach_id}?done=roles")

    async def again(self, visit: Visit, coach_id: int) -> Response:
        """A new link."""
        return await self._invited(
            visit, coach_id, await self._accounts(visit).invite_again(coach_id, by=visit.by, at=_times(visit))
        )

    async def reset(self, visit: Visit, coach_id: int) -> Response:
        """A lost phone."""
        await self._accounts(visit).reset_second_factor(coach_id, by=visit.by, at=_times(visit))
        return visit.go(f"/accounts/{coach_id}?done=second-factor")

    async def remove(self, visit: Visit, coach_id: int) -> Response:
        """They may no longer sign in."""
        await self._accounts(visit).remove(coach_id, by=visit.by, at=_times(visit))
        return visit.go("/accounts?done=removed")

    async def _invited(self, visit: Visit, coach_id: int, link: str) -> Response:
        await self._desk.send()
        async with looking(visit.desk.database, visit.me.sight) as look:
            seen = await account(look, coach_id, machine_now=visit.desk.machine_now())
        return visit.show("invited.html", seen=seen, link=link, mails=visit.desk.mails)

    def _accounts(self, visit: Visit) -> Accounts:
        desk = self._desk
        post = Post(words=desk.words, address=address_of(visit), mails=desk.mails)
        return Accounts(database=desk.database, post=post)


def _of_ours(do: Callable[[Visit, int], Awaitable[Response]]) -> Callable[[Visit], Awaitable[Response]]:
    """What is done to one colleague; whoever is not of the organisation is not there, and a refusal says why."""

    async def answer(visit: Visit) -> Response:
        coach_id, _ = visit.number("account"), words_of(visit)
        try:
            return await do(visit, coach_id)
        except NoSuchColleague:
            return visit.missing()
        except LastAdministrator:
            said = _("Nobody else administers the accounts. Make a colleague administrator first.")
        except StillAccompanies:
            said = _("They still accompany people who have not left. Have these handed over to another coach first.")
        return await _one(visit, coach_id, problem=said, code=422)

    return answer


async def _one(visit: Visit, coach_id: int, *, problem: str = "", code: int = 200) -> Response:
    async with looking(visit.desk.database, visit.me.sight) as look:
        seen = await account(look, coach_id, machine_now=visit.desk.machine_now())
        programmes = await programmes_of(look)
    if seen is None:
        return visit.missing()
    return visit.show(
        "account_of.html",
        code=code,
        seen=seen,
        problem=problem,
        done=visit.asked("done"),
        chosen={word_of(one) for one in seen.appointments},
        **await _roles(visit, [one.id for one in programmes]),
    )


async def _new(visit: Visit, form: Form, *, chosen: frozenset[Appointment]) -> Response:
    async with looking(visit.desk.database, visit.me.sight) as look:
        programmes = await programmes_of(look)
    return visit.show(
        "account_new.html",
        code=200 if form.well else 422,
        form=form,
        chosen={word_of(one) for one in chosen},
        **await _roles(visit, [one.id for one in programmes]),
    )


async def _roles(visit: Visit, programmes: Sequence[int]) -> dict[str, Any]:
    titles = await _titles(visit, programmes)
    return {"programmes": [(one, titles[one]) for one in programmes], "roles": _IN_A_PROGRAMME, "titles": titles}


async def _titles(visit: Visit, programmes: Sequence[int]) -> Mapping[int, str]:
    """What each programme is called; one that has published nothing is only a number."""
    async with looking_at_stores(visit.desk.database) as work:
        plans = await visit.desk.shelf.plans(work, programmes)
    return {
        one: visit.title(plans[one], plans[one].programme.title) if one in plans else str(one) for one in programmes
    }


def _chosen(visit: Visit) -> frozenset[Appointment]:
    return _appointments(visit.several("role"))


def _appointments(words: Sequence[str]) -> frozenset[Appointment]:
    """Roles as a form brings them; what is none is passed over."""
    found = set()
    for word in words:
        role, _, programme = word.partition("/")
        if word == Role.ADMINISTRATOR:
            found.add(Appointment(role=Role.ADMINISTRATOR))
        elif role in _IN_A_PROGRAMME and programme.isascii() and programme.isdigit() and len(programme) < 19:
            found.add(Appointment(role=Role(role), programme_id=int(programme)))
    return frozenset(found)


def _times(visit: Visit) -> Times:
    return Times(now=visit.now, machine_now=visit.desk.machine_now())
