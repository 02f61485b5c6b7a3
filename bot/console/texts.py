"""Translators and leaders read what a programme says, each text beside its original, and see what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.responses import Response

from bot.console.pages import page_number, query
from bot.console.visit import Page, Visit
from bot.content.catalogs import REFERENCE
from bot.content.compiled import read_definition
from bot.domain.access import May, Role
from bot.domain.definitions import Definition, DefinitionKind
from bot.services.published import Plan
from bot.storage.unit_of_work import looking as at_work

A_PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One text: the original, and what it is in the chosen language; `None` where it is missing."""

    key: str
    path: str
    original: str
    words: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tongue:
    """How far a programme is in one language. `used`: the programme speaks it. `read`: by a native speaker."""

    language: str
    texts: int
    missing: int
    used: bool
    read: bool


@dataclass(kw_only=True)
class Book:
    """Every text of a programme as it is live: the originals by key, with their files, and the words by language."""

    originals: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


class TextsPages:
    """`/texts` and `/texts/{programme}`."""

    def pages(self) -> Sequence[Page]:
        """Both."""
        return [
            Page(path="/texts", answer=self.first, needs=May.TEXTS),
            Page(path="/texts/{programme:int}", answer=self.one, needs=May.TEXTS),
        ]

    async def first(self, visit: Visit) -> Response:
        """The programme one may read the texts of; of several, the first."""
        plans = await _plans(visit)
        if not plans:
            return visit.show("texts.html", titles={}, wanted=None)
        return await _shown(visit, plans, next(iter(plans)))

    async def one(self, visit: Visit) -> Response:
        """One programme."""
        plans, wanted = await _plans(visit), visit.number("programme")
        return await _shown(visit, plans, wanted) if wanted in plans else visit.missing()


async def _plans(visit: Visit) -> dict[int, Plan]:
    wanted = visit.me.programmes(Role.TRANSLATOR, Role.LEADER)
    async with at_work(visit.desk.database) as work:
        return await visit.desk.shelf.plans(work, sorted(wanted))


async def _shown(visit: Visit, plans: Mapping[int, Plan], wanted: int) -> Response:
    async with at_work(visit.desk.database) as work:
        live = await work.definitions.live([wanted])
        read = await work.definitions.read(one.id for one in live)
    book = _book([definition for _, definition in read.values()])
    used = plans[wanted].programme.languages
    tongues = _tongues(book, used=used, reviewed=visit.desk.reviewed)
    language, missing, words = visit.asked("language"), visit.asked("missing") == "1", visit.asked("words")
    if language not in {one.language for one in tongues}:
        language = next((one for one in used if one != REFERENCE), REFERENCE)
    found = _found(book, language, missing=missing, words=words)
    page = page_number(visit.request)
    return visit.show(
        "texts.html",
        titles={number: visit.title(plan, plan.programme.title) for number, plan in plans.items()},
        wanted=wanted,
        tongues=tongues,
        chosen=language,
        reference=REFERENCE,
        missing=missing,
        words=words,
        texts=found[(page - 1) * A_PAGE : page * A_PAGE],
        total=len(found),
        page=page,
        more=len(found) > page * A_PAGE,
        filters=query({"language": language, "missing": "1" if missing else "", "words": words})[1:],
    )


def _book(live: Sequence[Definition]) -> Book:
    # The programme itself first, then its flows by name, then what all programmes share.
    order = (DefinitionKind.PROGRAMME, DefinitionKind.FLOW, DefinitionKind.INSTRUMENT, DefinitionKind.PHRASES)
    book = Book()
    for definition in sorted(live, key=lambda one: (order.index(one.kind), one.slug)):
        for language, words in read_definition(definition).words.items():
            book.words.setdefault(language, {}).update(words)
            if language == REFERENCE:
                book.originals |= words
                book.paths |= dict.fromkeys(words, definition.path)
    return book


def _tongues(book: Book, *, used: Sequence[str], reviewed: frozenset[str]) -> list[Tongue]:
    languages = [REFERENCE, *used, *sorted(book.words)]
    return [
        Tongue(
            language=one,
            texts=len(book.originals.keys() & book.words.get(one, {}).keys()),
            missing=len(book.originals.keys() - book.words.get(one, {}).keys()),
            used=one in used,
            read=one in reviewed,
        )
        for one in dict.fromkeys(languages)
    ]


def _found(book: Book, language: str, *, missing: bool, words: str) -> list[Said]:
    theirs, sought = book.words.get(language, {}), words.casefold()
    every = (
        Said(key=key, path=book.paths[key], original=original, words=theirs.get(key))
        for key, original in book.originals.items()
    )
    return [
        one
        for one in every
        if not (missing and one.words is not None)
        and (not sought or any(sought in part.casefold() for part in (one.key, one.original, one.words or "")))
    ]
