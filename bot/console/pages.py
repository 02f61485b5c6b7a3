"""A page is a template and what it shows, in the reader's language and time zone, with everything escaped."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from gettext import NullTranslations
from pathlib import Path
from types import CodeType
from typing import Any, Protocol
from urllib.parse import urlencode

import phonenumbers
from babel.numbers import format_decimal
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.console.desk import Desk
from bot.console.moves import moves
from bot.content.language_names import name_in
from bot.content.texts import clock, day, is_right_to_left
from bot.domain.access import May, Viewer
from bot.domain.calendar import zone_of

HERE = Path(__file__).parent
COOKIE = "framsteg-language"
ZONE = "Europe/Stockholm"
"""Of a page that nobody has signed in to yet."""


class Shown(Protocol):
    """What a page must know of the visit it is shown in."""

    @property
    def request(self) -> Request: ...
    @property
    def viewer(self) -> Viewer | None: ...
    @property
    def csrf(self) -> str: ...
    @property
    def language(self) -> str: ...


class Pages:
    """Renders. One for each process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._environments = {language: _environment(words, language) for language, words in desk.words.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        """What the console speaks."""
        return tuple(self._environments)

    def language(self, request: Request, *, own: str) -> str:
        """What the address asks for, else what was chosen before, else the reader's own, else the usual one."""
        for wanted in (_asked(request, "lang"), request.cookies.get(COOKIE), own):
            if wanted in self._environments:
                return str(wanted)
        return self.languages[0]

    def show(self, visit: Shown, template: str, *, code: int = 200, **shown: Any) -> Response:
        """The page. Whoever asked for a language keeps it."""
        language, request = visit.language, visit.request
        html = self._environments[language].get_template(template).render(self._around(visit) | shown)
        response = HTMLResponse(html, status_code=code)
        if _asked(request, "lang") in self._environments:
            response.set_cookie(COOKIE, language, max_age=31_536_000, httponly=True, samesite="strict")
        return response

    def say(self, language: str, words: str, **values: str) -> str:
        """A sentence of the console, in this language; for what is no page, such as a mail."""
        return self._desk.words[language].gettext(words) % values

    def _around(self, visit: Shown) -> dict[str, Any]:
        demo, now = self._desk.demo, self._desk.now()
        return {
            "language": visit.language,
            "languages": self.languages,
            "path": visit.request.url.path,
            "here": _here(visit.request),
            "now": now,
            "zone": visit.viewer.zone if visit.viewer else ZONE,
            "me": visit.viewer,
            "May": May,
            "csrf": visit.csrf,
            "demo": demo,
            "journey": demo.journey if demo else None,
            "way": _way(demo.journey.begins, demo.journey.at, demo.journey.target) if demo else 0,
            "moves": moves(now, programme=demo.plan.programme) if demo else {},
        }


class _Compiled(BytecodeCache):
    """Every language is said by the same templates: each is compiled once, and anew when its file changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of these very words, if it was."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.code is not None:
            self._known[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _environment(words: NullTranslations, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The extension adds this method; the type of the environment does not know it.
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "moment": pass_context(lambda context, at: f"{_day(context, at)} {_clock(context, at)}"),
        "day": pass_context(_day),
        "clock": pass_context(_clock),
        "number": phone,
        "decimal": lambda value: format_decimal(value, format="0.0", locale=language),
        "tongue": lambda of: _begun(name_in(language, of=of)) if of else "",
        "direction": lambda of: "rtl" if is_right_to_left(of) else "ltr",
        "iso": lambda at: at.astimezone(UTC).isoformat(timespec="seconds"),
        "query": query,
    }
    return environment


def _begun(name: str) -> str:
    return name[:1].upper() + name[1:]


def _day(context: Context, at: datetime | date) -> str:
    on = at.astimezone(zone_of(context["zone"])).date() if isinstance(at, datetime) else at
    return day(on, context["language"])


def _clock(context: Context, at: datetime) -> str:
    return clock(at.astimezone(zone_of(context["zone"])).time())


def query(values: Mapping[str, object] | Iterable[tuple[str, object]]) -> str:
    """`?a=1&b=2` of what is there, and nothing of nothing."""
    from_mapping = values.items() if isinstance(values, Mapping) else values
    pairs = [(name, str(value)) for name, value in from_mapping if value not in (None, "")]
    return "?" + urlencode(pairs) if pairs else ""


def page_number(request: Request) -> int:
    """Which page of a list is asked for, from 1."""
    asked = _asked(request, "page")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def phone(number: str) -> str:
    """A number as people write it; whatever is no number stays as it is."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number, "SE"), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number


def _asked(request: Request, name: str) -> str:
    """Of what is asked twice, the first counts, as in a form."""
    return next(iter(request.query_params.getlist(name)), "")


def _here(request: Request) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return request.url.path + query(kept)


def _way(begins: datetime | None, at: datetime | None, target: datetime | None) -> int:
    """How much of a journey is done, in per cent."""
    if begins is None or at is None or target is None or target <= begins:
        return 0
    return int(100 * (at - begins) / (target - begins))
