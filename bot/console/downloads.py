"""A file that somebody takes with them is plain cells: whatever opens it reads no formula in it."""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Sequence[str]], *, name: str) -> Response:
    """A download. `name` is a plain word; the file is UTF-8 and says so, with semicolons, as Excel here wants it."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerows([cell(one) for one in row] for row in rows)
    return Response(
        written.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def cell(words: str) -> str:
    """The words, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{words}" if words.startswith(_BEGINS_A_FORMULA) else words
