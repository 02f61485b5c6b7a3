"""A page is read once, from its beginning to its end: its words, its links, and its forms as they stand there."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.console.forms import Button, Control, Form

_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
_SILENT = frozenset(("head", "script", "style", "template"))


@dataclass
class _Element:
    """One that has begun and not ended yet."""

    tag: str
    given: dict[str, str]
    heard: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    legend: str = ""


class Reader(HTMLParser):
    """What stands on a page. `items` are the lines of lists, each with the ids of the elements around it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: dict[str, Form] = {"": Form()}
        self.links: list[tuple[str, str]] = []
        self.codes: list[str] = []
        self.items: list[tuple[tuple[str, ...], str]] = []
        self._labels: dict[str, str] = {}
        self._heard: list[tuple[tuple[str, ...], str]] = []
        self._open: list[_Element] = []
        self._inside: list[str] = []
        self._selects: list[Control] = []
        self.feed(html)
        self.close()
        for form in self.forms.values():
            for one in form.controls:
                one.words = self._labels.get(one.id, one.words)

    def text(self, ids: tuple[str, ...]) -> str:
        """The words, in order; of the elements with these ids, if any are given."""
        return _plain("".join(words for inside, words in self._heard if not ids or set(ids) & set(inside)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            name = given.get("id") or f"form-{len(self.forms)}"
            held = self.forms.get(name, Form()).controls
            self.forms[name] = Form(
                action=given.get("action", ""),
                method=given.get("method", "get").lower(),
                id=name,
                unchecked="novalidate" in given,
                controls=held,
            )
            self._inside.append(name)
            for line in [one for one in self._open if one.tag == "li"][-1:]:
                line.forms.append(self.forms[name])
        elif tag in ("input", "select", "textarea") and "disabled" not in given:
            self._control(tag, given)
        elif tag == "option" and self._selects:
            # One that says no value sends its words: they are known when it ends.
            given.setdefault("value", "\0")
        if tag not in _VOID:
            self._open.append(_Element(tag, given))

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and with it whatever was left open inside."""
        while any(one.tag == tag for one in self._open):
            ended = self._open.pop()
            words = "".join(ended.heard)
            self._ended(ended, words if ended.tag == "textarea" else _plain(words))
            if ended.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        """Words."""
        if any(one.tag in _SILENT for one in self._open):
            return
        for one in self._open:
            one.heard.append(data)
        self._heard.append((self._ids(), data))

    def _control(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        if kind in ("submit", "button", "image"):
            return
        most = given.get("maxlength", "")
        value = given.get("value", "on" if kind in ("radio", "checkbox") else "")
        one = Control(
            kind=kind,
            name=given.get("name", ""),
            value=value,
            id=given.get("id", ""),
            checked="checked" in given,
            required="required" in given,
            most=int(most) if most else None,
        )
        where = given.get("form") or (self._inside[-1] if self._inside else "")
        self.forms.setdefault(where, Form()).controls.append(one)
        if tag in ("select", "textarea"):
            self._selects.append(one)
        one.group = next((around.legend for around in reversed(self._open) if around.tag == "fieldset"), "")

    def _ids(self) -> tuple[str, ...]:
        return tuple(one.given["id"] for one in self._open if "id" in one.given)

    def _ended(self, ended: _Element, words: str) -> None:
        tag, given = ended.tag, ended.given
        if tag == "form":
            self._inside.pop()
        elif tag == "legend":
            next(one for one in reversed(self._open) if one.tag == "fieldset").legend = words
        elif tag == "label" and "for" in given:
            self._labels[given["for"]] = words
        elif tag == "a" and "href" in given:
            self.links.append((words, given["href"]))
        elif tag == "code":
            self.codes.append(words)
        elif tag == "li":
            self.items.append((self._ids(), words))
            for form in ended.forms:
                form.line = words
        else:
            self._field_ended(tag, given, words)

    def _field_ended(self, tag: str, given: dict[str, str], words: str) -> None:
        if tag == "button" and self._inside and given.get("type", "submit") == "submit":
            pressed = Button(words=words, name=given.get("name", ""), value=given.get("value", ""))
            self.forms[self._inside[-1]].buttons.append(pressed)
        elif tag == "option" and self._selects:
            select, value = self._selects[-1], words if given["value"] == "\0" else given["value"]
            if "selected" in given or not select.options:
                select.value = value
            select.options.append((value, words))
        elif tag == "textarea" and self._selects:
            # The first line break after the tag is none of the words.
            self._selects.pop().value = words.removeprefix("\n")
        elif tag == "select" and self._selects:
            self._selects.pop()


def _plain(words: str) -> str:
    return " ".join(words.split())
