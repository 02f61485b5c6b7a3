"""What happens to invented people happens through the services a coach or a provider would use."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from bot.app import App
from bot.channels.phone_wires import BOT_ID, Posted
from bot.channels.phones import Phones
from bot.cli.demo_cast import Cast, Persona
from bot.cli.demo_lines import Lines
from bot.cli.demo_time import ProgrammeClock
from bot.domain.messages import Arrival, Purpose
from bot.domain.people import ChannelName, Presence
from bot.services import conversation, roster
from bot.services.conversation import Start
from bot.services.published import Plan
from bot.storage.unit_of_work import unit_of_work

Happening = Callable[[datetime], Awaitable[None]]


@dataclass
class Stage:
    """What the history is lived on: the whole program, its phones and its clock."""

    app: App
    phones: Phones
    lines: Lines
    clock: ProgrammeClock
    cast: Cast

    async def arrive(self, channel: ChannelName, sender: str, posted: Posted, *, now: datetime) -> None:
        """Put what a phone sent on the landing, as the doors do."""
        account = BOT_ID if channel is ChannelName.TELEGRAM else self.cast.sender
        await self.app.landing.keep(
            Arrival(
                channel=channel,
                provider_id=posted.provider_id,
                sender=sender,
                account=account,
                raw=posted.raw,
                received_at=now,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Fates:
    """Things that can happen to somebody, each to be done at its moment."""

    stage: Stage
    plan: Plan

    def writing(self, persona: Persona, words: str) -> Happening:
        """They write of their own accord."""

        async def happen(now: datetime) -> None:
            posted = self.stage.phones.write(
                persona.channel, persona.address, account=self.stage.cast.sender, words=words
            )
            await self.stage.arrive(persona.channel, persona.address, posted, now=now)

        return happen

    def welcoming(self, enrolment: int) -> Happening:
        """They get the first messages of all."""

        async def happen(now: datetime) -> None:
            async with unit_of_work(self.stage.app.database) as work:
                one = (await work.participants.enrolled([enrolment]))[enrolment]
                assert one.address is not None
                begins = Start(
                    participant=one,
                    address=one.address,
                    plan=self.plan,
                    flow="welcome",
                    once=f"welcome/{enrolment}/",
                    expires_at=now + timedelta(days=1),
                )
                await conversation.begin(work, [begins], now=now)

        return happen

    def asking(self, enrolment: int, flow: str) -> Happening:
        """They are asked now, whatever they are in the middle of, if they want to be written to."""

        async def happen(now: datetime) -> None:
            async with unit_of_work(self.stage.app.database) as work:
                one = (await work.participants.enrolled([enrolment]))[enrolment]
                if one.address is None or one.stopped_at is not None or one.held_at is not None:
                    return
                await work.conversations.end([one.id], outcome="interrupted", now=now)
                begins = Start(
                    participant=one,
                    address=one.address,
                    plan=self.plan,
                    flow=flow,
                    once=f"asked/{flow}/{enrolment}/{now.isoformat()}",
                    expires_at=now + timedelta(days=1),
                    purpose=Purpose.REPLY,
                )
                await conversation.begin(work, [begins], now=now)

        return happen

    def pausing(self, persona: Persona, person: int) -> Happening:
        """They asked their coach for a pause."""

        async def happen(now: datetime) -> None:
            async with unit_of_work(self.stage.app.database) as work:
                until = now + timedelta(days=persona.pauses_for_days)
                await work.participants.change(person, paused_until=until)

        return happen

    def leaving(self, enrolment: int, *, on: date) -> Happening:
        """They have found work, and `on` is their last day."""

        async def happen(now: datetime) -> None:
            app = self.stage.app
            await roster.leave(app.database, app.shelf, enrolment, roster.Leaving(on=on, reason="work"), now=now)

        return happen

    def cutting_off(self, persona: Persona) -> Happening:
        """Their number is given back."""

        async def happen(now: datetime) -> None:
            self.stage.phones.cut_off(persona.channel, persona.address)

        return happen

    def noting(self, on: date, *, likely: Mapping[int, float], dice: Random) -> Happening:
        """Coaches note who came that day: by enrolment, how likely somebody is to be there."""

        async def happen(now: datetime) -> None:
            async with unit_of_work(self.stage.app.database) as work:
                people = await work.participants.enrolled(likely)
                rows = [
                    (
                        one.enrolment_id,
                        held.activity.slug,
                        held.activity.area,
                        on,
                        _presence(likely[one.enrolment_id], dice),
                    )
                    for one in people.values()
                    if one.ended_on is None or one.ended_on >= on
                    for held in self.plan.timetable.on_for(on, phase=one.phase, blocks=one.blocks(on))
                ]
                await work.calendar.note_presence(rows, noted_by="coach", now=now)

        return happen


def _presence(likely: float, dice: Random) -> Presence:
    if dice.random() < likely:
        return Presence.PRESENT if dice.random() < 0.93 else Presence.LATE
    return dice.choice((Presence.ILLNESS, Presence.CARE_OF_CHILD, Presence.AUTHORITY_VISIT, Presence.NOT_VALID))
