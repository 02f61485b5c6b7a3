"""A page is used as its reader uses it: what is not on it cannot be pressed or followed."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urljoin

import httpx
from starlette.types import ASGIApp

from tests.console.forms import File, Fills, Form
from tests.console.page_reader import Reader

COOKIE = "__Host-framsteg"


class Page:
    """What somebody sees. A page may be old: what is pressed on it is sent as it stood there."""

    def __init__(self, browser: "Browser", answer: httpx.Response) -> None:
        self.browser = browser
        self.answer = answer
        self.path = answer.url.path
        read = Reader(answer.text)
        self.words = read.text(())
        self.links = read.links
        self.codes = read.codes
        self._read = read

    def part(self, *ids: str) -> str:
        """The words of the elements with these ids; none if there are none."""
        return self._read.text(ids)

    def lines(self, *ids: str) -> list[str]:
        """The words of each line of a list, of those within the elements with these ids; of all lists without ids."""
        return [words for inside, words in self._read.items if not ids or set(ids) & set(inside)]

    def has(self, button: str) -> bool:
        """Whether there is such a button."""
        return any(one.words == button for form in self._read.forms.values() for one in form.buttons)

    def value(self, label: str) -> str:
        """What stands in the field with this label, wherever it is on the page."""
        [found] = [one for form in self._read.forms.values() for one in form.controls if one.words == label]
        return found.value

    async def press(self, button: str, fills: Fills | None = None, *, line: str = "", status: int = 200) -> "Page":
        """Fill in the form around this button and press it; `line` begins the line of a list in which it stands.

        `fills` stays filled in on this page.
        """
        forms = [one for one in self._read.forms.values() if one.line.startswith(line)]
        found = [(form, one) for form in forms for one in form.buttons if one.words == button]
        # Where a button's words come again, the fields tell which is meant.
        found = [pair for pair in found if len(found) == 1 or (fills and pair[0].fits(fills))]
        assert len(found) == 1, f"{len(found)} buttons say {button!r}: {[b.words for f in forms for b in f.buttons]}"
        form, pressed = found[0]
        files = form.fill(fills or {})
        self.browser.taps += 1
        return await self.browser.send(form, form.sends(pressed), files=files, at=self, status=status)

    async def follow(self, link: str, *, status: int = 200) -> "Page":
        """Follow the link with these words."""
        found = {to for words, to in self.links if words == link}
        assert len(found) == 1, f"{len(found)} links say {link!r}: {[words for words, _ in self.links]}"
        self.browser.taps += 1
        return await self.browser.open(urljoin(str(self.answer.url), found.pop()), status=status)


class Browser:
    """Opens pages of one program and sends their forms. It speaks to us as through a proxy that ends TLS.

    `taps` counts what was pressed and followed.
    """

    def __init__(self, app: ASGIApp, *, address: str, token: str = "") -> None:
        self.taps = 0
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=address,
            headers={"Origin": address, "Sec-Fetch-Site": "same-origin", "User-Agent": "test"},
            cookies={COOKIE: token} if token else None,
            follow_redirects=True,
        )

    async def open(self, path: str, *, status: int = 200) -> Page:
        """Open a page, wherever it leads."""
        return self._seen(await self.client.get(path), status=status)

    async def send(
        self, form: Form, fields: Iterable[tuple[str, str]], *, files: Mapping[str, File], at: Page, status: int
    ) -> Page:
        """Send a form as it was filled in."""
        to = urljoin(str(at.answer.url), form.action) if form.action else str(at.answer.url)
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        if form.method == "get":
            return await self.open(f"{to.partition('?')[0]}?{urlencode(data, doseq=True)}", status=status)
        return self._seen(await self.client.post(to, data=data, files=files or None), status=status)

    def _seen(self, answer: httpx.Response, *, status: int) -> Page:
        assert answer.status_code == status, f"{answer.url}: {answer.status_code}\n{Reader(answer.text).text(())}"
        return Page(self, answer)
