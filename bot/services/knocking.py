"""Whoever knocks too often waits a quarter of an hour, whether the name exists or not."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, ip_address, ip_network

from bot.storage.database import Database
from bot.storage.unit_of_work import looking, unit_of_work

MOST = 10
"""Tries within `tries.WITHIN`, by each name and from each network address."""

_HOUSE = 64
"""A household has this many bits of IPv6 in common, and any number of addresses under them."""


class TriedTooOften(Exception):
    """Too many tries lately: nothing was looked at."""


class NotRight(Exception):
    """What was shown is not right. Which part of it, and whether there is such an account, is not told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who knocks: from which network address, with which browser, and when by the programme and by the machine."""

    came_from: str
    browser: str
    now: datetime
    machine_now: datetime


async def knock(database: Database, door: str, *names: str, caller: Caller) -> list[int]:
    """Count a try at this door. Gives what `work.tries.forgive` takes back if it succeeds. Raises `TriedTooOften`."""
    sealer, place = database.sealer, f"try/{door}"
    hashes = [*(sealer.hash(place, f"name/{one}") for one in names), sealer.hash(place, f"at/{_at(caller.came_from)}")]
    async with unit_of_work(database) as work:
        ids = await work.tries.add(hashes, now=caller.machine_now)
    # Counted after the commit: of any number who try at once, no more than `MOST` see room for themselves.
    async with looking(database) as work:
        counted = await work.tries.most(hashes, now=caller.machine_now)
    if counted > MOST:
        async with unit_of_work(database) as work:
            await work.tries.forgive(ids)
        raise TriedTooOften
    return ids


def _at(came_from: str) -> str:
    try:
        address = ip_address(came_from)
    except ValueError:
        return came_from
    if isinstance(address, IPv4Address):
        return came_from
    # Whoever serves on `::` sees the old addresses inside of new ones: all of them are of one household there.
    mapped = address.ipv4_mapped
    return str(mapped or ip_network((address, _HOUSE), strict=False))
