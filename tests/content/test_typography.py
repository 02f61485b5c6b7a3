"""A letter that would make every part of an SMS dearer is found before anything is published."""

from pathlib import Path

import pytest

from bot.content.checks import check
from tests.content.test_catalogs import HEADER, PO, a_translated_root, change

FLOW = "flows/common/hello.yaml"


def said(root: Path) -> list[str]:
    return [str(complaint) for complaint in check(root)]


@pytest.mark.parametrize(
    ("letter", "shown", "remedy"),
    [
        ("\u2019", "'\u2019' (right single quotation mark)", "write '"),
        ("\u201d", "'\u201d' (right double quotation mark)", 'write "'),
        ("\u2013", "'\u2013' (en dash)", "write -"),
        ("\u2026", "'\u2026' (horizontal ellipsis)", "write ..."),
        ("ç", "'ç' (latin small letter c with cedilla)", "write c"),
        ("🙂", "'🙂' (slightly smiling face)", "take it away"),
        ("ж", "'ж' (cyrillic small letter zhe)", "take it away"),
    ],
)
def test_a_dear_letter_is_named_with_its_remedy(tmp_path: Path, letter: str, shown: str, remedy: str) -> None:
    root = a_translated_root(tmp_path)
    change(root, 'msgstr "Hej då!!"', f'msgstr "Hej {letter} då"')
    (complaint,) = said(root)
    assert complaint.startswith(f"{PO}:")
    assert complaint.endswith(f"'hello/bye/say' has {shown}: every part is paid twice: {remedy}")


def test_the_swedish_original_is_looked_at_too(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    flow = (root / FLOW).read_text("utf-8")
    (root / FLOW).write_text(flow.replace("Hej då!", "Hej då \u2013"), "utf-8")
    place = next(n for n, line in enumerate(flow.splitlines(), 1) if "Hej då!" in line)
    assert [line for line in said(root) if "en dash" in line and line.startswith(f"{FLOW}:{place}:")] != []


def test_a_language_with_letters_of_its_own_may_use_them(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    folder = root / "locales/pl/LC_MESSAGES"
    folder.mkdir(parents=True)
    text = (root / PO).read_text("utf-8").removeprefix(HEADER).replace("Hej då!!", "Cze\u015b\u0107\u2026")
    rule = (
        "nplurals=4; plural=((n == 1) ? 0 : ((n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14)) ? 1 : 2));"
    )
    (folder / "participants.po").write_text(
        f'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"Plural-Forms: {rule}\\n"\n\n{text}'
    )
    assert [line for line in said(root) if "paid twice" in line] == []
