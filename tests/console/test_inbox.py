"""A coach finds who wrote, reads it, and is shown nobody else's."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.storage import tables
from tests.console.post import Post
from tests.console.street import Street

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
async def post(both_streets: Street) -> Post:
    """A street with a post office, on each kind of database."""
    office = Post(both_streets)
    await office.open()
    return office


async def audits(street: Street, what: str) -> int:
    """How often this stands in the log."""
    async with street.database.reading() as connection:
        counted = select(func.count()).select_from(tables.audit).where(tables.audit.c.what == what)
        return int(await connection.scalar(counted) or 0)


async def test_another_coachs_person_is_not_found(post: Post) -> None:
    street = post.street
    await post.person("Daniel", "Hello there")
    await post.person("Berit", "Hej du")
    karin = await street.browser("Karin")
    for name in ("Daniel", "Olga", "Berit"):
        assert (await karin.get(f"/inbox/{street.enrolments[name]}")).status_code == 404
    assert (await karin.get("/inbox/99999999999999999999999")).status_code == 404
    listed = (await karin.get("/inbox")).text
    assert "Amina" in listed and "Daniel" not in listed and "Berit" not in listed and "Olga" not in listed


@pytest.mark.parametrize("name", ["Tove", "Anders", "Adam"])
async def test_who_sees_no_people_has_no_inbox(street: Street, name: str) -> None:
    browser = await street.browser(name)
    for path in ("/inbox", "/inbox/unclaimed", f"/inbox/{street.enrolments['Bosse']}"):
        assert (await browser.get(path)).status_code == 403


async def test_whoever_wrote_last_stands_first(post: Post) -> None:
    await post.person("Amina", "السلام عليكم")
    post.street.hours.now += timedelta(minutes=5)
    await post.person("Bosse", "Hej Karin")
    page = (await (await post.street.browser("Karin")).get("/inbox")).text
    assert page.index("Hej Karin") < page.index("السلام عليكم")
    assert 'lang="ar"' in page


async def test_words_are_unread_until_the_conversation_was_opened(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "Hej Karin")
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    assert "Hej Karin" in (await karin.get("/inbox?show=unread")).text
    read = (await karin.get(f"/inbox/{street.enrolments['Bosse']}")).text
    assert "Hej Karin" in read
    assert "Hej Karin" not in (await karin.get("/inbox?show=unread")).text
    # Somebody else's reading is not hers.
    assert "Hej Karin" in (await lena.get("/inbox?show=unread")).text
    await post.person("Bosse", "En sak till")
    assert "En sak till" in (await karin.get("/inbox?show=unread")).text


async def test_a_page_that_renews_itself_has_read_nothing(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "Hej Karin")
    karin = await street.browser("Karin")
    path = f"/inbox/{street.enrolments['Bosse']}"
    assert (await karin.client.get(path, headers={"X-Framsteg-Refresh": "1"})).status_code == 200
    assert "Hej Karin" in (await karin.get("/inbox?show=unread")).text
    assert await audits(street, "conversation-read") == 0


async def test_an_open_page_that_nobody_uses_keeps_no_session_open(street: Street) -> None:
    karin = await street.browser("Karin")
    karin.client.follow_redirects = False
    seen = []
    for _ in range(9):
        answer = await karin.client.get("/inbox", headers={"X-Framsteg-Refresh": "1"})
        seen.append(answer.status_code)
        street.hours.machine_now += timedelta(minutes=15)
    assert seen == [200] * 8 + [303]


async def test_reading_stands_in_the_log_once_in_a_quarter_of_an_hour(post: Post) -> None:
    street = post.street
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    path = f"/inbox/{street.enrolments['Bosse']}"
    for minutes in (0, 10, 4, 2):
        street.hours.now += timedelta(minutes=minutes)
        await karin.get(path)
    # At 0 and at 16 minutes: coming back does not put it off.
    assert await audits(street, "conversation-read") == 2
    await lena.get(path)
    assert await audits(street, "conversation-read") == 3


async def test_an_old_window_does_not_take_back_what_was_read(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "Ett")
    last = await post.person("Bosse", "Två")
    karin = await street.browser("Karin")
    await karin.get(f"/inbox/{street.enrolments['Bosse']}")
    async with street.database.transaction() as connection:
        # As an older window would: it had shown less.
        await connection.execute(update(tables.bookmarks).values(read_until=last + 100))
    street.hours.now += timedelta(hours=1)
    await karin.get(f"/inbox/{street.enrolments['Bosse']}")
    async with street.database.reading() as connection:
        assert await connection.scalar(select(tables.bookmarks.c.read_until)) == last + 100


async def test_a_question_wants_an_answer(post: Post) -> None:
    street = post.street
    karin = await street.browser("Karin")
    assert "Nobody is waiting for an answer." in (await karin.get("/inbox?show=answer")).text
    await post.person("Bosse", "När börjar vi?")
    assert "När börjar vi?" in (await karin.get("/inbox?show=answer")).text
    # Another coach of the programme is not asked.
    assert "När börjar vi?" not in (await (await street.browser("Johan")).get("/inbox?show=answer")).text


async def test_the_program_stands_beside_what_was_said(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "Hej")
    page = (await (await street.browser("Karin")).get(f"/inbox/{street.enrolments['Bosse']}")).text
    assert "What Framsteg does" in page and "Nothing is asked" not in page.split("Waits to leave")[0]
    assert "Waits to leave" in page
    async with street.database.transaction() as connection:
        await connection.execute(update(tables.participants).values(held_at=street.hours.now))
    page = (await (await street.browser("Karin")).get(f"/inbox/{street.enrolments['Bosse']}")).text
    assert "it waits until a coach resumes it" in page


async def test_a_long_conversation_is_read_backwards_without_a_gap(post: Post) -> None:
    street = post.street
    for number in range(30):
        street.hours.now += timedelta(minutes=1)
        await post.person("Bosse", f"rad {number}.")
    karin = await street.browser("Karin")
    path, seen = f"/inbox/{street.enrolments['Bosse']}", []
    for _ in range(5):
        page = (await karin.get(path)).text
        seen += re.findall(r"rad \d+\.", page)
        link = re.search(r'class="earlier"><a href="([^"]+)"', page)
        if link is None:
            break
        path = link[1].replace("&amp;", "&")
    assert sorted(seen) == sorted(f"rad {number}." for number in range(30))
    assert link is None


async def test_what_people_wrote_is_only_ever_words(post: Post) -> None:
    street = post.street
    await post.person("Bosse", HOSTILE)
    await post.sms("+46701740699", HOSTILE)
    karin = await street.browser("Karin")
    for path in ("/inbox", f"/inbox/{street.enrolments['Bosse']}", "/inbox/unclaimed", "/inbox/unclaimed/99"):
        page = (await karin.get(path)).text
        assert HOSTILE not in page, path
    assert "&lt;script&gt;" in (await karin.get("/inbox/unclaimed")).text


async def test_who_is_in_two_programmes_is_told_of_each_by_its_own_coach(post: Post) -> None:
    street = post.street
    async with street.database.transaction() as connection:
        which = tables.enrolments.c.id == street.enrolments["Bosse"]
        row = (await connection.execute(select(tables.enrolments).where(which))).one()
        place = {name: value for name, value in row._mapping.items() if name != "id"}
        place |= {"programme_id": street.programmes["norrby/annan"], "coach_id": street.coaches["Olof"]}
        added = await connection.execute(tables.enrolments.insert().values(place).returning(tables.enrolments.c.id))
        second = added.scalar_one()
    await post.person("Bosse", "När börjar vi?")
    karin, olof = await street.browser("Karin"), await street.browser("Olof")
    # The question was put to Karin's programme, and so was the automatic answer.
    assert "När börjar vi?" in (await karin.get("/inbox?show=answer")).text
    assert "När börjar vi?" not in (await olof.get("/inbox?show=answer")).text
    answer = "Vi har tagit emot ditt meddelande"
    assert answer in (await karin.get(f"/inbox/{street.enrolments['Bosse']}")).text
    assert answer not in (await olof.get(f"/inbox/{second}")).text
    assert (await olof.get(f"/inbox/{street.enrolments['Bosse']}")).status_code == 404
    assert (await olof.get("/inbox")).text.count(f'href="/inbox/{second}"') == 1
