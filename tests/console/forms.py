"""A form is filled in as somebody fills it in, and sends what a browser would."""

from collections.abc import Mapping
from dataclasses import dataclass, field

File = tuple[str, bytes]
Fills = Mapping[str, str | bool | File]
"""What is typed, chosen (by its words), ticked or given, by the words of the field's label."""


@dataclass
class Control:
    """A field. `words` are its label's, `group` those of the legend around it; `options` are value and words."""

    kind: str
    name: str
    value: str = ""
    id: str = ""
    words: str = ""
    group: str = ""
    checked: bool = False
    required: bool = False
    most: int | None = None
    options: list[tuple[str, str]] = field(default_factory=list)

    def sends(self) -> list[tuple[str, str]]:
        """What a browser sends of it."""
        if not self.name or self.kind == "file" or (self.kind in ("radio", "checkbox") and not self.checked):
            return []
        return [(self.name, self.value)]


@dataclass
class Button:
    """A button that sends its form. Words that only a screen reader says belong to it."""

    words: str = ""
    name: str = ""
    value: str = ""


@dataclass
class Form:
    """A form as it stands on the page."""

    action: str = ""
    method: str = "get"
    id: str = ""
    unchecked: bool = False
    line: str = ""
    """The words of the list's line it stands in."""
    controls: list[Control] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def control(self, label: str) -> Control:
        """The field with this label, or the only one whose label begins so; `legend: label` where labels come again."""
        shown = [one for one in self.controls if one.kind != "hidden"]
        for fits in (str.__eq__, str.startswith):
            found = [one for one in shown if fits(one.words, label) or fits(f"{one.group}: {one.words}", label)]
            if len(found) == 1:
                return found[0]
        raise AssertionError(f"no one field is called {label!r}: {[(one.group, one.words) for one in shown]}")

    def fits(self, fills: Fills) -> bool:
        """Whether all of these can be filled in here."""
        try:
            return all(self.control(label) for label in fills)
        except AssertionError:
            return False

    def fill(self, fills: Fills) -> dict[str, File]:
        """Type and choose; gives the files."""
        files: dict[str, File] = {}
        for label, given in fills.items():
            one = self.control(label)
            if isinstance(given, tuple):
                assert one.kind == "file", f"{label!r} takes no file"
                files[one.name] = given
            elif one.kind in ("radio", "checkbox"):
                assert isinstance(given, bool), f"{label!r} is ticked, not written"
                self._tick(one, given)
            else:
                assert isinstance(given, str), f"{label!r} is written, not ticked"
                _write(one, given)
        return files

    def sends(self, button: Button) -> list[tuple[str, str]]:
        """What is sent when this button is pressed. Fails where a browser would hold the form back."""
        for one in self.controls:
            chosen = any(other.checked for other in self.controls if other.name == one.name)
            empty = not chosen if one.kind in ("radio", "checkbox") else not one.value
            assert self.unchecked or one.kind == "file" or not (one.required and empty), f"{one.words!r} is empty"
        pressed = [(button.name, button.value)] if button.name else []
        return [pair for one in self.controls for pair in one.sends()] + pressed

    def _tick(self, one: Control, given: bool) -> None:
        if one.kind == "radio":
            for other in self.controls:
                if other.kind == "radio" and other.name == one.name:
                    other.checked = False
        one.checked = given


def _write(one: Control, given: str) -> None:
    if one.kind == "select":
        found = [value for value, words in one.options if words == given]
        assert len(found) == 1, f"{one.words!r} has no choice {given!r}: {one.options}"
        one.value = found[0]
        return
    assert one.most is None or len(given) <= one.most, f"{one.words!r} takes no more than {one.most} letters"
    one.value = given
