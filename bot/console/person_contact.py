"""The forms about being written to: pause and stop, language, channel and number."""

from datetime import time, timedelta

from bot.console.person_doing import Doing
from bot.content.people_table import phone_number
from bot.domain.calendar import moment, zone_of, zones_of_places
from bot.domain.people import ChannelName
from bot.services import attention, contact

PAUSES = {"week": timedelta(days=7), "two-weeks": timedelta(days=14), "month": timedelta(days=30), "held": None}
"""How long a pause lasts; the last one until somebody resumes it."""

FALLBACKS = {"never": None, "1": 1, "3": 3, "6": 6, "12": 12, "24": 24}
"""After how many hours a person may want by SMS what cannot leave by Telegram."""


async def pause(doing: Doing) -> str | None:
    """Nothing is begun for a while."""
    chosen = doing.form.one_of("pause", PAUSES)
    if not doing.form.well:
        return None
    lasts, zone = PAUSES[chosen], zone_of(doing.there.one.participant.zone)
    until = None
    if lasts is not None:
        # It ends with a day and not in the middle of one.
        until = moment((doing.now + lasts).astimezone(zone).date() + timedelta(days=1), time(0), zone)
    await contact.pause(doing.database, doing.asked, until=until, now=doing.now)
    return "paused"


async def resume(doing: Doing) -> str | None:
    """Messages begin again after a pause; twice is once."""
    assert doing.asked.by is not None
    resuming = attention.Resuming(enrolment_id=doing.asked.enrolment, held_at=doing.there.one.participant.held_at)
    await attention.resume(doing.database, resuming, by=doing.asked.by, now=doing.now)
    return "resumed"


async def check_ins(doing: Doing) -> str | None:
    """The person wants questions again, and told the coach."""
    await contact.ask_again(doing.database, doing.asked, now=doing.now)
    return "check-ins"


async def stop(doing: Doing) -> str | None:
    """The person wants no messages."""
    return "stopped-told" if await contact.stop(doing.database, doing.shelf, doing.asked, now=doing.now) else "stopped"


async def start(doing: Doing) -> str | None:
    """The person asked for messages again, and a coach says so."""
    if doing.form["consent"] != "yes":
        doing.form.complain("consent", "consent")
        return None
    told = await contact.start_again(doing.database, doing.shelf, doing.asked, now=doing.now)
    return "started-told" if told else "started"


async def language(doing: Doing) -> str | None:
    """Messages come in another language, or only the answers do."""
    chosen = doing.form.one_of("language", doing.there.plan.languages)
    if not doing.form.well:
        return None
    told = await contact.speak(doing.database, doing.shelf, doing.asked, language=chosen, now=doing.now)
    if chosen in doing.there.plan.programme.languages:
        return "language"
    return "language-told" if told else "language-read"


async def zone(doing: Doing) -> str | None:
    """The person lives where clocks show another hour."""
    chosen = doing.form.one_of("zone", zones_of_places())
    if not doing.form.well:
        return None
    await contact.move_to_zone(doing.database, doing.asked, zone=chosen, now=doing.now)
    return "zone"


async def channel(doing: Doing) -> str | None:
    """Messages come another way."""
    chosen = doing.form.one_of("channel", {one.channel.value for one in doing.there.one.addresses})
    if not doing.form.well:
        return None
    await contact.reach_by(doing.database, doing.asked, channel=ChannelName(chosen), now=doing.now)
    return "channel"


async def fallback(doing: Doing) -> str | None:
    """What cannot leave by Telegram goes by SMS after some hours, or never."""
    chosen = doing.form.one_of("fallback", FALLBACKS)
    if not doing.form.well:
        return None
    await contact.choose_fallback(doing.database, doing.asked, hours=FALLBACKS[chosen], now=doing.now)
    return "fallback"


async def number(doing: Doing) -> str | None:
    """The person has a new number, and gets messages there."""
    typed = doing.form.words("number", most=40)
    found = phone_number(typed) if doing.form.well else None
    if doing.form.well and found is None:
        doing.form.complain("number", "no-phone")
    if found is None:
        return None
    try:
        asked = await contact.add_number(doing.database, doing.shelf, doing.asked, number=found, now=doing.now)
    except contact.AddressTaken:
        doing.form.complain("number", "own-number")
        return None
    return "asked" if asked else "number"
