"""Whoever writes content is told the file, the place, what is wrong and the remedy; all of it at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.checks import check
from bot.content.complaints import ContentRefused
from bot.content.packages import load_package
from tests.content.small import DIRECTORY, FLOW, INSTRUMENT, PHRASES_YAML, PROGRAMME, a_content_root

SOURCES = {"flow": FLOW, "instrument": INSTRUMENT, "programme": PROGRAMME, "phrases": PHRASES_YAML}
NAMES = {
    "flow": "flows/common/hello.yaml",
    "instrument": "flows/instruments/steps.yaml",
    "programme": "flows/programmes/small/programme.yaml",
    "phrases": "flows/common/phrases.yaml",
}

LOOK = "look at the indentation and the quotes here"
NO_ALIAS = "'&' and '*' (anchors and aliases) are not read: write the text out, or put it in quotes"
NO_KEYS = "the flow must have keys with values: write one of its keys a line (flow: …)"
EMPTY = "the file is empty: write something in it or take it away"

UNREADABLE = [
    ("a: [b", f"1:6: this is not YAML (expected ',' or ']', but got '<stream end>'): {LOOK}"),
    ("", f"1:1: {EMPTY}"),
    ("# nothing\n", f"1:1: {EMPTY}"),
    ("flow: &x hello\n", f"1:7: {NO_ALIAS}"),
    ("flow: *x\n", f"1:7: {NO_ALIAS}"),
    (
        "flow: !!python/object:os.system x\n",
        "1:7: '!' (a tag) is not read: leave the tag out, or put the text in quotes",
    ),
    ("flow: a\n---\nflow: b\n", "2:1: a second document begins: keep one document a file: take away the line '---'"),
    ("[a]: b\n", "1:1: a key is a list or a mapping: write one word"),
    ("a: 1\na: 2\n", "2:1: 'a' stands twice: keep one of them"),
    ("a: " + "[" * 100_000, "1:20: this is nested too deep: at most 16 levels"),
    ("a: \x01\n", "1:1: this is not YAML (ReaderError): look for unusual characters and escapes"),
    ("a: " + "b" * 1_048_577, "1:1: the file is larger than 1 MiB: divide it"),
    ("- a\n", f"1:1: {NO_KEYS}"),
    ("hello\n", f"1:1: {NO_KEYS}"),
]


def cases() -> Iterator[tuple[str, str, str, str]]:
    """Kind of file, what is replaced, by what, and what is then said: from `complaints.txt`."""
    for paragraph in (Path(__file__).parent / "complaints.txt").read_text("utf-8").split("\n\n")[1:]:
        kind, old, new, wanted = paragraph.strip("\n").split("\n")
        yield kind, old[2:].replace("\\n", "\n"), new[2:].replace("\\n", "\n"), wanted[2:]


def said(content: Path) -> list[str]:
    return [str(complaint) for complaint in check(content)]


def test_a_small_programme_is_complained_of_by_nobody(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    assert said(root) == []
    assert load_package(root / DIRECTORY, content=root).programme.slug == "small"


@pytest.mark.parametrize(("kind", "old", "new", "wanted"), list(cases()))
def test_what_is_wrong_is_said_with_place_and_remedy(
    tmp_path: Path, kind: str, old: str, new: str, wanted: str
) -> None:
    assert old in SOURCES[kind]
    found = said(a_content_root(tmp_path, **{kind: SOURCES[kind].replace(old, new, 1)}))
    assert (wanted if wanted.startswith("flows/") else f"{NAMES[kind]}:{wanted}") in found, found
    with pytest.raises(ContentRefused):
        load_package(tmp_path / DIRECTORY, content=tmp_path)


def test_a_button_longer_than_telegram_takes_is_complained_of(tmp_path: Path) -> None:
    step, choice = "l" * 40, "w" * 30
    flow = FLOW.replace("likes", step).replace("walk: Gå", f"{choice}: Gå")
    what = f"the button 'tap:{step}:{choice}' has 75 characters and Telegram takes 64"
    wanted = f"{NAMES['flow']}:31:7: {what}: give the step or the choice a shorter name"
    assert said(a_content_root(tmp_path, flow=flow)) == [wanted]


def test_a_text_longer_than_an_sms_can_carry_is_complained_of(tmp_path: Path) -> None:
    flow = FLOW.replace("Hej då!", "a" * 1_001)
    assert said(a_content_root(tmp_path, flow=flow)) == [
        f"{NAMES['flow']}:44:10: the text has 1001 characters: at most 1000"
    ]


@pytest.mark.parametrize(("source", "wanted"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_file_that_can_not_be_read_is_complained_of(tmp_path: Path, source: str, wanted: str) -> None:
    root = a_content_root(tmp_path, flow=source)
    assert f"{NAMES['flow']}:{wanted}" in said(root)


def test_a_file_that_is_not_utf_8_is_complained_of(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    (root / NAMES["flow"]).write_bytes(FLOW.encode("latin-1"))
    assert f"{NAMES['flow']}:1:1: the file is not UTF-8: save it as UTF-8" in said(root)


def test_a_file_that_is_not_there_is_complained_of(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    (root / NAMES["phrases"]).unlink()
    wanted = "1:1: the file can not be opened (No such file or directory): look at its name and its rights"
    assert f"{NAMES['phrases']}:{wanted}" in said(root)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    root = a_content_root(
        tmp_path,
        flow=FLOW.replace("no: bye", "no: by"),
        programme=PROGRAMME.replace("mon, wed", "mon, ons"),
        instrument=INSTRUMENT.replace("title: Tro", "titel: Tro"),
    )
    with pytest.raises(ContentRefused) as refused:
        load_package(root / DIRECTORY, content=root)
    assert {complaint.path for complaint in refused.value.complaints} == set(NAMES.values()) - {NAMES["phrases"]}


def test_an_indicator_nobody_is_asked_about_is_complained_of(tmp_path: Path) -> None:
    root = a_content_root(tmp_path, flow=FLOW.replace("rate: all", "rate: [belief]"))
    wanted = "6:8: no flow asks participants about 'search': rate it in a flow, or make it 'asked-of: coach'"
    assert said(root) == [f"{NAMES['programme']}:{wanted}"]


def test_a_flow_beside_its_programme_must_be_used(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    (root / DIRECTORY / "own.yaml").write_text("flow: own\nsteps: {a: {say: Hej}}\n", "utf-8")
    wanted = "6:8: the programme does not use its flow 'own': add it to 'flows', or take the file away"
    assert said(root) == [f"{NAMES['programme']}:{wanted}"]


def test_a_common_flow_nobody_uses_is_still_checked(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    (root / "flows/common/spare.yaml").write_text("flow: spare\nsteps: {a: {say: Hej, next: b}}\n", "utf-8")
    wanted = "flows/common/spare.yaml:2:29: step 'a' goes to 'b', which is not there: use one of: a, end"
    assert said(root) == [wanted]


@pytest.mark.parametrize("path", ["flows/common/late.yml", "flows/late.yaml", "flows/programmes/small/more/late.yaml"])
def test_a_file_nothing_reads_is_complained_of(tmp_path: Path, path: str) -> None:
    root = a_content_root(tmp_path)
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("flow: late\n", "utf-8")
    remedy = "see flows/README.md for where files stand; they end with .yaml"
    assert said(root) == [f"{path}:1:1: nothing reads this file: {remedy}"]


def test_a_directory_is_called_what_its_programme_is_called(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    (root / DIRECTORY).rename(root / "flows/programmes/large")
    wanted = "1:1: the directory is called 'large' and defines 'small': call it small"
    assert said(root) == [f"flows/programmes/large/programme.yaml:{wanted}"]


def test_a_programme_that_is_kept_elsewhere_is_read_with_our_common_files(tmp_path: Path) -> None:
    root = a_content_root(tmp_path / "ours")
    (root / DIRECTORY).rename(tmp_path / "small")
    package = load_package(tmp_path / "small", content=root)
    assert f"{DIRECTORY}/programme.yaml" in package.sources


def test_a_programme_that_is_not_there_is_complained_of(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    with pytest.raises(ContentRefused, match="can not be opened"):
        load_package(root / "flows/programmes/nowhere", content=root)


def test_a_root_without_programmes_is_complained_of(tmp_path: Path) -> None:
    assert said(tmp_path) == ["flows/programmes:1:1: there is no programme: add flows/programmes/<name>/programme.yaml"]
