"""Whatever people are called and whatever they write is shown as words, on every page."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.console.belongings import furnish, rename
from tests.console.markup import Markup
from tests.console.street import Street
from tests.console.walk import PARAMETERS, Walk

READERS = ("Karin", "Lena", "Tove", "Anders", "Adam")
MARKED = "zzx"
"""No page of ours has an element of this name."""

HOSTILE = " ".join(
    (
        f"<{MARKED} onzz=1>",
        f"\"><{MARKED}>",
        f"'><{MARKED}>",
        "\" onzz=\"1",
        "' onzz='1",
        f"</textarea><{MARKED}>",
        f"</title></script></style><{MARKED}>",
        "{{73*73}} {% print(73*73) %} ${73*73} #{73*73}",
        "%(zz)s %s %d {0} {zz}",
        "javascript:zz()",
        f"&lt;{MARKED}&gt; &#60;{MARKED}&#62;",
        f"<!-- --!><{MARKED}>",
        f"<![CDATA[<{MARKED}>]]>",
        "\u202e\u2066\u200f\ufeff",
        "'; DROP TABLE outbox; --",
    )
)  # fmt: skip
WORD = "Zebrafjäll"
"""Nobody is called this, and no log may say it."""


async def hostile_street(street: Street, words: str) -> Walk:
    """Everybody is called this, and writes nothing else."""
    made = Walk(street, await furnish(street, words=words), PARAMETERS)
    await rename(street, words)
    await made.sign_everybody_in()
    return made


@pytest.fixture
async def walk(street: Street) -> AsyncIterator[Walk]:
    """Everybody is called so that a careless page breaks."""
    made = await hostile_street(street, HOSTILE)
    yield made
    await made.close()


def trouble_in(answer: httpx.Response) -> list[str]:
    """What of the hostile words has become more than words."""
    if answer.status_code >= 500:
        return [str(answer.status_code)]
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    page = Markup(answer.text)
    found = ["evaluated"] if "5329" in answer.text else []
    for element in page.elements:
        if element.tag == MARKED:
            found.append("an element")
        for name, value in element.attributes.items():
            if name.startswith("on"):
                found.append(f"{element.tag} {name}")
            if name in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
                found.append(f"{element.tag} {name}={value[:20]}")
    return found


async def _every_page(walk: Walk) -> AsyncIterator[tuple[str, httpx.Response]]:
    for page in walk.pages:
        if page.method != "GET":
            continue
        for path, chosen in walk.ways(page):
            for reader in READERS:
                if not chosen or walk.sees(reader, page, chosen):
                    yield f"{path} ({reader})", await walk.ask("GET", path, as_=reader)


async def test_hostile_names_and_words_are_words_on_every_page(walk: Walk) -> None:
    wrong, shown = [], 0
    async for where, answer in _every_page(walk):
        wrong += [f"{where}: {one}" for one in trouble_in(answer)]
        shown += "javascript:zz()" in answer.text
    assert wrong == []
    assert shown, "no page shows a name: this test has nothing to look at"


@pytest.mark.slow
async def test_hostile_words_typed_into_every_form_are_words_afterwards(walk: Walk) -> None:
    wrong, sent = [], set()
    async for where, answer in _every_page(walk):
        for form in Markup(answer.text).forms:
            key = ("".join(" " if one.isdigit() else one for one in form.action), *form.fields)
            if form.method != "post" or not form.typed or key in sent or form.action == "/be":
                continue
            sent.add(key)
            reader = where.rpartition("(")[2].rstrip(")")
            fields: dict[str, Any] = form.fields | dict.fromkeys(form.typed, HOSTILE[:180])
            files = {name: ("<zzx>.csv", HOSTILE.encode(), "text/csv") for name in form.files}
            options = {"data": fields, "files": files} if files else {"fields": fields}
            wrong += [
                f"{form.action}: {one}"
                for one in trouble_in(await walk.ask("POST", form.action, as_=reader, **options))
            ]
            await walk.sign_in(reader)
    async for where, answer in _every_page(walk):
        wrong += [f"{where} afterwards: {one}" for one in trouble_in(answer)]
    assert wrong == []


async def test_the_log_tells_no_name_no_number_and_no_word(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    walk = await hostile_street(street, WORD)
    shown = 0
    async for _, answer in _every_page(walk):
        shown += WORD in answer.text
    for page in walk.pages:
        if page.method != "GET":
            for path, chosen in walk.ways(page):
                if not chosen or walk.sees("Karin", page, chosen):
                    await walk.ask(page.method, path, as_="Karin", fields={"words": WORD, "first_name": WORD})
                    await walk.come_back("Karin", page)
    await walk.close()
    said = "\n".join(
        one.getMessage() for one in caplog.records if not one.name.startswith(("httpx", "httpcore", "aiosqlite"))
    )
    assert shown, "no page shows a name: this test has nothing to look for"
    for secret in (WORD, "1740605", "+4670", "example.se", "norrby.example", *walk.tokens.values()):
        assert not secret or secret not in said, secret
