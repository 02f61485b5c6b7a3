"""A .po file is written the same way every time: no dates, no names of tools, nothing that changes by itself."""

import re
from dataclasses import dataclass

_WIDTH = 120
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_FRAGMENT = re.compile(r'"(.*)"\s*\Z')


@dataclass(frozen=True, kw_only=True)
class PoEntry:
    """One message. `reference` and `words` have one form, or one for each plural form.

    `before` is the reference that a fuzzy translation was made for; `remarks` are the translator's own comments,
    `notes` ours.
    """

    reference: tuple[str, ...]
    words: tuple[str, ...] = ("",)
    key: str | None = None
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    before: str | None = None
    obsolete: bool = False


def po_text(header: str, entries: tuple[PoEntry, ...]) -> str:
    """A whole file: the header as it stands, then the entries in the order given."""
    return "\n\n".join([header.rstrip("\n"), *("\n".join(_lines(entry)) for entry in entries)]) + "\n"


def header_of(text: str) -> str:
    """The first paragraph of a file if it is its header, nothing otherwise."""
    paragraph = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")[0]
    return paragraph if re.search(r'^msgid ""$', paragraph, re.MULTILINE) else ""


def header_field(header: str, name: str) -> str | None:
    """What a header field says, over however many lines a tool has wrapped it."""
    for field in _fields(header):
        if field.startswith(f"{name}:"):
            return " ".join(field.removeprefix(f"{name}:").split())
    return None


def line_of_field(text: str, name: str) -> int:
    """The line, from 1, on which a header field begins; 1 when it is not there."""
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith(f'"{name}:')), 1)


def with_field(header: str, name: str, words: str) -> str:
    """The header with one field set: in its place if it is there already, last otherwise."""
    comments = [line for line in header.splitlines() if line.startswith("#")]
    fields = list(_fields(header))
    places = [place for place, field in enumerate(fields) if field.startswith(f"{name}:")]
    if places:
        fields[places[0]] = f"{name}: {words}"
    else:
        fields.append(f"{name}: {words}")
    return "\n".join([*comments, 'msgid ""', 'msgstr ""', *(f'"{field}\\n"' for field in fields)])


def new_header(*, comment: str, language: str, plural_forms: str) -> str:
    """The header of a file that is not there yet. Without a language it is a template's."""
    fields = ["Project-Id-Version: framsteg"]
    fields += [f"Language: {language}"] if language else []
    fields += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    fields += [f"Plural-Forms: {plural_forms}"] if plural_forms else []
    # Translations that no native speaker has read are shown as such: a person changes this line, never a program.
    fields += ["X-Framsteg-Reviewed: no"] if language else []
    return "\n".join([f"# {comment}", 'msgid ""', 'msgstr ""', *(f'"{field}\\n"' for field in fields)])


def _fields(header: str) -> tuple[str, ...]:
    matches = (_FRAGMENT.match(line) for line in header.splitlines())
    joined = "".join(match[1] for match in matches if match)
    return tuple(field for field in joined.split("\\n") if field)


def _lines(entry: PoEntry) -> list[str]:
    lines = [f"# {remark}".rstrip() for remark in entry.remarks]
    lines += [f"#. {note}" for note in entry.notes]
    lines += [f"#: {place}" for place in entry.places]
    lines += [f"#, {', '.join(entry.flags)}"] if entry.flags else []
    lines += [f'#| msgid "{entry.before.translate(_ESCAPES)}"'] if entry.before is not None else []
    body = _string("msgctxt", entry.key) if entry.key is not None else []
    body += _string("msgid", entry.reference[0])
    if len(entry.reference) > 1:
        body += _string("msgid_plural", entry.reference[1])
        for form, words in enumerate(entry.words):
            body += _string(f"msgstr[{form}]", words)
    else:
        body += _string("msgstr", entry.words[0])
    return lines + ([f"#~ {line}" for line in body] if entry.obsolete else body)


def _string(keyword: str, words: str) -> list[str]:
    whole = f'{keyword} "{words.translate(_ESCAPES)}"'
    if "\n" not in words.rstrip("\n") and len(whole) <= _WIDTH:
        return [whole]
    lines = [f'{keyword} ""']
    room = _WIDTH - 2
    for sentence in words.splitlines(keepends=True):
        line = ""
        for piece in re.findall(r"\S*\s*", sentence):
            escaped = piece.translate(_ESCAPES)
            if line and len(line) + len(escaped) > room:
                lines.append(f'"{line}"')
                line = ""
            line += escaped
        lines.append(f'"{line}"')
    return lines
