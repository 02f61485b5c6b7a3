"""What people wrote is found, read and claimed here; who wrote last stands first."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.console.automation import Beside, beside_of
from bot.console.pages import page_number
from bot.console.visit import LARGEST_NUMBER, Page, Visit, renews_itself
from bot.console.writing import new_once
from bot.domain.access import ChangedMeanwhile, May
from bot.engine.taps import TAP
from bot.services.coaching import Coaching
from bot.storage.bookmarks import is_another_reading
from bot.storage.views.conversation import Before, Bubble, PersonHeard, automation, bubbles, heard
from bot.storage.views.inbox import Show, counts, talks
from bot.storage.views.sight import looking
from bot.storage.views.strangers import by_name, settled, strangers, words_of

TALKS_A_PAGE, BUBBLES_A_PAGE, STRANGERS_A_PAGE = 25, 40, 25
MOST_WAITING, MOST_NAMES, MOST_OF_A_STRANGER = 10, 20, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A message as the page shows it: a tap by the words on its button."""

    bubble: Bubble
    words: str


class InboxPages:
    """`/inbox` and what lies in it."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        one = "/inbox/unclaimed/{address:int}"
        return [
            Page(path="/inbox", answer=self.inbox, needs=May.PEOPLE),
            Page(path="/inbox/unclaimed", answer=self.unclaimed, needs=May.PEOPLE),
            Page(path=one, answer=self.stranger, needs=May.PEOPLE),
            Page(path=f"{one}/claim", answer=self.claim, needs=May.PEOPLE, method="POST"),
            Page(path=f"{one}/put-away", answer=self.put_away, needs=May.PEOPLE, method="POST"),
            Page(path="/inbox/{enrolment:int}", answer=self.conversation, needs=May.PEOPLE),
        ]

    async def inbox(self, visit: Visit) -> Response:
        """Conversations, a page at a time."""
        page, asked = page_number(visit.request), visit.asked("show")
        show = Show(asked) if asked in tuple(Show) else Show.ALL
        async with looking(visit.desk.database, visit.me.sight) as look:
            found = await talks(look, show=show, most=TALKS_A_PAGE + 1, skip=(page - 1) * TALKS_A_PAGE)
            count = await counts(look)
        more = len(found) > TALKS_A_PAGE
        return visit.show("inbox.html", talks=found[:TALKS_A_PAGE], counts=count, show=show, page=page, more=more)

    async def conversation(self, visit: Visit) -> Response:
        """What was said with one person. Opening it has read it."""
        before = _before(visit)
        async with looking(visit.desk.database, visit.me.sight) as look:
            person = await heard(look, visit.number("enrolment"))
            if person is None:
                return visit.missing()
            found = await bubbles(look, person.participant_id, most=BUBBLES_A_PAGE + 1, before=before)
            working = await automation(look, person, most=MOST_WAITING)
        shown = found[-BUBBLES_A_PAGE:]
        seen = max((one.id for one in shown if one.theirs), default=0)
        if before is None:
            await _note_read(visit, person, seen=seen)
        beside: Beside = await beside_of(visit, person, working)
        return visit.show(
            "conversation.html",
            person=person,
            spoken=spoken(shown),
            earlier=_earlier(shown, before) if len(found) > BUBBLES_A_PAGE else None,
            newest=before is None,
            beside=beside,
            once=new_once(),
            seen=seen,
        )

    async def unclaimed(self, visit: Visit, *, code: int = 200) -> Response:
        """Numbers and chats that are nobody's. With 409: what somebody wanted to settle was settled before."""
        page = page_number(visit.request)
        async with looking(visit.desk.database, visit.me.sight) as look:
            found = await strangers(look, most=STRANGERS_A_PAGE + 1, skip=(page - 1) * STRANGERS_A_PAGE)
            count = await counts(look)
        return visit.show(
            "unclaimed.html",
            code=code,
            strangers=found[:STRANGERS_A_PAGE],
            counts=count,
            page=page,
            more=len(found) > STRANGERS_A_PAGE,
            settled=code == 409,
        )

    async def stranger(self, visit: Visit, *, code: int = 200) -> Response:
        """One of them, and who it may be."""
        address, name = visit.number("address"), visit.asked("name")
        async with looking(visit.desk.database, visit.me.sight) as look:
            found = await strangers(look, most=1, only=address)
            words = await words_of(look, address, most=MOST_OF_A_STRANGER)
            people = await by_name(look, name, most=MOST_NAMES + 1)
        if not found:
            return visit.missing()
        return visit.show(
            "unclaimed_one.html",
            code=code,
            stranger=found[0],
            words=words,
            people=people[:MOST_NAMES],
            name=name,
            more=len(people) > MOST_NAMES,
            refused=code == 422,
        )

    async def claim(self, visit: Visit) -> Response:
        """It is one of the reader's people."""
        chosen, address = visit.field("enrolment"), visit.number("address")
        async with looking(visit.desk.database, visit.me.sight) as look:
            if not await strangers(look, most=1, only=address):
                return await self._gone(visit, address)
            if not chosen:
                return await self.stranger(visit, code=422)
            known = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
            person = await heard(look, int(chosen)) if known else None
        if person is None:
            return visit.missing()
        try:
            await Coaching(visit.desk.database, visit.desk.shelf).claim(
                address,
                person.enrolment_id,
                writes_here=visit.field("writes_here") == "yes",
                by=visit.by,
                now=visit.now,
            )
        except ChangedMeanwhile:
            return await self.unclaimed(visit, code=409)
        return visit.go(f"/inbox/{person.enrolment_id}")

    async def put_away(self, visit: Visit) -> Response:
        """It is nobody of ours."""
        address = visit.number("address")
        try:
            await Coaching(visit.desk.database, visit.desk.shelf).put_away(address, by=visit.by, now=visit.now)
        except ChangedMeanwhile:
            return await self._gone(visit, address)
        return visit.go("/inbox/unclaimed")

    async def _gone(self, visit: Visit, address: int) -> Response:
        async with looking(visit.desk.database, visit.me.sight) as look:
            before = await settled(look, address)
        return await self.unclaimed(visit, code=409) if before else visit.missing()


def spoken(shown: Sequence[Bubble]) -> list[Spoken]:
    """Messages with their words: what a tap brings back is told by the button it was under."""
    labels: dict[str, str] = {}
    found = []
    for one in shown:
        labels.update(one.labels)
        is_tap = one.theirs and one.text.startswith(TAP)
        found.append(Spoken(bubble=one, words=labels.get(one.text, "") if is_tap else one.text))
    return found


async def _note_read(visit: Visit, person: PersonHeard, *, seen: int) -> None:
    if renews_itself(visit.request):
        return
    if seen > person.read_until or is_another_reading(person.read_at, now=visit.now):
        coaching = Coaching(visit.desk.database, visit.desk.shelf)
        await coaching.note_read(person.enrolment_id, until=max(seen, person.read_until), by=visit.by, now=visit.now)


def _before(visit: Visit) -> Before | None:
    """The end of the page before, as the address says; `None` on the newest page."""
    theirs, ours = (_whole(visit.asked(name)) for name in ("theirs", "ours"))
    return None if theirs is None or ours is None else Before(inbox=theirs, outbox=ours)


def _whole(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else None


def _earlier(shown: Sequence[Bubble], before: Before | None) -> Before:
    last = before or Before(inbox=LARGEST_NUMBER, outbox=LARGEST_NUMBER)
    return Before(
        inbox=min((one.id for one in shown if one.theirs), default=last.inbox),
        outbox=min((one.id for one in shown if not one.theirs), default=last.outbox),
    )
