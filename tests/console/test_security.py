"""Every page refuses what does not come from a page of ours, and no answer lacks what guards it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.console.guard import LARGEST_FORM
from bot.console.visit import csrf_of
from tests.console.street import ADDRESS
from tests.console.walk import Walk, differences, path_of, reader_of

GUARDS = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
READERS = ("Lena", "Karin", "Tove", "Anders", "Adam", "nobody")
TO = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/a\r\nX-Evil: y",
    "javascript:alert(1)",
    "\t//evil.example",
)


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
            path = path_of(walk, page, reader)
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
            answer = await walk.ask(page.method, path_of(walk, page, reader), as_=reader, csrf="wrong")
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
        reader = reader_of(page)
        answer = await walk.ask(page.method, path_of(walk, page, reader), as_=reader, **dict(FOREIGN[how]))
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
        reader = reader_of(page)
        path = path_of(walk, page, reader)
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


async def test_a_form_that_is_too_large_is_not_read(walk: Walk) -> None:
    for page in walk.pages:
        if page.method == "GET" or page.files:
            continue
        reader = reader_of(page)
        answer = await walk.ask(
            page.method, path_of(walk, page, reader), as_=reader, fields={"words": "a" * LARGEST_FORM}
        )
        assert answer.status_code == 413, page.path

        async def endless() -> AsyncIterator[bytes]:
            yield b"words=" + b"a" * LARGEST_FORM

        answer = await walk.ask(page.method, path_of(walk, page, reader), as_=reader, content=endless())
        assert answer.status_code == 413, f"{page.path} without a length"


@pytest.mark.slow
async def test_no_page_sends_anybody_to_another_host(walk: Walk) -> None:
    wrong = []
    for page in walk.pages:
        reader = reader_of(page)
        path = path_of(walk, page, reader)
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
        reader = reader_of(page)
        if reader == "nobody":
            continue
        right = csrf_of(walk.tokens[reader])
        body = f"csrf=wrong&csrf={right}".encode()
        answer = await walk.ask(page.method, path_of(walk, page, reader), as_=reader, content=body, headers=form)
        assert answer.status_code == 403, page.path
    answer = await walk.ask("GET", "/?lang=en&lang=sv", as_="Karin")
    assert '<html lang="en"' in answer.text
