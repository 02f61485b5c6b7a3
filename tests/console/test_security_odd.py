"""Odd ids, questions and forms are no error of any page, and change nothing."""

import pytest

from tests.console.walk import Walk, differences, path_of, reader_of

ODD = (
    "0",
    "-1",
    str(2**63),
    str(2**64),
    "9" * 400,
    "１",
    "٣",
    "1;drop table",
    "1'--",
    "%00",
    "..%2f..%2f",
    "1e3",
    "0x1",
    "",
)


@pytest.mark.slow
async def test_odd_ids_are_not_there(walk: Walk) -> None:
    before, wrong = await walk.kept(), []
    for page in walk.pages:
        if "{" not in page.path:
            continue
        for odd in ODD:
            path = "/".join(odd if "{" in part else part for part in page.path.split("/"))
            answer = await walk.ask(page.method, path, as_=reader_of(page))
            if answer.status_code not in (404, 405, 303, 307) or answer.headers.get("location", "/").startswith("//"):
                wrong.append(f"{answer.status_code} {page.method} {path[:80]}")
    assert wrong == []
    assert list(differences(before, await walk.kept())) == []


@pytest.mark.slow
async def test_odd_questions_after_the_path_are_no_error(walk: Walk) -> None:
    names = (
        "page",
        "q",
        "search",
        "phase",
        "language",
        "silent",
        "coach",
        "to",
        "lang",
        "person",
        "before",
        "day",
        "week",
    )
    wrong = []
    for page in walk.pages:
        if page.method != "GET":
            continue
        reader = reader_of(page)
        path = path_of(walk, page, reader)
        for odd in (
            "-1",
            "9" * 30,
            "１",
            "'\"><script>",
            "\x00",
            "%",
            "\ud800".encode("utf-8", "surrogatepass"),
            "a" * 3000,
        ):
            value = odd if isinstance(odd, str) else odd.decode("latin-1")
            answer = await walk.ask("GET", path, as_=reader, params=dict.fromkeys(names, value))
            if answer.status_code >= 500:
                wrong.append(f"{answer.status_code} {path} {odd!r:.30}")
        raw = await walk.ask("GET", f"{path}?page=%ED%A0%80&q=%ff%00&q&&=&page=2&page=3", as_=reader)
        if raw.status_code >= 500:
            wrong.append(f"{raw.status_code} {path} raw")
    assert wrong == []


async def test_odd_forms_are_no_error(walk: Walk) -> None:
    """Whatever is in them: what breaks must not be the page."""
    wrong = []
    kinds = {
        "no form": {"content": b"\xff\xfe\x00", "headers": {"Content-Type": "application/octet-stream"}},
        "json": {"content": b'{"csrf": 1}', "headers": {"Content-Type": "application/json"}},
        "half": {
            "content": b"--x\r\nContent-Disposition: form-data",
            "headers": {"Content-Type": "multipart/form-data; boundary=x"},
        },
        "no boundary": {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        "too many fields": {
            "content": b"&".join([b"a=b"] * 3000),
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        },
        "a file": {"files": {"csrf": ("x", b"x"), "file": ("../../etc/passwd", b"x")}},
    }
    before = await walk.kept()
    for page in walk.pages:
        if page.method == "GET":
            continue
        reader = reader_of(page)
        path = path_of(walk, page, reader)
        for name, options in kinds.items():
            code = (await walk.ask(page.method, path, as_=reader, **dict(options))).status_code
            if code not in (400, 403, 413):
                wrong.append(f"{code} {path}: {name}")
    assert wrong == []
    assert list(differences(before, await walk.kept())) == []
