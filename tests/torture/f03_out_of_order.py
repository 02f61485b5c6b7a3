"""Two updates of one chat that change places on the way are read in the order in which the person acted."""

from random import Random

from bot.domain.people import ChannelName
from tests.torture.fault import Place, Result
from tests.torture.model import Model
from tests.torture.speech import words_for
from tests.torture.world import model_of
from tests.town import Person, Town, a_town

FAULT = "F3"
TITLE = "two Telegram updates of one person that arrive the other way round"
FULL = 2_000
PEOPLE = 25


async def torture(tries: int, place: Place) -> Result:
    """`tries` pairs; each is read once both have come."""
    dice, done = Random(3), 0
    url = await place.sqlite()
    async with a_town(url) as town:
        people = [await town.a_person(first_name=f"T{one}", channel=ChannelName.TELEGRAM) for one in range(PEOPLE)]
        model = await model_of(url)
        for person in people:
            await person.begins("weekly-check-in")
            model.begin(str(person.chat))
        while done < tries:
            place.say(f"F3: {done} of {tries}")
            some = people[: tries - done]
            for person in some:
                _writes_twice(town, person, model, dice)
            # Each second update overtakes the first.
            town.telegram.waiting = [one for pair in _pairs(town.telegram.waiting) for one in reversed(pair)]
            assert set(await town.telegram.call()) == {200}
            await town.listen()
            done += len(some)
        found = await model.compare(town.app.database)
    notes = "an update that comes after the later one was answered is read when it comes (docs/decisions/0008)"
    return Result(tries=done, lost=found.lost, doubled=found.doubled, wrong=tuple(found.words), notes=(notes,))


def _writes_twice(town: Town, person: Person, model: Model, dice: Random) -> None:
    chat = str(person.chat)
    said = [(words, town.telegram.write(person.chat, words)) for words in (words_for(model, chat, dice), "3")]
    for words, update_id in said:
        model.hears(chat, str(update_id), words, now=town.now)


def _pairs(waiting: list[object]) -> list[tuple[object, object]]:
    return list(zip(waiting[::2], waiting[1::2], strict=True))
