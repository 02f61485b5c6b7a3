"""In a demo, a browser window becomes one colleague after the other."""

from collections.abc import AsyncIterator

from tests.browser.eyes import Watched

Found = dict[str, dict[str, list[str]]]


async def become(seen: Watched, colleague: str) -> None:
    """Choose this colleague in the demo's own line."""
    await seen.go("/start")
    names = await seen.page.locator("#be option").all_text_contents()
    await seen.page.select_option("#be", label=next(one for one in names if one.startswith(colleague)))
    await seen.page.click(".be button")


async def each(seen: Watched, found: Found) -> AsyncIterator[str]:
    """Open one page after the other, each as somebody whose it is; each row of pages once."""
    known: set[str] = set()
    for colleague, pages in found.items():
        await become(seen, colleague)
        for row, addresses in pages.items():
            # A file has nothing to look at.
            if row in known or row.endswith(".csv"):
                continue
            known.add(row)
            for address in addresses:
                await seen.go(address)
                yield address
