"""The people of the demo are read from a file in which everybody can see that nobody exists."""

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.domain.access import Role
from bot.domain.people import ChannelName

FILE = Path(__file__).with_name("demo_people.yaml")


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """An invented coach, leader, translator, analyst or administrator."""

    first_name: str
    email: str
    language: str
    roles: tuple[Role, ...]
    deputy: str | None = None


@dataclass(frozen=True, kw_only=True)
class Persona:
    """An invented participant and their habits: the file says what each field means."""

    first_name: str
    language: str
    channel: ChannelName
    address: str
    coach: str
    phase: str
    gender: str
    born: int
    begins_at: float
    comes_to: float
    answers: float
    replies: float
    months: int
    words: tuple[str, ...] = ()
    unclear: str | None = None
    wants_call: bool = False
    milestone: dict[str, Any] = field(default_factory=dict)
    stops_on_day: int | None = None
    pauses_on_day: int | None = None
    pauses_for_days: int = 0
    leaves_on_day: int | None = None
    cut_off_on_day: int | None = None


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What somebody writes of their own accord, on a day of the three weeks at a local time."""

    who: str
    day: int
    at: time
    words: str


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that a coach does, or that happens to them: the file says what each field means."""

    do: str
    who: str = ""
    by: str = ""
    to: str = ""
    hours: float | None = None
    day: int | None = None
    at: time | None = None
    words: str = ""
    visibility: str = ""
    category: str = ""
    minutes: int | None = None
    days: tuple[int, int] | None = None
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody."""

    organisation: str
    organisation_name: str
    sender: str
    colleagues: tuple[Colleague, ...]
    people: tuple[Persona, ...]
    sayings: tuple[Saying, ...]
    deeds: tuple[Deed, ...]
    answers: dict[str, dict[str, str]]


def read_cast(file: Path = FILE) -> Cast:
    """Everybody in the file."""
    known = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return Cast(
        organisation=known["organisation"]["slug"],
        organisation_name=known["organisation"]["name"],
        sender=known["sender"],
        colleagues=tuple(
            Colleague(**one | {"roles": tuple(Role(role) for role in one["roles"])}) for one in known["colleagues"]
        ),
        people=tuple(_persona(one) for one in known["people"]),
        sayings=tuple(
            Saying(who=one["who"], day=one["day"], at=time.fromisoformat(one["at"]), words=one["words"])
            for one in known["says"]
        ),
        deeds=tuple(_deed(one) for one in known["deeds"]),
        answers=known["answers"],
    )


def _persona(known: dict[str, Any]) -> Persona:
    phone, telegram = known.pop("phone", None), known.pop("telegram", None)
    return Persona(
        channel=ChannelName.SMS if phone else ChannelName.TELEGRAM,
        address=phone or telegram,
        begins_at=known.pop("from"),
        comes_to=known.pop("to"),
        words=tuple(known.pop("words", ())),
        **known,
    )


def _deed(known: dict[str, Any]) -> Deed:
    at, days = known.pop("at", None), known.pop("days", None)
    return Deed(at=time.fromisoformat(at) if at else None, days=(days[0], days[1]) if days else None, **known)
