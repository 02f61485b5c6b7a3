"""A coach says where something urgent reaches them, and is told when it would come by mail alone."""

from sqlalchemy import select

from bot.storage.tables import addresses
from tests.console.door import heading
from tests.console.street import Street

LATE = "When something is urgent you are told by mail only."


async def channels(street: Street, name: str) -> list[tuple[str, str]]:
    """Channel and state of this colleague's addresses."""
    async with street.database.reading() as connection:
        rows = await connection.execute(
            select(addresses.c.channel, addresses.c.state)
            .where(addresses.c.coach_id == street.coaches[name])
            .order_by(addresses.c.id)
        )
        return [(row.channel, row.state) for row in rows]


async def test_a_number_is_kept_changed_and_taken_away(both_streets: Street) -> None:
    browser = await both_streets.browser("Karin")
    assert LATE in (await browser.get("/")).text

    saved = await browser.post("/account/urgent/number", number="070-174 09 01")
    assert "Saved." in saved.text and "+46701740901" in saved.text
    assert LATE not in (await browser.get("/")).text

    await browser.post("/account/urgent/number", number="+46701740902")
    await browser.post("/account/urgent/number", number="0701740901")
    assert [one for one in await channels(both_streets, "Karin") if one[0] == "sms"] == [
        ("sms", "active"),
        ("sms", "stopped"),
    ]

    await browser.post("/account/urgent/number", number="")
    assert {state for channel, state in await channels(both_streets, "Karin") if channel == "sms"} == {"stopped"}
    assert LATE in (await browser.get("/")).text


async def test_what_is_no_number_is_refused_and_changes_nothing(both_streets: Street) -> None:
    browser = await both_streets.browser("Karin")
    before = await channels(both_streets, "Karin")

    for wrong in ("12", "ring mig", "<b>"):
        assert (await browser.post("/account/urgent/number", number=wrong)).status_code == 422

    assert await channels(both_streets, "Karin") == before


async def test_without_a_bot_there_is_no_telegram_link(both_streets: Street) -> None:
    browser = await both_streets.browser("Karin")

    page = await browser.post("/account/urgent/telegram")

    assert page.status_code == 409 and "no Telegram bot answers" in page.text


async def test_the_page_is_found_from_the_account(both_streets: Street) -> None:
    browser = await both_streets.browser("Karin")

    assert 'href="/account/urgent"' in (await browser.get("/account")).text
    assert heading(await browser.get("/account/urgent")) == "When something is urgent"


async def test_the_account_warns_whoever_only_mail_reaches_until_there_is_a_number(both_streets: Street) -> None:
    browser, warning = await both_streets.browser("Karin"), "When something is urgent you are told by mail only."
    assert warning in (await browser.get("/account")).text

    await browser.post("/account/urgent/number", number="070-174 06 05")

    assert warning not in (await browser.get("/account")).text
