"""Of somebody whose identity is protected nothing leaves the house: no name, no number, no word, by no way."""

import logging

import pytest

from bot.domain.alerts import AlertKind
from bot.domain.people import ChannelName
from bot.storage.addresses import Belongs
from bot.storage.unit_of_work import unit_of_work
from tests.routes.sharing import NUMBER
from tests.town import Person, Town
from tests.weeks import NEXT_MONDAY

COACHS_NUMBER, COACHS_CHAT = "+46701740901", 4711
CRY, QUESTION = "jag vill dö av sorg", "kan jag byta dag ordning"


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


async def a_reached_coach(town: Town) -> None:
    async with unit_of_work(town.app.database) as work:
        belongs = Belongs(organisation_id=town.programme.organisation_id, coach_id=town.coach)
        for channel, value in ((ChannelName.SMS, COACHS_NUMBER), (ChannelName.TELEGRAM, str(COACHS_CHAT))):
            await work.addresses.add(channel, value, of=belongs, now=town.now)


def outside(town: Town, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """All that left for coaches, and all that was logged by us, as one text for each way."""
    mails = [str(one["Subject"]) for one in town.mail.received]
    mails += [part.get_content() for one in town.mail.received for part in one.walk() if not part.is_multipart()]
    return {
        "mail": "\n".join(mails),
        "sms": "\n".join(one.body for one in town.twilio.sent if one.to == COACHS_NUMBER),
        "telegram": "\n".join(str(one["text"]) for one in town.telegram.sent if one["chat"]["id"] == COACHS_CHAT),
        "log": "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("bot.")),
    }


def found_in(told: dict[str, str], *secrets: str) -> list[tuple[str, str]]:
    return [(way, one) for way, text in told.items() for one in secrets if one in text]


async def comes_monday(town: Town) -> None:
    town.clock.now = NEXT_MONDAY
    for _ in range(3):
        await town.step()


async def lives_a_week(town: Town, person: Person) -> None:
    """They rate, ask, send a picture, write of danger, and the next Monday comes."""
    await person.begins("weekly-check-in")
    for words in ("1 3", "2", "2", "nej", QUESTION):
        await person.says(words)
    await person.sends_picture()
    await town.listen()
    await person.says(CRY)
    await town.step()
    await comes_monday(town)


async def test_no_letter_and_no_log_names_who_is_protected(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    await a_reached_coach(town)
    await town.step()
    hidden = await town.a_person(first_name="Zenobia", protected=True)
    await lives_a_week(town, hidden)
    assert {AlertKind.CRISIS, AlertKind.QUESTION, AlertKind.MEDIA} <= set(await hidden.alerts())
    told = outside(town, caplog)
    # The urgent letter and the summary went out: what is looked for could have stood there.
    assert "Svara OK" in told["sms"] and "veckosammanfattning" in told["mail"] and told["telegram"]
    assert found_in(told, "Zenobia", hidden.sms, hidden.sms[3:], CRY, QUESTION) == []


async def test_whoever_is_not_protected_is_named_by_the_same_way(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    await a_reached_coach(town)
    await town.step()
    shown = await town.a_person(first_name="Amina")
    await lives_a_week(town, shown)
    told = outside(town, caplog)
    assert "Amina" in told["mail"]
    # What was written never leaves, whoever wrote it, and the log names nobody.
    assert found_in(told, CRY, QUESTION, shown.sms) == [] and "Amina" not in told["log"] + told["sms"]


async def test_words_that_nobody_signed_name_nobody_who_is_protected(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await a_reached_coach(town)
    await town.step()
    address = ((ChannelName.SMS, NUMBER),)
    hidden = await town.a_person(first_name="Zenobia", protected=True, addresses=address)
    other = await town.a_person(first_name="Amina", addresses=address)
    hidden.sms = other.sms = NUMBER
    asked = await hidden.says(QUESTION)
    await hidden.says(CRY)
    await comes_monday(town)
    assert AlertKind.CRISIS in await hidden.alerts() and AlertKind.CRISIS in await other.alerts()
    assert AlertKind.UNSIGNED in await other.alerts()
    assert found_in(outside(town, caplog), "Zenobia", NUMBER, CRY, QUESTION) == []
    # Nor is whoever holds the telephone told that it belongs to them as well.
    assert asked and not [one for one in hidden.messages() if "Zenobia" in one]
