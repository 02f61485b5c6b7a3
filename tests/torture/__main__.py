"""`make torture`: every fault as often as the matrix demands, with a table of what was lost and doubled."""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.databases import Databases
from tests.torture import table
from tests.torture.fault import Fault, Place, Result, faults


def main() -> int:
    """Torture; the exit code is 1 if something gave way."""
    found = faults()
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="F1", help=f"which: {' '.join(found)}; all if none is named")
    parser.add_argument("--share", type=float, default=1.0, help="what part of the counts (1.0)")
    parser.add_argument("--keep", action="store_true", help="put the rows into docs/reliability.md, though not all ran")
    given = parser.parse_args()
    if unknown := [name for name in given.faults if name not in found]:
        parser.error(f"no such fault: {' '.join(unknown)}")
    chosen = [found[name] for name in given.faults] or list(found.values())
    with tempfile.TemporaryDirectory(prefix="framsteg-torture-") as home:
        rows = asyncio.run(_all(chosen, share=given.share, home=Path(home)))
    if given.keep or not given.faults:
        table.write(rows)
    return 0 if all(result.verdict == "held" for _, result, _ in rows) else 1


async def _all(chosen: Sequence[Fault], *, share: float, home: Path) -> list[table.Row]:
    rows: list[table.Row] = []
    print(table.head(), flush=True)
    # What a connection of a stand-in raises while it is torn down is nobody's trouble.
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    for fault in chosen:
        # A server each: what one fault does to it is not the next one's.
        (home / fault.name).mkdir()
        databases = Databases(home / fault.name)
        place = Place(home=home / fault.name, databases=databases, say=_say)
        begun = time.monotonic()
        try:
            result = await fault.torture(max(1, round(fault.full * share)), place)
        except Exception as trouble:  # noqa: BLE001 - the others are still to be tried, and this one gave way
            result = Result(tries=0, wrong=(f"the torture itself ended early: {trouble!r}"[:2000],))
        finally:
            await place.clear()
            await databases.close()
        rows.append((fault, result, time.monotonic() - begun))
        print("\r" + table.line(rows[-1]), flush=True)
        for words in (*result.wrong, *result.notes):
            print(f"       {words}", flush=True)
    return rows


def _say(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r     {words:<100}", end="", file=sys.stderr, flush=True)


sys.exit(main())
