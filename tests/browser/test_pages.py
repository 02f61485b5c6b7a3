"""Every page can be read and used: on a small screen or a large one, light or dark, by keyboard, in both languages."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bot.cli.demo import DemoSet
from tests.browser.crawl import crawl
from tests.browser.eyes import looking
from tests.browser.windows import Found, each

pytestmark = pytest.mark.slow

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
LOOKS = tuple((scheme, width) for width in (1280, 320) for scheme in ("light", "dark"))
"""Every rule is asked of each."""

FOCUS = """() => {
  const active = document.activeElement;
  if (!active || active === document.body) return null;
  const look = getComputedStyle(active), box = active.getBoundingClientRect();
  const seen = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
  active.dataset.reached = "yes";
  return [active.outerHTML.slice(0, 120), seen, box.width > 0 && box.height > 0];
}"""
MISSED = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
)].filter(one => !one.dataset.reached && !one.disabled && one.checkVisibility()
  && !(one.type === "radio" && document.querySelector(`[name="${one.name}"][data-reached]`))
).map(one => one.outerHTML.slice(0, 120))"""
NARROW = """() => {
  const wide = document.scrollingElement.scrollWidth;
  if (wide <= innerWidth) return null;
  const out = [...document.querySelectorAll("main *, header *, section *")].filter(
    one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".wide"));
  return wide + ": " + out.slice(0, 3).map(one => one.outerHTML.slice(0, 80)).join(" | ");
}"""
SMALL = """() => [...document.querySelectorAll(
  "main button, main .button, main select, main input:not([type=hidden])"
)].filter(one => {
  const box = one.getBoundingClientRect();
  const marks = ["radio", "checkbox"].includes(one.type);
  return one.checkVisibility() && (box.height < 24 || box.width < 24) && !marks;
}).map(one => one.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
async def found(lived: DemoSet, home: str) -> Found:
    """What links lead to, for every colleague."""
    return await crawl(lived, home)


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Browser, home: str, found: Found, language: str
) -> None:
    wrong: list[str] = []
    async with looking(browser, home, language=language) as seen:
        async for address in each(seen, found):
            for scheme, width in LOOKS:
                await seen.page.set_viewport_size({"width": width, "height": 900})
                await seen.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                wrong += [f"{address} {scheme} {width}: {one}" for one in await _axe(seen.page)]
                if cut := await seen.page.evaluate(NARROW):
                    wrong.append(f"{address} {width} is {cut}")
                wrong += [f"{address} {width} too small: {one}" for one in await seen.page.evaluate(SMALL)]
            await seen.page.set_viewport_size({"width": 1280, "height": 900})
        wrong += seen.wrong
    assert wrong == [], "\n".join(wrong)


async def test_everything_is_reached_by_keyboard_and_seen_to_be(browser: Browser, home: str, found: Found) -> None:
    wrong: list[str] = []
    async with looking(browser, home) as seen:
        async for address in each(seen, found):
            for _ in range(400):
                await seen.page.keyboard.press("Tab")
                reached = await seen.page.evaluate(FOCUS)
                if reached is None:
                    break
                if not reached[1]:
                    wrong.append(f"{address}: no focus to be seen on {reached[0]}")
            wrong += [f"{address}: not reached {one}" for one in await seen.page.evaluate(MISSED)]
        wrong += seen.wrong
    assert wrong == [], "\n".join(wrong)


async def _axe(page: Page) -> list[str]:
    results = await Axe().run(page, options=RULES)
    return [
        f"{one['id']} {node['target']} {node['html'][:120]}"
        for one in results.response["violations"]
        for node in one["nodes"][:3]
    ]
