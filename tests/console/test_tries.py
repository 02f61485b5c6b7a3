"""Whatever the page of a phone says that one can write is understood when it is written there."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, Select, select

from bot.cli.demo import DemoSet
from bot.cli.demo_tries import read_tries
from bot.domain.alerts import AlertKind
from bot.domain.people import Presence
from bot.storage import tables
from bot.storage.views.demo import PersonSeen, looking
from tests.console.conftest import Visitor, browser

PHONES = {"sv": "Bosse", "en": "Daniel", "ar": "Elham", "so": "Jamal"}
"""Whose phones take text messages, by language."""


class Phone:
    """A phone of the demo, and what the database came to know."""

    def __init__(self, demo: DemoSet, visitor: Visitor, person: PersonSeen) -> None:
        self.demo, self.visitor, self.person = demo, visitor, person
        self.tries = read_tries()[person.language]

    async def presses(self, group: str, one: str) -> list[str]:
        """Press a button of the page; what came back."""
        page = f"/phones/{self.person.id}"
        words = self.tries[group][one]
        assert f'value="{words}"'.replace("'", "&#39;") in (await self.visitor.get(page)).text
        before = len(self.chat())
        assert (await self.visitor.post(f"{page}/answer", words=words)).status_code == 200
        mine, *answers = self.chat()[before:]
        assert mine == words
        return answers

    async def is_asked(self) -> list[str]:
        """Press the button that asks the whole check-in; what came."""
        before = len(self.chat())
        await self.visitor.post(f"/phones/{self.person.id}/ask")
        return self.chat()[before:]

    def chat(self) -> list[str]:
        return [bubble.text for bubble in self.demo.stage.phones.chat(self.person.channel, self.person.address)]

    async def rows(self, what: Select[Any]) -> list[Row[Any]]:
        async with self.demo.app.database.reading() as connection:
            return list(await connection.execute(what))

    async def alerts(self) -> list[str]:
        table = tables.alerts
        found = await self.rows(select(table.c.kind).where(table.c.participant_id == self.person.id))
        return [row.kind for row in found]

    async def themselves(self) -> Row[Any]:
        return (await self.rows(select(tables.participants).where(tables.participants.c.id == self.person.id)))[0]

    async def story(self) -> str:
        """What the coach reads of them."""
        page = (await self.visitor.get(f"/people/{self.person.enrolment_id}", lang="en")).text
        return page[page.index('id="story"') :]

    async def counting(self) -> list[tuple[int, int | None]]:
        """Number and value of each rating that counts."""
        table = tables.given_ratings
        wanted = select(table.c.number, table.c.value).where(
            table.c.participant_id == self.person.id, table.c.corrected_at.is_(None)
        )
        return [(row.number, row.value) for row in await self.rows(wanted.order_by(table.c.number))]


def alerts_of(today: str) -> str:
    """What stands under "Needs you" on the page of the day."""
    return today.split('id="live-alerts"')[1].split('id="live-questions"')[0]


@pytest.fixture
async def phones(demo: DemoSet) -> AsyncIterator[list[Phone]]:
    """One in each language that is written."""
    async with browser(demo) as visitor:
        async with looking(demo.app.database) as views:
            known = {one.first_name: one for one in await views.people()}
        found = [known[name] for name in PHONES.values()]
        assert [one.language for one in found] == list(PHONES) and {one.channel for one in found} == {"sms"}
        yield [Phone(demo, visitor, one) for one in found]


async def test_absence_is_told_and_ended_and_what_is_asked_is_answered(phones: list[Phone]) -> None:
    absences = select(tables.absences).order_by(tables.absences.c.id.desc())
    wanted = {"ill": (Presence.ILLNESS, 0), "until": (Presence.ILLNESS, 3), "late": (Presence.LATE, 0)}
    for phone in phones:
        for one, (category, days) in wanted.items():
            assert len(await phone.presses("absent", one)) == 1
            newest = (await phone.rows(absences))[0]
            assert newest.category == category and newest.ends_on - newest.begins_on == timedelta(days=days), one
        [answer] = await phone.presses("absent", "well")
        assert phone.person.first_name in answer and await phone.alerts() == []
        told = {one: await phone.presses("ask", one) for one in phone.tries["ask"]}
        assert all(told.values()) and len({answers[0] for answers in told.values()}) == len(told)
        assert "112" in told["help"][0] and phone.person.coach in told["sees"][0]
        # Only words to the coach go there.
        assert await phone.alerts() == [AlertKind.QUESTION]


async def test_a_pause_a_language_a_stop_and_a_start_are_obeyed(phones: list[Phone]) -> None:
    for phone in phones:
        await phone.presses("quiet", "pause")
        assert (await phone.themselves()).paused_until == datetime(2026, 12, 7, 23, tzinfo=UTC)
        assert "English" in (await phone.presses("quiet", "language"))[0]
        await phone.presses("quiet", "stop")
        assert (await phone.themselves()).stopped_at is not None
        await phone.presses("quiet", "start")
        person = await phone.themselves()
        assert person.stopped_at is None and person.paused_until is None
        assert await phone.alerts() == [AlertKind.STOPPED]
        await phone.visitor.post(f"/phones/{phone.person.id}/answer", words="English")
        assert (await phone.themselves()).language == "en"
    leader = list(phones[0].demo.desk.demo.plays)[2] if phones[0].demo.desk.demo else 0
    await phones[0].visitor.be(leader)
    for phone in phones:
        story = await phone.story()
        name = f"<bdi>{phone.person.first_name}</bdi>" if "<bdi>" in story else phone.person.first_name
        assert f"{name} asked for a pause until Tuesday 8 December" in story
        assert (f"{name} chose another language: from" in story) == (phone.person.language != "en")
        assert "Has asked us to stop writing" in story and f"{name} wanted messages again" in story
        # Whoever came back needs nobody any more.
        assert f'<a href="/people/{phone.person.enrolment_id}"' not in alerts_of((await phone.visitor.get("/")).text)


async def test_a_question_is_answered_asked_again_corrected_and_put_off(phones: list[Phone]) -> None:
    await phones[0].visitor.post("/clock", to="check-in")
    for phone in phones:
        await phone.presses("question", "several")
        assert [value for _, value in await phone.counting()] == [2]
        assert await phone.presses("question", "between")
        assert len(await phone.counting()) == 1
        await phone.presses("question", "word")
        assert [value for _, value in await phone.counting()][1:] == [4]
        assert await phone.presses("question", "wrong")
        await phone.presses("question", "script")
        assert [value for _, value in await phone.counting()][1:] == [4]
        await phone.presses("question", "refused")
        assert [value for _, value in await phone.counting()][2:] == [None]
        assert await phone.presses("quiet", "later")
        assert AlertKind.QUESTION not in await phone.alerts()


async def test_a_whole_check_in_is_answered_in_one_message_corrected_and_ended_by_danger(phones: list[Phone]) -> None:
    for phone in phones:
        assert await phone.is_asked()
        await phone.presses("whole", "several")
        saved = await phone.presses("whole", "sheet")
        given = await phone.counting()
        assert given == [(1, 3), (2, 4), (3, 3), (4, 2), (5, 5), (6, 4), (7, None), (8, 3), (9, 4)]
        assert phone.tries["whole"]["sheet"] not in " ".join(saved)
        await phone.presses("whole", "fixed")
        assert (3, 5) in await phone.counting()
        assert "112" in (await phone.presses("danger", "danger"))[0]
        assert await phone.alerts() == [AlertKind.CRISIS]
        # Nothing is begun with them until somebody lets it go on.
        assert await phone.is_asked() == []


async def test_every_language_has_every_try(demo: DemoSet) -> None:
    tries = read_tries()
    groups = {language: {(group, one) for group in found for one in found[group]} for language, found in tries.items()}
    assert set(groups) == set(PHONES) and len({frozenset(one) for one in groups.values()}) == 1
    async with browser(demo) as visitor:
        page = (await visitor.get("/phones/1", lang="en")).text
    # Amina is written to in Telegram, where each question stands alone.
    assert 'id="try-danger"' in page and 'id="try-whole"' not in page
