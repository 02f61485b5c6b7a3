"""Words changed in the database are the next version; the questions' own version follows them."""

from bot.domain.definitions import DefinitionKind
from bot.services.publishing import Wording, change_words
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work
from tests.town import a_town


async def test_another_question_is_another_version_of_the_instrument_and_of_what_asks_it(database_url: str) -> None:
    async with a_town(database_url) as town:
        done = await change_words(
            town.app.database,
            town.programme.id,
            Wording(key="progress/work-belief/question", language="sv", words="Tror du att du klarar ett arbete?"),
            now=town.now,
        )

        assert done.versions[DefinitionKind.INSTRUMENT, "progress"] == 2
        assert done.versions[DefinitionKind.FLOW, "weekly-check-in"] == 2
        assert (DefinitionKind.FLOW, "welcome") not in done.versions
        assert await instrument_versions(town.app.database, town) == {"weekly-check-in": 2, "full-check-in": 2}


async def test_another_greeting_leaves_the_instrument_as_it_was(database_url: str) -> None:
    async with a_town(database_url) as town:
        done = await change_words(
            town.app.database,
            town.programme.id,
            Wording(key="weekly-check-in/hello/say", language="sv", words="Hej {first_name}!"),
            now=town.now,
        )

        assert dict(done.versions) == {(DefinitionKind.FLOW, "weekly-check-in"): 2}
        assert await instrument_versions(town.app.database, town) == {"weekly-check-in": 1, "full-check-in": 1}


async def instrument_versions(database: Database, town) -> dict[str, int]:  # type: ignore[no-untyped-def]
    async with unit_of_work(database) as work:
        plan = (await town.app.shelf.plans(work, [town.programme.id]))[town.programme.id]
    return {slug: one.flow.instrument_version for slug, one in plan.flows.items() if one.flow.instrument}
