"""Every page is asked by a coach with thirty people and by a leader who sees all thousand, after a year of history.

On SQLite, with the real program behind the pages, without a network between: the aim is 150 ms for each page.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.console.belongings import furnish
from tests.console.street import Hours, settle_in
from tests.console.walk import PARAMETERS, Walk, may
from tests.console.year import Year, live
from tests.databases import KEY

READERS = ("Karin", "Lena", "Anders", "Tove", "Adam")
ROUNDS = 5
YEAR = Year(people=1000, weeks=52)


def figures() -> list[tuple[str, float, str]]:
    """What was measured, the slowest first: name, value, unit. Raises `AssertionError` if a page fails."""
    with tempfile.TemporaryDirectory(prefix="framsteg-bench-") as home:
        measured = asyncio.run(_measured(Path(home) / "framsteg.db"))
    lines = sorted(measured.items(), key=lambda one: -one[1])
    return [(f"console: {name} (aim: at most 150)", seconds * 1000, "ms") for name, seconds in lines]


async def _measured(path: Path) -> dict[str, float]:
    database = Database(f"sqlite:///{path}", key=KEY)
    try:
        await migrate(database)
        street = await settle_in(database, Hours())
        walk = Walk(street, await furnish(street), PARAMETERS)
        live(path, street, YEAR, sealer=database.sealer)
        await walk.sign_everybody_in()
        found = {}
        for page in walk.pages:
            if page.method != "GET":
                continue
            for reader in READERS:
                ways = [path for path, chosen in walk.ways(page) if not chosen or walk.sees(reader, page, chosen)]
                if may(reader, page) and ways:
                    # Somebody who has been there all year, where a page is about somebody.
                    way = ways[0].replace(str(street.enrolments["Amina"]), str(YEAR.first))
                    found[f"{page.path}, {_who(reader)}"] = await _median(walk, way, reader)
        await walk.close()
        return found
    finally:
        await database.close()


async def _median(walk: Walk, way: str, reader: str) -> float:
    spent = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        answer = await walk.ask("GET", way, as_=reader)
        spent.append(time.perf_counter() - began)
        assert answer.status_code in (200, 303, 404), f"{answer.status_code} {way}"
    return statistics.median(spent[1:])


def _who(reader: str) -> str:
    return {"Karin": "coach", "Lena": "leader", "Anders": "analyst", "Tove": "translator"}.get(reader, "administrator")
