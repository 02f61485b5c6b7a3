"""An urgent alert finds somebody at midnight, with a deputy away, without a leader, and from a shared telephone."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from bot.domain.access import Appointment, Role
from bot.domain.people import ChannelName
from bot.storage import tables
from bot.storage.addresses import Belongs
from bot.storage.unit_of_work import unit_of_work
from tests.routes.test_danger_called import CRY, DEPUTY, KARIN, LEADER, a_desk, number_of, taken_by
from tests.town import COACH, Town


async def test_at_the_programmes_midnight_yesterdays_absence_is_over(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    async with unit_of_work(town.app.database) as work:
        await work.coaches.change(desk.karin, away_until=date(2026, 11, 25))

    # Half past midnight on the 26th in Stockholm; it is still the 25th in Greenwich.
    town.clock.now = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    await amina.says(CRY)
    await town.step()
    await town.step()

    assert desk.called() == [KARIN]


async def test_on_a_red_day_nobody_is_said_to_be_at_work(town: Town) -> None:
    amina = await town.a_person()
    # Christmas Day is a Friday, and Saturday and Sunday come after it.
    town.clock.now = datetime(2026, 12, 25, 9, tzinfo=UTC)

    said = "\n".join(await amina.says(CRY))

    assert "Vi arbetar igen måndag 28 december 08:00" in said, said
    assert "till 16:00" not in said


async def test_a_deputy_who_is_away_is_told_and_the_leader_at_once(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    async with unit_of_work(town.app.database) as work:
        for one in (desk.karin, desk.sara):
            await work.coaches.change(one, away_until=town.now.date())

    await amina.says(CRY)
    for _ in range(3):
        await town.step()

    assert desk.called() == [KARIN, DEPUTY, LEADER]


async def test_where_nobody_leads_the_coach_and_the_deputy_are_told_over_again(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    async with unit_of_work(town.app.database) as work:
        place = Appointment(role=Role.LEADER, programme_id=town.programme.id)
        await work.appointments.take(desk.lena, place)

    await amina.says(CRY)
    await town.step()
    await town.later(minutes=15)
    assert desk.called() == [KARIN, DEPUTY]

    await town.later(minutes=60)
    assert desk.called() == [KARIN]


async def test_where_nobody_can_be_reached_it_stands_on_the_page_and_nothing_fails(town: Town) -> None:
    amina = await town.a_person()
    async with unit_of_work(town.app.database) as work:
        await work.coaches.change(town.coach, email="")

    await amina.says(CRY)
    await town.later(minutes=60)

    assert await taken_by(town, await number_of(amina)) is None
    assert town.mail.received == []


async def test_ok_with_a_number_from_a_shared_telephone_is_the_coachs(town: Town) -> None:
    desk, amina, other = await a_desk(town), await town.a_person(), await town.a_person()
    belongs = Belongs(organisation_id=town.programme.organisation_id, coach_id=desk.karin)
    async with unit_of_work(town.app.database) as work:
        await work.addresses.add(ChannelName.SMS, amina.sms, of=belongs, now=town.now)
    await amina.begins("weekly-check-in")
    await other.says(CRY)
    await town.step()
    number = await number_of(other)

    await amina.says(f"OK {number}")

    assert await taken_by(town, number) == desk.karin
    assert await amina.ratings() == []

    await amina.says("4")
    assert len(await amina.ratings()) == 1


async def test_what_a_coach_cries_is_not_read_for_danger(town: Town) -> None:
    desk = await a_desk(town)

    [(to, _)] = await desk.says(KARIN, CRY)

    assert to == KARIN
    assert await town.rows(tables.alerts.select()) == []


async def test_a_stranger_in_danger_calls_every_organisation_that_shares_the_number(town: Town) -> None:
    async with unit_of_work(town.app.database) as work:
        other = await work.programmes.organisation("annanby", name="Annanby", now=town.now)
        await work.programmes.add("stega", organisation_id=other, now=town.now)
        await work.coaches.add("Bo", organisation_id=other, email="bo@example.se", language="sv", now=town.now)

    assert await town.twilio.text(sender="+46701749999", body=CRY) == 200
    await town.listen()
    await town.step()

    table = tables.alerts
    rows = await town.rows(select(table.c.organisation_id))
    assert sorted(row.organisation_id for row in rows) == sorted([town.programme.organisation_id, other])
    assert {one["To"] for one in town.mail.received} == {COACH, "bo@example.se"}
    assert len([one for one in town.twilio.sent if one.to == "+46701749999"]) == 1
