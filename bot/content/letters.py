"""A letter to a coach says the same on a page, in a mail and in a chat, and whatever is put in stays mere words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from bot.content.texts import FIRST_STRONG_ISOLATE, POP_ISOLATE, is_right_to_left

TELEGRAM_MOST = 4_096
"""What a Telegram message holds, in UTF-16 units."""

_PLACEHOLDER = re.compile(r"%\(([a-z_]+)\)s")

# Mail programs know no style sheets of ours; on pages the style sheet of the page says how this looks.
_MAIL_STYLE = {
    "article": "max-width:40em;margin:0 auto;padding:1em;font:16px/1.5 system-ui,sans-serif;color:#1f2328",
    "h1": "font-size:1.4em;line-height:1.25;margin:0 0 .5em",
    "h2": "font-size:1.1em;line-height:1.25;margin:1.5em 0 .4em",
    "ul": "margin:0;padding-inline-start:1.2em",
    "li": "margin:.2em 0",
    "bdi": "font-weight:600",
    "p": "margin:.4em 0",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some words of a line. What was put in stands isolated, so that a name does not turn the line around."""

    words: str
    put_in: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, what stands under it, and a remark that is no item of the list."""

    title: str
    lines: tuple[Line, ...]
    remark: Line = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything a coach reads at once. `link`, where there is one, stands last: where to read more."""

    language: str
    subject: str
    opening: Line
    sections: tuple[Section, ...] = ()
    link: str = ""

    @property
    def text(self) -> str:
        """As plain text."""
        blocks = [_plain((self.opening,), self.language)]
        for section in self.sections:
            said = _plain(section.lines, self.language, mark="- ")
            remark = _plain((section.remark,), self.language) if section.remark else ""
            blocks.append("\n".join(filter(None, (section.title, said, remark))))
        return "\n\n".join(filter(None, (*blocks, self.link)))

    @property
    def html(self) -> str:
        """As a part of a page: no styles, no scripts, nothing from elsewhere."""
        return self._html({})

    @property
    def mail(self) -> str:
        """As a whole document for mail programs."""
        opens = f'<html lang="{_lang(self.language)}" dir="{_direction(self.language)}">'
        head = f'<head><meta charset="utf-8"><title>{escape(self.subject)}</title></head>'
        return f"<!doctype html>\n{opens}{head}<body>\n{self._html(_MAIL_STYLE)}\n</body></html>\n"

    def chat(self, *, more: Callable[[int], str], most: int = TELEGRAM_MOST) -> str:
        """As plain text of at most `most` UTF-16 units; `more` says how many items had to be left out."""
        whole = self.text
        if utf16(whole) <= most:
            return whole
        lines, link = whole.split("\n"), f"\n{self.link}" if self.link else ""
        for kept in range(len(lines) - 1, 0, -1):
            last = more(sum(line.startswith("- ") for line in lines[kept:])) + link
            cut = "\n".join((*lines[:kept], last))
            if utf16(cut) <= most:
                return cut
        return more(sum(line.startswith("- ") for line in lines))

    def _html(self, style: Mapping[str, str]) -> str:
        def tag(name: str, inside: str, attributes: str = "") -> str:
            look = f' style="{style[name]}"' if name in style else ""
            return f"<{name}{attributes}{look}>{inside}</{name}>"

        parts = [tag("h1", escape(self.subject)), tag("p", _marked(self.opening))]
        for section in self.sections:
            parts.append(tag("h2", escape(section.title)))
            items = "".join(tag("li", _marked(line, lead=style.get("bdi"))) for line in section.lines)
            parts += [tag("ul", items)] if items else []
            parts += [tag("p", _marked(section.remark))] if section.remark else []
        if self.link.startswith(("https://", "http://")):
            parts.append(tag("p", f'<a href="{escape(self.link)}">{escape(self.link)}</a>'))
        attributes = f' class="letter" lang="{_lang(self.language)}" dir="{_direction(self.language)}"'
        return tag("article", "\n".join(("", *parts, "")), attributes)


def filled(words: str, **values: object) -> Line:
    """The words with `%(name)s` put in. Raises `KeyError` for a placeholder that has no value."""
    # Numbers are not isolated: they read the same in every direction.
    pieces = _PLACEHOLDER.split(words)
    return tuple(
        Piece(words=_tidy(str(values[piece])), put_in=not isinstance(values[piece], int))
        if place % 2
        else Piece(words=piece)
        for place, piece in enumerate(pieces)
        if piece
    )


def joined(lines: Iterable[Line], *, by: str = " · ") -> Line:
    """Several things said in one line; empty ones are left out."""
    found: list[Piece] = []
    for line in lines:
        if line:
            found += [Piece(words=by), *line] if found else line
    return tuple(found)


def utf16(words: str) -> int:
    """How many UTF-16 units the words are: what Telegram counts."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _tidy(value: str) -> str:
    """One line, without invisible letters that would turn around what stands beside it."""
    line = " ".join(value.split())
    return "".join(letter for letter in line if unicodedata.category(letter) != "Cc" and not _turns(letter))


def _turns(letter: str) -> bool:
    return letter in "\u200e\u200f\u061c" or "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069"


def _plain(lines: Iterable[Line], language: str, *, mark: str = "") -> str:
    whole = is_right_to_left(language)
    return "\n".join(mark + "".join(_isolated(piece, always=whole) for piece in line) for line in lines)


def _isolated(piece: Piece, *, always: bool) -> str:
    turned = piece.put_in and (always or any(unicodedata.bidirectional(each) in ("R", "AL") for each in piece.words))
    return f"{FIRST_STRONG_ISOLATE}{piece.words}{POP_ISOLATE}" if turned else piece.words


def _marked(line: Line, *, lead: str | None = None) -> str:
    """As HTML. What was put in first is mostly a name, and may look different: `lead`."""
    said, look = [], f' style="{lead}"' if lead else ""
    for piece in line:
        said.append(f"<bdi{look}>{escape(piece.words)}</bdi>" if piece.put_in else escape(piece.words))
        look = "" if piece.put_in else look
    return "".join(said)


def _lang(language: str) -> str:
    return escape(language.replace("_", "-"))


def _direction(language: str) -> str:
    return "rtl" if is_right_to_left(language) else "ltr"
