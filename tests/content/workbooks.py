"""Workbooks as people make them, and as nobody means them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADING = ("first_name", "phone", "started_on", "birth_year", "protected")


def workbook(*rows: Sequence[Any], change: Callable[[Worksheet], object] | None = None) -> bytes:
    """An .xlsx with these rows on its first sheet, and whatever else is done to it."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(entries: dict[str, bytes]) -> bytes:
    """A ZIP of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


def repacked(file: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same archive with every entry changed by its name."""
    with zipfile.ZipFile(io.BytesIO(file)) as there:
        return archive({one: change(one, there.read(one)) for one in there.namelist()})
