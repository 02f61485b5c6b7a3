"""A table of people may call things as the console calls them, in any of its languages, and as the programme does."""

import csv
import io
from collections.abc import Mapping
from gettext import NullTranslations

from bot.content.language_names import name_in
from bot.content.people_table import Spoken
from bot.services.published import Plan


def _(words: str) -> str:
    """Marks words for the translators; they are put in another language where that language is known."""
    return words


HEADINGS = {
    "first_name": _("First name"),
    "language": _("Language"),
    "phone": _("Phone number"),
    "coach": _("Coach"),
    "phase": _("Phase"),
    "started_on": _("First day"),
    "gender": _("Gender"),
    "birth_year": _("Year of birth"),
    "protected": _("Protected identity"),
    "telegram": _("Telegram chat"),
    "block": _("Block"),
    "zone": _("Time zone"),
}
"""What a column is called, the usual ones first."""

USUAL = tuple(HEADINGS)[:9]
"""What the file to begin with has: the rest is for whoever knows why."""

_WORDS = {
    "gender": {"woman": _("Woman"), "man": _("Man"), "other": _("Other")},
    "protected": {"yes": _("Yes"), "no": _("No")},
}


def spoken(words: Mapping[str, NullTranslations], plan: Plan) -> Spoken:
    """What a file for this programme may say, in all languages of the console."""
    headings: dict[str, str] = {}
    said: dict[str, dict[str, str]] = {"gender": {}, "protected": {}, "language": {}, "phase": {}, "block": {}}
    for language, texts in words.items():
        headings |= {_folded(texts.gettext(name)): column for column, name in HEADINGS.items()}
        for column, known in _WORDS.items():
            said[column] |= {_folded(texts.gettext(name)): word for word, name in known.items()}
        for one in plan.languages:
            said["language"][_folded(name_in(language, of=one))] = one
        for phase in plan.programme.phases:
            said["phase"][_folded(_title(plan, phase.title, language))] = phase.slug
        for block in plan.programme.blocks:
            said["block"][_folded(_title(plan, block.title, language))] = block.slug
    return Spoken(headings=headings, words=said)


def said_of(words: NullTranslations, plan: Plan, *, language: str) -> dict[str, dict[str, str]]:
    """By column, what the reader calls our own words for what may stand there."""
    said = {column: {word: words.gettext(name) for word, name in known.items()} for column, known in _WORDS.items()}
    said["language"] = {one: name_in(language, of=one) for one in plan.languages}
    said["phase"] = {phase.slug: _title(plan, phase.title, language) for phase in plan.programme.phases}
    return said


def template(words: NullTranslations, *, language: str) -> bytes:
    """A table to begin with: its heading, as spreadsheets of this language open it."""
    out = io.StringIO(newline="")
    # Where a comma stands in numbers, spreadsheets part columns by semicolons.
    writer = csv.writer(out, delimiter="," if language == "en" else ";")
    writer.writerow([words.gettext(HEADINGS[column]) for column in USUAL])
    # Without the mark in front Excel takes the file for one of an older alphabet.
    return out.getvalue().encode("utf-8-sig")


def _title(plan: Plan, key: str, language: str) -> str:
    return plan.texts.say(key, language=language, fallback=plan.programme.languages, values={"number": "", "count": ""})


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())
