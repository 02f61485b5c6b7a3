"""A page is a template and what it shows, in the reader's language, with everything escaped."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import phonenumbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.moves import moves
from bot.content.texts import clock, day, is_right_to_left
from bot.domain.calendar import zone_of

HERE = Path(__file__).parent
COOKIE = "framsteg-language"


class Pages:
    """Renders. One for each process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._zone = zone_of(desk.plan.programme.zone)
        self._environments = {language: self._environment(language) for language in desk.words}

    def language(self, request: Request) -> str:
        """What the address asks for, else what was chosen before, else the first language there is."""
        for wanted in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
            if wanted in self._environments:
                return str(wanted)
        return next(iter(self._environments))

    def show(self, request: Request, template: str, *, code: int = 200, **shown: Any) -> Response:
        """The page. Whoever asked for a language keeps it."""
        language = self.language(request)
        journey, now = self._desk.journey, self._desk.now()
        html = (
            self._environments[language]
            .get_template(template)
            .render(
                language=language,
                languages=tuple(self._environments),
                path=request.url.path,
                now=now,
                journey=journey,
                way=_way(journey.begins, journey.at, journey.target),
                moves=moves(now, programme=self._desk.plan.programme),
                **shown,
            )
        )
        response = HTMLResponse(html, status_code=code)
        if request.query_params.get("lang") in self._environments:
            response.set_cookie(COOKIE, language, max_age=31_536_000, httponly=True, samesite="strict")
        return response

    def missing(self, request: Request) -> Response:
        """There is no such page."""
        return self.show(request, "missing.html", code=404)

    def title(self, key: str, request: Request) -> str:
        """A text of the programme (the name of a phase, of an indicator), in the reader's language."""
        plan = self._desk.plan
        return plan.texts.say(
            key, language=self.language(request), fallback=plan.programme.languages, values={"number": "", "count": ""}
        )

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # The extension adds this method; the type of the environment does not know it.
        environment.install_gettext_translations(self._desk.words[language], newstyle=True)  # type: ignore[attr-defined]
        environment.filters["moment"] = lambda at: f"{self._day(at, language)} {self._clock(at)}"
        environment.filters["day"] = lambda at: self._day(at, language)
        environment.filters["clock"] = self._clock
        environment.filters["number"] = phone
        environment.filters["direction"] = lambda of: "rtl" if is_right_to_left(of) else "ltr"
        environment.filters["iso"] = lambda at: at.astimezone(UTC).isoformat(timespec="seconds")
        return environment

    def _day(self, at: datetime, language: str) -> str:
        return day(at.astimezone(self._zone).date(), language)

    def _clock(self, at: datetime) -> str:
        return clock(at.astimezone(self._zone).time())


def back(request: Request, to: object, *, otherwise: str) -> Response:
    """Send the browser to a page of ours; `to` came with the request and is not trusted."""
    here = isinstance(to, str) and to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return RedirectResponse(to if here and isinstance(to, str) else otherwise, status_code=303)


def page_number(request: Request) -> int:
    """Which page of a list is asked for, from 1."""
    asked = request.query_params.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def phone(number: str) -> str:
    """A number as people write it; whatever is no number stays as it is."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number, "SE"), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number


def _way(begins: datetime | None, at: datetime | None, target: datetime | None) -> int:
    """How much of a journey is done, in per cent."""
    if begins is None or at is None or target is None or target <= begins:
        return 0
    return int(100 * (at - begins) / (target - begins))
