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
from bot.content.nodes import Unreadable
from bot.content.pages import MOST_BYTES
from bot.content.po import header_field, header_of, line_of_field
from bot.content.programmes import is_language
from bot.content.wordings import Text, misfits

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
    try:
        if not is_language(language):
            raise Unreadable(f"there is no language '{language}'", "name the directory as in sv, en, fa_AF")
        text = _text(file)
        whole = CatalogFile(language=language, path=path, catalog=_catalog(text, language), complaints=())
    except Unreadable as error:
        fault = Complaint(path=path, line=error.line, column=error.column, what=error.what, remedy=error.remedy)
        return CatalogFile(language=language, path=path, catalog=Catalog(), complaints=(fault,), refused=True)
    return replace(whole, complaints=_whole_file(whole, text))


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
            gaps.append(_complaint(file, message, what=f"'{key}' {gap[0]}", remedy=gap[1]))
            continue
        said = str(message.string).strip() if message else ""
        mistakes = misfits(said, original=text.words, allowed=text.allowed)
        wrong += [_complaint(file, message, what=f"'{key}': {what}", remedy=remedy) for what, remedy in mistakes]
        if not mistakes:
            words[key] = said
    return Checked(words=words, faults=tuple(wrong), gaps=tuple(gaps))


def read_catalogs(content: Path, *, domain: str = PARTICIPANTS) -> tuple[CatalogFile, ...]:
    """Every catalog of `domain`, in order of language."""
    return tuple(read_catalog(file, content=content) for file in catalog_files(content, domain=domain).values())


def reviewed_languages(content: Path) -> frozenset[str]:
    """The languages of which a native speaker has read every text for participants, as their catalogs say."""
    files = catalog_files(content, domain=PARTICIPANTS)
    return frozenset(
        language
        for language, file in files.items()
        if header_field(header_of(file.read_text(encoding="utf-8")), "X-Framsteg-Reviewed") == "yes"
    )


def console_words(language: str, *, content: Path) -> gettext.NullTranslations:
    """The console's words in a language, for Jinja and Python: `gettext` and `ngettext`.

    English is the reference and needs no file. A message that is not translated comes in English.
    Takes some milliseconds: ask once for each language and keep the answer.
    """
    file = catalog_files(content, domain=CONSOLE).get(language)
    if file is None or language == CONSOLE_REFERENCE:
        return gettext.NullTranslations()
    # Compiled in memory: a .mo file in the tree would be one more thing to forget.
    compiled = io.BytesIO()
    write_mo(compiled, read_catalog(file, content=content).catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Unreadable("the file is larger than 1 MiB", "divide it")
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("the file is not UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise Unreadable(f"the file can not be opened ({error.strerror})", "look at its name and its rights") from None


def _catalog(text: str, language: str) -> Catalog:
    remedy = "open it in a translation tool"
    try:
        return read_po(io.StringIO(text), locale=language, abort_invalid=True)
    except PoFileError as error:
        raise Unreadable(f"this is not a .po file ({error})", remedy, line=error.lineno + 1) from None
    except Exception as error:  # noqa: BLE001 - the library raises whatever its input led to
        raise Unreadable(f"this is not a .po file ({type(error).__name__})", remedy) from None


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
            found.append(_complaint(file, message, what=f"'{message.context}' stands twice", remedy="keep one of them"))
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


def _complaint(file: CatalogFile, message: Message | None, *, what: str, remedy: str) -> Complaint:
    line = message.lineno if message is not None and message.lineno else 1
    return Complaint(path=file.path, line=line, column=1, what=what, remedy=remedy)
