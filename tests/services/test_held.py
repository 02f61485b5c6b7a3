"""Whoever is held until a coach resumes it gets nothing by itself; what a coach writes, answers and help still go."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.messages import OutboxAct, OutboxMessage, Purpose
from bot.domain.people import AddressState, ChannelName
from bot.services.last_look import HELD_FOR, sort_out
from bot.storage.outbox_rows import Candidate
from bot.storage.tables import outbox
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, a_town

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
EVENING = datetime(2026, 11, 25, 17, tzinfo=UTC)
"""When the programme tells of the next day."""

AHEAD = timedelta(days=400)
"""As one step: the clock is simply set."""


def waiting(purpose: Purpose, *, held: bool) -> Candidate:
    """Words about to leave."""
    return Candidate(
        message=OutboxMessage(
            id=1,
            organisation_id=1,
            programme_id=1,
            participant_id=1,
            coach_id=None,
            address_id=1,
            channel=ChannelName.SMS,
            to="+46701740605",
            act=OutboxAct.SEND,
            purpose=purpose,
            text="hej",
            attempts=0,
        ),
        expires_at=None,
        address_state=AddressState.ACTIVE,
        zone="Europe/Stockholm",
        stopped_at=None,
        paused_until=None,
        held_at=NOW - timedelta(days=1) if held else None,
        protected=False,
        programme_stopped_at=None,
    )


@pytest.mark.parametrize("purpose", [Purpose.REMINDER, Purpose.NUDGE])
def test_what_begins_by_itself_waits_while_somebody_is_held(purpose: Purpose) -> None:
    assert sort_out([waiting(purpose, held=True)], {}, now=NOW).hold == [(1, NOW + HELD_FOR)]
    assert [one.id for one in sort_out([waiting(purpose, held=False)], {}, now=NOW).go] == [1]


@pytest.mark.parametrize("purpose", [Purpose.COACH, Purpose.REPLY, Purpose.CRISIS, Purpose.CONFIRMATION])
def test_a_coachs_words_answers_and_help_go_to_somebody_who_is_held(purpose: Purpose) -> None:
    assert [one.id for one in sort_out([waiting(purpose, held=True)], {}, now=NOW).go] == [1]


async def hold(person: Person, **columns: object) -> None:
    async with unit_of_work(person.town.app.database) as work:
        await work.participants.change(person.id, **columns)


async def test_no_reminder_is_made_for_somebody_who_is_held_and_all_come_again_afterwards(database_url: str) -> None:
    async with a_town(database_url) as town:
        held, other = await town.a_person(), await town.a_person(first_name="Bo")
        await hold(held, held_at=town.now)
        await town.at(EVENING, step=AHEAD)
        assert held.messages() == [] and len(other.messages()) == 1
        # Whoever writes is answered all the same.
        assert "112" in (await held.says("HJÄLP"))[0]
        await hold(held, held_at=None)
        await town.at(EVENING + timedelta(days=1), step=AHEAD)
        assert len(held.news()) == 1


async def test_what_was_queued_before_does_not_leave_while_somebody_is_held(database_url: str) -> None:
    async with a_town(database_url) as town:
        amina = await town.a_person()
        town.clock.now = EVENING
        await town.app.plan(town.now)
        await hold(amina, held_at=town.now)
        await town.app.delivery.send_queued(now=town.now)
        assert amina.messages() == []
        (row,) = await town.rows(outbox.select())
        assert (row.status, row.available_at) == ("queued", EVENING + HELD_FOR)
