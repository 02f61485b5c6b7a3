"""A form that is refused keeps what was typed, and each complaint stands beside its field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.console.visit import Visit


@dataclass
class Form:
    """What was typed, and what is wrong with it: the slug of a complaint by field, which `_forms.html` puts in words.

    A page begins with the values that are there now; a refused one goes on with what was typed.
    """

    values: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, visit: Visit, *names: str) -> "Form":
        """The form as it was sent."""
        return cls(values={name: visit.field(name) for name in names})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def complain(self, name: str, complaint: str) -> None:
        """The first complaint about a field counts."""
        self.wrong.setdefault(name, complaint)

    def words(self, name: str, *, most: int) -> str:
        """Some words. Complains of `missing` and `too-long`."""
        if not self[name]:
            self.complain(name, "missing")
        elif len(self[name]) > most:
            self.complain(name, "too-long")
        return self[name]

    def one_of(self, name: str, allowed: Collection[str] | Mapping[str, object]) -> str:
        """One of these. Complains of `choose`."""
        if self[name] not in allowed:
            self.complain(name, "choose")
        return self[name]

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day as a browser's field gives it. Complains of `missing` and `no-day`."""
        if not self[name]:
            if required:
                self.complain(name, "missing")
            return None
        try:
            return date.fromisoformat(self[name])
        except ValueError:
            self.complain(name, "no-day")
            return None

    def number(self, name: str, *, low: int, high: int) -> int | None:
        """A whole number of this range. Complains of `missing` and `no-number`."""
        if not self[name]:
            self.complain(name, "missing")
            return None
        words = self[name]
        if not (words.isascii() and words.isdigit() and len(words) < 10 and low <= int(words) <= high):
            self.complain(name, "no-number")
            return None
        return int(words)

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong
