"""A line shows where somebody's own ratings of one thing have gone: no colour says good or bad."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 132, 44
_EDGE = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Sparkline:
    """Points in the picture's own units, and the heights at which the levels of the scale lie."""

    points: tuple[tuple[float, float], ...]
    levels: tuple[float, ...]

    @property
    def path(self) -> str:
        """The points as SVG wants a polyline."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


def sparkline(
    values: Sequence[tuple[datetime, int]], *, scale: tuple[int, int], span: tuple[datetime, datetime]
) -> Sparkline:
    """The line of these values; `span` is the time from the left edge to the right one."""
    low, high = scale
    whole = max((span[1] - span[0]).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        return round(_EDGE + (WIDTH - 2 * _EDGE) * (at - span[0]).total_seconds() / whole, 1)

    def y(value: int) -> float:
        share = (value - low) / max(high - low, 1)
        return round(HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * share, 1)

    return Sparkline(
        points=tuple((x(at), y(value)) for at, value in values),
        levels=tuple(y(level) for level in range(low, high + 1)),
    )
