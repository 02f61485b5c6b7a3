"""Translators find every text, with its place and its note, and lose nothing they have written."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

from bot.content.catalogs import (
    CONSOLE,
    CONSOLE_REFERENCE,
    PARTICIPANTS,
    REFERENCE,
    plural_forms,
    read_catalog,
)
from bot.content.checks import all_texts
from bot.content.complaints import ContentRefused
from bot.content.po import PoEntry, header_of, new_header, po_text, with_field
from bot.content.reply_words import FILE as REPLY_WORDS
from bot.content.wordings import Text, placeholders

CODE = Path(__file__).parents[1]
"""Where the console's words stand."""

KEEP_DIGITS = "Keep the digits as they are (0 to 9)."

_BRACES = "python-brace-format"
_FUZZY = "fuzzy"
_METHODS = [("**/templates/**", "jinja2.ext:babel_extract"), ("**.py", "python")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
# The console in Swedish is part of the product; other languages begin one by adding the file.
_CONSOLE_LANGUAGES = ("sv",)


def update_catalogs(content: Path, *, code: Path = CODE) -> tuple[Path, ...]:
    """Bring templates and catalogs up to date, and say which files changed. Twice in a row changes nothing.

    A translation stays with its key; when its reference changed it is marked fuzzy, when its text is gone it is kept
    as obsolete. Raises `ContentRefused` for a catalog that can not be read, before anything is written.
    """
    domains = {PARTICIPANTS: _participant_entries(content), CONSOLE: _console_entries(code)}
    wanted: dict[Path, str] = {}
    for domain, entries in domains.items():
        header = new_header(comment=f"Framsteg: the texts of {domain}.po.", language="", plural_forms="")
        wanted[content / "locales" / f"{domain}.pot"] = po_text(header, entries)
    for language in _languages(content):
        for domain in _domains_of(content, language):
            file = content / "locales" / language / "LC_MESSAGES" / f"{domain}.po"
            wanted[file] = _updated(file, domains[domain], language=language, content=content)
    return tuple(file for file, text in wanted.items() if _write(file, text))


def _languages(content: Path) -> tuple[str, ...]:
    return tuple(sorted(each.name for each in (content / "locales").glob("*") if each.is_dir()))


def _domains_of(content: Path, language: str) -> tuple[str, ...]:
    folder = content / "locales" / language / "LC_MESSAGES"
    console = language in _CONSOLE_LANGUAGES or (folder / f"{CONSOLE}.po").exists()
    # Languages that we read and do not write have reply words alone: an empty catalog would say that we write them.
    written = (folder / f"{PARTICIPANTS}.po").exists() or not (folder.parent / REPLY_WORDS).exists()
    found = [PARTICIPANTS] if language != REFERENCE and written else []
    found += [CONSOLE] if console and language != CONSOLE_REFERENCE else []
    return tuple(found)


def _participant_entries(content: Path) -> tuple[PoEntry, ...]:
    texts = all_texts(content).values()
    return tuple(_entry(text) for text in sorted(texts, key=lambda text: (text.path, text.node.start)))


def _entry(text: Text) -> PoEntry:
    notes = [" ".join(text.note.split())] if text.note else []
    if re.search(r"[0-9]", text.words):
        notes.append(KEEP_DIGITS)
    return PoEntry(
        key=text.key,
        reference=(text.words,),
        notes=tuple(notes),
        places=(f"{text.path}:{text.node.line}",),
        flags=(_BRACES,) if placeholders(text.words) else (),
    )


@dataclass(kw_only=True)
class _Found:
    """A console message, wherever it stands."""

    places: list[str]
    notes: list[str]


def _console_entries(code: Path) -> tuple[PoEntry, ...]:
    found: dict[tuple[str, ...], _Found] = {}
    messages = extract_from_dir(
        code, method_map=_METHODS, keywords=_KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for name, _, message, comments, _ in sorted(messages, key=lambda each: (each[0], each[1])):
        reference = (message,) if isinstance(message, str) else tuple(message)
        each = found.setdefault(reference, _Found(places=[], notes=[]))
        each.places.append(f"{code.name}/{Path(name).as_posix()}")
        each.notes += comments
    return tuple(
        PoEntry(
            reference=reference,
            words=("",) * len(reference),
            notes=tuple(dict.fromkeys(each.notes)),
            # Without lines: moving a page's paragraph is nothing to a translator.
            places=tuple(dict.fromkeys(each.places)),
            flags=("python-format",) if re.search(r"%\(\w+\)", reference[0]) else (),
        )
        for reference, each in found.items()
    )


def _updated(file: Path, entries: tuple[PoEntry, ...], *, language: str, content: Path) -> str:
    name, rule = Locale.parse(language).english_name or language, plural_forms(language)
    if not file.exists():
        comment = f"{name} for Framsteg. No native speaker has read this: unreviewed."
        header = new_header(comment=comment, language=language, plural_forms=rule)
        return po_text(header, tuple(_fresh(entry, language) for entry in entries))
    known = read_catalog(file, content=content)
    if known.refused:
        raise ContentRefused(known.complaints)
    header = header_of(file.read_text("utf-8"))
    if not header:
        header = new_header(comment=f"{name} for Framsteg.", language=language, plural_forms=rule)
    old = {_identity(message): message for message in known.catalog if message.id}
    gone = {_identity(message): message for message in known.catalog.obsolete.values()}
    merged = [_merged(entry, old.get(_key(entry)) or gone.get(_key(entry)), language) for entry in entries]
    left = {key: message for key, message in {**gone, **old}.items() if key not in {_key(entry) for entry in entries}}
    merged += [_obsolete(message) for message in left.values() if any(_strings(message))]
    return po_text(with_field(header, "Plural-Forms", rule), tuple(merged))


def _key(entry: PoEntry) -> str:
    """What a translation belongs to: the text's key, or in the console the message itself."""
    return entry.key if entry.key is not None else json.dumps(entry.reference)


def _identity(message: Message) -> str:
    return str(message.context) if message.context else json.dumps(_ids(message))


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _fresh(entry: PoEntry, language: str) -> PoEntry:
    forms = len(Locale.parse(language).plural_form.tags | {"other"}) if len(entry.reference) > 1 else 1
    return replace(entry, words=("",) * forms, places=_without_lines(entry.places))


def _merged(entry: PoEntry, known: Message | None, language: str) -> PoEntry:
    fresh = _fresh(entry, language)
    if known is None:
        return fresh
    words = (*_strings(known), *fresh.words)[: len(fresh.words)]
    remarks, before = _remarks(known)
    changed = _ids(known) != entry.reference and any(words)
    fuzzy = changed or (known.fuzzy and any(words))
    if changed:
        before = _ids(known)[0]
    return replace(
        fresh,
        words=words,
        remarks=remarks,
        flags=((_FUZZY,) if fuzzy else ()) + fresh.flags,
        before=before if fuzzy else None,
    )


def _obsolete(message: Message) -> PoEntry:
    remarks, _ = _remarks(message)
    key = str(message.context) if message.context else None
    return PoEntry(key=key, reference=_ids(message), words=_strings(message), remarks=remarks, obsolete=True)


def _remarks(message: Message) -> tuple[tuple[str, ...], str | None]:
    """The translator's own comments, and the older reference that a tool or we noted among them."""
    own, before = [], None
    for comment in message.user_comments:
        if not comment.startswith("|"):
            own.append(comment)
        elif (match := re.match(r'\|\s*msgid "(.*)"\Z', comment)) is not None:
            before = _unescaped(match[1])
    return tuple(own), before


def _unescaped(words: str) -> str:
    escapes = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda match: escapes.get(match[1], match[1]), words)


def _without_lines(places: Iterable[str]) -> tuple[str, ...]:
    """A translation's own file does not change when a line is added somewhere above a text."""
    return tuple(dict.fromkeys(re.sub(r":[0-9]+\Z", "", place) for place in places))


def _write(file: Path, text: str) -> bool:
    if file.exists() and file.read_text("utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="\n")
    return True
