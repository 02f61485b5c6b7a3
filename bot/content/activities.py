"""What a programme holds, and for whom, is read with hours, days and names that fit each other."""

from dataclasses import dataclass
from datetime import date, time

from bot.content.nodes import Node, Scalar
from bot.content.pages import Fields, Page, hint
from bot.content.recurrences import RECURRENCE_KEYS, read_recurrence
from bot.content.reminders import some_of
from bot.content.wordings import NONE
from bot.domain.programme import Activity, Area, Block, Programme
from bot.domain.recurrence import Days, Recurrence

BLOCK_KEYS = ("title", "note")
ACTIVITY_KEYS = (
    "title",
    "area",
    *RECURRENCE_KEYS,
    "from",
    "to",
    "place",
    "phases",
    "block",
    "first-day",
    "last-day",
    "held-on-free-days",
    "drop-in",
    "note",
)

_BEGINS = time(7)
_ENDS = time(23, 59)


def read_blocks(top: Fields, *, prefix: str) -> tuple[Block, ...]:
    """The blocks below `blocks:`."""
    page, found = top.page, []
    for name, _, value in page.named(top.get("blocks"), where="'blocks'"):
        fields = page.fields(value, known=BLOCK_KEYS, where=f"the block '{name}'")
        note = page.text(fields.get("note"), where="'note'") or ""
        title = page.words(fields.need("title"), key=f"{prefix}/block-{name}/title", allowed=NONE, note=note)
        found.append(Block(slug=name, title=title or ""))
    return tuple(found)


def read_activities(top: Fields, programme: Programme) -> tuple[Activity, ...]:
    """The activities below `activities:` of a programme whose phases, blocks and closed days are read."""
    reader = _Reader(page=top.page, programme=programme)
    rows = top.page.named(top.get("activities"), where="'activities'")
    return tuple(reader.activity(name, key, value) for name, key, value in rows)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    page: Page
    programme: Programme

    def activity(self, name: str, key: Scalar, node: Node) -> Activity:
        page = self.page
        fields = page.fields(node, known=ACTIVITY_KEYS, where=f"the activity '{name}'")
        recurs = read_recurrence(fields, name=name)
        on_free_days = page.flag(fields.get("held-on-free-days"), where="'held-on-free-days'") or False
        first, last = (page.day(fields.get(part), where=f"'{part}'") for part in ("first-day", "last-day"))
        if first and last and first > last:
            page.complain(key, f"the last day of '{name}' is before its first", "change 'first-day' or 'last-day'")
        self._check_dates(fields, recurs, first=first, last=last, on_free_days=on_free_days)
        begins, ends = self._hours(fields, name, key)
        title, place = self._words(fields, name)
        phases = tuple(phase.slug for phase in self.programme.phases)
        return Activity(
            slug=name,
            title=title,
            area=page.one_of(fields.need("area"), Area, where="'area'") or Area.JOB,
            recurs=recurs,
            begins=begins,
            ends=ends,
            place=place,
            phases=some_of(page, fields.get("phases"), known=phases, what="phase"),
            block=self._block(fields.get("block")),
            first_on=first,
            last_on=last,
            held_on_free_days=on_free_days,
            drop_in=page.flag(fields.get("drop-in"), where="'drop-in'") or False,
        )

    def _words(self, fields: Fields, name: str) -> tuple[str, str]:
        note, prefix = self.page.text(fields.get("note"), where="'note'") or "", self.programme.slug
        title, place = (
            self.page.words(fields.need(part), key=f"{prefix}/activity-{name}/{part}", allowed=NONE, note=note)
            for part in ("title", "place")
        )
        return title or "", place or ""

    def _hours(self, fields: Fields, name: str, key: Scalar) -> tuple[time, time]:
        begins = self.page.clock(fields.need("from"), where="'from'") or _BEGINS
        ends = self.page.clock(fields.need("to"), where="'to'") or _ENDS
        if begins >= ends:
            self.page.complain(key, f"the activity '{name}' ends before it begins", "change 'from' or 'to'")
        return begins, ends

    def _block(self, node: Node | None) -> str | None:
        slug, blocks = self.page.slug(node), [block.slug for block in self.programme.blocks]
        if slug is not None and slug not in blocks:
            self.page.complain(node, f"the programme has no block '{slug}'", hint(slug, blocks))
        return slug

    def _check_dates(
        self, fields: Fields, recurs: Recurrence, *, first: date | None, last: date | None, on_free_days: bool
    ) -> None:
        """A date that is written out, and on which nothing is held after all, is somebody's mistake."""
        node = fields.get("dates")
        for day in recurs.days if isinstance(recurs, Days) else ():
            if (first and day < first) or (last and day > last):
                self.page.complain(node, f"{day} is not between 'first-day' and 'last-day'", "take one of them away")
            elif day in self.programme.closed and not on_free_days:
                remedy = "take the date away, or write 'held-on-free-days: true'"
                self.page.complain(node, f"the programme is closed on {day}", remedy)
