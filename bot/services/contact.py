"""Whether, how and in which language somebody is written to is changed by a coach as the person asked for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.access import By
from bot.domain.alerts import AlertKind
from bot.domain.calendar import first_awake, zone_of, zones_of_places
from bot.domain.messages import Priority, Purpose
from bot.domain.people import AddressState, Agreement, ChannelName, Participant
from bot.services.asked import Asked, NotOnTheRoster, done, hold, note
from bot.services.lifting import tell_how_to_lift
from bot.services.passed_on import let_go
from bot.services.pile import Pile
from bot.services.published import Plan, Shelf
from bot.services.silences import silence
from bot.services.welcoming import ask, may_ask, note_yes
from bot.services.wording import Occasion, Said, drafts, not_yet, say
from bot.storage.addresses import Belongs
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, looking, unit_of_work

SAME_READING = timedelta(minutes=15)
"""Somebody who looks at a page for long, or whose page renews itself, has read it once."""


class AddressTaken(Exception):
    """The person has this address already."""


async def note_reading(database: Database, person: Participant, *, by: By, now: datetime) -> None:
    """Write in the log that somebody's page was read: once for each reader in `SAME_READING`."""
    read, since = done("person-read", person, about=person.enrolment_id), now - SAME_READING
    async with looking(database) as work:
        if await work.audit.noted(read, by=by, since=since):
            return
    async with unit_of_work(database) as work:
        await work.participants.lock([person.id])
        if not await work.audit.noted(read, by=by, since=since):
            await work.audit.note(read, by=by, now=now)


async def pause(database: Database, asked: Asked, *, until: datetime | None, now: datetime) -> None:
    """Nothing is begun with the person until then; `None`: until a coach resumes it. What a coach writes goes."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        await work.participants.change(person.id, paused_until=until, held_at=None if until else now)
        last = until.astimezone(zone_of(person.zone)).date() if until else None
        await note(work, done("paused", person, about=last), asked=asked, now=now)


async def stop(database: Database, shelf: Shelf, asked: Asked, *, now: datetime) -> bool:
    """As if the person had written STOP, in every programme. Whether they are told how to begin again."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        await silence(work, [person.id], now=now)
        await note(work, done("stopped", person), asked=asked, now=now)
        return await _say(work, shelf, person, "phrases/stopped", now=now)


async def start_again(database: Database, shelf: Shelf, asked: Asked, *, now: datetime) -> bool:
    """The person asked to be written to again. Whether they are told.

    What the provider blocks stays blocked: that only the person can undo, by writing START. They hear so where they
    are still reached, or else their coach sees it.
    """
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        await work.participants.change(
            person.id, stopped_at=None, paused_until=None, held_at=None, check_ins_stopped_at=None
        )
        if person.agreement is not Agreement.AGREED:
            await note_yes(work, [person], by=asked.by, now=now)
        await note(work, done("started-again", person), asked=asked, now=now)
        plan, pile = (await shelf.plans(work, [person.programme_id]))[person.programme_id], Pile()
        at = first_awake(plan.programme.quiet, zone=person.zone, now=now)
        if await tell_how_to_lift(work, plan, person, pile, at=at):
            await pile.write(work, now=now)
            return False
        return await _say(work, shelf, person, "phrases/started", now=now)


async def ask_again(database: Database, asked: Asked, *, now: datetime) -> None:
    """The person wants the questions of check-ins again, and told a coach so. Nobody is asked anything by this."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        await work.participants.change(person.id, check_ins_stopped_at=None)
        await note(work, done("check-ins-resumed", person), asked=asked, now=now)


async def speak(database: Database, shelf: Shelf, asked: Asked, *, language: str, now: datetime) -> bool:
    """From now on this is the person's language. Raises `NotOnTheRoster` for one that nobody here reads.

    Whether the person is told: only that we read the language and do not write it yet is news.
    """
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
        if language not in plan.languages:
            raise NotOnTheRoster(f"nobody here reads {language}")
        await work.participants.change(person.id, language=language)
        await note(work, done("language-changed", person, about=language), asked=asked, now=now)
        said = not_yet(plan, replace(person, language=language)) if language != person.language else None
        if said is None or not person.may_be_written_to(now=now):
            return False
        occasion = _occasion(plan, person, once="not-yet", now=now)
        return await _queue(work, person, said, occasion=occasion, now=now)


async def reach_by(database: Database, asked: Asked, *, channel: ChannelName, now: datetime) -> None:
    """From now on the person is written to there. Raises `NotOnTheRoster` if no address is known there."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        if channel not in {one.channel for one in await work.addresses.of(person.id)}:
            raise NotOnTheRoster(f"there is no address on {channel}")
        await work.participants.change(person.id, preferred_channel=channel)
        await note(work, done("channel-changed", person, about=channel), asked=asked, now=now)


async def choose_fallback(database: Database, asked: Asked, *, hours: int | None, now: datetime) -> None:
    """What cannot leave by Telegram for so many hours goes by SMS from now on; never, with `None`."""
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        await work.participants.change(person.id, fallback_hours=hours)
        await note(work, done("fallback-chosen", person, about=hours or "never"), asked=asked, now=now)


async def move_to_zone(database: Database, asked: Asked, *, zone: str, now: datetime) -> None:
    """From now on the person's days and nights are those of this zone (IANA). Raises `NotOnTheRoster` if none is."""
    if zone not in zones_of_places():
        raise NotOnTheRoster(f"there is no time zone {zone}")
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        if zone != person.zone:
            await work.participants.change(person.id, zone=zone)
            await note(work, done("zone-changed", person, about=zone), asked=asked, now=now)


async def add_number(database: Database, shelf: Shelf, asked: Asked, *, number: str, now: datetime) -> bool:
    """From now on the person is written to at this number (E.164), a new one or one they had before.

    Who was not reached until now, or at somebody else's number, is asked there if we may write: whether they are.
    Raises `AddressTaken` if it is the one they have.
    """
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        known = [one for one in await work.addresses.of(person.id) if one.channel is ChannelName.SMS]
        if known and known[0].value == number and known[0].state is not AddressState.WRONG:
            raise AddressTaken
        belongs = Belongs(organisation_id=person.organisation_id, participant_id=person.id)
        added = await work.addresses.revive(ChannelName.SMS, number, person=person.id, now=now)
        added = added or next((one for one in known if one.value == number), None)
        if added is None:
            today = now.astimezone(zone_of(person.zone)).date()
            await let_go(work, person.organisation_id, [(ChannelName.SMS, number)], today=today, now=now)
            added = await work.addresses.add(ChannelName.SMS, number, of=belongs, now=now)
        elif added.id != known[0].id:
            # Of several numbers the newest is written to.
            added = replace(added, id=await work.strangers.renew(added.id, person.id, now=now))
        await work.participants.change(person.id, preferred_channel=ChannelName.SMS)
        if asked.by is not None:
            for kind in (AlertKind.WRONG_NUMBER, AlertKind.BOUNCING):
                await work.alerts.acknowledge_all(kind, participant=person.id, coach=asked.by.coach_id, now=now)
        await note(work, done("address-added", person, about=added.id), asked=asked, now=now)
        reached = person.address is not None and person.address.state is not AddressState.WRONG
        if reached or await work.conversations.open_with([person.id]):
            return False
        plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
        there = (await work.participants.enrolled([person.enrolment_id]))[person.enrolment_id]
        await ask(work, plan, [there], now=now)
        return may_ask(plan, there, now=now)


async def _say(work: Work, shelf: Shelf, person: Participant, key: str, *, now: datetime) -> bool:
    plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
    occasion = _occasion(plan, person, once=key, now=now)
    return await _queue(work, person, say(plan, key, participant=person), occasion=occasion, now=now)


async def _queue(work: Work, person: Participant, said: Said, *, occasion: Occasion, now: datetime) -> bool:
    if person.address is None or person.address.state is not AddressState.ACTIVE or person.protected:
        return False
    await work.outbox.queue(drafts([said], participant=person, address=person.address, occasion=occasion), now=now)
    return True


def _occasion(plan: Plan, person: Participant, *, once: str, now: datetime) -> Occasion:
    # Nobody wrote to us just now: it was a coach who asked, perhaps late in the evening.
    at = first_awake(plan.programme.quiet, zone=person.zone, now=now)
    return Occasion(
        once=f"{once}/{person.enrolment_id}/{now:%Y%m%dT%H%M%S}",
        purpose=Purpose.CONFIRMATION,
        priority=Priority.REPLY,
        expires_at=at + timedelta(days=1),
        now=at,
    )
