"""Everybody looks after their own account, and after nobody else's."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from bot.storage.tables import audit, coaches, sessions
from bot.storage.unit_of_work import unit_of_work
from tests.console.door import OTHER, PASSWORD, Door, codes_in, heading, secret_in
from tests.console.street import Street


async def row(street: Street, name: str):  # type: ignore[no-untyped-def]
    """This colleague as kept."""
    async with street.database.reading() as connection:
        return (await connection.execute(select(coaches).where(coaches.c.id == street.coaches[name]))).one()


async def test_language_and_time_zone_are_chosen_and_shown_at_once(both_streets: Street) -> None:
    browser = await both_streets.browser("Karin")
    page = await browser.post("/account/settings", language="sv", zone="Europe/Helsinki")
    assert 'lang="sv"' in page.text
    kept = await row(both_streets, "Karin")
    assert (kept.language, kept.zone) == ("sv", "Europe/Helsinki")
    for wrong in ({"language": "tlh", "zone": "Europe/Oslo"}, {"language": "sv", "zone": "Mars/Olympus"}):
        assert (await browser.post("/account/settings", **wrong)).status_code == 422
    assert (await row(both_streets, "Karin")).zone == "Europe/Helsinki"


async def test_changing_the_password_asks_the_old_one_and_ends_every_other_session(both_streets: Street) -> None:
    door = Door(both_streets)
    await door.has_password("Karin")
    one, other = await door.signed_in("Karin"), await door.signed_in("Karin")
    before = one.token
    refused = await one.post("/account/password", old=OTHER, new=OTHER, again=OTHER)
    assert refused.status_code == 422 and "This is not your password" in refused.text
    poor = await one.post("/account/password", old=PASSWORD, new="passwordpassword", again="passwordpassword")
    assert poor.status_code == 422 and "Many people use" in poor.text
    done = await one.post("/account/password", old=PASSWORD, new=OTHER, again=OTHER)
    assert "Your password is changed" in done.text and one.token != before
    assert heading(await one.get("/account")) == "Your account"
    assert heading(await other.get("/account")) == "Sign in"
    assert heading(await door.knows_password("Karin", door.browser(), OTHER)) == "Code from your app"


async def test_a_new_phone_counts_when_it_has_shown_a_code(both_streets: Street) -> None:
    door = Door(both_streets)
    await door.has_password("Karin")
    browser = await door.signed_in("Karin")
    assert (await browser.post("/account/new-phone", phone=OTHER)).status_code == 422
    assert heading(await browser.get("/account/second-factor")) == "Your account"
    secret = secret_in((await browser.post("/account/new-phone", phone=PASSWORD)).text)
    assert secret != door.phones["Karin"]
    # The old one still opens the door, and a wrong code changes nothing.
    assert (await browser.post("/account/second-factor", code="000000")).status_code == 422
    await door.signed_in("Karin")
    code = pyotp.TOTP(secret).at(both_streets.hours.machine_now)
    done = await browser.post("/account/second-factor", code=code)
    assert len(codes_in(done.text)) == 10
    both_streets.hours.machine_now += timedelta(seconds=30)
    old = door.browser()
    await door.knows_password("Karin", old)
    assert (await old.post("/sign-in/code", code=door.code("Karin"))).status_code == 422
    door.phones["Karin"] = secret
    await door.signed_in("Karin")


async def test_new_recovery_codes_replace_the_old_ones(street: Street) -> None:
    door = Door(street)
    await door.has_password("Karin")
    browser = await door.signed_in("Karin")
    assert (await browser.post("/account/recovery-codes", codes=OTHER)).status_code == 422
    first = codes_in((await browser.post("/account/recovery-codes", codes=PASSWORD)).text)
    second = codes_in((await browser.post("/account/recovery-codes", codes=PASSWORD)).text)
    assert len({*first, *second}) == 20
    page = (await browser.get("/account")).text
    assert "10 left" in page and not any(code in page for code in second)
    other = door.browser()
    await door.knows_password("Karin", other)
    assert (await other.post("/sign-in/code", recovery=first[0])).status_code == 422
    assert (await other.post("/sign-in/code", recovery=second[0])).url.path == "/"


async def test_the_own_password_is_not_guessed_from_an_open_session(street: Street) -> None:
    door = Door(street)
    await door.has_password("Karin")
    browser = await door.signed_in("Karin")
    statuses = [(await browser.post("/account/recovery-codes", codes=OTHER)).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


async def test_own_sessions_are_listed_and_ended(both_streets: Street) -> None:
    here, there = await both_streets.browser("Karin"), await both_streets.browser("Karin")
    elsewhere, johans = await both_streets.browser("Karin"), await both_streets.browser("Johan")
    page = (await here.get("/account")).text
    assert page.count("<li>\n      <p><strong>") == 3 and page.count("this one") == 1
    first, *_ = re.findall(r"/account/sessions/(\d+)/end", page)
    await here.post(f"/account/sessions/{first}/end")
    assert (await here.get("/account")).text.count("<li>\n      <p><strong>") == 2
    await here.post("/account/sessions/end")
    assert heading(await here.get("/account")) == "Your account"
    for ended in (there, elsewhere):
        assert (await ended.get("/account")).url.path == "/sign-in"
    assert heading(await johans.get("/account")) == "Your account"
    async with both_streets.database.reading() as connection:
        whose = select(sessions.c.id).where(sessions.c.coach_id == both_streets.coaches["Johan"])
        johans_session = (await connection.execute(whose)).scalar_one()
        noted = (await connection.execute(select(audit.c.what))).scalars().all()
    assert (await here.post(f"/account/sessions/{johans_session}/end")).status_code == 404
    assert heading(await johans.get("/account")) == "Your account"
    assert noted == ["session-ended", "session-ended"]


async def test_whoever_is_away_is_seen_by_the_deputy_until_they_are_back(both_streets: Street) -> None:
    karin, johan = await both_streets.browser("Karin"), both_streets.coaches["Johan"]
    await karin.post("/account/deputy", deputy=johan)
    page = await karin.post("/account/away", through="2026-11-27")
    assert "You are away through" in page.text and "I am back" in page.text
    assert (await row(both_streets, "Karin")).away_until.isoformat() == "2026-11-27"
    seen = await _stood_in_for(both_streets, "Johan")
    assert seen == {both_streets.coaches["Karin"]}
    page = await karin.post("/account/back")
    assert "I am away" in page.text and "Welcome back" in page.text
    assert await _stood_in_for(both_streets, "Johan") == set()
    async with both_streets.database.reading() as connection:
        noted = (await connection.execute(select(audit.c.what, audit.c.about).order_by(audit.c.id))).all()
    assert [tuple(one) for one in noted] == [
        ("deputy-chosen", str(johan)),
        ("away", "2026-11-27"),
        ("back", None),
    ]


async def test_one_tap_is_away_today(street: Street) -> None:
    await (await street.browser("Karin")).post("/account/away", back="/")
    assert (await row(street, "Karin")).away_until.isoformat() == "2026-11-25"


@pytest.mark.parametrize("through", ["2026-11-24", "2028-01-01", "tomorrow"])
async def test_a_day_that_cannot_be_meant_is_refused(street: Street, through: str) -> None:
    answer = await (await street.browser("Karin")).post("/account/away", through=through)
    assert answer.status_code == 422 and 'id="c-through"' in answer.text and f'value="{through}"' in answer.text
    assert (await row(street, "Karin")).away_until is None


async def test_nobody_is_away_without_a_deputy(street: Street) -> None:
    browser = await street.browser("Olof")
    answer = await browser.post("/account/away", through="2026-11-27")
    assert answer.status_code == 422 and "Choose first who sees your people" in answer.text
    assert (await row(street, "Olof")).away_until is None


@pytest.mark.parametrize("name", ["Karin", "Adam", "Anders", "Tove", "Bertil", "Axel"])
async def test_a_deputy_is_another_coach_or_leader_of_the_organisation(street: Street, name: str) -> None:
    before = (await row(street, "Karin")).deputy_id
    answer = await (await street.browser("Karin")).post("/account/deputy", deputy=street.coaches[name])
    assert answer.status_code == 422
    assert f'value="{street.coaches[name]}"' not in answer.text.partition('name="deputy"')[2].partition("</select>")[0]
    assert (await row(street, "Karin")).deputy_id == before


async def test_a_deputy_may_be_nobody(street: Street) -> None:
    await (await street.browser("Karin")).post("/account/deputy", deputy="")
    assert (await row(street, "Karin")).deputy_id is None


async def test_the_own_page_asks_the_database_as_often_whatever_it_shows(street: Street) -> None:
    few = await _asked(street)
    for _ in range(8):
        await street.browser("Karin")
    assert await _asked(street) == few <= 8


async def test_a_demo_shows_the_own_account_too(demo) -> None:  # type: ignore[no-untyped-def]
    from tests.console.conftest import browser

    async with browser(demo) as visitor:
        page = await visitor.get("/account?lang=en")
        assert page.status_code == 200 and "Your account" in page.text
        assert (await visitor.get("/sign-in")).url.path == "/"


async def _asked(street: Street) -> int:
    from sqlalchemy import event

    asked: list[str] = []
    browser = await street.browser("Karin")

    def note(connection, cursor, statement, *more) -> None:  # type: ignore[no-untyped-def]
        asked.append(statement)

    engine = street.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await browser.get("/account")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in asked if one.startswith("SELECT")])


async def _stood_in_for(street: Street, name: str) -> set[int]:
    async with unit_of_work(street.database) as work:
        token = await work.sessions.begin(street.coaches[name], browser="test", now=street.hours.machine_now)
        found = await work.sessions.behind(token, today=street.hours.now, now=street.hours.machine_now)
    assert found is not None
    return set(found.viewer.stands_in_for)
