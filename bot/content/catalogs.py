"""Translations are read straight from .po files, and only words that fit their reference are ever used."""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.plural import to_gettext

from bot.content.complaints import Complaint
from bot.content.pages import MOST_BYTES
from bot.content.po import header_field, header_of, line_of_field
from bot.content.programmes import is_language
from bot.content.wordings import Text, faults, placeholders

REFERENCE = "sv"
"""The language in which the words for participants are written."""

CONSOLE_REFERENCE = "en"
"""The language in which the console's words are written."""

PARTICIPANTS = "participants"
CONSOLE = "console"


@dataclass(frozen=True, kw_only=True)
class CatalogFile:
    """One .po file as far as it could be read."""

    language: str
    path: str
    catalog: Catalog
    complaints: tuple[Complaint, ...]
    refused: bool = False
    """It could not be read at all: nothing is said about what is missing in it."""

    @cached_property
    def by_key(self) -> dict[str, Message]:
        """Its messages with a key (msgctxt)."""
        return {str(message.context): message for message in self.catalog if message.id and message.context}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a catalog gives for some texts: words that fit, and what is wrong with the rest."""

    words: dict[str, str]
    faults: tuple[Complaint, ...]
    """Wrong in any case: a placeholder lost, a plural rule of another language."""
    gaps: tuple[Complaint, ...]
    """Not translated yet, or no longer: wrong where the language is used."""


def plural_forms(language: str) -> str:
    """The Plural-Forms header that CLDR gives this language."""
    # Babel's own header differs from CLDR for several languages; a wrong one counts wrongly.
    return to_gettext(Locale.parse(language).plural_form)


def catalog_files(content: Path, *, domain: str) -> dict[str, Path]:
    """The .po files of `domain` by language."""
    files = sorted((content / "locales").glob(f"*/LC_MESSAGES/{domain}.po"))
    return {file.parent.parent.name: file for file in files}


def read_catalog(file: Path, *, content: Path) -> CatalogFile:
    """Read a .po file. Never raises for what it says: then it is empty, and a complaint stands."""
    language, path = file.parent.parent.name, file.relative_to(content).as_posix()
    if not is_language(language):
        return _refused(language, path, f"there is no language '{language}'", "name the directory as in sv, en, fa_AF")
    try:
        raw = file.read_bytes()
        if len(raw) > MOST_BYTES:
            return _refused(language, path, "the file is larger than 1 MiB", "divide it")
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _refused(language, path, "the file is not UTF-8", "save it as UTF-8")
    except OSError as error:
        return _refused(language, path, f"the file can not be opened ({error.strerror})", "look at its rights")
    try:
        catalog = read_po(io.StringIO(text), locale=language, abort_invalid=True)
    except PoFileError as error:
        return _refused(
            language, path, f"this is not a .po file ({error})", "open it in a translation tool", error.lineno + 1
        )
    except Exception as error:  # noqa: BLE001 - the library raises whatever its input led to
        what = f"this is not a .po file ({type(error).__name__})"
        return _refused(language, path, what, "open it in a translation tool")
    file_read = CatalogFile(language=language, path=path, catalog=catalog, complaints=())
    return replace(file_read, complaints=_whole_file(file_read, text))


def check_catalog(file: CatalogFile, texts: Mapping[str, Text]) -> Checked:
    """The words of a catalog for `texts`."""
    if file.refused:
        return Checked(words={}, faults=file.complaints, gaps=())
    words: dict[str, str] = {}
    wrong = list(file.complaints)
    gaps = []
    for key, text in texts.items():
        message = file.by_key.get(key)
        gap = _gap(message, text)
        if gap is not None:
            gaps.append(_complaint(file, message, f"'{key}' {gap[0]}", gap[1]))
            continue
        said = str(message.string).strip() if message else ""
        mistakes = _mistakes(said, text)
        wrong += [_complaint(file, message, f"'{key}': {what}", remedy) for what, remedy in mistakes]
        if not mistakes:
            words[key] = said
    return Checked(words=words, faults=tuple(wrong), gaps=tuple(gaps))


def read_catalogs(content: Path, *, domain: str = PARTICIPANTS) -> tuple[CatalogFile, ...]:
    """Every catalog of `domain`, in order of language."""
    return tuple(read_catalog(file, content=content) for file in catalog_files(content, domain=domain).values())


def console_words(language: str, *, content: Path) -> gettext.NullTranslations:
    """The console's words in a language, for Jinja and Python: `gettext` and `ngettext`.

    English is the reference and needs no file. A message that is not translated comes in English.
    """
    file = catalog_files(content, domain=CONSOLE).get(language)
    if file is None or language == CONSOLE_REFERENCE:
        return gettext.NullTranslations()
    # Compiled in memory: a .mo file in the tree would be one more thing to forget.
    compiled = io.BytesIO()
    write_mo(compiled, read_catalog(file, content=content).catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _refused(language: str, path: str, what: str, remedy: str, line: int = 1) -> CatalogFile:
    complaint = Complaint(path=path, line=line, column=1, what=what, remedy=remedy)
    return CatalogFile(language=language, path=path, catalog=Catalog(), complaints=(complaint,), refused=True)


def _whole_file(file: CatalogFile, text: str) -> tuple[Complaint, ...]:
    """What is wrong with a catalog as a whole: its plural rule, and keys that stand twice."""
    found = []
    written = header_field(header_of(text), "Plural-Forms") or ""
    wanted = plural_forms(file.language)
    if written.rstrip("; ") != wanted.rstrip("; "):
        what = f"the plural rule is not the one of '{file.language}'"
        line = line_of_field(text, "Plural-Forms")
        remedy = f"write Plural-Forms: {wanted}"
        found.append(Complaint(path=file.path, line=line, column=1, what=what, remedy=remedy))
    for message in file.catalog:
        if message.context and message.id and file.by_key[str(message.context)] is not message:
            found.append(_complaint(file, message, f"'{message.context}' stands twice", "keep one of them"))
    return tuple(found)


def _gap(message: Message | None, text: Text) -> tuple[str, str] | None:
    if message is None:
        return "is missing", "run 'make texts', then translate it"
    if not message.string:
        return "is not translated", "translate it"
    if message.fuzzy:
        return "is marked fuzzy", "read it again, then take the mark away"
    if message.id != text.words:
        return "translates an older text", "run 'make texts', then read it again"
    return None


def _mistakes(said: str, text: Text) -> list[tuple[str, str]]:
    found = faults(said, allowed=text.allowed | placeholders(said))
    ours, theirs = placeholders(text.words), placeholders(said)
    found += [(f"the placeholder {{{name}}} is lost", f"put {{{name}}} in") for name in sorted(ours - theirs)]
    found += [(f"the placeholder {{{name}}} is not in the original", "take it away") for name in sorted(theirs - ours)]
    return found


def _complaint(file: CatalogFile, message: Message | None, what: str, remedy: str) -> Complaint:
    line = message.lineno if message is not None and message.lineno else 1
    return Complaint(path=file.path, line=line, column=1, what=what, remedy=remedy)
