"""One comes in by a password and a second factor, and whoever has no second factor yet makes one on the way."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from bot.console.desk import Desk
from bot.console.forms import Form
from bot.console.knocks import caller_of, secret, wait, words_of
from bot.console.pages import query
from bot.console.qr_code import qr_code
from bot.console.visit import Page, Visit, cookie_of, keep, ours
from bot.domain.access import May
from bot.services.knocking import NotRight, TriedTooOften
from bot.services.sign_in import Halfway, NotHalfway, SignIn
from bot.storage.one_time_codes import address_of

CODE, SECOND_FACTOR = "/sign-in/code", "/sign-in/second-factor"


class SignInPages:
    """`/sign-in` and what follows it, and `/sign-out`."""

    def __init__(self, desk: Desk) -> None:
        self._sign_in = SignIn(database=desk.database, passwords=desk.passwords)

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/sign-in", answer=self.door, needs=May.COME),
            Page(path="/sign-in", answer=self.password, needs=May.COME, method="POST"),
            Page(path=CODE, answer=self.ask_code, needs=May.COME),
            Page(path=CODE, answer=self.code, needs=May.COME, method="POST"),
            Page(path=SECOND_FACTOR, answer=self.ask_second_factor, needs=May.COME),
            Page(path=SECOND_FACTOR, answer=self.second_factor, needs=May.COME, method="POST"),
            Page(path="/sign-out", answer=self.out, needs=May.ENTER, method="POST"),
        ]

    async def door(self, visit: Visit) -> Response:
        """Name and password."""
        if visit.viewer is not None:
            return visit.go(_to(visit))
        return _door(visit, Form(), done=visit.asked("done"))

    async def password(self, visit: Visit) -> Response:
        """The first step; nothing is open after it."""
        if visit.viewer is not None:
            return visit.go(_to(visit))
        form = Form.sent(visit, "email")
        try:
            token = await self._sign_in.with_password(form["email"], secret(visit, "password"), caller=caller_of(visit))
        except TriedTooOften:
            return wait(visit)
        except NotRight:
            return _door(visit, form, code=422, wrong=True)
        return visit.sign_in(token, to=CODE + query({"to": _to(visit)}))

    async def ask_code(self, visit: Visit) -> Response:
        """The second factor."""
        half = await self._halfway(visit)
        if half is None or half.account.secret is None:
            return visit.go(("/sign-in" if half is None else SECOND_FACTOR) + query({"to": _to(visit)}))
        return _code(visit, Form())

    async def code(self, visit: Visit) -> Response:
        """The second step."""
        form, _ = Form(), words_of(visit)
        named = "recovery" if visit.field("recovery") else "code"
        try:
            opened = await self._sign_in.with_code(visit.token, visit.field(named, most=100), caller=caller_of(visit))
        except TriedTooOften:
            return wait(visit)
        except NotHalfway:
            return visit.go("/sign-in" + query({"to": _to(visit)}))
        except NotRight:
            said = {
                "code": _("This code is not right, or was used already. Wait for the next one and write that."),
                "recovery": _("There is no such recovery code, or it was used already. Try another one."),
            }
            form.complain(named, said[named])
            return _code(visit, form, code=422)
        return visit.sign_in(opened.token, to=_to(visit))

    async def ask_second_factor(self, visit: Visit) -> Response:
        """A second factor is made before anything opens."""
        half = await self._halfway(visit)
        if half is None or half.account.new_secret is None or half.account.secret is not None:
            return visit.go("/sign-in" + query({"to": _to(visit)}))
        return show_second_factor(visit, Form(), secret=half.account.new_secret, email=half.account.email)

    async def second_factor(self, visit: Visit) -> Response:
        """Its first code shows that it works."""
        try:
            opened = await self._sign_in.set_up(visit.token, visit.field("code", most=100), caller=caller_of(visit))
        except TriedTooOften:
            return wait(visit)
        except NotHalfway:
            return visit.go("/sign-in" + query({"to": _to(visit)}))
        except NotRight:
            return await self._not_yet(visit)
        # The page's own forms hang on the new token already.
        shown = replace(visit, token=opened.token)
        return keep(show_recovery_codes(shown, opened.recovery_codes, to=_to(visit)), opened.token, desk=visit.desk)

    async def out(self, visit: Visit) -> Response:
        """The session ends, and the browser forgets what it kept of us."""
        desk = visit.desk
        await self._sign_in.out(visit.session_id, by=visit.by, now=visit.now, machine_now=desk.machine_now())
        response = visit.go("/sign-in?done=out")
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        response.delete_cookie(cookie_of(desk), path="/", secure=desk.demo is None, httponly=True, samesite="lax")
        return response

    async def _halfway(self, visit: Visit) -> Halfway | None:
        try:
            return await self._sign_in.halfway(visit.token, machine_now=visit.desk.machine_now())
        except NotHalfway:
            return None

    async def _not_yet(self, visit: Visit) -> Response:
        half, form = await self._halfway(visit), Form()
        if half is None or half.account.new_secret is None:
            return visit.go("/sign-in")
        form.complain("code", wrong_first_code(visit))
        return show_second_factor(
            visit, form, secret=half.account.new_secret, email=half.account.email, action=SECOND_FACTOR
        )


def show_second_factor(visit: Visit, form: Form, *, secret: str, email: str, action: str = SECOND_FACTOR) -> Response:
    """The secret of a second factor, as a picture and in letters, and a field for its first code."""
    return visit.show(
        "second_factor.html",
        code=200 if form.well else 422,
        form=form,
        picture=qr_code(address_of(secret, email=email)),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        action=action,
        to=_to(visit),
    )


def show_recovery_codes(visit: Visit, codes: Sequence[str], *, to: str) -> Response:
    """Once, and never again."""
    return visit.show("recovery_codes.html", codes=codes, to=to)


def wrong_first_code(visit: Visit) -> str:
    """What is said of a first code that does not fit the secret."""
    _ = words_of(visit)
    return _("This code does not fit. Look at the code the app shows now, and at the clock of your phone.")


def _door(visit: Visit, form: Form, *, code: int = 200, done: str = "", wrong: bool = False) -> Response:
    return visit.show("sign_in.html", code=code, form=form, done=done, wrong=wrong, to=_to(visit))


def _code(visit: Visit, form: Form, *, code: int = 200) -> Response:
    return visit.show("sign_in_code.html", code=code, form=form, to=_to(visit))


def _to(visit: Visit) -> str:
    """The page that was wanted, if it is one of ours."""
    return ours(visit.field("to") or visit.asked("to"), otherwise="/")
