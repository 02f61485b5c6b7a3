"""Bringing catalogs up to date loses no translation and changes nothing that has not changed."""

from pathlib import Path

import pytest

from bot.content.checks import check
from bot.content.complaints import ContentRefused
from bot.content.extract import KEEP_DIGITS, update_catalogs
from tests.content.small import FLOW, a_content_root
from tests.content.test_catalogs import PO, a_console_root, a_translated_root

FLOW_FILE = "flows/common/hello.yaml"


def update(root: Path) -> tuple[str, ...]:
    return tuple(file.relative_to(root).as_posix() for file in update_catalogs(root, code=root / "nowhere"))


def po(root: Path) -> str:
    return (root / PO).read_text("utf-8")


def rewrite(root: Path, old: str, new: str) -> None:
    (root / FLOW_FILE).write_text(FLOW.replace(old, new), "utf-8")


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    assert update(root)
    assert update(root) == ()


def test_the_template_gives_key_place_and_notes(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    rewrite(root, "Hej {first_name}!", "Hej {first_name}! Klockan 9.")
    update(root)
    wanted = (
        f"#. Short.\n#. {KEEP_DIGITS}\n#: {FLOW_FILE}:10\n#, python-brace-format\n"
        'msgctxt "hello/greet/say"\nmsgid "Hej {first_name}! Klockan 9."\nmsgstr ""\n'
    )
    assert wanted in (root / "locales/participants.pot").read_text("utf-8")


def test_nothing_of_the_day_or_the_machine_stands_in_a_catalog(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    update(root)
    for file in (root / "locales").glob("**/*.po*"):
        text = file.read_text("utf-8")
        assert str(tmp_path) not in text
        assert not any(word in text for word in ("Date:", "Generated-By", "Last-Translator"))


def test_a_translation_is_kept_with_its_key(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    update(root)
    assert 'msgctxt "hello/bye/say"\nmsgid "Hej då!"\nmsgstr "Hej då!!"\n' in po(root)
    assert check(root) == ()


def test_a_changed_original_makes_its_translation_fuzzy(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    rewrite(root, "Hej då!", "Vi ses!")
    assert PO in update(root)
    wanted = '#, fuzzy\n#| msgid "Hej då!"\nmsgctxt "hello/bye/say"\nmsgid "Vi ses!"\nmsgstr "Hej då!!"\n'
    assert wanted in po(root)
    assert update(root) == ()
    assert [each.what for each in check(root)] == ["'hello/bye/say' is marked fuzzy"]


def test_taking_the_mark_away_settles_it(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    rewrite(root, "Hej då!", "Vi ses!")
    update(root)
    (root / PO).write_text(po(root).replace('#, fuzzy\n#| msgid "Hej då!"\n', ""), "utf-8")
    assert update(root) == ()
    assert check(root) == ()


def test_a_text_that_is_gone_leaves_its_translation_behind_and_finds_it_again(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    update(root)
    before = po(root)
    rewrite(root, "    say: Hej då!", "    say: Hej då!\n    note: Read me.")
    rewrite(root, "  bye:", "  farewell:")
    (root / FLOW_FILE).write_text(FLOW.replace("bye", "goodbye"), "utf-8")
    update(root)
    assert '#~ msgctxt "hello/bye/say"\n#~ msgid "Hej då!"\n#~ msgstr "Hej då!!"\n' in po(root)
    assert update(root) == ()
    (root / FLOW_FILE).write_text(FLOW, "utf-8")
    update(root)
    assert po(root) == before


def test_a_translators_own_words_and_header_stay(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    text = po(root).replace('msgid ""', '# By Ada.\nmsgid ""', 1)
    text = text.replace('"Language: en\\n"', '"Language: en\\n"\n"X-Framsteg-Reviewed: yes\\n"')
    text = text.replace('msgctxt "hello/bye/say"', '# I was not sure.\nmsgctxt "hello/bye/say"')
    (root / PO).write_text(text, "utf-8")
    update(root)
    assert po(root).startswith('# By Ada.\nmsgid ""\n')
    assert '"X-Framsteg-Reviewed: yes\\n"' in po(root)
    assert '# I was not sure.\n#: flows/common/hello.yaml\nmsgctxt "hello/bye/say"' in po(root)


def test_a_new_language_begins_with_every_text_and_its_plural_rule(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    (root / "locales/pl").mkdir()
    assert "locales/pl/LC_MESSAGES/participants.po" in update(root)
    text = (root / "locales/pl/LC_MESSAGES/participants.po").read_text("utf-8")
    assert "# Polish for Framsteg. No native speaker has read this: unreviewed.\n" in text
    assert '"Plural-Forms: nplurals=4;' in text
    assert text.count("msgctxt") == po(root).count("msgctxt")
    assert check(root) == ()


def test_a_language_that_is_only_read_gets_no_catalog_until_somebody_begins_one(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    catalog = root / "locales/pl/LC_MESSAGES/participants.po"
    catalog.parent.mkdir(parents=True)
    (root / "locales/pl/reply-words.yaml").write_text("reviewed: false\n", "utf-8")
    assert "locales/pl/LC_MESSAGES/participants.po" not in update(root)
    catalog.write_text((root / "locales/participants.pot").read_text("utf-8"), "utf-8")
    assert update(root) == ("locales/pl/LC_MESSAGES/participants.po",)
    assert '"Plural-Forms: nplurals=4;' in catalog.read_text("utf-8")


def test_a_long_text_and_its_line_ends_survive(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    words = " ".join(['"Ord" \\ och'] * 30)
    rewrite(root, "    say: Hej då!", f"    say: |-\n      {words}\n      Sist.")
    update(root)
    assert update(root) == ()
    assert max(len(line) for line in po(root).splitlines() if line.startswith(("msg", '"'))) <= 160
    assert [each.what for each in check(root)] == ["'hello/bye/say' is marked fuzzy"]


def test_a_catalog_that_can_not_be_read_is_not_overwritten(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    (root / PO).write_text("nonsense here", "utf-8")
    with pytest.raises(ContentRefused):
        update(root)
    assert po(root) == "nonsense here"
    assert not (root / "locales/participants.pot").exists()


def test_the_consoles_words_are_found_in_pages_and_in_python(tmp_path: Path) -> None:
    root = a_console_root(tmp_path)
    update_catalogs(root, code=root / "bot")
    text = (root / "locales/console.pot").read_text("utf-8")
    assert '#: bot/console/templates/today.html\nmsgid "Today"\nmsgstr ""\n' in text
    assert 'msgid "Hello"\n' in text
    assert '#: bot/console/people.py\nmsgid "People"\n' in text
    assert 'msgid "%(n)s person"\nmsgid_plural "%(n)s people"\nmsgstr[0] ""\nmsgstr[1] ""\n' in text
    assert update_catalogs(root, code=root / "bot") == ()


def test_swedish_participants_have_no_catalog(tmp_path: Path) -> None:
    root = a_console_root(a_content_root(tmp_path))
    update_catalogs(root, code=root / "bot")
    assert not (root / "locales/sv/LC_MESSAGES/participants.po").exists()
