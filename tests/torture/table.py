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

_HEAD = ("fault", "what was done", "tries", "lost", "doubled", "verdict")


def line(row: Row) -> str:
    """One row for the terminal."""
    fault, result, seconds = row
    counts = f"{result.tries:>7} {result.lost:>5} {result.doubled:>7}"
    return f"{fault.name:<4} {counts}  {result.verdict:<7} {seconds:6.0f} s  {fault.title}"


def head() -> str:
    """What stands above them."""
    return f"{'':<4} {'tries':>7} {'lost':>5} {'doubled':>7}  {'verdict':<7}"


def write(rows: Sequence[Row], *, share: float) -> None:
    """Put the table below the marker of the document; what stands above it is left alone."""
    above = DOCUMENT.read_text("utf-8").partition(MARKER)[0] if DOCUMENT.exists() else ""
    DOCUMENT.write_text(f"{above}{MARKER}\n\n{_page(rows, share=share)}", "utf-8")


def _page(rows: Sequence[Row], *, share: float) -> str:
    part = "" if share == 1 else f", {share:.0%} of the counts"
    lines = [f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}{part}, {sum(row[2] for row in rows) / 60:.0f} minutes.", ""]
    lines += [f"| {' | '.join(_HEAD)} |", "| --- | --- | ---: | ---: | ---: | --- |"]
    for fault, result, _ in rows:
        counts = f"{result.tries:,} | {result.lost} | {result.doubled}"
        lines.append(f"| {fault.name} | {fault.title} | {counts} | {result.verdict} |")
    for fault, result, _ in rows:
        lines += [""] if result.notes or result.wrong else []
        lines += [f"- {fault.name}: {words}" for words in (*result.wrong, *result.notes)]
    return "\n".join(lines) + "\n"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    release = platform.freedesktop_os_release()
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {release['NAME'].split()[0]} {release.get('VERSION_ID', '')}"
