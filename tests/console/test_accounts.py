"""An administrator looks after the accounts of one organisation, and somebody always does."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import event, select

from bot.domain.access import Appointment, Role
from bot.storage.tables import audit, coaches, outbox, participants
from bot.storage.unit_of_work import unit_of_work
from tests.console.door import PASSWORD, Door, heading
from tests.console.street import Browser, Street

NEW = {"first_name": "Nadia", "email": "nadia@norrby.example", "language": "en"}


def link_in(answer: httpx.Response) -> str:
    """The link that a page shows."""
    found = re.search(r'value="(https://console\.example\.se/invitation/[\w-]+)"', answer.text)
    assert found, answer.text
    return found[1].removeprefix("https://console.example.se")


def role(street: Street, name: str, programme: str = "norrby/stega") -> str:
    """A role as the form has it."""
    return name if name == "administrator" else f"{name}/{street.programmes[programme]}"


async def roles(street: Street, name: str) -> set[tuple[str, int | None]]:
    """What somebody is."""
    async with unit_of_work(street.database) as work:
        return {(one.role.value, one.programme_id) for one in await work.appointments.of(street.coaches[name])}


async def admin(street: Street, *, mails: bool = True) -> Browser:
    """A browser in which Adam is signed in."""
    return Browser(Door(street, mails=mails).desk, token=(await street.browser("Adam")).token)


async def set_roles(browser: Browser, coach: int, *wanted: str) -> httpx.Response:
    """Send the form as it stands on the page, with these boxes ticked."""
    page = (await browser.get(f"/accounts/{coach}")).text
    standing = page.partition('name="standing" value="')[2].partition('"')[0]
    return await browser.post(f"/accounts/{coach}/roles", standing=standing, role=list(wanted))


async def test_an_administrator_sees_accounts_and_no_participant(both_streets: Street) -> None:
    browser = await admin(both_streets)
    page = (await browser.get("/")).text
    for name in ("Karin", "Johan", "Lena", "Tove", "Anders", "Adam", "Olof", "Lisa"):
        assert f"<bdi>{name}</bdi></a></h2>" in page, name
    for name in ("Bertil", "Lars", "Axel", "Amina", "Bosse", "Daniel"):
        assert name not in page, name


async def test_an_invited_colleague_comes_in_by_the_link(both_streets: Street) -> None:
    door, browser = Door(both_streets), await admin(both_streets)
    answer = await browser.post(
        "/accounts/new", **NEW, role=[role(both_streets, "coach"), role(both_streets, "leader", "norrby/annan")]
    )
    page = link_in(answer)
    async with both_streets.database.reading() as connection:
        mail = (await connection.execute(select(outbox))).one()
        noted = (await connection.execute(select(audit.c.what).order_by(audit.c.what))).scalars().all()
        kept = (await connection.execute(select(coaches).where(coaches.c.email == NEW["email"]))).one()
    assert page in mail.text and mail.coach_id == kept.id and "within 7 days" in mail.text
    assert noted == ["invited", "role-given", "role-given"]
    both_streets.coaches["Nadia"] = kept.id
    assert await roles(both_streets, "Nadia") == {
        ("coach", both_streets.programmes["norrby/stega"]),
        ("leader", both_streets.programmes["norrby/annan"]),
    }
    assert "has not signed in yet" in (await browser.get(f"/accounts/{kept.id}")).text
    theirs = door.browser()
    await theirs.get(page)
    await theirs.post(page, new=PASSWORD, again=PASSWORD)
    assert heading(await door.knows_password("Nadia", theirs)) == "Set up your phone"


async def test_without_mail_the_page_shows_the_link_to_hand_over(street: Street) -> None:
    browser = await admin(street, mails=False)
    answer = await browser.post("/accounts/new", **NEW, role=role(street, "analyst"))
    assert "Hand this link over yourself" in answer.text and link_in(answer)
    async with street.database.reading() as connection:
        assert (await connection.execute(select(outbox))).all() == []


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("first_name", "", "Write something here"),
        ("first_name", "N" * 61, "too long"),
        ("email", "nadia", "This is no e-mail address"),
        ("email", "nadia@norrby", "This is no e-mail address"),
        ("email", "Karin@norrby.example", "A colleague has this address already"),
        ("language", "tlh", "Choose one of these"),
        ("role", [], "Choose at least one role"),
        ("role", ["coach/999"], "Choose one of these"),
        ("role", ["administrator/1", "coach", "coach/x", "king/1"], "Choose at least one role"),
    ],
)
async def test_an_invitation_with_a_mistake_keeps_what_was_typed(
    street: Street, field: str, value: object, complaint: str
) -> None:
    browser = await admin(street)
    answer = await browser.post("/accounts/new", **{**NEW, "role": role(street, "coach"), field: value})
    assert answer.status_code == 422 and complaint in answer.text
    assert ('value="Nadia"' in answer.text) == (field != "first_name")
    async with street.database.reading() as connection:
        assert (await connection.execute(select(coaches).where(coaches.c.first_name == "Nadia"))).all() == []


async def test_an_address_of_another_organisation_may_have_an_account_here_too(street: Street) -> None:
    browser = await admin(street)
    answer = await browser.post("/accounts/new", **{**NEW, "email": "bertil@soderby.example"}, role="administrator")
    assert answer.status_code == 200 and link_in(answer)


async def test_a_role_in_another_organisations_programme_cannot_be_given(both_streets: Street) -> None:
    browser, foreign = await admin(both_streets), role(both_streets, "leader", "soderby/stega")
    assert (await browser.post("/accounts/new", **NEW, role=foreign)).status_code == 422
    answer = await set_roles(browser, both_streets.coaches["Lena"], foreign)
    assert answer.status_code == 404
    assert await roles(both_streets, "Lena") == {("leader", both_streets.programmes["norrby/stega"])}


@pytest.mark.parametrize("path", ["", "/roles", "/invite", "/second-factor", "/remove"])
async def test_colleagues_of_another_organisation_do_not_exist(street: Street, path: str) -> None:
    browser = await admin(street)
    for coach in (street.coaches["Bertil"], 99_999):
        page = f"/accounts/{coach}{path}"
        answer = await (browser.post(page, standing="", role="administrator") if path else browser.get(page))
        assert answer.status_code == 404, page
    assert await roles(street, "Bertil") == {("coach", street.programmes["soderby/stega"])}


async def test_roles_are_given_and_taken_and_logged(both_streets: Street) -> None:
    browser, lena = await admin(both_streets), both_streets.coaches["Lena"]
    answer = await set_roles(browser, lena, role(both_streets, "analyst"), "administrator")
    assert "The roles are saved" in answer.text
    place = both_streets.programmes["norrby/stega"]
    assert await roles(both_streets, "Lena") == {("analyst", place), ("administrator", None)}
    async with both_streets.database.reading() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.what, audit.c.about))).all()
    assert [(row.what, row.about, row.programme_id, row.coach_id) for row in rows] == [
        ("role-given", f"{lena} administrator", None, both_streets.coaches["Adam"]),
        ("role-given", f"{lena} analyst", place, both_streets.coaches["Adam"]),
        ("role-taken", f"{lena} leader", place, both_streets.coaches["Adam"]),
    ]


async def test_a_role_that_was_taken_opens_nothing_from_the_next_page_on(street: Street) -> None:
    lena = await street.browser("Lena")
    assert (await lena.get("/")).status_code == 200
    await set_roles(await admin(street), street.coaches["Lena"], "administrator")
    assert (await lena.get("/")).url.path == "/accounts"


async def test_two_who_change_the_same_roles_are_told(both_streets: Street) -> None:
    browser, lena = await admin(both_streets), both_streets.coaches["Lena"]
    await set_roles(browser, lena, role(both_streets, "coach"))
    answer = await browser.post(
        f"/accounts/{lena}/roles", standing=role(both_streets, "leader"), role=role(both_streets, "analyst")
    )
    assert answer.status_code == 409 and "Somebody else has changed these roles" in answer.text
    assert await roles(both_streets, "Lena") == {("coach", both_streets.programmes["norrby/stega"])}


async def test_the_last_administrator_stays_one(both_streets: Street) -> None:
    browser, adam = await admin(both_streets), both_streets.coaches["Adam"]
    answer = await set_roles(browser, adam, role(both_streets, "leader"))
    assert answer.status_code == 422 and "Make a colleague administrator first" in answer.text
    assert (await browser.post(f"/accounts/{adam}/remove")).status_code == 422
    assert await roles(both_streets, "Adam") == {("administrator", None)}
    await set_roles(browser, both_streets.coaches["Lena"], "administrator")
    answer = await set_roles(browser, adam, role(both_streets, "leader"))
    assert answer.url.path == "/"
    assert (await browser.get("/accounts")).status_code == 403


@pytest.mark.parametrize("how", ["remove", "roles"])
async def test_whoever_accompanies_people_is_not_taken_from_them(both_streets: Street, how: str) -> None:
    browser, olof = await admin(both_streets), both_streets.coaches["Olof"]

    async def asked() -> httpx.Response:
        if how == "remove":
            return await browser.post(f"/accounts/{olof}/remove")
        return await set_roles(browser, olof, role(both_streets, "leader", "norrby/annan"))

    refused = await asked()
    assert refused.status_code == 422 and "handed over to another coach first" in refused.text
    assert "Olga" not in refused.text
    async with unit_of_work(both_streets.database) as work:
        yesterday = both_streets.hours.now.date() - timedelta(days=1)
        await work.participants.change_enrolment(
            both_streets.enrolments["Olga"], ended_on=yesterday, now=both_streets.hours.now
        )
    assert (await asked()).status_code == 200


async def test_a_removed_colleague_is_signed_out_and_stays_out(both_streets: Street) -> None:
    door = Door(both_streets)
    await door.has_password("Lena")
    lena, browser, coach = await door.signed_in("Lena"), await admin(both_streets), both_streets.coaches["Lena"]
    async with unit_of_work(both_streets.database) as work:
        await work.coaches.change(both_streets.coaches["Karin"], deputy_id=coach)
    answer = await browser.post(f"/accounts/{coach}/remove")
    assert "The account is removed" in answer.text and "Lena" not in answer.text
    assert heading(await lena.get("/account")) == "Sign in"
    assert (await door.knows_password("Lena", door.browser())).status_code == 422
    assert (await browser.get(f"/accounts/{coach}")).status_code == 404
    assert await roles(both_streets, "Lena") == set()
    async with both_streets.database.reading() as connection:
        rows = await connection.execute(select(coaches.c.id).where(coaches.c.deputy_id == coach))
        assert rows.all() == []


async def test_a_removed_colleague_may_be_invited_again(street: Street) -> None:
    door, browser, coach = Door(street), await admin(street), street.coaches["Lena"]
    await door.has_password("Lena")
    before = await door.signed_in("Lena")
    await browser.post(f"/accounts/{coach}/remove")
    answer = await browser.post(
        "/accounts/new", first_name="Lena", email="Lena@norrby.example", language="sv", role=role(street, "coach")
    )
    page = link_in(answer)
    assert await roles(street, "Lena") == {("coach", street.programmes["norrby/stega"])}
    assert heading(await before.get("/account")) == "Sign in"
    theirs = door.browser()
    await theirs.post((await theirs.get(page)).url.path, new=PASSWORD, again=PASSWORD)
    # Nothing of what they had before opens the door.
    assert heading(await door.knows_password("Lena", theirs)) == "Set up your phone"


async def test_a_new_invitation_makes_the_old_link_useless(street: Street) -> None:
    browser, coach = await admin(street), street.coaches["Karin"]
    first = link_in(await browser.post(f"/accounts/{coach}/invite"))
    second = link_in(await browser.post(f"/accounts/{coach}/invite"))
    stranger = Door(street).browser()
    assert ((await stranger.get(first)).status_code, (await stranger.get(second)).status_code) == (404, 200)


async def test_a_lost_phone_is_set_up_anew_and_every_session_ends(both_streets: Street) -> None:
    door = Door(both_streets)
    await door.has_password("Karin")
    async with unit_of_work(both_streets.database) as work:
        (recovery, *_) = await work.credentials.new_recovery_codes(both_streets.coaches["Karin"])
    karin, browser = await door.signed_in("Karin"), await admin(both_streets)
    answer = await browser.post(f"/accounts/{both_streets.coaches['Karin']}/second-factor")
    assert "They set up a new phone" in answer.text
    assert heading(await karin.get("/account")) == "Sign in"
    again = door.browser()
    assert heading(await door.knows_password("Karin", again)) == "Set up your phone"
    assert heading(await again.post("/sign-in/code", recovery=recovery)) != "Today"
    assert heading(await again.get("/account")) == "Sign in"


@pytest.mark.parametrize("name", ["Karin", "Lena", "Tove", "Anders"])
async def test_only_an_administrator_opens_the_accounts(street: Street, name: str) -> None:
    browser = await street.browser(name)
    for page in ("/accounts", "/accounts/new", f"/accounts/{street.coaches['Karin']}"):
        assert (await browser.get(page)).status_code == 403
    assert (await browser.post("/accounts/new", **NEW, role="administrator")).status_code == 403
    assert (await browser.post(f"/accounts/{street.coaches[name]}/roles", role="administrator")).status_code == 403


async def test_the_list_asks_as_often_however_many_accounts_there_are(street: Street) -> None:
    few = await _asked(street)
    async with unit_of_work(street.database) as work:
        organisation = (await work.coaches.these([street.coaches["Adam"]]))[street.coaches["Adam"]].organisation_id
        for number in range(30):
            coach = await work.coaches.add(
                f"Coach{number}",
                organisation_id=organisation,
                email=f"{number}@norrby.example",
                language="sv",
                now=street.hours.now,
            )
            place = street.programmes["norrby/stega"]
            await work.appointments.give(coach, Appointment(role=Role.COACH, programme_id=place), now=street.hours.now)
    assert await _asked(street) == few <= 8


async def test_no_page_of_an_administrator_reads_a_participant(street: Street) -> None:
    read: list[str] = []
    await _asked(street, read)
    assert read and not any(re.search(rf"\b{participants.name}\b", one) for one in read)


async def _asked(street: Street, asked: list[str] | None = None) -> int:
    asked = [] if asked is None else asked
    browser = await admin(street)
    await browser.get("/accounts")
    asked.clear()

    def note(connection, cursor, statement, *more) -> None:  # type: ignore[no-untyped-def]
        asked.append(statement)

    engine = street.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await browser.get("/accounts")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in asked if one.startswith("SELECT")])
