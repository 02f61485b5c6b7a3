"""A coach writes to a person by hand, and what a person wrote is read, claimed or put away."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.access import By, ChangedMeanwhile
from bot.domain.alerts import AlertKind
from bot.domain.calendar import is_quiet, quiet_until
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import Address, AddressState, Participant
from bot.domain.sms_parts import foreign_letters
from bot.services.pile import alert_about
from bot.services.published import Shelf
from bot.services.wording import Occasion, drafts, say
from bot.storage.audit import Done
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, looking, unit_of_work

MOST_LETTERS = 1_000
"""Of a coach's own words: a dozen SMS are a letter, and no message."""

STILL_MEANS_SOMETHING = timedelta(days=3)
"""Words by hand that could not leave for so long are not sent any more."""


class CannotWrite(Exception):
    """These words cannot be sent to this person. `why` is a slug that the page puts in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotThere(Exception):
    """There is no such enrolment or address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What a coach wrote. `once` is made anew for every form that is shown, so that a form sends once.

    `at_once` sends it at night too. `standing` is the last message by any coach, and `seen` the last of the person's
    in the inbox, that the form was shown with.
    """

    words: str
    once: str
    at_once: bool = False
    standing: int = 0
    seen: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What the person will read, and when. `dear` are the letters of the coach's that make an SMS dearer."""

    text: str
    language: str
    channel: str
    parts: int
    dear: tuple[str, ...]
    leaves_at: datetime
    waits: bool


@dataclass(frozen=True)
class Coaching:
    """One for each process."""

    database: Database
    shelf: Shelf

    async def preview(self, enrolment: int, letter: Letter, *, by: By, now: datetime) -> Preview:
        """What would be sent. Raises `CannotWrite` as `write` does, and `NotThere`."""
        async with looking(self.database) as work:
            person = await _person(work, enrolment)
            _must_be_sayable(letter.words)
            draft = await self._draft(work, person, letter, by=by, now=now)
        return Preview(
            text=draft.text,
            language=draft.language,
            channel=draft.channel,
            parts=draft.parts,
            dear=foreign_letters(letter.words),
            leaves_at=draft.available_at,
            waits=draft.available_at > now,
        )

    async def write(self, enrolment: int, letter: Letter, *, by: By, now: datetime) -> int:
        """Queue a coach's own words, signed with their first name. Gives the number of the message.

        A form that comes twice is queued once. What the person asked, as far as it was shown, has its answer by this.
        Raises `CannotWrite`, `NotThere`, and `ChangedMeanwhile` when a coach has written since the form was shown.
        """
        async with unit_of_work(self.database) as work:
            person = await _person(work, enrolment)
            await work.participants.lock([person.id])
            once = _once(letter, person, by=by)
            if (queued := await work.by_hand.queued(once)) is not None:
                return queued
            _must_be_sayable(letter.words)
            if await work.by_hand.newest(person.id) > letter.standing:
                raise ChangedMeanwhile
            await work.outbox.queue([await self._draft(work, person, letter, by=by, now=now)], now=now)
            message = await work.by_hand.queued(once) or 0
            await work.by_hand.answer(
                person.id, programme=person.programme_id, seen=letter.seen, coach=by.coach_id, now=now
            )
            await work.audit.note(_done("message-written", person, about=message), by=by, now=now)
        return message

    async def note_read(self, enrolment: int, *, until: int, by: By, now: datetime) -> None:
        """The coach has seen the conversation up to this number of the inbox: now and then the log says so."""
        async with unit_of_work(self.database) as work:
            person = await _person(work, enrolment)
            if await work.bookmarks.move(by.coach_id, person=person.id, until=until, now=now):
                await work.audit.note(_done("conversation-read", person), by=by, now=now)

    async def claim(self, address: int, enrolment: int, *, writes_here: bool, by: By, now: datetime) -> None:
        """A stranger's address is this person's: so is what was written from it, and somebody should answer.

        With `writes_here` we write to this address from now on. Raises `NotThere`, and `ChangedMeanwhile` when
        somebody has settled whose it is.
        """
        async with unit_of_work(self.database) as work:
            person = await _person(work, enrolment)
            if person.organisation_id != by.organisation_id:
                raise NotThere
            await work.participants.lock([person.id])
            stranger = await work.strangers.held(address, organisation=by.organisation_id)
            if stranger is None:
                raise ChangedMeanwhile
            claimed = await work.strangers.claim(stranger, person.id, writes_here=writes_here, now=now)
            if writes_here:
                await work.participants.change(person.id, preferred_channel=stranger.channel)
            if claimed.newest is not None:
                raised = alert_about(person, AlertKind.QUESTION, once=f"claimed/{claimed.newest}", about=claimed.newest)
                await work.alerts.raise_these([raised], now=now)
            await work.audit.note(_done("claimed", person, about=address), by=by, now=now)

    async def put_away(self, address: int, *, by: By, now: datetime) -> None:
        """This address is nobody's of ours: not shown until it writes again. Raises `ChangedMeanwhile` as `claim`."""
        async with unit_of_work(self.database) as work:
            if await work.strangers.held(address, organisation=by.organisation_id) is None:
                raise ChangedMeanwhile
            await work.addresses.set_state([(address, AddressState.STOPPED)], now=now)
            await work.audit.note(Done(what="put-away", about=str(address)), by=by, now=now)

    async def _draft(self, work: Work, person: Participant, letter: Letter, *, by: By, now: datetime) -> Draft:
        address = _reachable(person)
        if any(row.stopped_at for row in await work.programmes.all() if row.id == person.programme_id):
            raise CannotWrite("programme-stopped")
        plan = (await self.shelf.plans(work, [person.programme_id]))[person.programme_id]
        coach = (await work.coaches.these([by.coach_id]))[by.coach_id]
        leaves_at = now
        if not letter.at_once and is_quiet(plan.programme.quiet, zone=person.zone, now=now):
            leaves_at = quiet_until(plan.programme.quiet, zone=person.zone, now=now)
        occasion = Occasion(
            once=_once(letter, person, by=by),
            purpose=Purpose.COACH,
            priority=Priority.REPLY,
            expires_at=leaves_at + STILL_MEANS_SOMETHING,
            now=leaves_at,
        )
        values = {"words": letter.words, "coach": coach.first_name}
        try:
            said = say(plan, "phrases/from-coach", participant=person, values=values)
        except KeyError:
            # Published before there were words by hand: what is live is not changed behind anybody's back.
            raise CannotWrite("not-published") from None
        [draft] = drafts([said], participant=person, address=address, occasion=occasion)
        return replace(draft, once=occasion.once, written_by=by.coach_id)


async def _person(work: Work, enrolment: int) -> Participant:
    found = (await work.participants.enrolled([enrolment])).get(enrolment)
    if found is None:
        raise NotThere
    return found


def _must_be_sayable(words: str) -> None:
    if not words.strip():
        raise CannotWrite("missing")
    if len(words) > MOST_LETTERS:
        raise CannotWrite("too-long")
    # Control characters and halves of letters: no telephone shows them, and some refuse the whole message.
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in words if letter != "\n"):
        raise CannotWrite("unsayable")


def _reachable(person: Participant) -> Address:
    """Where a coach may write to somebody. Protected people too: a person does not write automatically."""
    if person.stopped_at is not None:
        raise CannotWrite("stopped")
    if person.address is None:
        raise CannotWrite("no-address")
    if person.address.state is not AddressState.ACTIVE:
        raise CannotWrite(_why_not(person.address))
    return person.address


def _why_not(address: Address) -> str:
    match address.state:
        case AddressState.BAD:
            return "bad-address"
        case AddressState.WRONG:
            return "other-owner"
        case _:
            return f"blocked-{address.channel}"


def _once(letter: Letter, person: Participant, *, by: By) -> str:
    return f"by-hand/{by.coach_id}/{person.id}/{letter.once}"


def _done(what: str, person: Participant, *, about: int | None = None) -> Done:
    return Done(
        what=what,
        programme_id=person.programme_id,
        participant_id=person.id,
        about=None if about is None else str(about),
    )
