"""Whatever file is given, either its rows are read as they were meant or it is said what to do, and nothing breaks."""

import io
import random
import struct
import zipfile
from datetime import date, datetime

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from bot.content.spreadsheets import LARGEST_UNPACKED, NoTable, rows_of
from tests.content.workbooks import HEADING, archive, repacked, workbook

GOOD = workbook(HEADING, ("Nora", "070-174 06 99", "2026-11-23", 1985, "no"))


def why_not(file: bytes) -> str:
    with pytest.raises(NoTable) as none:
        rows_of(file)
    return none.value.slug


def rows_or_reason(file: bytes) -> list[list[str]] | str:
    try:
        return rows_of(file)
    except NoTable as none:
        return none.slug


@pytest.mark.parametrize(
    ("file", "slug"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "empty"),
        (b",,,\n,,\n", "empty"),
        (bytes(range(256)) * 10, "binary"),
        ("förnamn\nÅsa\n".encode("cp1252"), "not-utf-8"),
        (b"first_name\nNo\0ra\n", "binary"),
        (b'first_name\n"' + b"x" * 200_000, "no-csv"),
        (b"\xff\xfe" + b"a", "not-utf-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-kind"),
        (archive({"letter.txt": b"hej"}), "other-kind"),
        (
            archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
            "other-kind",
        ),
        (archive({"xl/workbook.xml": b"<workbook/>"}), "broken"),
        (b"PK\x03\x04" + b"x" * 50, "broken"),
        (GOOD[: len(GOOD) // 2], "broken"),
        (workbook(), "empty"),
    ],
    ids=range(15),
)
def test_a_file_that_is_no_table_says_why(file: bytes, slug: str) -> None:
    assert why_not(file) == slug


@pytest.mark.parametrize(
    "file",
    [
        "namn;nummer\r\nÅsa;1\r\n".encode(),
        "\ufeffnamn,nummer\nÅsa,1\n".encode(),
        "namn\tnummer\r\nÅsa\t1\r\n".encode("utf-16"),
        'namn,"nummer"\n "Åsa" ,1\n\n,\n'.replace(' "Åsa" ', "  Åsa  ").encode(),
        workbook(("namn", "nummer"), ("Åsa", 1.0)),
    ],
    ids=["semicolons", "mark", "UTF-16", "spaces", "workbook"],
)
def test_a_table_is_read_as_it_was_meant(file: bytes) -> None:
    assert rows_of(file)[:2] == [["namn", "nummer"], ["Åsa", "1"]]
    assert not any(any(row) for row in rows_of(file)[2:])


def test_cells_of_a_workbook_are_words_as_they_are_written_by_hand() -> None:
    file = workbook(
        ("a", "b"),
        (46701740605.0, 701740605),
        (date(2026, 11, 23), datetime(2026, 11, 23)),
        (True, False),
        (None, "  x  "),
        (1.5, "0701740605"),
        ("=1+1", "\u00a0y\u00a0"),
    )
    assert rows_of(file) == [
        ["a", "b"],
        ["46701740605", "701740605"],
        ["2026-11-23", "2026-11-23"],
        ["yes", "no"],
        ["", "x"],
        ["1.5", "0701740605"],
        ["", "y"],
    ]


def test_a_row_stands_where_it_stands_in_the_file() -> None:
    def down(sheet: Worksheet) -> None:
        sheet["B4"] = "x"

    assert rows_of(workbook(change=down)) == [["", ""], ["", ""], ["", ""], ["", "x"]]


def test_a_title_merged_over_the_heading_is_a_row_of_its_own() -> None:
    rows = rows_of(workbook(("People 2026",), HEADING, change=lambda sheet: sheet.merge_cells("A1:E1")))
    assert rows[0][0] == "People 2026" and rows[1] == list(HEADING)


def test_the_first_sheet_that_can_be_seen_is_read() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet["A1"] = "hidden"
        book = sheet.parent
        assert book is not None
        book.create_sheet("seen")["A1"] = "seen"
        sheet.sheet_state = "hidden"

    assert rows_of(workbook(change=hide)) == [["seen"]]


@pytest.mark.parametrize("place", ["XFD1", "A1048576", "CW1", "A12001"])
def test_a_cell_far_away_is_refused_and_makes_no_room_for_all_between(place: str) -> None:
    def far(sheet: Worksheet) -> None:
        sheet[place] = "x"

    assert why_not(workbook(("a",), change=far)) == "far-apart"


def test_a_small_archive_of_much_is_refused_before_it_is_unpacked() -> None:
    assert why_not(archive({"xl/workbook.xml": b" " * (LARGEST_UNPACKED + 1)})) == "too-large"
    assert why_not(archive({f"{number}.xml": b"" for number in range(1_001)})) == "too-large"


def test_an_archive_that_lies_about_its_sizes_is_broken() -> None:
    many = archive({"xl/workbook.xml": b" " * (LARGEST_UNPACKED * 2)})
    lying = many.replace(struct.pack("<I", LARGEST_UNPACKED * 2), struct.pack("<I", 10))
    assert lying != many and why_not(lying) == "broken"


def test_one_long_text_in_very_many_cells_is_refused() -> None:
    few = workbook(*(["text"] for _ in range(3_000)))
    long = repacked(few, lambda name, content: content.replace(b">text<", b">" + b"x" * 32_000 + b"<"))
    assert len(long) < 2 * 1024 * 1024
    assert why_not(long) == "too-large"


def test_a_locked_archive_is_said_to_be_locked() -> None:
    # The flag alone: nobody has the words.
    locked = bytearray(GOOD)
    for sign, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = locked.find(sign)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(sign, at + 1)
    assert why_not(bytes(locked)) == "locked"


def test_a_workbook_with_references_to_itself_says_nothing_of_the_machine() -> None:
    secret = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'

    def change(name: str, content: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return content
        return content.replace(b"<sst", secret + b"<sst").replace(b"Nora", b"&e;")

    file = repacked(GOOD, change)
    with open("/etc/hostname", encoding="utf-8") as there:
        host = there.read().strip()
    assert host not in str(rows_or_reason(file))


def test_whatever_is_broken_in_a_workbook_ends_in_rows_or_in_a_reason() -> None:
    dice = random.Random(7)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as there:
        entries = {one: there.read(one) for one in there.namelist()}
    for _ in range(150):
        name = dice.choice(list(entries))
        content = bytearray(entries[name])
        for _ in range(dice.randrange(1, 8)):
            at = dice.randrange(len(content))
            content[at : at + dice.randrange(3)] = bytes(dice.randrange(256) for _ in range(dice.randrange(4)))
        assert rows_or_reason(archive(entries | {name: bytes(content)})) is not None
    for _ in range(150):
        file = bytearray(GOOD)
        for _ in range(3):
            file[dice.randrange(4, len(file))] = dice.randrange(256)
        assert rows_or_reason(bytes(file)) is not None
