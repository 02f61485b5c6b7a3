"""What invented coaches do in the three weeks, they do through the services behind their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from bot.cli.demo_cast import Deed
from bot.cli.demo_fates import Happening, Stage
from bot.domain.access import By
from bot.domain.calendar import moment, zone_of
from bot.domain.day import NewAbsence
from bot.domain.notes import Visibility
from bot.domain.people import ChannelName, Presence
from bot.services import attendance, contact, notes, roster
from bot.services.asked import Asked
from bot.services.coaching import Coaching, Letter
from bot.storage.notes import NewNote
from bot.storage.tables import inbox
from bot.storage.unit_of_work import unit_of_work


@dataclass(frozen=True, kw_only=True)
class Office:
    """The coaches at work: by first name who they are, and whose place is which. `last_day` ends the three weeks."""

    stage: Stage
    organisation_id: int
    coaches: Mapping[str, int]
    enrolments: Mapping[str, int]
    last_day: date

    def happening(self, deed: Deed) -> Happening:
        """What the deed is, to be done at its moment. Raises `ValueError` for one that nobody knows."""
        doing = {
            "absence": self._report,
            "break": self._break,
            "hand-over": self._hand_over,
            "knock": self._knock,
            "note": self._note,
            "open": self._open,
            "say": self._say,
            "write": self._write,
        }.get(deed.do)
        if doing is None:
            raise ValueError(f"nobody knows how to do '{deed.do}'")

        async def happen(now: datetime) -> None:
            await doing(deed, now)

        return happen

    async def _report(self, deed: Deed, now: datetime) -> None:
        first, last = deed.days or (0, 0)
        absence = NewAbsence(
            category=Presence(deed.category),
            begins_on=self.last_day + timedelta(days=first),
            ends_on=self.last_day + timedelta(days=last),
            late_minutes=deed.minutes,
            reported_by="coach" if deed.by else "participant",
        )
        enrolment, database = self.enrolments[deed.who], self.stage.app.database
        if deed.by:
            await attendance.report_absence(database, enrolment, absence, by=self._by(deed), now=now)
            return
        async with unit_of_work(database) as work:
            await work.absences.add(enrolment, absence, now=now)

    async def _break(self, deed: Deed, now: datetime) -> None:
        self.stage.lines.broken.add(self._line(deed))

    async def _hand_over(self, deed: Deed, now: datetime) -> None:
        app, asked = self.stage.app, Asked(enrolment=self.enrolments[deed.who], by=self._by(deed))
        await roster.hand_over(app.database, app.shelf, asked, to=self.coaches[deed.to], now=now)

    async def _knock(self, deed: Deed, now: datetime) -> None:
        await self._post(ChannelName.SMS, deed.phone, deed.words, now=now)

    async def _note(self, deed: Deed, now: datetime) -> None:
        new = NewNote(visibility=Visibility(deed.visibility), words=deed.words)
        await notes.write(self.stage.app.database, self.enrolments[deed.who], new, by=self._by(deed), now=now)

    async def _open(self, deed: Deed, now: datetime) -> None:
        enrolment, database = self.enrolments[deed.who], self.stage.app.database
        async with unit_of_work(database) as work:
            person = (await work.participants.enrolled([enrolment]))[enrolment]
        await contact.note_reading(database, person, by=self._by(deed), now=now)

    async def _say(self, deed: Deed, now: datetime) -> None:
        await self._post(*self._line(deed), deed.words, now=now)

    async def _write(self, deed: Deed, now: datetime) -> None:
        app, enrolment = self.stage.app, self.enrolments[deed.who]
        async with unit_of_work(app.database) as work:
            person = (await work.participants.enrolled([enrolment]))[enrolment]
            standing = await work.by_hand.newest(person.id)
        async with app.database.reading() as connection:
            seen = await connection.scalar(select(func.max(inbox.c.id)).where(inbox.c.participant_id == person.id))
        letter = Letter(words=deed.words, once=f"{now:%Y%m%dT%H%M}", standing=standing, seen=seen or 0)
        await Coaching(app.database, app.shelf).write(enrolment, letter, by=self._by(deed), now=now)

    async def _post(self, channel: ChannelName, sender: str, words: str, *, now: datetime) -> None:
        posted = self.stage.phones.write(channel, sender, account=self.stage.cast.sender, words=words)
        await self.stage.arrive(channel, sender, posted, now=now)

    def _line(self, deed: Deed) -> tuple[ChannelName, str]:
        persona = next(one for one in self.stage.cast.people if one.first_name == deed.who)
        return persona.channel, persona.address

    def _by(self, deed: Deed) -> By:
        return By(coach_id=self.coaches[deed.by], organisation_id=self.organisation_id)


def at_of(deed: Deed, *, begins: datetime, until: datetime, zone: str) -> datetime:
    """When it is done: so many hours before the end, or on a day of the three weeks."""
    if deed.hours is not None:
        return until - timedelta(hours=deed.hours)
    day = begins.astimezone(zone_of(zone)).date() + timedelta(days=deed.day or 0)
    return moment(day, deed.at or time(12), zone_of(zone))
