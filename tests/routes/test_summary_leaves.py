"""A weekly summary goes out of the door: into the coach's mailbox, and into the coach's chat."""

from bot.domain.people import ChannelName
from bot.storage.addresses import Belongs
from bot.storage.unit_of_work import unit_of_work
from tests.town import a_town
from tests.weeks import MONDAY, at


async def test_the_summary_reaches_the_coachs_mailbox_and_telegram(database_url: str) -> None:
    async with a_town(database_url, start=at("2026-11-19", "12:00")) as town:
        await town.a_person(first_name="Amina")
        async with unit_of_work(town.app.database) as work:
            await work.addresses.add(
                ChannelName.TELEGRAM,
                "4711",
                of=Belongs(organisation_id=town.programme.organisation_id, coach_id=town.coach),
                now=town.now,
            )
        await town.step()
        town.clock.now = MONDAY
        await town.step()
        await town.step()
        (mail,) = town.mail.received
        assert mail["To"] == "karin@example.se"
        assert mail["Subject"] == "Framsteg: din veckosammanfattning, vecka 47"
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert "Amina" in plain.get_content()
        assert ">Amina</bdi>" in html.get_content()
        (chat,) = [one["text"] for one in town.telegram.sent if one["chat"]["id"] == 4711]
        assert "Behöver dig i dag" in str(chat)
