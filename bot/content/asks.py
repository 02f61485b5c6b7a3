"""A question is read with what its kind of answer needs, and nothing that belongs to another kind."""

from dataclasses import dataclass, replace

from bot.content.nodes import Mapping, Node, Scalar
from bot.content.pages import Fields, Page, hint, short
from bot.content.routes import answers_of
from bot.content.wordings import NONE, PERSON, QUESTION
from bot.engine.definition import END, MOST_REPEATS, AlertOn, AnswerKind, Ask, Branch, Choice, Sign
from bot.engine.folding import bare, fold

ASK_KEYS = (
    "ask",
    "sms",
    "answer",
    "saves",
    "choices",
    "also",
    "anchors",
    "low",
    "high",
    "unclear",
    "signs",
    "skip",
    "sensitive",
    "past",
    "next",
    "alert",
    "note",
)

OTHERWISE = "otherwise"

MOST_TAP_BYTES = 64
"""What Telegram brings back of a button: `tap:<step>:<value>`."""

_OTHERS = "Other words that people may write for this choice, with commas between. They are never sent."

MOST_SIGNS = 40
"""How many characters a sign may have: five stars have nine."""

_BELONGS = {
    "also": (AnswerKind.CHOICE, AnswerKind.SEVERAL),
    "choices": (AnswerKind.CHOICE, AnswerKind.SEVERAL),
    "anchors": (AnswerKind.SCALE,),
    "signs": (AnswerKind.SCALE,),
    "low": (AnswerKind.SCALE, AnswerKind.NUMBER),
    "high": (AnswerKind.SCALE, AnswerKind.NUMBER),
    "past": (AnswerKind.DATE,),
}


@dataclass(frozen=True, kw_only=True)
class _Levels:
    """What an answer can be."""

    choices: tuple[Choice, ...]
    anchors: tuple[str, ...]
    low: int
    high: int


def read_ask(fields: Fields, *, prefix: str, starts: dict[str, str]) -> Ask:
    """The question in `fields`. `prefix` is `<flow>/<step>`; `starts` the places a `next` may name."""
    page = fields.page
    note = page.text(fields.get("note"), where="'note'") or ""
    answer = page.one_of(fields.need("answer"), AnswerKind, where="'answer'")
    levels = _levels(fields, answer, prefix=prefix, note=note)
    text = page.words(fields.need("ask"), key=f"{prefix}/ask", allowed=QUESTION, note=note)
    ask = Ask(
        id=prefix.rpartition("/")[2],
        text=text or "",
        answer=answer or AnswerKind.WORDS,
        sms_text=page.words(fields.get("sms"), key=f"{prefix}/sms", allowed=QUESTION, note=note),
        saves=page.slug(fields.get("saves")),
        choices=levels.choices,
        anchors=levels.anchors,
        low=levels.low,
        high=levels.high,
        signs=read_signs(page, fields.get("signs"), low=levels.low, high=levels.high),
        unclear=_unclear(page, fields.get("unclear"), prefix=prefix, note=note),
        skip=page.flag(fields.get("skip"), where="'skip'") or False,
        sensitive=page.flag(fields.get("sensitive"), where="'sensitive'") or False,
        past=page.flag(fields.get("past"), where="'past'") or False,
    )
    if answer is None:
        return ask
    _check_taps(page, fields.get("choices"), ask=ask)
    return _with_ways(fields, ask=ask, starts=starts)


def target(page: Page, node: Node | None, *, step: str, starts: dict[str, str]) -> str | None:
    """The place `node` names, as the engine knows it: a step, the first question of a `rate`, or the end."""
    if node is None:
        return None
    if isinstance(node, Scalar) and node.words == END:
        return END
    if isinstance(node, Scalar) and node.words in starts:
        return starts[node.words]
    name = f"'{short(node.words)}'" if isinstance(node, Scalar) else "a list"
    page.complain(node, f"step '{step}' goes to {name}, which is not there", hint(name.strip("'"), [*starts, END]))
    return None


def read_signs(page: Page, node: Node | None, *, low: int, high: int) -> tuple[Sign, ...]:
    """The emoji that mean a level of a scale from `low` to `high`. Two spellings of one emoji are one."""
    if node is not None and not isinstance(node, Mapping):
        page.complain(node, "'signs' must have keys with levels", "write '\"👍\": 5', one a line")
    found: dict[str, Sign] = {}
    for entry in node.entries if isinstance(node, Mapping) else ():
        sign, said = entry.key.words, bare(fold(entry.key.words))
        value = page.number(entry.value, where=f"'{short(sign)}'", low=low, high=high)
        if not said or len(said) > MOST_SIGNS or any(map(str.isalnum, said)):
            page.complain(entry.key, f"'{short(sign)}' is no sign", "write emoji, without letters and digits")
        elif said in found:
            page.complain(entry.key, f"'{short(sign)}' stands here twice", "keep one of them")
        elif value is not None:
            found[said] = Sign(sign=sign, value=value)
    return tuple(found.values())


def _levels(fields: Fields, answer: AnswerKind | None, *, prefix: str, note: str) -> _Levels:
    page, scale = fields.page, answer is AnswerKind.SCALE
    _check_belongs(fields, answer)
    anchors = _anchors(page, fields.get("anchors") if scale else None, prefix=prefix, note=note)
    bounded = answer is AnswerKind.NUMBER or (scale and fields.get("anchors") is None)
    low, high = _bounds(fields, needed=bounded, most=10 if scale else 100_000, levels=len(anchors))
    if bounded and low >= high:
        page.complain(fields.get("high") or fields.node, "'low' is not below 'high'", "write the lowest first")
    elif anchors and len(anchors) != high - low + 1:
        what = f"there are {len(anchors)} anchors and {high - low + 1} levels"
        page.complain(fields.get("anchors"), what, "write one full sentence a level, lowest first")
    return _Levels(choices=_choices(fields, answer, prefix=prefix, note=note), anchors=anchors, low=low, high=high)


def _check_belongs(fields: Fields, answer: AnswerKind | None) -> None:
    for name, kinds in _BELONGS.items():
        if answer is not None and answer not in kinds and (node := fields.get(name)) is not None:
            fields.page.complain(node, f"'{name}' does not belong to answer '{answer}'", f"take '{name}' away")


def _bounds(fields: Fields, *, needed: bool, most: int, levels: int) -> tuple[int, int]:
    """The lowest and the highest answer: as written, or as many as there are anchors."""
    ask_for = fields.need if needed else fields.get
    low = fields.page.number(ask_for("low"), where="'low'", low=0, high=most)
    high = fields.page.number(ask_for("high"), where="'high'", low=0, high=most)
    low = 1 if low is None else low
    if high is None:
        high = low + levels - 1 if levels else max(low, 5)
    return low, high


def _anchors(page: Page, node: Node | None, *, prefix: str, note: str) -> tuple[str, ...]:
    items = page.listed(node, where="'anchors'")
    if node is not None and not 2 <= len(items) <= 10:
        page.complain(node, f"there are {len(items)} anchors", "write from 2 to 10 of them")
    keys = (
        page.words(item, key=f"{prefix}/anchor-{place}", allowed=NONE, note=note) for place, item in enumerate(items, 1)
    )
    return tuple(key for key in keys if key is not None)


def _choices(fields: Fields, answer: AnswerKind | None, *, prefix: str, note: str) -> tuple[Choice, ...]:
    if answer not in (AnswerKind.CHOICE, AnswerKind.SEVERAL):
        return ()
    node = fields.need("choices")
    rows = fields.page.named(node, where="'choices'")
    if isinstance(node, Mapping) and len(rows) < 2:
        fields.page.complain(node, "there is less than two to choose from", "add a choice")
    found = []
    for slug, _, value in rows:
        label = fields.page.words(value, key=f"{prefix}/choice-{slug}", allowed=PERSON, note=note)
        found.append(Choice(value=slug, label=label or ""))
    return _with_others(fields, found, prefix=prefix)


def _with_others(fields: Fields, choices: list[Choice], *, prefix: str) -> tuple[Choice, ...]:
    """The choices with the other words that people may write for them."""
    page, others = fields.page, {}
    for slug, key, value in page.named(fields.get("also"), where="'also'"):
        if slug not in [choice.value for choice in choices]:
            page.complain(key, f"'{short(slug)}' is not a choice", hint(slug, [choice.value for choice in choices]))
            continue
        others[slug] = page.words(value, key=f"{prefix}/choice-{slug}-also", allowed=NONE, note=_OTHERS)
    return tuple(replace(choice, also=others.get(choice.value)) for choice in choices)


def _unclear(page: Page, node: Node | None, *, prefix: str, note: str) -> tuple[str, ...]:
    items = page.listed(node, where="'unclear'")
    if len(items) > MOST_REPEATS:
        what = f"there are {len(items)} wordings for when we did not understand"
        page.complain(node, what, f"keep {MOST_REPEATS}: more than that is not asked")
    keys = (
        page.words(item, key=f"{prefix}/unclear-{turn}", allowed=QUESTION, note=note)
        for turn, item in enumerate(items, 1)
    )
    return tuple(key for key in keys if key is not None)


def _check_taps(page: Page, node: Node | None, *, ask: Ask) -> None:
    for choice in ask.choices:
        data = f"tap:{ask.id}:{choice.value}"
        if len(data) > MOST_TAP_BYTES:
            what = f"the button '{data}' has {len(data)} characters and Telegram takes {MOST_TAP_BYTES}"
            page.complain(node, what, "give the step or the choice a shorter name")


def _with_ways(fields: Fields, *, ask: Ask, starts: dict[str, str]) -> Ask:
    """The question with where its answers lead and whom they alert."""
    page, node = fields.page, fields.get("next")
    branches: list[Branch] = []
    onwards: str | None = None
    if not isinstance(node, Mapping):
        onwards = target(page, node, step=ask.id, starts=starts)
    else:
        for entry in node.entries:
            to = target(page, entry.value, step=ask.id, starts=starts)
            if entry.key.words == OTHERWISE:
                onwards = to
            elif _is_answer(page, entry.key, ask=ask, extra=(OTHERWISE,)) and to is not None:
                branches.append(Branch(answer=entry.key.words, to=to))
    alerts = []
    alert = page.named(fields.get("alert"), where="'alert'")
    for answer, key, value in alert:
        if _is_answer(page, key, ask=ask) and (kind := page.slug(value)) is not None:
            alerts.append(AlertOn(answer=answer, alert=kind))
    return replace(ask, branches=tuple(branches), alerts=tuple(alerts), next=onwards)


def _is_answer(page: Page, key: Scalar, *, ask: Ask, extra: tuple[str, ...] = ()) -> bool:
    answers = answers_of(ask)
    if key.words in answers:
        return True
    if not answers and not extra:
        page.complain(key, f"an answer of kind '{ask.answer}' can not alert", "take it away")
    elif not answers:
        page.complain(key, f"an answer of kind '{ask.answer}' leads to one place", "write 'next: …' with one step")
    else:
        page.complain(
            key, f"'{short(key.words)}' is not an answer to '{ask.id}'", hint(key.words, [*answers[:12], *extra])
        )
    return False
