"""`framsteg status` says how it goes, in the words of somebody who has to do something about it."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta

from bot.app import machine_clock, opened
from bot.channels.telegram_feed import bot_id
from bot.cli.doctor import Finding
from bot.domain.alerts import AlertKind
from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from bot.settings import Settings
from bot.storage.away import DatabaseAway
from bot.storage.copies import copied
from bot.storage.database import Database
from bot.storage.key import key_fits
from bot.storage.schema import pending
from bot.storage.serving import is_served
from bot.storage.watch import Last, Queue, Readings, look

UNSENT = timedelta(minutes=5)
UNHANDLED = timedelta(minutes=1)
UNPLANNED = timedelta(minutes=2)
PLANNED_LATE = timedelta(minutes=5)
SENT_LATE = timedelta(minutes=15)
"""From how much on something is wrong: as in docs/alerts.yaml."""

NEWS = timedelta(minutes=15)
"""A reminder that was late longer ago tells nothing of now."""

Say = Callable[[str], None]


async def tell(settings: Settings, *, say: Say) -> bool:
    """Say each finding in a line, what is to be done first. True when nothing is."""
    found = [one async for one in _findings(settings)]
    for finding in sorted(found, key=lambda one: not one.remedy):
        say(f"to do  {finding.what}: {finding.remedy}" if finding.remedy else f"well   {finding.what}")
    return not any(one.remedy for one in found)


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    database = opened(settings, read_only=True)
    try:
        remedy = await _unfit(database)
        if remedy:
            yield Finding(what="the database", remedy=remedy)
            return
        now = machine_clock()
        readings = await look(database, now=now, machine_now=now)
        served = await is_served(database, settings.database_url)
        remedy = "" if served else "start `framsteg run`, for nothing is sent, heard or planned"
        yield Finding(what="a process serves" if served else "no process serves", remedy=remedy)
        for finding in _read(readings, settings):
            yield finding
    except DatabaseAway:
        yield Finding(what="the database does not answer", remedy="is it running, is FRAMSTEG_DATABASE_URL right?")
    finally:
        await database.close()


async def _unfit(database: Database) -> str:
    if await pending(database):
        return "it is not up to date: run `framsteg migrate`"
    if not await key_fits(database):
        return "it was made with another FRAMSTEG_KEY: use that one"
    return "it was put back from a copy: run `framsteg resume`" if await copied(database) else ""


def _read(now: Readings, settings: Settings) -> Iterator[Finding]:
    channels = _channels(settings)
    for channel in channels:
        yield _queue(now, now.unsent.get(channel, Queue()), channel)
        yield from _pause(now, channel)
    waiting = f"{now.unhandled.many} arrivals wait to be handled, the oldest for {_span(now.waits(now.unhandled))}"
    late = now.waits(now.unhandled) > UNHANDLED.total_seconds()
    remedy = "does `/readyz` say that a tick fails? Somebody may need help" if late else ""
    yield Finding(what=waiting if now.unhandled.many else "all arrivals are handled", remedy=remedy)
    yield _last(now.planned, "planned", PLANNED_LATE, now=now.now)
    yield _last(now.sent, "sent", SENT_LATE, now=now.now)
    yield from _programmes(now)
    yield from _alerts(now)
    yield from _fetching(now, settings)
    for channel in channels:
        yield Finding(what=f"{channel} within 24 hours: {_sends(now, channel)}")


def _queue(now: Readings, queue: Queue, channel: ChannelName) -> Finding:
    if not queue.many:
        return Finding(what=f"{channel}: nothing that is due waits")
    waited = now.waits(queue)
    remedy = "does `framsteg doctor` reach the provider?" if waited > UNSENT.total_seconds() else ""
    return Finding(what=f"{channel}: {queue.many} messages are due, the oldest for {_span(waited)}", remedy=remedy)


def _pause(now: Readings, channel: ChannelName) -> Iterator[Finding]:
    pause = now.pauses.get(channel)
    if pause is not None and pause.until is not None:
        left = _span((pause.until - now.machine_now).total_seconds())
        silent = f", after {pause.failures} tries in a row without an answer" if pause.failures else ""
        yield Finding(
            what=f"{channel} is left alone for another {left}{silent}",
            remedy="look at the provider's status page and the account's credit; it is tried again by itself",
        )


def _last(last: Last | None, what: str, too_late: timedelta, *, now: datetime) -> Finding:
    if last is None:
        return Finding(what=f"no reminder was {what} yet" if what == "planned" else "no reminder was sent within a day")
    said = f"the last reminder was {what} {_span(last.lag.total_seconds())} after its moment, at {last.at:%H:%M:%S} UTC"
    late = last.lag > too_late and now - last.at < NEWS
    return Finding(what=said, remedy="was the program down, or is the machine too busy?" if late else "")


def _programmes(now: Readings) -> Iterator[Finding]:
    for number, one in now.programmes.items():
        cost = f"; {one.parts} parts of SMS on {one.on_day}" if one.on_day else ""
        if one.stopped:
            yield Finding(what=f"programme {number} is stopped, as somebody wished{cost}")
        elif one.refused:
            yield Finding(
                what=f"programme {number} sends no more SMS today, {one.refused} were kept back{cost}",
                remedy="its `sms-budget` is spent; a leader has been told",
            )
        else:
            behind = timedelta() if one.planned_until is None else now.now - one.planned_until
            remedy = "is there a process with the part `clock`?" if behind > UNPLANNED else ""
            yield Finding(
                what=f"programme {number} was last planned {_span(behind.total_seconds())} ago{cost}", remedy=remedy
            )


def _alerts(now: Readings) -> Iterator[Finding]:
    aside = now.alerts.get(AlertKind.SET_ASIDE, 0)
    if aside:
        yield Finding(
            what=f"{aside} messages could not be handled, and nobody has seen to them",
            remedy="they stand on Today; report the reason that is shown there",
        )
    uncertain = now.alerts.get(AlertKind.UNCERTAIN, 0)
    if uncertain:
        yield Finding(what=f"of {uncertain} messages nobody knows whether they arrived; coaches see which")


def _fetching(now: Readings, settings: Settings) -> Iterator[Finding]:
    if settings.telegram_token and settings.telegram_mode == "poll":
        name = f"telegram/{bot_id(settings.telegram_token)}"
        held = any(one.held for one in now.leases if one.name == name)
        remedy = "" if held else "is there a process with the part `telegram`? Does `framsteg doctor` take the token?"
        yield Finding(what="Telegram is fetched from" if held else "nobody fetches from Telegram", remedy=remedy)


def _sends(now: Readings, channel: ChannelName) -> str:
    found = {status: now.sends.get((channel, status), 0) for status in OutboxStatus}
    return ", ".join(f"{many} {status}" for status, many in found.items() if many) or "nothing"


def _channels(settings: Settings) -> list[ChannelName]:
    there = {
        ChannelName.SMS: settings.twilio_account,
        ChannelName.TELEGRAM: settings.telegram_token,
        ChannelName.EMAIL: settings.smtp_url,
    }
    return [name for name, set_up in there.items() if set_up]


def _span(seconds: float) -> str:
    """So long, to the accuracy that matters."""
    whole = max(round(seconds), 0)
    if whole < 120:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole // 3600} h {whole % 3600 // 60} min"
