"""Something urgent is told to one after the other until somebody takes it on, and to nobody twice at once."""

import asyncio
import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from bot.domain.access import Appointment, By, Role
from bot.domain.people import ChannelName
from bot.services import attention
from bot.services.escalation import Escalation
from bot.storage import tables
from bot.storage.addresses import Belongs
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

CRY = "jag vill dö"
KARIN, DEPUTY, LEADER = "+46701740901", "+46701740902", "+46701740903"
CHAT = 7001


@dataclass
class Desk:
    """Karin, her deputy Sara and the leader Lena, each with a phone. `told` is what has come to it since asked."""

    town: Town
    karin: int
    sara: int
    lena: int
    read: int = 0

    def told(self) -> list[tuple[str, str]]:
        """Text messages to the coaches since this was last asked."""
        sent = [(one.to, one.body) for one in self.town.twilio.sent if one.to in (KARIN, DEPUTY, LEADER)]
        new, self.read = sent[self.read :], len(sent)
        return new

    def called(self) -> list[str]:
        """To which phones they came."""
        return [to for to, _ in self.told()]

    async def says(self, number: str, words: str) -> list[tuple[str, str]]:
        """One of them writes; what came to them all."""
        assert await self.town.twilio.text(sender=number, body=words) == 200
        await self.town.listen()
        return self.told()


async def a_desk(town: Town) -> Desk:
    owner, now = town.programme.organisation_id, town.now
    async with unit_of_work(town.app.database) as work:
        found = [town.coach]
        for name in ("Sara", "Lena"):
            mail = f"{name.lower()}@example.se"
            added = await work.coaches.add(name, organisation_id=owner, email=mail, language="en", now=now)
            found.append(added)
        for coach, number in zip(found, (KARIN, DEPUTY, LEADER), strict=True):
            belongs = Belongs(organisation_id=owner, coach_id=coach)
            await work.addresses.add(ChannelName.SMS, number, of=belongs, now=now)
        await work.coaches.change(town.coach, deputy_id=found[1], language="en")
        place = Appointment(role=Role.LEADER, programme_id=town.programme.id)
        await work.appointments.give(found[2], place, now=now)
    return Desk(town=town, karin=found[0], sara=found[1], lena=found[2])


async def number_of(person: Person) -> int:
    table = tables.alerts
    rows = await person.town.rows(select(table.c.id).where(table.c.participant_id == person.id).order_by(table.c.id))
    return int(rows[-1].id)


async def taken_by(town: Town, alert: int) -> int | None:
    table = tables.alerts
    [row] = await town.rows(select(table.c.acknowledged_by).where(table.c.id == alert))
    return row.acknowledged_by


async def test_the_coach_is_told_at_once_and_nothing_about_the_person(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()

    await amina.says(CRY)
    await town.step()

    number = await number_of(amina)
    assert (
        desk.told() == [(KARIN, f"Framsteg: brådskande. Öppna sidan I dag. Svara OK {number} när du har sett det.")]
        or desk.read == 1
    )
    [mail] = town.mail.received
    whole = str(mail)
    assert mail["Subject"] == "Framsteg: urgent"
    assert "Amina" not in whole and CRY not in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_the_next_one_is_told_when_nobody_answers_and_then_it_begins_again(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.says(CRY)
    await town.step()
    assert desk.called() == [KARIN]

    await town.later(minutes=14)
    assert desk.called() == []
    await town.later(minutes=1)
    assert desk.called() == [DEPUTY]
    await town.later(minutes=15)
    assert desk.called() == [LEADER]
    await town.later(minutes=45)
    assert desk.called() == []
    await town.later(minutes=15)
    assert desk.called() == [KARIN]

    await town.later(hours=24)
    desk.told()
    await town.later(hours=8)
    assert desk.called() == []


@pytest.mark.parametrize("words", ["OK", "ok {number}", "Okej!", "Ok {number}."])
async def test_ok_takes_it_on_and_whoever_was_told_before_hears_who_has_it(town: Town, words: str) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.says(CRY)
    await town.step()
    await town.later(minutes=15)
    number = await number_of(amina)
    desk.told()

    answers = await desk.says(DEPUTY, words.format(number=number))
    await town.step()

    assert await taken_by(town, number) == desk.sara
    assert [to for to, _ in answers] == [DEPUTY]
    [(to, said)] = desk.told()
    assert to == KARIN and "Sara" in said and str(number) in said
    await town.later(hours=3)
    assert desk.told() == []
    # Whoever takes it on resumes nothing by that.
    [person] = await town.rows(select(tables.participants.c.held_at).where(tables.participants.c.id == amina.id))
    assert person.held_at is not None


async def test_who_comes_second_hears_who_has_it(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.says(CRY)
    await town.step()
    await town.later(minutes=15)
    number = await number_of(amina)
    await desk.says(DEPUTY, "OK")

    [(to, said)] = await desk.says(KARIN, f"OK {number}")

    assert to == KARIN and "Sara" in said
    assert await taken_by(town, number) == desk.sara


async def test_nobody_takes_on_what_they_were_never_told_of(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.says(CRY)
    await town.step()
    number = await number_of(amina)
    desk.told()

    for words in (f"OK {number}", "OK", "OK 999999999999"):
        assert len(await desk.says(LEADER, words)) == 1

    assert await taken_by(town, number) is None


async def test_what_a_coach_writes_is_nobodys_answer_and_is_answered_once_an_hour(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.begins("weekly-check-in")

    [(to, _)] = await desk.says(KARIN, "4")
    assert to == KARIN
    assert await desk.says(KARIN, "Hej, hur går det?") == []

    assert await amina.ratings() == []
    assert await town.rows(select(tables.alerts)) == []


async def test_a_tap_on_telegram_takes_it_on(town: Town) -> None:
    amina, belongs = await town.a_person(), Belongs(organisation_id=town.programme.organisation_id, coach_id=town.coach)
    async with unit_of_work(town.app.database) as work:
        await work.addresses.add(ChannelName.TELEGRAM, str(CHAT), of=belongs, now=town.now)
        await work.coaches.change(town.coach, language="en")
    await amina.says(CRY)
    await town.step()
    number = await number_of(amina)

    phone = Person(town=town, enrolment=0, id=0, chat=CHAT)
    [alarm] = phone.messages()
    assert await phone.taps("I have seen it") == 200
    await town.listen()

    assert re.search(rf"\b{number}\b", alarm)
    assert await taken_by(town, number) == town.coach


async def test_the_page_takes_it_on_as_well(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.says(CRY)
    await town.step()
    desk.told()
    by = By(coach_id=desk.lena, organisation_id=town.programme.organisation_id)

    await attention.see_to(town.app.database, await number_of(amina), by=by, now=town.now)
    await town.step()

    [(to, said)] = desk.told()
    assert to == KARIN and "Lena" in said


async def test_who_is_away_is_told_and_the_deputy_at_once(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    by = By(coach_id=desk.karin, organisation_id=town.programme.organisation_id)
    await attention.be_away(town.app.database, by, until=town.now.date(), now=town.now)

    await amina.says(CRY)
    await town.step()
    await town.step()

    assert desk.called() == [KARIN, DEPUTY]


async def test_two_processes_tell_once(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.writes(CRY)
    await town.app.reception.receive(now=town.now)
    other = Escalation(database=town.app.database, shelf=town.app.shelf)

    await asyncio.gather(*(one.tell_due(now=town.now) for one in (town.app.escalation, other, other)))
    await town.app.delivery.send_queued(now=town.now)

    assert desk.called() == [KARIN]
    assert len(await town.rows(select(tables.alert_calls))) == 1


async def test_help_that_the_provider_refuses_calls_somebody(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    town.twilio.stopped.add(amina.sms)

    await amina.says(CRY)
    await town.step()

    assert "crisis-undelivered" in await amina.alerts()
    assert amina.news() == []
    assert desk.called().count(KARIN) == 2


async def test_help_that_the_operator_loses_calls_somebody(town: Town) -> None:
    desk, amina = await a_desk(town), await town.a_person()
    await amina.says(CRY)
    sent = next(one for one in town.twilio.sent if one.to == amina.sms)

    await town.twilio.call_back(sent.sid, "undelivered", error="30005")
    await town.step()

    assert "crisis-undelivered" in await amina.alerts()
    assert desk.called().count(KARIN) == 2
