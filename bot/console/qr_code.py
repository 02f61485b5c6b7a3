"""A link becomes a picture that a phone can read, drawn without a style of its own."""

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4
"""So many empty squares all around, as readers want them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QrCode:
    """`path` is what is black, for an SVG of `size` by `size`."""

    size: int
    path: str


def qr_code(words: str) -> QrCode:
    """The picture of these words."""
    rows = segno.make(words, error="m", micro=False).matrix
    drawn = []
    for y, row in enumerate(rows):
        x = 0
        for black, run in groupby(row):
            width = len(list(run))
            if black:
                drawn.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width
    return QrCode(size=len(rows) + 2 * QUIET, path="".join(drawn))
