"""An instrument is read with one question, one neutral wording and one sentence a level for each indicator."""

from dataclasses import dataclass

from bot.content.nodes import Node, Scalar
from bot.content.pages import Fields, Page
from bot.content.wordings import NONE, QUESTION
from bot.domain.programme import AskedOf, Indicator, Instrument

KNOWN_KEYS = ("instrument", "about", "scale", "indicators")
SCALE_KEYS = ("low", "high")
INDICATOR_KEYS = (
    "title",
    "asked-of",
    "question",
    "neutral",
    "neutral-short",
    "coach-question",
    "anchors",
    "behaviours",
    "sensitive",
    "note",
)

COACH_QUESTION = frozenset({"first_name"})


def read_instrument(page: Page) -> Instrument | None:
    """The instrument on a page, `None` when not even its name can be read. Words stand in `page.texts`."""
    top = page.fields(page.root, known=KNOWN_KEYS, where="the instrument")
    slug = page.slug(top.need("instrument"))
    page.text(top.get("about"), where="'about'")
    scale = page.fields(top.need("scale"), known=SCALE_KEYS, where="'scale'")
    low = page.number(scale.need("low"), where="'low'", low=0, high=10)
    high = page.number(scale.need("high"), where="'high'", low=1, high=10)
    if low is not None and high is not None and low >= high:
        page.complain(scale.node, "the scale's 'low' is not below its 'high'", "write the lowest level first")
    rows = page.named(top.need("indicators"), where="'indicators'")
    if slug is None:
        return None
    reader = _Reader(page=page, slug=slug, low=1 if low is None else low, high=5 if high is None else high)
    indicators = tuple(reader.indicator(name, at=key, node=value) for name, key, value in rows)
    if not indicators:
        page.complain(top.get("indicators"), "the instrument has no indicators", "add one below 'indicators:'")
    return Instrument(slug=slug, low=reader.low, high=reader.high, indicators=indicators)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """What each indicator of one instrument needs to know to be read."""

    page: Page
    slug: str
    low: int
    high: int

    def indicator(self, name: str, *, at: Scalar, node: Node) -> Indicator:
        page = self.page
        fields = page.fields(node, known=INDICATOR_KEYS, where=f"the indicator '{name}'")
        note = page.text(fields.get("note"), where="'note'") or ""
        words = _Words(page=page, prefix=f"{self.slug}/{name}", note=note)
        asked_of = page.one_of(fields.get("asked-of"), AskedOf, where="'asked-of'") or AskedOf.BOTH
        _check_asked(fields, name, asked_of=asked_of)
        _check_levels(fields, name, at=at)
        return Indicator(
            slug=name,
            title=words.kept(fields.need("title"), "title") or "",
            asked_of=asked_of,
            coach_question=words.kept(fields.need("coach-question"), "coach-question", allowed=COACH_QUESTION) or "",
            anchors=self._anchors(fields.get("anchors"), name, words=words),
            question=words.kept(fields.get("question"), "question", allowed=QUESTION),
            neutral=words.kept(fields.get("neutral"), "neutral", allowed=QUESTION),
            neutral_short=words.kept(fields.get("neutral-short"), "neutral-short", allowed=QUESTION),
            behaviours=_behaviours(fields.get("behaviours"), words=words),
            sensitive=page.flag(fields.get("sensitive"), where="'sensitive'") or False,
        )

    def _anchors(self, node: Node | None, name: str, *, words: "_Words") -> tuple[str, ...]:
        items = self.page.listed(node, where="'anchors'")
        wanted = self.high - self.low + 1
        if node is not None and len(items) != wanted:
            what = f"'{name}' has {len(items)} anchors and its scale has {wanted} levels"
            self.page.complain(node, what, "write one full sentence a level, lowest first")
        keys = (words.kept(item, f"anchor-{place}") for place, item in enumerate(items, 1))
        return tuple(key for key in keys if key is not None)


@dataclass(frozen=True, kw_only=True)
class _Words:
    """Where the words of one indicator are kept."""

    page: Page
    prefix: str
    note: str

    def kept(self, node: Node | None, part: str, *, allowed: frozenset[str] = NONE) -> str | None:
        return self.page.words(node, key=f"{self.prefix}/{part}", allowed=allowed, note=self.note)


def _check_asked(fields: Fields, name: str, *, asked_of: AskedOf) -> None:
    for part in ("question", "neutral"):
        if asked_of is AskedOf.BOTH:
            fields.need(part)
        elif (node := fields.get(part)) is not None:
            what = f"'{name}' is asked of the coach alone and has a '{part}'"
            fields.page.complain(node, what, f"take '{part}' away, or write 'asked-of: both'")


def _check_levels(fields: Fields, name: str, *, at: Scalar) -> None:
    anchors, behaviours = fields.get("anchors"), fields.get("behaviours")
    if (anchors is None) == (behaviours is None):
        has = "neither 'anchors' nor 'behaviours'" if anchors is None else "both 'anchors' and 'behaviours'"
        fields.page.complain(at, f"'{name}' has {has}", "write one of the two")


def _behaviours(node: Node | None, *, words: _Words) -> tuple[str, ...]:
    """The text keys of what is ticked; the slug of each is what follows `behaviour-` in its key."""
    rows = words.page.named(node, where="'behaviours'")
    keys = (words.kept(value, f"behaviour-{slug}") for slug, _, value in rows)
    return tuple(key for key in keys if key is not None)


def behaviour_slug(key: str) -> str:
    """The slug of a behaviour, from its text key."""
    return key.rpartition("/behaviour-")[2]
