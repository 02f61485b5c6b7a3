"""A coach sees what a person will read, and what it costs, before it is sent."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from babel.numbers import format_currency
from starlette.responses import Response

from bot.console.forms import Form
from bot.console.visit import Page, Visit, ours
from bot.domain.access import ChangedMeanwhile, May
from bot.services.coaching import CannotWrite, Coaching, Letter, Preview
from bot.storage.views.conversation import PersonHeard, bubbles, heard
from bot.storage.views.sight import looking

LAST_WORDS = 6
"""What was said last stands above the box, so that nobody writes past it."""

_AMOUNT_FIRST = "#,##0.00\N{NO-BREAK SPACE}\N{CURRENCY SIGN}"

_TOKEN_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the page is shown with beside the person: what was typed, and what came of it."""

    form: Form = field(default_factory=Form)
    letter: Letter
    preview: Preview | None = None
    refused: str = ""
    meanwhile: bool = False


class WritingPages:
    """`/people/{enrolment}/write`, and what its words cost."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        path = "/people/{enrolment:int}/write"
        return [
            Page(path=path, answer=self.blank, needs=May.PEOPLE),
            Page(path=path, answer=self.send, needs=May.PEOPLE, method="POST"),
            Page(path="/people/{enrolment:int}/parts", answer=self.parts, needs=May.PEOPLE, method="POST"),
        ]

    async def blank(self, visit: Visit) -> Response:
        """An empty sheet."""
        person = await _person(visit)
        if person is None:
            return visit.missing()
        return await _sheet(visit, person, Sheet(letter=Letter(words="", once=new_once(), standing=person.standing)))

    async def send(self, visit: Visit) -> Response:
        """Send it, or look at it first. What is refused keeps its words."""
        person = await _person(visit)
        if person is None:
            return visit.missing()
        letter, form, coaching = _letter(visit), Form.sent(visit, "words", "at_once"), _coaching(visit)
        look = visit.field("do") == "look"
        try:
            if look:
                preview = await coaching.preview(person.enrolment_id, letter, by=visit.by, now=visit.now)
                return await _sheet(visit, person, Sheet(form=form, letter=letter, preview=preview))
            await coaching.write(person.enrolment_id, letter, by=visit.by, now=visit.now)
        except CannotWrite as refused:
            form.complain("words", refused.why)
            return await _sheet(visit, person, Sheet(form=form, letter=letter, refused=refused.why), code=422)
        except ChangedMeanwhile:
            return await _sheet(visit, person, Sheet(form=form, letter=letter, meanwhile=True), code=409)
        await visit.desk.send()
        return visit.back(otherwise=f"/inbox/{person.enrolment_id}")

    async def parts(self, visit: Visit) -> Response:
        """How many SMS the words are and what they cost, for the line beneath the box."""
        person = await _person(visit)
        if person is None:
            return visit.missing()
        try:
            preview = await _coaching(visit).preview(person.enrolment_id, _letter(visit), by=visit.by, now=visit.now)
        except CannotWrite as refused:
            return visit.show("write_parts.html", preview=None, refused=refused.why, price="")
        return visit.show("write_parts.html", preview=preview, refused="", price=_price(visit, preview))


def new_once() -> str:
    """What a form brings back, so that it sends once however often it comes."""
    return secrets.token_urlsafe(18)


async def _person(visit: Visit) -> PersonHeard | None:
    async with looking(visit.desk.database, visit.me.sight) as look:
        return await heard(look, visit.number("enrolment"))


async def _sheet(visit: Visit, person: PersonHeard, sheet: Sheet, *, code: int = 200) -> Response:
    async with looking(visit.desk.database, visit.me.sight) as look:
        last = await bubbles(look, person.participant_id, most=LAST_WORDS)
    return visit.show(
        "write.html",
        code=code,
        person=person,
        last=last,
        form=sheet.form,
        letter=sheet.letter,
        preview=sheet.preview,
        refused=sheet.refused,
        meanwhile=sheet.meanwhile,
        price=_price(visit, sheet.preview),
        # A colleague's words are shown now; whoever sends again has seen them.
        standing=person.standing if sheet.meanwhile else sheet.letter.standing,
        seen=max((one.id for one in last if one.theirs), default=0),
        to=ours(visit.field("back") or visit.asked("back"), otherwise=f"/inbox/{person.enrolment_id}"),
    )


def _letter(visit: Visit) -> Letter:
    once = visit.field("once")
    usable = 16 <= len(once) <= 64 and _TOKEN_LETTERS.issuperset(once)
    return Letter(
        words=visit.field("words").replace("\r\n", "\n"),
        once=once if usable else new_once(),
        at_once=visit.field("at_once") == "yes",
        standing=_whole(visit.field("standing")),
        seen=_whole(visit.field("seen")),
    )


def _coaching(visit: Visit) -> Coaching:
    return Coaching(visit.desk.database, visit.desk.shelf)


def _price(visit: Visit, preview: Preview | None) -> str:
    """What the SMS costs, in the page's language; empty when nobody has said what a part costs."""
    price = visit.desk.sms_price
    if price is None or preview is None or preview.channel != "sms":
        return ""
    whole = price.times(preview.parts)
    return format_currency(whole.amount, whole.currency, _AMOUNT_FIRST, locale=visit.language)


def _whole(words: str) -> int:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else 0
