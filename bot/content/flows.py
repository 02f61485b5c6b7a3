"""A flow is read into steps the engine can walk: every target is there, every way ends."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.content.asks import ASK_KEYS, read_ask, read_signs, target
from bot.content.instruments import behaviour_slug
from bot.content.nodes import Mapping, Node, Scalar
from bot.content.pages import Fields, Page, hint
from bot.content.routes import check_routes
from bot.content.wordings import PERSON
from bot.domain.free_days import DAYS_OFF, Keeping
from bot.domain.programme import MESSAGES_ALLOWED, WELCOME, AskedOf, Indicator, Instrument
from bot.engine.definition import END, AnswerKind, Ask, Choice, Flow, Say, Step

KNOWN_KEYS = ("flow", "about", "check-in", "expires-after", "nudge", "steps")
NUDGE_KEYS = ("after", "say", "note")
SAY_KEYS = ("say", "next", "note")
RATE_KEYS = ("rate", "rotating", "by-sms", "signs", "skip", "note")

_TOGETHER = "together"

_RESERVED = (END, "nudge")


def read_flow(page: Page, *, instrument: Instrument | None) -> Flow | None:
    """The flow on a page, `None` when it has no name or no steps. Words stand in `page.texts`.

    `instrument` is the programme's, from which `rate` takes its questions. Without one (a flow that no programme
    uses yet, or words being looked for) a `rate` step is read as one question.
    """
    top = page.fields(page.root, known=KNOWN_KEYS, where="the flow")
    slug = page.slug(top.need("flow"))
    page.text(top.get("about"), where="'about'")
    nudge = page.fields(top.get("nudge"), known=NUDGE_KEYS, where="'nudge'")
    rows = page.named(top.need("steps"), where="'steps'")
    if slug is None or not rows:
        if slug is not None:
            page.complain(top.get("steps"), "the flow has no steps", "add one below 'steps:'")
        return None
    reader = _Reader(page=page, slug=slug, instrument=instrument, rows=rows)
    steps = reader.steps()
    rates = any(isinstance(step, Ask) and step.indicator for step in steps)
    flow = Flow(
        slug=slug,
        steps=steps,
        check_in=page.flag(top.get("check-in"), where="'check-in'") or False,
        rotating=reader.rotating(),
        nudge_after=page.span(nudge.get("after"), where="'after'") or timedelta(hours=3),
        expires_after=page.span(top.get("expires-after"), where="'expires-after'") or timedelta(hours=20),
        nudge=_nudge(nudge, slug) or "phrases/nudge",
        instrument=instrument.slug if instrument and rates else None,
    )
    _check_whole(flow, top, rows)
    return flow


def _nudge(nudge: Fields, slug: str) -> str | None:
    note = nudge.page.text(nudge.get("note"), where="'note'") or ""
    return nudge.page.words(nudge.get("say"), key=f"{slug}/nudge/say", allowed=PERSON, note=note)


def _check_whole(flow: Flow, top: Fields, rows: tuple[tuple[str, Scalar, Node], ...]) -> None:
    page, keys = top.page, {name: key for name, key, _ in rows}
    rating = next((key for name, key, value in rows if _kind_of(value) == "rate"), None)
    if rating is not None and not flow.check_in:
        page.complain(rating, "the flow rates but is not a check-in", "add 'check-in: true' at its top")
    if flow.nudge_after >= flow.expires_after:
        what = "the nudge comes when the flow has already expired"
        page.complain(top.get("nudge") or top.get("expires-after"), what, "nudge earlier, or expire later")
    _check_welcome(flow, page, keys)
    _check_days_off(flow, page, keys)
    if page.complaints:
        # A target that is not there makes steps look unreachable: first things first.
        return
    check_routes(flow, complain=lambda step, what, remedy: page.complain(keys.get(step, rating), what, remedy))


def _check_welcome(flow: Flow, page: Page, keys: dict[str, Scalar]) -> None:
    """Nothing is sent before a yes: a welcome that keeps none would leave everybody waiting for ever."""
    if flow.slug != WELCOME:
        return
    asks = [step for step in flow.steps if isinstance(step, Ask)]
    saving = [step for step in asks if step.saves == MESSAGES_ALLOWED]
    if len(saving) == 1 and saving[0].answer is AnswerKind.YES_NO:
        return
    at = next((step.id for step in (*saving[1:], *saving, *asks, *flow.steps)), "")
    what = f"'{WELCOME}' must ask once if messages may come: nothing else is sent before that yes"
    remedy = f"let one question have 'answer: yes-no' and 'saves: {MESSAGES_ALLOWED}'"
    page.complain(keys.get(at), what, remedy)


def _check_days_off(flow: Flow, page: Page, keys: dict[str, Scalar]) -> None:
    """Whoever chooses a holiday that nobody knows would be written to on it."""
    for step in flow.steps:
        if not isinstance(step, Ask) or step.saves != DAYS_OFF:
            continue
        unknown = [one.value for one in step.choices if one.value not in tuple(Keeping)]
        if step.answer is not AnswerKind.SEVERAL:
            what = f"'saves: {DAYS_OFF}' belongs to a question with 'answer: several'"
            page.complain(keys.get(step.id), what, "change one of the two")
        elif unknown:
            what = f"there is no calendar '{unknown[0]}' that somebody may keep"
            page.complain(keys.get(step.id), what, f"use {', '.join(Keeping)}")


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """The steps of one flow being read."""

    page: Page
    slug: str
    instrument: Instrument | None
    rows: tuple[tuple[str, Scalar, Node], ...]

    def steps(self) -> tuple[Step, ...]:
        starts = self._starts()
        found: list[Step] = []
        for name, key, value in self.rows:
            if name in _RESERVED:
                self.page.complain(key, f"a step can not be called '{name}'", "give it another name")
            found.extend(self._step(name, value, starts))
        seen: set[str] = set()
        for step in found:
            if step.id in seen:
                at = next((key for name, key, _ in self.rows if name == step.id), None)
                self.page.complain(at, f"'{step.id}' is asked twice", "ask it once; no step has an indicator's name")
            seen.add(step.id)
        return tuple(found)

    def rotating(self) -> int:
        """How many indicators take turns in one conversation."""
        counts = []
        for name, _, value in self.rows:
            if _kind_of(value) == "rate" and isinstance(value, Mapping):
                node = _value_of(value, "rotating")
                # Without an instrument there is nothing to compare with.
                most = max(len(self._rated(value)), 1) if self.instrument else 100
                count = self.page.number(node, where="'rotating'", low=1, high=most)
                counts += [count] if count is not None else []
                if len(counts) > 1 and count is not None:
                    self.page.complain(node, f"'{name}' rotates, and an earlier step does", "let one step rotate")
        return counts[0] if counts else 0

    def _starts(self) -> dict[str, str]:
        """Where `next: <step>` leads: to the step, or to the first question of a `rate`."""
        starts = {}
        for name, _, value in self.rows:
            rated = self._rated(value) if _kind_of(value) == "rate" else ()
            starts[name] = rated[0].slug if rated else name
        return starts

    def _step(self, name: str, node: Node, starts: dict[str, str]) -> tuple[Step, ...]:
        kind = _kind_of(node)
        if kind is None:
            self.page.complain(node, f"step '{name}' must have exactly one of say, ask, rate", "keep one of them")
            return (Say(id=name, text=""),)
        known = {"say": SAY_KEYS, "ask": ASK_KEYS, "rate": RATE_KEYS}[kind]
        fields = self.page.fields(node, known=known, where=f"step '{name}'")
        if kind == "rate":
            return self._rate(name, fields)
        if kind == "ask":
            return (read_ask(fields, prefix=f"{self.slug}/{name}", starts=starts),)
        note = self.page.text(fields.get("note"), where="'note'") or ""
        text = self.page.words(fields.need("say"), key=f"{self.slug}/{name}/say", allowed=PERSON, note=note)
        return (Say(id=name, text=text or "", next=target(self.page, fields.get("next"), step=name, starts=starts)),)

    def _rate(self, name: str, fields: Fields) -> tuple[Step, ...]:
        page, what = self.page, fields.need("rate")
        page.text(fields.get("note"), where="'note'")
        skip = page.flag(fields.get("skip"), where="'skip'") or False
        rotates = fields.get("rotating") is not None
        self._check_rated(name, what)
        sheet = self._sheet(name, fields)
        scale = self.instrument
        signs = read_signs(page, fields.get("signs"), low=scale.low if scale else 0, high=scale.high if scale else 10)
        if scale is None:
            return (Ask(id=name, text="", answer=AnswerKind.SCALE),)
        asked = [_rating(indicator, scale, skip=skip, rotates=rotates) for indicator in self._rated(fields.node)]
        return tuple(replace(each, sheet=sheet, signs=() if each.choices else signs) for each in asked)

    def _sheet(self, name: str, fields: Fields) -> str | None:
        """The sheet that the questions of a `rate` step stand on, if they are asked together by SMS."""
        node = fields.get("by-sms")
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.words != _TOGETHER:
            self.page.complain(node, "'by-sms' can only be 'together'", "write 'by-sms: together', or take it away")
            return None
        for indicator in self._rated(fields.node):
            if not indicator.behaviours and indicator.neutral_short is None:
                what = f"'{indicator.slug}' has no 'neutral-short', which is its line when questions are asked together"
                self.page.complain(node, what, f"write 'neutral-short' at '{indicator.slug}' in the instrument")
        return name

    def _rated(self, node: Node | None) -> tuple[Indicator, ...]:
        """The indicators a `rate` step asks of the participant, as far as they are there."""
        what = _value_of(node, "rate")
        askable = (
            [each for each in self.instrument.indicators if each.asked_of is AskedOf.BOTH] if self.instrument else []
        )
        if isinstance(what, Scalar):
            return tuple(askable) if what.words == "all" else ()
        names = [item.words for item in getattr(what, "items", ()) if isinstance(item, Scalar)]
        return tuple(each for name in dict.fromkeys(names) for each in askable if each.slug == name)

    def _check_rated(self, name: str, what: Node | None) -> None:
        if what is None or (isinstance(what, Scalar) and what.words == "all"):
            return
        if isinstance(what, Scalar):
            self.page.complain(what, f"step '{name}' rates '{what.words}'", "write all, or [one, or, several]")
            return
        indicators = {each.slug: each.asked_of for each in self.instrument.indicators} if self.instrument else {}
        for slug, item in self.page.slugs(what, where="'rate'"):
            if self.instrument and slug not in indicators:
                self.page.complain(item, f"the instrument has no indicator '{slug}'", hint(slug, indicators))
            elif self.instrument and indicators[slug] is AskedOf.COACH:
                self.page.complain(item, f"'{slug}' is asked of the coach alone", "take it out of 'rate'")


def _rating(indicator: Indicator, instrument: Instrument, *, skip: bool, rotates: bool) -> Ask:
    """One question of an instrument as a step."""
    choices = tuple(Choice(value=behaviour_slug(key), label=key) for key in indicator.behaviours)
    return Ask(
        id=indicator.slug,
        text=indicator.question or "",
        answer=AnswerKind.SEVERAL if choices else AnswerKind.SCALE,
        sms_text=indicator.neutral,
        short=indicator.neutral_short,
        saves=indicator.slug,
        indicator=indicator.slug,
        choices=choices,
        anchors=indicator.anchors,
        low=instrument.low,
        high=instrument.high,
        skip=skip,
        sensitive=indicator.sensitive,
        rotates=rotates,
        counts=bool(choices),
    )


def _kind_of(node: Node) -> str | None:
    """Which of say, ask and rate a step is, if it is exactly one."""
    names = [entry.key.words for entry in node.entries] if isinstance(node, Mapping) else []
    kinds = [kind for kind in ("say", "ask", "rate") if kind in names]
    return kinds[0] if len(kinds) == 1 else None


def _value_of(node: Node | None, name: str) -> Node | None:
    entries = node.entries if isinstance(node, Mapping) else ()
    return next((entry.value for entry in entries if entry.key.words == name), None)
