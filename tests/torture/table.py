"""What the torture found is a table, kept in docs/reliability.md with the day and the kind of machine."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.torture.fault import Fault, Result

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
MARKER = "<!-- `make torture` writes what follows -->"

Row = tuple[Fault, Result, float]
"""A fault, what came of it, and how many seconds it took."""

_HEAD = ("fault", "what was done", "tries", "lost", "doubled", "verdict", "on")
_ABOUT = "Notes of the last run of each:"


def line(row: Row) -> str:
    """One row for the terminal."""
    fault, result, seconds = row
    counts = f"{result.tries:>7} {result.lost:>5} {result.doubled:>7}"
    return f"{fault.name:<4} {counts}  {result.verdict:<7} {seconds:6.0f} s  {fault.title}"


def head() -> str:
    """What stands above them."""
    return f"{'':<4} {'tries':>7} {'lost':>5} {'doubled':>7}  {'verdict':<7}"


def write(rows: Sequence[Row]) -> None:
    """Put these rows below the marker of the document, in the place of what stood there about the same faults.

    What stands above the marker is left alone.
    """
    above, _, below = DOCUMENT.read_text("utf-8").partition(MARKER)
    table = {line.split()[1]: line for line in below.splitlines() if line.startswith("| F")}
    notes = {name: [one for one in below.splitlines() if one.startswith(f"- {name}: ")] for name in table}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for fault, result, _ in rows:
        counts = f"{result.tries:,} of {fault.full:,} | {result.lost} | {result.doubled}"
        table[fault.name] = f"| {fault.name} | {fault.title} | {counts} | {result.verdict} | {today} |"
        notes[fault.name] = [f"- {fault.name}: {words}" for words in (*result.wrong, *result.notes)]
    names = sorted(table, key=lambda name: int(name[1:]))
    lines = [MARKER, "", f"{_machine()}.", "", f"| {' | '.join(_HEAD)} |"]
    lines += ["| --- | --- | ---: | ---: | ---: | --- | --- |", *(table[name] for name in names), "", _ABOUT, ""]
    lines += [words for name in names for words in notes[name]]
    DOCUMENT.write_text(above + "\n".join(lines) + "\n", "utf-8")


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    release = platform.freedesktop_os_release()
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {release['NAME'].split()[0]} {release.get('VERSION_ID', '')}"
