"""Only translations that fit their original are said; every other one is named, with its line and a remedy."""

from pathlib import Path

import pytest

from bot.content.catalogs import check_catalog, console_words, plural_forms, read_catalog
from bot.content.checks import all_texts, check, parts
from bot.content.complaints import ContentRefused
from bot.content.extract import update_catalogs
from bot.content.packages import load_package, load_words
from bot.content.usual import filled
from tests.content.small import DIRECTORY, PROGRAMME, a_content_root

PO = "locales/en/LC_MESSAGES/participants.po"
TWO_LANGUAGES = PROGRAMME.replace("languages: [sv]", "languages: [sv, en]")
HEADER = f'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Plural-Forms: {plural_forms("en")}\\n"\n\n'


def a_translated_root(root: Path) -> Path:
    """The small root with English: every text in capitals, its placeholders as they were."""
    a_content_root(root, programme=TWO_LANGUAGES)
    (root / "locales/en/LC_MESSAGES").mkdir(parents=True)
    entries = [
        f'msgctxt "{key}"\nmsgid "{text.words}"\nmsgstr "{text.words}!"\n' for key, text in all_texts(root).items()
    ]
    (root / PO).write_text(HEADER + "\n".join(entries), "utf-8")
    return root


def line_of(root: Path, key: str) -> int:
    lines = (root / PO).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line == f'msgctxt "{key}"') + 1


def change(root: Path, old: str, new: str) -> None:
    text = (root / PO).read_text("utf-8")
    assert old in text
    (root / PO).write_text(text.replace(old, new, 1), "utf-8")


def said(root: Path) -> list[str]:
    return [str(complaint) for complaint in check(root)]


def test_a_complete_language_is_said(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    assert said(root) == []
    package = load_package(root / DIRECTORY, content=root)
    assert package.words["en"]["hello/greet/say"] == "Hej {first_name}!!"
    assert set(package.words["en"]) == set(package.words["sv"])


GREET = 'msgctxt "hello/greet/say"\nmsgid "Hej {first_name}!"\nmsgstr "Hej {first_name}!!"\n'


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        ("", "'hello/greet/say' is missing: run 'make texts', then translate it"),
        (GREET.replace('"Hej {first_name}!!"', '""'), "'hello/greet/say' is not translated: translate it"),
        ("#, fuzzy\n" + GREET, "'hello/greet/say' is marked fuzzy: read it again, then take the mark away"),
        (
            GREET.replace('msgid "Hej', 'msgid "Hejsan'),
            "'hello/greet/say' translates an older text: run 'make texts', then read it again",
        ),
        (
            GREET.replace("{first_name}!!", "!!"),
            "'hello/greet/say': the placeholder {first_name} is lost: put {first_name} in",
        ),
        (
            GREET.replace("{first_name}!!", "{first_name} {coach}"),
            "'hello/greet/say': the placeholder {coach} is not in the original: take it away",
        ),
        (
            GREET + "\n" + GREET.replace('msgid "Hej', 'msgid "Hejsan'),
            "'hello/greet/say' stands twice: keep one of them",
        ),
    ],
)
def test_a_translation_that_does_not_fit_is_named(tmp_path: Path, new: str, wanted: str) -> None:
    root = a_translated_root(tmp_path)
    change(root, GREET, new)
    found = said(root)
    assert any(each.startswith(f"{PO}:") and each.endswith(f":1: {wanted}") for each in found), found
    with pytest.raises(ContentRefused):
        load_package(root / DIRECTORY, content=root)


def test_a_complaint_about_a_translation_names_its_line(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    change(root, GREET, GREET.replace("{first_name}!!", "!!"))
    assert said(root)[0].startswith(f"{PO}:{line_of(root, 'hello/greet/say')}:1: ")


def test_the_plural_rule_must_be_cldrs(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    change(root, plural_forms("en"), "nplurals=1; plural=0")
    wanted = f"{PO}:4:1: the plural rule is not the one of 'en': write Plural-Forms: {plural_forms('en')}"
    assert said(root) == [wanted]


def test_a_plural_rule_that_a_tool_has_wrapped_is_read(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    rule = plural_forms("en")
    change(root, rule, f'{rule[:12]}"\n"{rule[12:]}')
    assert said(root) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"msgid \xff", "1:1: the file is not UTF-8: save it as UTF-8"),
        (b"nonsense here", "this is not a .po file"),
        (b'msgid "a', "this is not a .po file"),
        (b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=x; plural=(;\\n"\n', "this is not a .po file"),
        (b'msgid "a"\nmsgstr[9] "b"\n', "'en'"),
        (b"", "the plural rule is not the one of 'en'"),
    ],
)
def test_a_catalog_that_can_not_be_read_is_complained_of(tmp_path: Path, text: bytes, wanted: str) -> None:
    root = a_translated_root(tmp_path)
    (root / PO).write_bytes(text)
    assert wanted in said(root)[0] or wanted in said(root)[-1], said(root)


def test_a_directory_that_is_no_language_is_complained_of(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    (root / "locales/english/LC_MESSAGES").mkdir(parents=True)
    (root / "locales/english/LC_MESSAGES/participants.po").write_text(HEADER, "utf-8")
    wanted = "there is no language 'english': name the directory as in sv, en, fa_AF"
    assert said(root) == [f"locales/english/LC_MESSAGES/participants.po:1:1: {wanted}"]


def test_a_language_nobody_uses_yet_may_have_gaps(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    (root / DIRECTORY / "programme.yaml").write_text(PROGRAMME, "utf-8")
    change(root, GREET, "")
    assert said(root) == []
    assert set(load_package(root / DIRECTORY, content=root).words) == {"sv"}
    # Half a language is still better than none where a person has chosen it.
    words = load_words(root)
    assert "hello/greet/say" not in words["en"]
    assert words["en"]["hello/bye/say"] == "Hej då!!"


def test_parts_are_counted_for_each_text_and_language(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    change(root, 'msgstr "Hej då!!"', f'msgstr "{"ж" * 71}"')
    rows = {(row.key, row.language): row.parts for row in parts(root)}
    assert rows["hello/bye/say", "sv"] == 1
    assert rows["hello/bye/say", "en"] == 2


def test_parts_are_counted_with_what_is_put_in() -> None:
    words = "{first_name} {languages} {words}"
    assert filled(words, language="sv", languages=("sv", "ar")) == "Mohammed svenska, arabiska {words}"
    assert filled("{time}", language="ar", languages=()) == "\u206814:30\u2069"


def test_a_translator_may_not_slip_in_what_a_phone_would_show(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    change(root, 'msgstr "Hej då!!"', 'msgstr "Hej \u2068då\u2069"')
    file = read_catalog(root / PO, content=root)
    (fault,) = check_catalog(file, all_texts(root)).faults
    assert fault.what == "'hello/bye/say': the text has a character that can not be seen"


def a_console_root(root: Path) -> Path:
    """A content root whose code has a page and a module with words of the console."""
    a_content_root(root)
    (root / "locales/sv/LC_MESSAGES").mkdir(parents=True)
    templates = root / "bot/console/templates"
    templates.mkdir(parents=True)
    (templates / "today.html").write_text("<h1>{{ _('Today') }}</h1>{% trans %}Hello{% endtrans %}", "utf-8")
    module = 'title = _("People")\ncounted = ngettext("%(n)s person", "%(n)s people", 2)\n'
    (root / "bot/console/people.py").write_text(module, "utf-8")
    return root


def test_the_console_speaks_swedish_and_english(tmp_path: Path) -> None:
    root = a_console_root(tmp_path)
    update_catalogs(root, code=root / "bot")
    file = root / "locales/sv/LC_MESSAGES/console.po"
    text = file.read_text("utf-8").replace('msgid "Today"\nmsgstr ""', 'msgid "Today"\nmsgstr "I dag"')
    file.write_text(text.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "%(n)s person"\nmsgstr[1] "%(n)s personer"'))
    swedish, english = (console_words(language, content=root) for language in ("sv", "en"))
    assert (swedish.gettext("Today"), english.gettext("Today")) == ("I dag", "Today")
    assert swedish.ngettext("%(n)s person", "%(n)s people", 2) == "%(n)s personer"
    assert swedish.gettext("People") == "People"
    assert console_words("ar", content=root).gettext("Today") == "Today"
