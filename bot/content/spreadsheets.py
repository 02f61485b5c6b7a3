"""A file is told by what it holds, not by what it is called, and what it holds becomes rows of words."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime, time

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

LARGEST_UNPACKED = 20 * 1024 * 1024
MOST_ENTRIES = 1_000
MOST_COLUMNS = 100
MOST_ROWS_APART = 12_000
"""How far down a workbook may have anything: the reader of workbooks makes room for all that lies between."""

MOST_REPEATED = 256 * 1024 * 1024
"""A workbook keeps each text once and refers to it: how many bytes all that refers may come to."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK = "xl/workbook.xml"
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,8})([0-9]{1,16})["']""")


class NoTable(Exception):
    """The file holds no rows that could be read. `slug` says why: `PeopleRefused` has words for it."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def rows_of(file: bytes) -> list[list[str]]:
    """The cells of a CSV file or of the first sheet of an Excel workbook (.xlsx), as words without spaces around them.

    A row stands where it stands in the file, empty ones too. Days are as 2026-11-23, whole numbers without a point.
    Raises `NoTable`. Takes up to a second: not to be called in the loop.
    """
    if file.startswith(_ZIP):
        rows = _workbook(file)
    elif file.startswith(_OLE):
        raise NoTable("old-kind")
    else:
        rows = _text(file)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise NoTable("empty")
    return rows


def _text(file: bytes) -> list[list[str]]:
    try:
        # Spreadsheets write what they call "Unicode text" as UTF-16, and say so in front.
        words = file.decode("utf-16" if file.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise NoTable("binary" if b"\0" in file else "not-utf-8") from None
    if "\0" in words:
        raise NoTable("binary")
    heading = words.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    try:
        return [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(words, newline=""), delimiter=delimiter)
        ]
    except csv.Error:
        raise NoTable("no-csv") from None


def _workbook(file: bytes) -> list[list[str]]:
    entries = _unpacked(file)
    if _WORKBOOK not in entries:
        raise NoTable("other-kind")
    _must_fit(entries)
    packed = io.BytesIO()
    # The reader of workbooks believes what an archive says of its sizes: it gets one that was weighed.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as weighed:
        for name, content in entries.items():
            weighed.writestr(name, content)
    packed.seek(0)
    return _carefully(lambda: _first_sheet(packed))


def _unpacked(file: bytes) -> dict[str, bytes]:
    """What an archive holds, as far as a table needs it."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > LARGEST_UNPACKED:
                raise NoTable("too-large")
            if any(one.flag_bits & 1 for one in entries):
                raise NoTable("locked")
            # No more is read of an entry than its size, and what is longer than it says does not match its sum.
            return {one.filename: archive.read(one) for one in entries if one.filename.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise NoTable("broken") from None


def _must_fit(entries: dict[str, bytes]) -> None:
    """A workbook of few bytes can ask for a room of many cells, or for one text many times: neither lists people."""
    shared = entries.get("xl/sharedStrings.xml", b"")
    longest = max((len(one) for one in shared.split(b"si>")), default=0)
    for name, sheet in entries.items():
        if not name.startswith("xl/worksheets/"):
            continue
        # Places are looked for in plain bytes: words of two bytes each would hide them.
        if b"\0" in sheet[:200]:
            raise NoTable("broken")
        for found in _PLACE.finditer(sheet):
            if _column(found[1]) > MOST_COLUMNS or int(found[2]) > MOST_ROWS_APART:
                raise NoTable("far-apart")
        if sheet.count(b"<") * longest > MOST_REPEATED:
            raise NoTable("too-large")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _carefully(read: Callable[[], list[list[str]]]) -> list[list[str]]:
    try:
        return read()
    except NoTable:
        raise
    except BaseException as trouble:
        # Where the reader's own checks fail it raises something that is no `Exception`, to end the program: the file
        # is broken, and not we.
        if isinstance(trouble, Exception) or type(trouble).__name__ == "PanicException":
            raise NoTable("broken") from None
        raise


def _first_sheet(file: io.BytesIO) -> list[list[str]]:
    with CalamineWorkbook.from_object(file) as book:
        for number, sheet in enumerate(book.sheets_metadata):
            if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible:
                rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
                return [[_words(cell).strip() for cell in row] for row in rows]
    raise NoTable("empty")


def _words(cell: object) -> str:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(timespec="minutes")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
