"""A coach writes to a person: once, in time, and knowing what it costs."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Row, func, select, update

from bot.domain.people import AddressState
from bot.domain.prices import Price
from bot.storage import tables
from tests.console.post import Post
from tests.console.street import Browser, Street

NIGHT = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
"""Half past eleven in the evening in Stockholm."""


@pytest.fixture
async def post(both_streets: Street) -> Post:
    """A street with a post office, on each kind of database."""
    office = Post(both_streets)
    await office.open()
    return office


def fields_of(page: str) -> dict[str, str]:
    """What the form on a page brings back, without its words."""
    found = {}
    for name in ("once", "standing", "seen"):
        match = re.search(rf'name="{name}" value="([^"]*)"', page)
        assert match is not None, name
        found[name] = match[1]
    return found


async def write(browser: Browser, street: Street, name: str, words: str, **fields: object) -> httpx.Response:
    """Open the sheet and send it."""
    path = f"/people/{street.enrolments[name]}/write"
    shown = fields_of((await browser.get(path)).text)
    return await browser.post(path, words=words, do="send", **(shown | fields))


async def by_hand(street: Street) -> list[Row[Any]]:
    """What coaches have written, in order."""
    async with street.database.reading() as connection:
        wanted = select(tables.outbox).where(tables.outbox.c.purpose == "coach").order_by(tables.outbox.c.id)
        return list(await connection.execute(wanted))


async def open_questions(street: Street, name: str) -> int:
    async with street.database.reading() as connection:
        counted = (
            select(func.count())
            .select_from(tables.alerts)
            .where(tables.alerts.c.participant_id == street.people[name], tables.alerts.c.acknowledged_at.is_(None))
        )
        return int(await connection.scalar(counted) or 0)


async def test_another_coachs_person_is_not_found(both_streets: Street) -> None:
    karin = await both_streets.browser("Karin")
    for name in ("Daniel", "Olga", "Berit"):
        path = f"/people/{both_streets.enrolments[name]}"
        assert (await karin.get(f"{path}/write")).status_code == 404
        assert (await karin.post(f"{path}/write", words="Hej", do="send", once="x" * 20)).status_code == 404
        assert (await karin.post(f"{path}/write", words="Hej", do="look", once="x" * 20)).status_code == 404
        assert (await karin.post(f"{path}/parts", words="Hej")).status_code == 404
    assert await by_hand(both_streets) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Write something here."),
        ("   \r\n ", "Write something here."),
        ("x" * 1001, "This is too long: at most 1,000 characters."),
        ("Hej\tdu", "no telephone can show"),
        ("Hej\x07", "no telephone can show"),
        ("Hej\x00", "no telephone can show"),
    ],
)
async def test_words_that_cannot_be_sent_are_kept_and_complained_of(street: Street, words: str, said: str) -> None:
    karin = await street.browser("Karin")
    answer = await write(karin, street, "Bosse", words)
    assert answer.status_code == 422
    assert said in answer.text and words.strip() in answer.text
    assert await by_hand(street) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stopped_at": NIGHT}, "Only they can begin again"),
        ({"preferred_channel": "telegram"}, "There is no number or chat of this person"),
    ],
)
async def test_who_cannot_be_written_to_is_not(street: Street, change: dict[str, object], said: str) -> None:
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}/write"
    shown = fields_of((await karin.get(path)).text)
    async with street.database.transaction() as connection:
        which = tables.participants.c.id == street.people["Bosse"]
        await connection.execute(update(tables.participants).where(which).values(**change))
    answer = await karin.post(path, words="Kan du komma?", do="send", **shown)
    assert answer.status_code == 422
    assert said in answer.text and "Kan du komma?" in answer.text
    # Whoever comes anew is told so before they write.
    assert "<textarea" not in (await karin.get(path)).text
    assert "<textarea" not in (await karin.get(f"/inbox/{street.enrolments['Bosse']}")).text
    assert await by_hand(street) == []


async def test_a_number_that_is_not_in_use_is_not_written_to(street: Street) -> None:
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}/write"
    shown = fields_of((await karin.get(path)).text)
    async with street.database.transaction() as connection:
        await connection.execute(update(tables.addresses).values(state=AddressState.BAD))
    answer = await karin.post(path, words="Hej", do="send", **shown)
    assert answer.status_code == 422
    assert "The number is not in use any more" in answer.text


async def test_a_programme_that_is_stopped_sends_nothing(street: Street) -> None:
    karin = await street.browser("Karin")
    async with street.database.transaction() as connection:
        await connection.execute(update(tables.programmes).values(stopped_at=NIGHT))
    answer = await write(karin, street, "Bosse", "Hej")
    assert answer.status_code == 422 and "The programme is stopped" in answer.text


async def test_a_message_says_whom_it_is_from(post: Post) -> None:
    street = post.street
    answer = await write(await street.browser("Karin"), street, "Bosse", "Vi ses i morgon.\r\nTa med kaffe.")
    assert answer.status_code == 200 and answer.url.path == f"/inbox/{street.enrolments['Bosse']}"
    assert "Ta med kaffe." in answer.text
    [row] = await by_hand(street)
    assert row.text == "Vi ses i morgon.\nTa med kaffe.\nHälsningar Karin"
    assert (row.written_by, row.programme_id, row.parts) == (
        street.coaches["Karin"],
        street.programmes["norrby/stega"],
        1,
    )
    async with street.database.reading() as connection:
        logged = await connection.scalar(select(tables.audit.c.about).where(tables.audit.c.what == "message-written"))
    assert logged == str(row.id)


async def test_a_deputy_signs_with_their_own_name(street: Street) -> None:
    async with street.database.transaction() as connection:
        away = tables.coaches.c.id == street.coaches["Karin"]
        await connection.execute(update(tables.coaches).where(away).values(away_until=street.hours.now.date()))
    await write(await street.browser("Johan"), street, "Bosse", "Karin kommer på fredag.")
    [row] = await by_hand(street)
    assert row.text.endswith("Hälsningar Johan")
    assert "Johan" in (await (await street.browser("Karin")).get(f"/inbox/{street.enrolments['Bosse']}")).text


async def test_an_arabic_reader_gets_an_arabic_signature(street: Street) -> None:
    karin = await street.browser("Karin")
    answer = await write(karin, street, "Amina", "أراك غدا")
    [row] = await by_hand(street)
    assert (row.language, row.channel) == ("ar", "telegram")
    assert "أراك غدا" in row.text and "مع تحيات" in row.text
    assert 'lang="ar" dir="auto"' in answer.text


async def test_a_doubled_form_sends_once(post: Post) -> None:
    street = post.street
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}/write"
    shown = fields_of((await karin.get(path)).text)
    both = await asyncio.gather(*(karin.post(path, words="En gång", do="send", **shown) for _ in range(2)))
    again = await karin.post(path, words="En gång", do="send", **shown)
    assert [one.status_code for one in (*both, again)] == [200, 200, 200]
    assert len(await by_hand(street)) == 1
    async with street.database.reading() as connection:
        logged = select(func.count()).select_from(tables.audit).where(tables.audit.c.what == "message-written")
        assert await connection.scalar(logged) == 1


async def test_one_form_cannot_be_sent_as_another_persons(street: Street) -> None:
    karin = await street.browser("Karin")
    shown = fields_of((await karin.get(f"/people/{street.enrolments['Bosse']}/write")).text)
    for name in ("Bosse", "Amina"):
        path = f"/people/{street.enrolments[name]}/write"
        assert (await karin.post(path, words="Hej", do="send", **shown)).status_code == 200
    assert len(await by_hand(street)) == 2


async def test_the_second_of_two_coaches_is_told_that_the_first_has_answered(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "När börjar vi?")
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    path = f"/people/{street.enrolments['Bosse']}/write"
    first, second = [fields_of((await one.get(path)).text) for one in (karin, lena)]
    assert (await karin.post(path, words="Klockan nio.", do="send", **first)).status_code == 200
    told = await lena.post(path, words="Klockan tio?", do="send", **second)
    assert told.status_code == 409
    assert "Somebody has written to Bosse since you began" in told.text
    assert "Klockan nio." in told.text and "Klockan tio?" in told.text
    assert len(await by_hand(street)) == 1
    # Whoever has read it may still send theirs.
    await lena.post(path, words="Klockan tio?", do="send", **fields_of(told.text))
    assert len(await by_hand(street)) == 2


async def test_of_two_coaches_in_the_same_moment_one_is_told(post: Post) -> None:
    street = post.street
    path = f"/people/{street.enrolments['Bosse']}/write"
    colleagues = [await street.browser(name) for name in ("Karin", "Lena")]
    shown = [fields_of((await one.get(path)).text) for one in colleagues]
    answers = await asyncio.gather(
        *(one.post(path, words="Svar", do="send", **each) for one, each in zip(colleagues, shown, strict=True))
    )
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert len(await by_hand(street)) == 1


async def test_writing_answers_what_was_asked(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "När börjar vi?")
    assert await open_questions(street, "Bosse") == 1
    await write(await street.browser("Karin"), street, "Bosse", "Klockan nio.")
    assert await open_questions(street, "Bosse") == 0


async def test_a_question_that_came_while_writing_still_waits(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "När börjar vi?")
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}/write"
    shown = fields_of((await karin.get(path)).text)
    await post.person("Bosse", "Och var?")
    await karin.post(path, words="Klockan nio.", do="send", **shown)
    assert await open_questions(street, "Bosse") == 1


async def test_at_night_a_message_waits_for_the_morning_unless_it_is_to_leave_now(post: Post) -> None:
    street = post.street
    street.hours.now = street.hours.machine_now = NIGHT
    karin = await street.browser("Karin")
    answer = await write(karin, street, "Bosse", "God morgon!")
    assert "Leaves" in answer.text
    await write(karin, street, "Bosse", "Viktigt.", at_once="yes")
    morning, now = [row.available_at for row in await by_hand(street)]
    assert now == NIGHT
    assert NIGHT < morning < NIGHT + timedelta(hours=12)
    assert (morning.hour, morning.minute) == (6, 0)


async def test_looking_first_sends_nothing_and_shows_what_will_be_read(street: Street) -> None:
    street.hours.now = street.hours.machine_now = NIGHT
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}/write"
    shown = fields_of((await karin.get(path)).text)
    answer = await karin.post(path, words="Vi ses!", do="look", **shown)
    assert answer.status_code == 200
    assert "Vi ses!\nHälsningar Karin" in answer.text and "1 part" in answer.text and "it leaves" in answer.text
    assert await by_hand(street) == []
    # What was looked at is the same sheet.
    assert fields_of(answer.text)["once"] == shown["once"]


@pytest.mark.parametrize(
    ("words", "said", "dear"),
    [
        ("Hej på dig, åäö!", "1 part,", None),
        ("x" * 143, "1 part,", None),
        ("x" * 144, "2 parts,", None),
        ("Vi ses kl. 9 \N{EN DASH} ta med kaffe", "1 part,", "\N{EN DASH}"),
        ("\N{EN DASH}" + "x" * 60, "2 parts,", "\N{EN DASH}"),
        ("أراك غدا", "1 part,", "أ ر ا ك غ د"),
        ("Bra jobbat \N{THUMBS UP SIGN}", "1 part,", "\N{THUMBS UP SIGN}"),
        ("\N{THUMBS UP SIGN}" * 27, "2 parts,", "\N{THUMBS UP SIGN}"),
    ],
)
async def test_parts_and_price_are_known_before_sending(
    street: Street, words: str, said: str, dear: str | None
) -> None:
    object.__setattr__(street.desk, "sms_price", Price.read("0.65 SEK"))
    karin = await street.browser("Karin")
    answer = await karin.post(f"/people/{street.enrolments['Bosse']}/parts", words=words)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert said in answer.text
    assert ("1.30\N{NO-BREAK SPACE}SEK" in answer.text) == said.startswith("2")
    found = re.search(r'class="letters">([^<]*)<', answer.text)
    assert (found[1] if found else None) == dear


async def test_without_a_price_only_the_parts_are_told(street: Street) -> None:
    answer = await (await street.browser("Karin")).post(f"/people/{street.enrolments['Bosse']}/parts", words="Hej")
    assert "1 part" in answer.text and "about" not in answer.text


async def test_telegram_costs_nothing(street: Street) -> None:
    answer = await (await street.browser("Karin")).post(f"/people/{street.enrolments['Amina']}/parts", words="Hej")
    assert "costs nothing" in answer.text and "part" not in answer.text.replace("parts", "")


async def test_a_protected_person_is_written_to_by_hand_with_a_word_of_caution(street: Street) -> None:
    async with street.database.transaction() as connection:
        await connection.execute(update(tables.participants).values(protected=True))
    karin = await street.browser("Karin")
    assert "Protected identity" in (await karin.get(f"/people/{street.enrolments['Bosse']}/write")).text
    assert (await write(karin, street, "Bosse", "Ring mig.")).status_code == 200
    assert len(await by_hand(street)) == 1


async def test_whoever_came_from_another_page_goes_back_to_it(street: Street) -> None:
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}/write"
    assert 'name="back" value="/people?page=2"' in (await karin.get(f"{path}?back=%2Fpeople%3Fpage%3D2")).text
    assert "evil.example" not in (await karin.get(f"{path}?back=https://evil.example/")).text
    karin.client.follow_redirects = False
    shown = fields_of((await karin.get(path)).text)
    answer = await karin.post(path, words="Hej", do="send", back="//evil.example", **shown)
    assert answer.headers["location"] == f"/inbox/{street.enrolments['Bosse']}"


async def test_a_programme_published_before_there_were_words_by_hand_says_so(street: Street) -> None:
    karin = await street.browser("Karin")
    async with street.database.transaction() as connection:
        phrases = tables.definitions.c.kind == "phrases"
        for row in list(await connection.execute(select(tables.definitions).where(phrases))):
            older = row.compiled.replace("phrases/from-coach", "phrases/no-longer")
            assert older != row.compiled
            which = tables.definitions.c.id == row.id
            await connection.execute(update(tables.definitions).where(which).values(compiled=older))
    answer = await write(karin, street, "Bosse", "Hej")
    assert answer.status_code == 422 and "publish it again" in answer.text
