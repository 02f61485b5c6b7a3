"""In a demo, links lead to every page, and each answers whoever is led there."""

import pytest

from bot.cli.demo import DemoSet
from bot.console.routes import console_routes
from tests.browser.crawl import NOT_BY_LINK, crawl, rows
from tests.fakes.served import served


@pytest.mark.slow
async def test_every_page_is_found_by_links_and_answers(lived: DemoSet) -> None:
    async with served(lambda url: [console_routes(lived.desk)]) as home:
        found = await crawl(lived, home)
    reached = {row for pages in found.values() for row, addresses in pages.items() if addresses}
    missed = sorted(rows(lived).keys() - reached - NOT_BY_LINK)
    assert missed == [], ", ".join(missed)
