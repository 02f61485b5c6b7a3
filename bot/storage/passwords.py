"""A password is kept as a hash that is dear to try, and trying one takes the same work whether it is known or not."""

import asyncio
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""More would need more memory than a small machine has to spare; whoever comes next waits a moment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one try costs: the second recommendation of RFC 9106, on one lane."""

    rounds: int = 3
    kibibytes: int = 65_536
    lanes: int = 1


class Passwords:
    """Hashes and compares by argon2id, outside the loop. One for each process."""

    def __init__(self, cost: Cost | None = None) -> None:
        cost = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=cost.rounds, memory_cost=cost.kibibytes, parallelism=cost.lanes, type=Type.ID
        )
        # Of nobody's password: what an unknown name is compared with, so that it takes as long as a known one.
        self._nobody = ""
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, _bytes(password))

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether this is the password. Without anything kept it never is, and takes as long to say so."""
        async with self._room:
            return await asyncio.to_thread(self._fits, password, kept)

    def outdated(self, kept: str) -> bool:
        """Whether a password that fits should be hashed anew, as trying it costs something else by now."""
        return self._hasher.check_needs_rehash(kept)

    def _fits(self, password: str, kept: str | None) -> bool:
        if not self._nobody:
            self._nobody = self._hasher.hash(b"nobody")
        try:
            self._hasher.verify(kept or self._nobody, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def _bytes(password: str) -> bytes:
    # One keyboard writes an å as one letter, another as two: it is the same password.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
