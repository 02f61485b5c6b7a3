"""A package is a programme with everything it needs, read from files and ready to be published."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogs import REFERENCE, CatalogFile, check_catalog, read_catalogs
from bot.content.codec import plain, structured
from bot.content.complaints import Complaint, ContentRefused
from bot.content.pages import Page
from bot.content.shelf import PHRASES_FILE, Shelf, node_at, read_shelf
from bot.content.wordings import Text
from bot.domain.definitions import Definition, DefinitionKind
from bot.domain.programme import Instrument, Programme
from bot.engine.definition import Ask, Flow, Step

Words = Mapping[str, Mapping[str, str]]
"""Language, then text key, then the words."""

_CLASSES: dict[DefinitionKind, type[Programme | Flow | Instrument]] = {
    DefinitionKind.PROGRAMME: Programme,
    DefinitionKind.FLOW: Flow,
    DefinitionKind.INSTRUMENT: Instrument,
}


@dataclass(frozen=True, kw_only=True)
class Package:
    """What one programme directory amounts to. `words` hold every key of the package in every complete language;
    `sources` the YAML as written, by a path relative to the content root (`flows/…`)."""

    programme: Programme
    instrument: Instrument
    flows: Mapping[str, Flow]
    words: Words
    sources: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What a definition holds: the value (`None` for phrases) and its own words by language and key.

    Versions are not known here: the caller puts them in with `dataclasses.replace`.
    """

    value: Programme | Flow | Instrument | None
    words: Words


def load_package(directory: Path, *, content: Path) -> Package:
    """Read `directory` (a programme) with the common flows, instruments, phrases and catalogs under `content`.

    Raises `ContentRefused` with every complaint, never with only the first.
    """
    shelf = read_shelf(directory, content=content)
    words, complaints = translated(shelf, read_catalogs(content))
    complaints = tuple(sorted({*shelf.complaints, *complaints}))
    if complaints or shelf.programme is None or shelf.instrument is None:
        raise ContentRefused(complaints)
    return Package(
        programme=shelf.programme,
        instrument=shelf.instrument,
        flows=shelf.flows,
        words=words,
        sources={page.path: page.source for page in shelf.pages},
    )


def translated(shelf: Shelf, catalogs: tuple[CatalogFile, ...]) -> tuple[Words, tuple[Complaint, ...]]:
    """The words of every language that has them all, and what is missing in the languages the programme uses."""
    texts = shelf.texts
    words: dict[str, Mapping[str, str]] = {REFERENCE: {key: text.words for key, text in texts.items()}}
    complaints: list[Complaint] = []
    languages = shelf.programme.languages if shelf.programme else ()
    for file in catalogs:
        if file.language == REFERENCE:
            continue
        checked = check_catalog(file, texts)
        if file.language in languages:
            complaints += [*checked.faults, *checked.gaps]
        if not checked.faults and not checked.gaps:
            words[file.language] = checked.words
    there = {REFERENCE, *(file.language for file in catalogs)}
    complaints += [_no_catalog(shelf.pages[0], language) for language in languages if language not in there]
    return words, tuple(complaints)


def load_words(content: Path) -> Words:
    """Every text of a content root that is fit to be said, by language: also of languages that are not complete.

    What is wrong with the rest is for `checks.check` to say; nothing is raised here.
    """
    texts: dict[str, Text] = {}
    for directory in sorted((content / "flows/programmes").glob("*")):
        texts.update(read_shelf(directory, content=content).texts if directory.is_dir() else {})
    found: dict[str, Mapping[str, str]] = {REFERENCE: {key: text.words for key, text in texts.items()}}
    for file in read_catalogs(content):
        if file.language != REFERENCE:
            found[file.language] = check_catalog(file, texts).words
    return found


def definitions(package: Package) -> tuple[Definition, ...]:
    """The package as things to store: instrument, phrases, flows, programme, in the order to publish them."""
    programme, instrument = package.programme, package.instrument
    found = [
        _define(package, DefinitionKind.INSTRUMENT, instrument.slug, instrument, _own(package, instrument.slug)),
        _define(package, DefinitionKind.PHRASES, "phrases", None, _own(package, "phrases")),
    ]
    found += [_define(package, DefinitionKind.FLOW, slug, flow, keys_of(flow)) for slug, flow in package.flows.items()]
    found.append(_define(package, DefinitionKind.PROGRAMME, programme.slug, programme, _own(package, programme.slug)))
    return tuple(found)


def read_definition(definition: Definition) -> Compiled:
    """The value and the words of a stored definition. Raises `ValueError` when `compiled` is not one of ours."""
    try:
        compiled = json.loads(definition.compiled)
        words, value = dict(compiled["words"]), compiled["value"]
    except (json.JSONDecodeError, TypeError, KeyError) as error:
        raise ValueError(f"not a compiled {definition.kind}: {type(error).__name__}") from None
    cls = _CLASSES.get(definition.kind)
    return Compiled(value=None if cls is None else structured(cls, value), words=words)


def keys_of(flow: Flow) -> frozenset[str]:
    """Every text key that a flow says, also those of its instrument; common phrases are not among them."""
    keys = {key for step in flow.steps for key in _keys_of_step(step)} | {flow.nudge, flow.left}
    return frozenset(key for key in keys if key and not key.startswith("phrases/"))


def _keys_of_step(step: Step) -> set[str | None]:
    if not isinstance(step, Ask):
        return {step.text}
    labels = {choice.label for choice in step.choices}
    return {step.text, step.sms_text, *step.anchors, *step.unclear, *labels}


def _own(package: Package, slug: str) -> frozenset[str]:
    return frozenset(key for key in package.words[REFERENCE] if key.startswith(f"{slug}/"))


def _define(
    package: Package,
    kind: DefinitionKind,
    slug: str,
    value: Programme | Flow | Instrument | None,
    keys: frozenset[str],
) -> Definition:
    path = _path(package, kind, slug)
    words = {language: {key: said[key] for key in sorted(keys)} for language, said in sorted(package.words.items())}
    compiled = json.dumps(
        {"value": plain(value), "words": words}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    source = package.sources[path]
    content_hash = hashlib.sha256(f"{source}\0{compiled}".encode()).hexdigest()
    return Definition(kind=kind, slug=slug, path=path, source=source, compiled=compiled, content_hash=content_hash)


def _path(package: Package, kind: DefinitionKind, slug: str) -> str:
    """Where a definition's source stands: files are called what they define."""
    name = {
        DefinitionKind.PROGRAMME: "programme.yaml",
        DefinitionKind.PHRASES: PHRASES_FILE,
    }.get(kind, f"{slug}.yaml")
    folder = "flows/instruments/" if kind is DefinitionKind.INSTRUMENT else "flows/"
    return next(path for path in package.sources if path.startswith(folder) and Path(path).name == name)


def _no_catalog(page: Page, language: str) -> Complaint:
    at = node_at(page, "languages")
    what = f"there are no words in '{language}'"
    remedy = f"add locales/{language}/LC_MESSAGES/participants.po (see 'make texts'), or take '{language}' away"
    line, column = (at.line, at.column) if at else (1, 1)
    return Complaint(path=page.path, line=line, column=column, what=what, remedy=remedy)
