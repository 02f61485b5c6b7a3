"""Every page refuses what does not come from a page of ours, and no answer lacks what guards it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.console.guard import LARGEST_FORM
from bot.console.visit import csrf_of
from tests.console.belongings import furnish
from tests.console.street import ADDRESS, Street
from tests.console.test_every_page import PARAMETERS
from tests.console.walk import Walk, differences, may

GUARDS = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
READERS = ("Lena", "Karin", "Tove", "Anders", "Adam", "nobody")
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
TO = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/a\r\nX-Evil: y",
    "javascript:alert(1)",
    "\t//evil.example",
)


@pytest.fixture
async def walk(street: Street) -> AsyncIterator[Walk]:
    """Everybody is signed in, and has one of each thing."""
    made = Walk(street, await furnish(street), PARAMETERS)
    await made.sign_everybody_in()
    yield made
    await made.close()


def _reader_of(walk: Walk, page: object) -> str:
    return next(one for one in (*READERS, "Karin") if may(one, page))  # type: ignore[arg-type]


def _own(walk: Walk, page: object, reader: str) -> str:
    """A path of this page that its reader sees; any, if they see none."""
    ways = list(walk.ways(page))  # type: ignore[arg-type]
    seen = [path for path, chosen in ways if reader != "nobody" and walk.sees(reader, page, chosen)]  # type: ignore[arg-type]
    return (seen or [ways[0][0]])[0]


async def test_every_answer_has_what_guards_it(walk: Walk) -> None:
    answers = [
        await walk.ask("GET", "/no/such/page", as_="Karin"),
        await walk.ask("GET", "/static/console.css", as_="Karin"),
        await walk.ask("GET", "/static/no-such.css", as_="Karin"),
        await walk.ask("DELETE", "/", as_="Karin"),
        await walk.ask("POST", "/", as_="Karin", headers={"Origin": "https://evil.example"}),
        await walk.ask("POST", "/", as_="Karin", content=b"a" * (LARGEST_FORM + 1)),
        await walk.ask("GET", "/", as_="Karin", headers={"Host": "evil.example"}),
    ]
    for page in walk.pages:
        for reader in READERS:
            path = _own(walk, page, reader)
            answers.append(await walk.ask(page.method, path, as_=reader, csrf="wrong"))
    assert {one.status_code for one in answers} >= {200, 303, 400, 403, 404, 405, 413}
    for answer in answers:
        where = f"{answer.status_code} {answer.request.method} {answer.request.url}"
        for name, value in GUARDS.items():
            assert answer.headers.get(name) == value, f"{where}: {name}"
        policy = answer.headers["content-security-policy"]
        for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy, where
        assert "unsafe" not in policy and "*" not in policy, where
        assert "access-control-allow-origin" not in answer.headers, where
        static = answer.request.url.path.startswith("/static/")
        assert answer.headers["cache-control"] == ("no-cache" if static else "no-store"), where
        kind = answer.headers.get("content-type", "")
        assert not answer.content or not kind.startswith("text/") or "charset=utf-8" in kind, f"{where}: {kind}"


async def test_every_cookie_is_bound_and_hidden(walk: Walk) -> None:
    kept: list[str] = []
    for page in walk.pages:
        for reader in READERS:
            answer = await walk.ask(page.method, _own(walk, page, reader), as_=reader, csrf="wrong")
            kept += answer.headers.get_list("set-cookie")
    answer = await walk.ask("GET", "/no-such?lang=en", as_="nobody")
    kept += answer.headers.get_list("set-cookie")
    assert kept
    for one in kept:
        assert "HttpOnly" in one and "Path=/" in one, one
        assert "SameSite=lax" in one or "SameSite=strict" in one, one
        assert "Domain" not in one, one
        if one.startswith("__Host-"):
            assert "Secure" in one, one


FOREIGN = {
    "no token": {"csrf": ""},
    "the token of another session": {"csrf": csrf_of("another")},
    "the session itself": {"csrf": "token"},
    "another origin": {"headers": {"Origin": "https://evil.example"}},
    "an origin that only begins like ours": {"headers": {"Origin": f"{ADDRESS}.evil.example"}},
    "no origin": {"headers": {"Origin": "null", "Sec-Fetch-Site": "none"}},
    "another site": {"headers": {"Sec-Fetch-Site": "cross-site"}},
    "a sister site": {"headers": {"Sec-Fetch-Site": "same-site"}},
}


@pytest.mark.parametrize("how", FOREIGN)
async def test_a_form_that_is_not_ours_changes_nothing(walk: Walk, how: str) -> None:
    before, wrong = await walk.kept(), []
    for page in walk.pages:
        if page.method == "GET":
            continue
        reader = _reader_of(walk, page)
        answer = await walk.ask(page.method, _own(walk, page, reader), as_=reader, **dict(FOREIGN[how]))
        if answer.status_code != 403:
            wrong.append(f"{answer.status_code} {page.path}")
    assert wrong == []
    assert list(differences(before, await walk.kept())) == []


async def test_a_page_is_asked_by_its_own_methods_only(walk: Walk) -> None:
    methods: dict[str, set[str]] = {}
    for page in walk.pages:
        methods.setdefault(page.path, set()).add(page.method)
    before, wrong = await walk.kept(), []
    for page in walk.pages:
        reader = _reader_of(walk, page)
        path = _own(walk, page, reader)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"} - methods[
            page.path
        ]:
            code = (await walk.ask(method, path, as_=reader)).status_code
            if code != 405:
                wrong.append(f"{code} {method} {path}")
        if page.method == "GET":
            head = await walk.ask("HEAD", path, as_=reader)
            if head.status_code not in (200, 303, 404) or head.content:
                wrong.append(f"{head.status_code} HEAD {path}")
    assert wrong == []
    assert list(differences(before, await walk.kept())) == []


async def test_odd_ids_are_not_there(walk: Walk) -> None:
    before, wrong = await walk.kept(), []
    for page in walk.pages:
        if "{" not in page.path:
            continue
        for odd in ODD:
            path = "/".join(odd if "{" in part else part for part in page.path.split("/"))
            answer = await walk.ask(page.method, path, as_=_reader_of(walk, page))
            if answer.status_code not in (404, 405, 303, 307) or answer.headers.get("location", "/").startswith("//"):
                wrong.append(f"{answer.status_code} {page.method} {path[:80]}")
    assert wrong == []
    assert list(differences(before, await walk.kept())) == []


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
        reader = _reader_of(walk, page)
        path = _own(walk, page, reader)
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
        reader = _reader_of(walk, page)
        path = _own(walk, page, reader)
        for name, options in kinds.items():
            code = (await walk.ask(page.method, path, as_=reader, **dict(options))).status_code
            if code not in (400, 403, 413):
                wrong.append(f"{code} {path}: {name}")
    assert wrong == []
    assert list(differences(before, await walk.kept())) == []


async def test_a_form_that_is_too_large_is_not_read(walk: Walk) -> None:
    for page in walk.pages:
        if page.method == "GET" or page.files:
            continue
        reader = _reader_of(walk, page)
        answer = await walk.ask(page.method, _own(walk, page, reader), as_=reader, fields={"words": "a" * LARGEST_FORM})
        assert answer.status_code == 413, page.path

        async def endless() -> AsyncIterator[bytes]:
            yield b"words=" + b"a" * LARGEST_FORM

        answer = await walk.ask(page.method, _own(walk, page, reader), as_=reader, content=endless())
        assert answer.status_code == 413, f"{page.path} without a length"


async def test_no_page_sends_anybody_to_another_host(walk: Walk) -> None:
    wrong = []
    for page in walk.pages:
        reader = _reader_of(walk, page)
        path = _own(walk, page, reader)
        for to in TO:
            given = dict.fromkeys(("to", "back", "next"), to)
            if page.method == "GET":
                answer = await walk.ask("GET", path, as_=reader, params=given)
            else:
                answer = await walk.ask(page.method, path, as_=reader, fields=given)
                await walk.come_back(reader, page)
            if _leads_away(answer):
                wrong.append(f"{path} {to!r}: {answer.headers}")
    assert wrong == []


def _leads_away(answer: httpx.Response) -> bool:
    places = [answer.headers.get(name, "/") for name in ("location", "hx-redirect", "hx-location", "refresh")]
    return "x-evil" in answer.headers or any(
        not one.startswith("/") or one.startswith(("//", "/\\")) or not one.isprintable() for one in places
    )


async def test_of_what_is_given_twice_the_first_counts(walk: Walk) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for page in walk.pages:
        if page.method == "GET":
            continue
        reader = _reader_of(walk, page)
        if reader == "nobody":
            continue
        right = csrf_of(walk.tokens[reader])
        body = f"csrf=wrong&csrf={right}".encode()
        answer = await walk.ask(page.method, _own(walk, page, reader), as_=reader, content=body, headers=form)
        assert answer.status_code == 403, page.path
    answer = await walk.ask("GET", "/?lang=en&lang=sv", as_="Karin")
    assert '<html lang="en"' in answer.text
