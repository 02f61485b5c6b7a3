"""A tapped yes or no to messages is shown to be heard, also when it ends them, and can be tapped otherwise."""

from bot.domain.people import ChannelName
from bot.services.wording import TICK
from tests.routes.asking import agreement_of, answers_of, somebody_asked
from tests.routes.test_corrections import keyboards
from tests.town import Person, Town


async def tap(person: Person, label: str) -> None:
    await person.taps(label)
    await person.town.listen()


async def test_a_tapped_no_is_shown_to_be_heard_though_it_ends_everything(shared_town: Town) -> None:
    amina = await somebody_asked(shared_town, channel=ChannelName.TELEGRAM)
    heard = len(shared_town.telegram.answered_taps)

    await tap(amina, "Nej")

    assert len(shared_town.telegram.answered_taps) == heard + 1
    assert f"{TICK}Nej" in keyboards(amina)[-2]
    assert await agreement_of(amina) == "refused"
    amina.news()
    await amina.begins("weekly-check-in")
    assert amina.news() == []


async def test_whoever_thinks_otherwise_taps_the_other_button(shared_town: Town) -> None:
    amina = await somebody_asked(shared_town, channel=ChannelName.TELEGRAM)
    first = len(keyboards(amina)) - 1
    await tap(amina, "Nej")
    heard = len(shared_town.telegram.answered_taps)

    await tap(amina, "Ja")
    assert f"{TICK}Ja" in keyboards(amina)[first]
    await tap(amina, "Nej")

    assert f"{TICK}Nej" in keyboards(amina)[first]
    assert len(shared_town.telegram.answered_taps) == heard + 2
    assert [answer for answer, _, _ in await answers_of(amina)] == ["refused", "agreed", "refused"]
    assert await agreement_of(amina) == "refused"
    amina.news()
    await amina.begins("weekly-check-in")
    assert amina.news() == []
