"""The picture that an app reads is drawn as the code says, square by square."""

import re

import segno

from bot.console.qr_code import QUIET, qr_code
from bot.storage.one_time_codes import address_of, new_secret

_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def test_every_black_square_is_drawn_and_nothing_else() -> None:
    words = address_of(new_secret(), email="karin@norrby.example")
    assert words.startswith("otpauth://totp/Framsteg:karin%40norrby.example?secret=")
    drawn = qr_code(words)
    squares = {
        (int(x) + step, int(y))
        for x, y, width, back in _RUN.findall(drawn.path)
        for step in range(int(width))
        if width == back
    }
    matrix = segno.make(words, error="m", micro=False).matrix
    black = {(x + QUIET, y + QUIET) for y, row in enumerate(matrix) for x, one in enumerate(row) if one}
    assert squares == black and _RUN.sub("", drawn.path) == ""
    assert drawn.size == len(matrix) + 2 * QUIET
