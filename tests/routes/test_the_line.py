"""One line runs unbroken: published, due, sent, answered, rated, told."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.people import ChannelName
from tests.town import Town

THURSDAY_TEN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
MONDAY_HALF_PAST_SEVEN = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])
async def test_from_the_plan_to_the_answer_to_the_coachs_monday_mail(town: Town, channel: ChannelName) -> None:
    amina = await town.a_person(channel=channel)

    await town.at(THURSDAY_TEN, step=timedelta(minutes=45))
    heard = [words.split(":")[0].split("\n")[0] for words in amina.news()]
    for words in ("1 3", "4", "fyra", "ja"):
        assert await amina.writes(words) == 200
        await town.step()
    await town.at(MONDAY_HALF_PAST_SEVEN, step=timedelta(hours=6))

    assert heard[:3] == [
        "Hej Amina! I morgon, torsdag 26 november",
        "God morgon Amina! I dag 09",
        "Hej Amina! Nu kommer veckans frågor.",
    ]
    assert [(row.indicator, row.value) for row in await amina.ratings()] == [
        ("job-search", 2),
        ("work-belief", 4),
        ("labour-market-knowledge", 4),
    ]
    assert await amina.alerts() == ["wants-call"]
    assert len(town.mail.received) == 1
    assert "Amina" in town.mail.received[0].get_body(("plain",)).get_content()
