"""A request to a provider is written in time or not at all, also by a process that hung on its way there."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps, where there is such a clock."""

_until: ContextVar[float] = ContextVar("until", default=float("inf"))


class TooLate(Exception):
    """The last of the request was held back, so that the provider cannot have understood it."""


def elapsed() -> float:
    """Seconds from some moment on, whatever is done to any clock; they pass while a process hangs as well."""
    return time.clock_gettime(_CLOCK)


@contextmanager
def to_be_written_by(until: float) -> Iterator[None]:
    """What is asked of a provider in here is held back after `until`, in seconds of `elapsed`."""
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)


def still_in_time() -> None:
    """For whoever is about to write. Raises `TooLate`."""
    if elapsed() > _until.get():
        raise TooLate
