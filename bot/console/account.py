"""One's own account: language, password, phone, where one is signed in, and who stands in while one is away."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from zoneinfo import available_timezones

from starlette.responses import Response

from bot.console.browsers import name_of
from bot.console.desk import Desk
from bot.console.forms import Form
from bot.console.knocks import caller_of, secret, wait, words_of
from bot.console.new_passwords import new_password_form
from bot.console.sign_in import show_recovery_codes, show_second_factor, wrong_first_code
from bot.console.visit import Page, Visit
from bot.domain.access import May
from bot.domain.calendar import zone_of
from bot.services import attention
from bot.services.knocking import NotRight, TriedTooOften
from bot.services.own_account import NoSuchColleague, OwnAccount
from bot.storage.views.accounts import own_account
from bot.storage.views.sight import looking
from bot.storage.views.urgent import is_told_late

LONGEST_AWAY = timedelta(days=366)
SECOND_FACTOR = "/account/second-factor"


class AccountPages:
    """`/account` and all that its forms do."""

    def __init__(self, desk: Desk) -> None:
        self._own = OwnAccount(database=desk.database, passwords=desk.passwords)

    def pages(self) -> Sequence[Page]:
        """All of them."""
        posts = {
            "settings": self.settings,
            "deputy": self.deputy,
            "away": self.away,
            "back": self.back,
            "password": self.password,
            "new-phone": self.new_phone,
            "second-factor": self.second_factor,
            "recovery-codes": self.recovery_codes,
            "sessions/{session:int}/end": self.end,
            "sessions/end": self.end_others,
        }
        return [
            Page(path="/account", answer=self.show, needs=May.ENTER),
            Page(path=SECOND_FACTOR, answer=self.ask_second_factor, needs=May.ENTER),
            *(Page(path=f"/account/{of}", answer=do, needs=May.ENTER, method="POST") for of, do in posts.items()),
        ]

    async def show(self, visit: Visit) -> Response:
        """All of it."""
        return await _shown(visit, Form())

    async def settings(self, visit: Visit) -> Response:
        """Language and time zone."""
        form = Form.sent(visit, "language", "zone")
        language = form.one_of("language", visit.pages.languages)
        zone = form.one_of("zone", zones(visit.me.zone))
        if not form.well:
            return await _shown(visit, form)
        await self._own.set_language(language, zone, by=visit.by, caller=caller_of(visit))
        # The page goes on in it, whatever this browser was told before.
        return visit.go(f"/account?lang={language}&done=saved")

    async def deputy(self, visit: Visit) -> Response:
        """Who stands in."""
        form, chosen = Form.sent(visit, "deputy"), visit.field("deputy", most=19)
        try:
            deputy = int(chosen) if chosen.isascii() and chosen.isdigit() else None
            if chosen and deputy is None:
                raise NoSuchColleague
            await self._own.set_deputy(deputy, by=visit.by, caller=caller_of(visit))
        except NoSuchColleague:
            form.complain("deputy", "choose")
            return await _shown(visit, form)
        return _done("saved", visit)

    async def away(self, visit: Visit) -> Response:
        """Away from now on: through the day that is given, or only today."""
        form, _ = Form.sent(visit, "through"), words_of(visit)
        today = visit.now.astimezone(zone_of(visit.me.zone)).date()
        through = form.day("through", required=False) or today
        if not today <= through <= today + LONGEST_AWAY:
            form.complain("through", _("Choose a day from today on, at most a year ahead."))
        async with looking(visit.desk.database, visit.me.sight) as look:
            if (await own_account(look, machine_now=visit.desk.machine_now())).deputy_id is None:
                form.complain("deputy", _("Choose first who sees your people while you are away."))
        if not form.well:
            return await _shown(visit, form)
        await attention.be_away(visit.desk.database, visit.by, until=through, now=visit.now)
        return visit.back(otherwise="/account?done=away")

    async def back(self, visit: Visit) -> Response:
        """No longer away."""
        await attention.be_back(visit.desk.database, visit.by, now=visit.now)
        return visit.back(otherwise="/account?done=back")

    async def password(self, visit: Visit) -> Response:
        """Another password; all other sessions end."""
        form, _ = new_password_form(visit, email=visit.me.email), words_of(visit)
        if not form.well:
            return await _shown(visit, form)
        try:
            token = await self._own.change_password(
                secret(visit, "old"), secret(visit, "new"), by=visit.by, caller=caller_of(visit)
            )
        except TriedTooOften:
            return wait(visit)
        except NotRight:
            form.complain("old", _wrong_password(visit))
            return await _shown(visit, form)
        return visit.sign_in(token, to="/account?done=password")

    async def new_phone(self, visit: Visit) -> Response:
        """A new second factor is begun; the old one counts until the new one was shown to work."""
        try:
            await self._own.propose_second_factor(secret(visit, "phone"), by=visit.by, caller=caller_of(visit))
        except TriedTooOften:
            return wait(visit)
        except NotRight:
            return await _shown(visit, Form(wrong={"phone": _wrong_password(visit)}))
        return visit.go(SECOND_FACTOR)

    async def ask_second_factor(self, visit: Visit) -> Response:
        """The new secret."""
        return await self._second_factor(visit, Form())

    async def second_factor(self, visit: Visit) -> Response:
        """Its first code."""
        try:
            codes = await self._own.adopt_second_factor(
                visit.field("code", most=100), by=visit.by, caller=caller_of(visit)
            )
        except TriedTooOften:
            return wait(visit)
        except NotRight:
            return await self._second_factor(visit, Form(wrong={"code": wrong_first_code(visit)}))
        return show_recovery_codes(visit, codes, to="/account")

    async def recovery_codes(self, visit: Visit) -> Response:
        """New ones; the old ones work no more."""
        try:
            codes = await self._own.new_recovery_codes(secret(visit, "codes"), by=visit.by, caller=caller_of(visit))
        except TriedTooOften:
            return wait(visit)
        except NotRight:
            return await _shown(visit, Form(wrong={"codes": _wrong_password(visit)}))
        return show_recovery_codes(visit, codes, to="/account")

    async def end(self, visit: Visit) -> Response:
        """One session, here or elsewhere."""
        if not await self._own.end_session(visit.number("session"), by=visit.by, caller=caller_of(visit)):
            return visit.missing()
        return _done("ended", visit)

    async def end_others(self, visit: Visit) -> Response:
        """Every session but this one."""
        await self._own.end_other_sessions(visit.session_id, by=visit.by, caller=caller_of(visit))
        return _done("ended", visit)

    async def _second_factor(self, visit: Visit, form: Form) -> Response:
        account = await self._own.proposed(by=visit.by)
        if account is None or account.new_secret is None:
            return visit.go("/account")
        return show_second_factor(visit, form, secret=account.new_secret, email=account.email, action=SECOND_FACTOR)


@cache
def zones(own: str) -> tuple[str, ...]:
    """Europe's time zones, and one's own."""
    return tuple(sorted({own, *(name for name in available_timezones() if name.startswith("Europe/"))}))


async def _shown(visit: Visit, form: Form) -> Response:
    async with looking(visit.desk.database, visit.me.sight) as look:
        seen = await own_account(look, machine_now=visit.desk.machine_now())
        late = await is_told_late(look)
    me, today = visit.me, visit.now.astimezone(zone_of(visit.me.zone)).date()
    form.values = {
        "language": me.language,
        "zone": me.zone,
        "deputy": str(seen.deputy_id or ""),
        "through": today.isoformat(),
    } | form.values
    return visit.show(
        "account.html",
        code=200 if form.well else 422,
        form=form,
        seen=seen,
        late=late,
        away=_away(seen.away_until, today=today),
        zones=zones(me.zone),
        browser=name_of,
        session_id=visit.session_id,
        done=visit.asked("done"),
        today=today,
        last=today + LONGEST_AWAY,
    )


def _away(until: date | None, *, today: date) -> date | None:
    return until if until is not None and until >= today else None


def _done(what: str, visit: Visit) -> Response:
    return visit.go(f"/account?done={what}")


def _wrong_password(visit: Visit) -> str:
    _ = words_of(visit)
    return _("This is not your password. Write it again.")
