"""STEGA with other rules: each says something at its hour, every day, to those in its phase."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from tests.town import ROOT

EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def daily(at: str, window: str, phase: str, *, begins: bool = False) -> dict[str, object]:
    """A rule of every day. What it says names the day and the hour."""
    does = {"begin": "weekly-check-in"} if begins else {"say": f"Hej {{first_name}}! {{day}} {at} {{coach}}"}
    return {"every": "week", "weekdays": list(EVERY_DAY), "at": at, **does, "phases": [phase], "expires-after": window}


def a_programme(home: Path, rules: Mapping[str, Mapping[str, object]]) -> Path:
    """The directory of a programme with these rules, and a phase for each that they name."""
    yaml = YAML()
    place = home / "flows" / "programmes" / "stega"
    for beside in ("flows", "locales"):
        shutil.copytree(ROOT / beside, home / beside)
    file = place / "programme.yaml"
    read = yaml.load(file.read_text("utf-8"))
    named = dict.fromkeys(str(phase) for rule in rules.values() for phase in rule["phases"])  # type: ignore[attr-defined]
    read["phases"] = {phase: {"title": "Fas"} for phase in named}
    read["activities"] = {}
    read["health-every-day"] = False
    read["languages"] = ["sv"]
    read["reminders"] = {slug: dict(rule) for slug, rule in rules.items()}
    with file.open("w", encoding="utf-8") as out:
        yaml.dump(read, out)
    return place
