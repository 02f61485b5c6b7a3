"""People choose by themselves which holidays they want free from messages, and nobody else learns which."""

from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

FLOW = "days-off"


async def kept(person: Person) -> tuple[str, ...]:
    async with unit_of_work(person.town.app.database) as work:
        return (await work.participants.enrolled([person.enrolment]))[person.enrolment].calendars


async def test_who_chooses_eid_keeps_it_from_then_on(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(FLOW)
    said = (await amina.says("1"))[-1].rpartition("\n")[2]
    assert await kept(amina) == ("islamic",)
    assert await amina.answers() == [(FLOW, "islamic")]
    assert said == "Tack, Amina! Vi tar hänsyn till ditt svar. Vill du ändra det? Säg till Karin."


async def test_several_are_kept_in_one_order_however_they_are_written(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(FLOW)
    await amina.says("5 3 1")
    assert await kept(amina) == ("islamic", "ethiopian", "nowruz")


async def test_a_holiday_can_be_called_by_its_name(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(FLOW)
    await amina.says("eid")
    assert await kept(amina) == ("islamic",)


async def test_who_skips_changes_nothing_and_who_ticks_nothing_keeps_nothing(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(FLOW)
    await amina.says("HOPPA")
    assert await kept(amina) == ()
    async with unit_of_work(town.app.database) as work:
        await work.participants.change(amina.id, calendars="jewish")
    await again(amina)
    await amina.says("HOPPA")
    assert await kept(amina) == ("jewish",)
    await again(amina)
    await amina.says("0")
    assert await kept(amina) == ()


async def test_an_answer_that_is_corrected_changes_what_is_kept(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(FLOW)
    await amina.says("1")
    await amina.says("1=2")
    assert await kept(amina) == ("orthodox",)


async def test_in_telegram_it_is_ticked(town: Town) -> None:
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins(FLOW)
    await amina.taps("Eid")
    await town.listen()
    assert await kept(amina) == ()
    await amina.taps("Klar")
    await town.listen()
    assert await kept(amina) == ("islamic",)


async def test_what_somebody_keeps_is_told_to_no_coach(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(FLOW)
    await amina.says("4")
    await town.step()
    kept_words = {row.text for row in await town.rows(select(tables.outbox)) if "1. Eid" not in row.text}
    assert kept_words == set() or not any("udisk" in text for text in kept_words)
    assert await town.rows(select(tables.alerts)) == []
    assert [row.value for row in await town.rows(select(tables.answers))] == ["jewish"]


async def again(person: Person) -> None:
    await person.town.settle(hours=50)
    await person.begins(FLOW)
