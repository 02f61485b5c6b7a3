"""What is compiled stands on its own: a stored version is used without files, in every language it was published in."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from bot.content.catalogs import REFERENCE
from bot.content.codec import plain, structured
from bot.content.complaints import Complaint, ContentRefused
from bot.content.edit import with_words
from bot.content.packages import Package, Words
from bot.content.shelf import PHRASES_FILE
from bot.content.wordings import misfits, placeholders
from bot.domain.definitions import Definition, DefinitionKind
from bot.domain.programme import Instrument, Programme
from bot.engine.definition import Ask, Flow, Step

_CLASSES: dict[DefinitionKind, type[Programme | Flow | Instrument]] = {
    DefinitionKind.PROGRAMME: Programme,
    DefinitionKind.FLOW: Flow,
    DefinitionKind.INSTRUMENT: Instrument,
}


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What a definition holds: what is defined (`None` for phrases) and its own words by language and key.

    Versions are not known here: the caller puts them in with `dataclasses.replace`.
    """

    what: Programme | Flow | Instrument | None
    words: Words


def definitions(package: Package) -> tuple[Definition, ...]:
    """The package as things to store: instrument, phrases, flows, programme, in the order to publish them."""
    programme, instrument = package.programme, package.instrument
    parts: list[tuple[DefinitionKind, str, Programme | Flow | Instrument | None, frozenset[str]]] = [
        (DefinitionKind.INSTRUMENT, instrument.slug, instrument, _own(package, instrument.slug)),
        (DefinitionKind.PHRASES, "phrases", None, _own(package, "phrases")),
        *((DefinitionKind.FLOW, slug, flow, keys_of(flow)) for slug, flow in package.flows.items()),
        (DefinitionKind.PROGRAMME, programme.slug, programme, _own(package, programme.slug)),
    ]
    found = [_define(package, kind=kind, slug=slug, what=what, keys=keys) for kind, slug, what, keys in parts]
    return tuple(found)


def read_definition(definition: Definition) -> Compiled:
    """What is defined and the words of a stored definition. Raises `ValueError` when `compiled` is not one of ours."""
    try:
        compiled = json.loads(definition.compiled)
        words, what = dict(compiled["words"]), compiled["what"]
    except (json.JSONDecodeError, TypeError, KeyError) as error:
        raise ValueError(f"not a compiled {definition.kind}: {type(error).__name__}") from None
    cls = _CLASSES.get(definition.kind)
    return Compiled(what=None if cls is None else structured(cls, what), words=words)


def reworded(definition: Definition, *, key: str, language: str, words: str) -> Definition:
    """The definition with other words for `key` in `language`: its next version, if it is to be published.

    Words in the reference language are changed in the source too, when the text stands there. A definition that
    does not hold the key is given back as it is. Raises `ContentRefused` when the words could not be said.
    """
    compiled = json.loads(definition.compiled)
    said = compiled["words"].get(language, {})
    if key not in said:
        return definition
    if language != REFERENCE:
        _check_translation(definition, key, words.strip(), original=compiled["words"][REFERENCE][key])
    said[key] = words.strip()
    source = definition.source
    if language == REFERENCE and key.startswith(f"{definition.slug}/"):
        source = with_words(source, key=key, words=words)
    return _sealed(replace(definition, source=source, compiled=_json(compiled)))


def _check_translation(definition: Definition, key: str, words: str, *, original: str) -> None:
    """Raise `ContentRefused` for words that do not fill in what their original does."""
    wrong = misfits(words, original=original, allowed=placeholders(original))
    if wrong:
        raise ContentRefused(
            tuple(
                Complaint(path=definition.path, line=1, column=1, what=f"'{key}': {what}", remedy=remedy)
                for what, remedy in wrong
            )
        )


def renumbered(definition: Definition, *, instrument_version: int) -> Definition:
    """The definition as it is with this version of its instrument: ratings say which questions they answer."""
    compiled = json.loads(definition.compiled)
    what = compiled["what"]
    if definition.kind is DefinitionKind.INSTRUMENT:
        what["version"] = instrument_version
    elif definition.kind is DefinitionKind.FLOW and what.get("instrument"):
        what["instrument_version"] = instrument_version
    return _sealed(replace(definition, compiled=_json(compiled)))


def keys_of(flow: Flow) -> frozenset[str]:
    """Every text key that a flow says, also those of its instrument; common phrases are not among them."""
    keys = {key for step in flow.steps for key in _keys_of_step(step)} | {flow.nudge, flow.left}
    return frozenset(key for key in keys if key and not key.startswith("phrases/"))


def _keys_of_step(step: Step) -> set[str | None]:
    if not isinstance(step, Ask):
        return {step.text}
    labels = {key for choice in step.choices for key in (choice.label, choice.also)}
    return {step.text, step.sms_text, step.short, *step.anchors, *step.unclear, *labels}


def _own(package: Package, slug: str) -> frozenset[str]:
    return frozenset(key for key in package.words[REFERENCE] if key.startswith(f"{slug}/"))


def _define(
    package: Package,
    *,
    kind: DefinitionKind,
    slug: str,
    what: Programme | Flow | Instrument | None,
    keys: frozenset[str],
) -> Definition:
    path = _path(package, kind=kind, slug=slug)
    words = {language: {key: said[key] for key in sorted(keys)} for language, said in sorted(package.words.items())}
    compiled = _json({"what": plain(what), "words": words})
    source = package.sources[path]
    return _sealed(Definition(kind=kind, slug=slug, path=path, source=source, compiled=compiled, content_hash=""))


def _sealed(definition: Definition) -> Definition:
    whole = f"{definition.source}\0{definition.compiled}"
    return replace(definition, content_hash=hashlib.sha256(whole.encode()).hexdigest())


def _json(compiled: object) -> str:
    return json.dumps(compiled, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _path(package: Package, *, kind: DefinitionKind, slug: str) -> str:
    """Where a definition's source stands: files are called what they define."""
    name = {
        DefinitionKind.PROGRAMME: "programme.yaml",
        DefinitionKind.PHRASES: PHRASES_FILE,
    }.get(kind, f"{slug}.yaml")
    folder = "flows/instruments/" if kind is DefinitionKind.INSTRUMENT else "flows/"
    return next(path for path in package.sources if path.startswith(folder) and Path(path).name == name)
