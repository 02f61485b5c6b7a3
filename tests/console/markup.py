"""A page is read as a browser reads it: its elements, its words, and its forms with what they would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """What a form would send, and where. `typed` are the fields in which somebody writes."""

    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


@dataclass
class Element:
    """One element as it began."""

    tag: str
    attributes: dict[str, str]


class Markup(HTMLParser):
    """All elements, all words and all forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self.words = ""
        self._form: Form | None = None
        self._select = self._area = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        given = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, given))
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Words."""
        self.words += data
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind, value = given.get("name", ""), given.get("type", "text"), given.get("value", "")
        if tag == "option" and self._select:
            form.choices[self._select].append(value)
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = value
        elif name and tag == "select":
            self._select = name
            form.choices[name] = []
        elif name and tag == "textarea":
            self._area = name
            form.fields[name] = ""
            form.typed.append(name)
        elif name and tag == "button":
            form.choices.setdefault(name, []).append(value)
            form.fields.setdefault(name, value)
        elif name and tag == "input":
            _line(form, name, kind, given)


def _line(form: Form, name: str, kind: str, given: dict[str, str]) -> None:
    if kind == "file":
        form.files.append(name)
    elif kind in ("radio", "checkbox"):
        form.choices.setdefault(name, []).append(given.get("value", "on"))
        if "checked" in given:
            form.fields[name] = given.get("value", "on")
    else:
        form.fields[name] = given.get("value", "")
        if kind != "hidden":
            form.typed.append(name)
