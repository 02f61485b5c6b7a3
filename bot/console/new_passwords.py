"""An invitation and a forgotten password lead to a page where one chooses a password."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from starlette.background import BackgroundTask
from starlette.responses import Response

from bot.console.desk import Desk
from bot.console.forms import Form
from bot.console.knocks import address_of, caller_of, password_complaint, secret, wait, words_of
from bot.console.visit import Page, Visit
from bot.domain.access import May
from bot.services.account_mail import Post
from bot.services.knocking import Caller, TriedTooOften
from bot.services.new_passwords import LinkIsOver, NewPasswords
from bot.storage.away import DatabaseAway
from bot.storage.sign_in_links import LinkPurpose

log = logging.getLogger(__name__)


class NewPasswordPages:
    """`/invitation/…`, `/new-password/…` and `/forgotten`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def pages(self) -> Sequence[Page]:
        """All of them."""
        links = [
            Page(path=f"/{purpose}/{{code:str}}", answer=answer(purpose), needs=May.COME, method=method)
            for purpose in LinkPurpose
            for method, answer in (("GET", self.shown), ("POST", self.chosen))
        ]
        return [
            *links,
            Page(path="/forgotten", answer=self.ask, needs=May.COME),
            Page(path="/forgotten", answer=self.send, needs=May.COME, method="POST"),
        ]

    def shown(self, purpose: LinkPurpose) -> Callable[[Visit], Awaitable[Response]]:
        """The page behind a link. Looking at it uses nothing up."""

        async def answer(visit: Visit) -> Response:
            try:
                account = await self._rooms(visit).behind(
                    visit.request.path_params["code"], purpose=purpose, caller=caller_of(visit)
                )
            except TriedTooOften:
                return wait(visit)
            except LinkIsOver:
                return visit.show("link_over.html", code=404)
            return _choose(visit, Form(), email=account.email)

        return answer

    def chosen(self, purpose: LinkPurpose) -> Callable[[Visit], Awaitable[Response]]:
        """A password was chosen."""

        async def answer(visit: Visit) -> Response:
            code, rooms, caller = visit.request.path_params["code"], self._rooms(visit), caller_of(visit)
            try:
                account = await rooms.behind(code, purpose=purpose, caller=caller)
                form = new_password_form(visit, email=account.email)
                if not form.well:
                    return _choose(visit, form, email=account.email)
                await rooms.choose(code, secret(visit, "new"), purpose=purpose, caller=caller)
            except TriedTooOften:
                return wait(visit)
            except LinkIsOver:
                return visit.show("link_over.html", code=404)
            return visit.go("/sign-in?done=password")

        return answer

    async def ask(self, visit: Visit) -> Response:
        """For whoever forgot the password."""
        return visit.show("forgotten.html", form=Form(), sent=False, mails=visit.desk.mails)

    async def send(self, visit: Visit) -> Response:
        """The same answer whoever it is; what it leads to is written when the answer has left."""
        form = Form.sent(visit, "email")
        form.words("email", most=200)
        if not form.well or not visit.desk.mails:
            code = 200 if form.well else 422
            return visit.show("forgotten.html", code=code, form=form, sent=False, mails=visit.desk.mails)
        rooms, caller = self._rooms(visit), caller_of(visit)
        try:
            await rooms.ask(form["email"], caller=caller)
        except TriedTooOften:
            return wait(visit)
        response = visit.show("forgotten.html", form=form, sent=True, mails=True)
        response.background = BackgroundTask(self._mail, rooms, form["email"], caller)
        return response

    async def _mail(self, rooms: NewPasswords, email: str, caller: Caller) -> None:
        try:
            if await rooms.send_link(email, caller=caller):
                await self._desk.send()
        except DatabaseAway:
            log.error("a link for a new password was not written: the database is away")

    def _rooms(self, visit: Visit) -> NewPasswords:
        desk = self._desk
        post = Post(words=desk.words, address=address_of(visit), mails=desk.mails)
        return NewPasswords(database=desk.database, passwords=desk.passwords, post=post)


def new_password_form(visit: Visit, *, email: str) -> Form:
    """The two fields of a new password, looked at. What was typed is not kept."""
    form, _ = Form(), words_of(visit)
    password = secret(visit, "new")
    wrong = password_complaint(visit, password, email=email)
    if wrong is not None:
        form.complain("new", wrong)
    elif secret(visit, "again") != password:
        form.complain("again", _("This is not the same password. Write it once more."))
    return form


def _choose(visit: Visit, form: Form, *, email: str) -> Response:
    return visit.show("choose_password.html", code=200 if form.well else 422, form=form, email=email)
