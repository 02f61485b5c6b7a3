"""A fault is brought about so many times, and each time it is counted what was lost and what was doubled."""

import importlib
import itertools
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from tests.databases import Databases

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it. `wrong` is whatever else was not as it must be; `notes` what a reader should know."""

    tries: int
    lost: int = 0
    doubled: int = 0
    wrong: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One word."""
        return "held" if self.tries and not (self.lost or self.doubled or self.wrong) else "BROKEN"


@dataclass
class Place:
    """Where it happens: databases and directories of its own. `say` tells how far it came."""

    home: Path
    databases: Databases
    say: Callable[[str], None] = lambda words: None
    _made: list[str] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def directory(self) -> Path:
        """A fresh one."""
        made = self.home / str(next(self._numbers))
        made.mkdir(parents=True)
        return made

    async def sqlite(self) -> str:
        """The address of a migrated SQLite file."""
        return await self.databases.sqlite(self.directory())

    async def postgresql(self) -> str:
        """The address of a migrated PostgreSQL database."""
        url = await self.databases.postgresql()
        self._made.append(url)
        return url

    async def clear(self) -> None:
        """Remove the PostgreSQL databases that were made here."""
        while self._made:
            await self.databases.gone(self._made.pop())


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One row of the matrix. `full` is how many tries the matrix demands."""

    name: str
    title: str
    full: int
    torture: Callable[[int, Place], Awaitable[Result]]


def faults() -> dict[str, Fault]:
    """Every fault there is a module of (`fNN_<name>.py`), by name and in order."""
    modules = (importlib.import_module(f"tests.torture.{path.stem}") for path in sorted(HERE.glob("f[0-9][0-9]_*.py")))
    return {one.name: one for one in map(_of, modules)}


def _of(module: ModuleType) -> Fault:
    assert re.fullmatch(r"F[0-9]{1,2}", module.FAULT), module.FAULT
    return Fault(name=module.FAULT, title=module.TITLE, full=module.FULL, torture=module.torture)
