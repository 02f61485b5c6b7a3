"""What is answered on an on-screen phone goes the whole way, and time can be moved on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.cli.demo import DemoSet, set_up
from bot.domain.people import ChannelName
from bot.storage.sqlite import DatabaseBusy
from bot.storage.tables import alerts, given_ratings, occurrences, outbox, participants, summaries
from bot.storage.views.demo import looking
from tests.console.conftest import TUESDAY, browser

AMINA, BOSSE = (ChannelName.TELEGRAM, "1001"), (ChannelName.SMS, "+46701740605")


async def count(demo: DemoSet, what: object) -> int:
    async with demo.app.database.reading() as connection:
        return int(await connection.scalar(what) or 0)  # type: ignore[call-overload]


async def rated(demo: DemoSet) -> set[tuple[str, str, int | None]]:
    """Who has rated what how."""
    asked = (
        select(participants.c.first_name, given_ratings.c.indicator, given_ratings.c.value)
        .join(participants, participants.c.id == given_ratings.c.participant_id)
        .where(given_ratings.c.corrected_at.is_(None))
    )
    async with demo.app.database.reading() as connection:
        return {(row.first_name, row.indicator, row.value) for row in await connection.execute(asked)}


async def test_help_written_on_a_phone_is_answered_in_that_persons_language(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        page = await visitor.post("/phones/1/answer", words="مساعدة")
        assert page.status_code == 200 and "112" in page.text
    mine, ours = demo.stage.phones.chat(*AMINA)
    assert mine.mine and not ours.mine and "STEGA" in ours.text and mine.text == "مساعدة"


async def test_a_check_in_is_answered_with_digits_and_with_buttons(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        await visitor.post("/clock", to="check-in")
        assert demo.desk.now() >= datetime(2026, 11, 26, 9, tzinfo=UTC)
        await visitor.post("/phones/2/answer", words="1 3")
        question = demo.stage.phones.chat(*AMINA)[-1]
        done = question.buttons[-2][0].data
        page = await visitor.post("/phones/1/tap", number=question.number, data=question.buttons[0][0].data)
        assert page.status_code == 200
        await visitor.post("/phones/1/tap", number=question.number, data=done)
        assert await rated(demo) == {("Amina", "job-search", 1), ("Bosse", "job-search", 2)}
        assert "/phones/1/tap" in page.text
        # The buttons stay, so that an answer can be changed; the same again changes nothing.
        await visitor.post("/phones/1/tap", number=question.number, data=done)
        assert await rated(demo) == {("Amina", "job-search", 1), ("Bosse", "job-search", 2)}


async def test_a_phone_without_that_button_or_without_telegram_taps_nothing(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        for person, number in (("1", "1"), ("2", "1"), ("999", "1"), ("1", "x"), ("1", "9" * 30)):
            answer = await visitor.post(f"/phones/{person}/tap", number=number, data="tap:a:1")
            assert answer.status_code == 404


async def test_what_falls_due_on_the_way_happens_at_its_own_moment(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        await visitor.post("/clock", to="tomorrow")
        await visitor.post("/clock", to="hour")
    said = [(one.at, one.text.splitlines()[0]) for one in demo.stage.phones.chat(*BOSSE)]
    assert [at for at, _ in said] == [
        datetime(2026, 11, 24, 17, tzinfo=UTC),
        datetime(2026, 11, 25, 6, 15, tzinfo=UTC),
    ]
    async with demo.app.database.reading() as connection:
        late = await connection.scalar(select(func.count()).where(occurrences.c.state == "expired"))
    assert late == 0


async def test_monday_morning_brings_each_coach_a_summary(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        await visitor.post("/clock", to="monday")
        for _ in range(200):
            if demo.machine.journey.target is None:
                break
            await visitor.post("/clock", to="hour")
        assert demo.desk.now() >= datetime(2026, 11, 30, 7, tzinfo=UTC)
        assert await count(demo, select(func.count()).select_from(summaries)) == 2
        page = (await visitor.get("/summary")).text
        assert "Hej <bdi>Karin</bdi>!" in page


async def test_leases_and_retries_keep_machine_time(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        await visitor.post("/clock", to="check-in")
    async with demo.app.database.reading() as connection:
        claimed = await connection.scalar(select(func.max(outbox.c.claimed_at)))
        sent = await connection.scalar(select(func.max(outbox.c.sent_at)))
    assert claimed is not None and abs(datetime.now(UTC) - claimed) < timedelta(minutes=5)
    assert sent == datetime(2026, 11, 26, 9, tzinfo=UTC)


async def test_an_unknown_move_moves_nothing(demo: DemoSet) -> None:
    before = demo.desk.now()
    async with browser(demo) as visitor:
        assert (await visitor.post("/clock", to="yesterday")).status_code == 404
    assert demo.desk.now() - before < timedelta(seconds=30)


async def test_a_demo_goes_on_where_it_was_stopped(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        await visitor.post("/clock", to="check-in")
        await visitor.post("/phones/2/answer", words="0")
    before = demo.stage.phones.chat(*BOSSE)
    home = Path(demo.app.settings.database_url.removeprefix("sqlite:///")).parent
    await demo.app.close()
    again = await set_up(home)
    try:
        assert again.stage.phones.chat(*BOSSE) == before
        assert abs(again.desk.now() - datetime(2026, 11, 26, 9, tzinfo=UTC)) < timedelta(minutes=1)
        assert await count(again, select(func.count()).select_from(given_ratings)) == 1
    finally:
        await again.app.close()


async def test_a_running_demo_is_not_taken_away_by_a_fresh_one(demo: DemoSet) -> None:
    home = Path(demo.app.settings.database_url.removeprefix("sqlite:///")).parent
    with pytest.raises(DatabaseBusy):
        await set_up(home, fresh=True)
    async with browser(demo) as visitor:
        assert (await visitor.get("/phones")).status_code == 200


async def test_a_fresh_demo_starts_over(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        await visitor.post("/phones/2/answer", words="hej")
    home = Path(demo.app.settings.database_url.removeprefix("sqlite:///")).parent
    await demo.app.close()
    again = await set_up(home, fresh=True, history=(TUESDAY, timedelta(minutes=5)))
    try:
        assert again.stage.phones.chat(*BOSSE) == ()
    finally:
        await again.app.close()


@pytest.mark.slow
async def test_a_history_ends_now_and_everybody_lived_it(lived: DemoSet) -> None:
    assert abs(lived.desk.now() - TUESDAY) < timedelta(minutes=5)
    async with looking(lived.app.database) as views:
        people = await views.people()
    async with lived.app.database.reading() as connection:
        counted = await connection.execute(select(outbox.c.status, func.count()).group_by(outbox.c.status))
        statuses = {row.status: row[1] for row in counted}
        raised = await connection.execute(select(alerts.c.kind, participants.c.first_name).join(participants))
        kinds = {(kind, name) for kind, name in raised}
    assert len(people) == 12 and {one.language for one in people} == {"sv", "en", "ar", "so"}
    assert {one.channel for one in people} == {ChannelName.SMS, ChannelName.TELEGRAM}
    assert [one.first_name for one in people if one.last_heard_at is None] == ["Gunnar"]
    assert set(statuses) == {"sent"} and statuses["sent"] > 100
    assert ("question", "Bosse") in kinds


async def test_numbers_are_from_the_range_kept_free_for_stories(demo: DemoSet) -> None:
    people = demo.stage.cast.people
    numbers = [one.address for one in people if one.channel is ChannelName.SMS] + [demo.stage.cast.sender]
    assert all("+46701740605" <= number <= "+46701740699" for number in numbers)
    assert len({one.address for one in people}) == len(people)
