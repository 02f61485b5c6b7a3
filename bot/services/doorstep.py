"""Whoever is not known is met kindly, once; a deep link says who somebody is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.messages import Draft, InboundKind, InboundMessage, Priority, Purpose
from bot.domain.people import Address, AddressState, Agreement, Participant
from bot.services.conversation import REPLY_LASTS
from bot.services.pile import Pile
from bot.services.published import Plan, Shelf
from bot.services.welcoming import OpenedLink, ask, ask_there, may_ask
from bot.services.wording import Occasion, drafts, say
from bot.storage.addresses import Belongs
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import Work


@dataclass
class Doorstep:
    """One batch's strangers."""

    work: Work
    shelf: Shelf
    now: datetime
    pile: Pile

    async def meet(self, message: InboundMessage, *, once: str) -> tuple[str, int | None]:
        """Greet a stranger. Gives the state of the arrival and the person it turned out to be, if any."""
        if message.kind in (
            InboundKind.NOTHING,
            InboundKind.BLOCKED,
            InboundKind.UNBLOCKED,
        ):
            return "handled", None
        if message.kind is InboundKind.START and message.words:
            linked = await self.work.participants.use_deep_link(message.words, now=self.now)
            if linked is not None:
                return "handled", await self.link(message, linked, once=once)
        await self._greet(message)
        return "stranger", None

    async def link(
        self,
        message: InboundMessage,
        linked: tuple[int | None, int | None],
        *,
        once: str,
    ) -> int | None:
        """The chat belongs to whom the link was made for (participant, coach), and a person is welcomed there."""
        person, coach = linked
        if person is None:
            assert coach is not None
            known = (await self.work.coaches.these([coach]))[coach]
            await self._address(message, of=Belongs(organisation_id=known.organisation_id, coach_id=coach))
            return None
        places = (await self.work.participants.people([person]))[person]
        address = await self._address(
            message, of=Belongs(organisation_id=places[0].organisation_id, participant_id=person)
        )
        await self.work.participants.change(person, preferred_channel=message.channel, stopped_at=None)
        programmes = {one.programme_id for one in places}
        plans = await self.shelf.plans(self.work, programmes)
        plan = plans[places[0].programme_id]
        occasion = Occasion(
            once=once,
            purpose=Purpose.CONFIRMATION,
            priority=Priority.REPLY,
            expires_at=self.now + REPLY_LASTS,
            now=self.now,
        )
        said = [say(plan, "phrases/telegram-welcome", participant=places[0])]
        # At once, as it is read before the question that may follow.
        await self.work.outbox.queue(
            drafts(said, participant=places[0], address=address, occasion=occasion), now=self.now
        )
        await self._ask(plans, [replace(one, address=address, stopped_at=None) for one in places], once=once)
        return person

    async def _ask(self, plans: Mapping[int, Plan], places: list[Participant], *, once: str) -> None:
        """To open the link was their own deed, and no yes yet: in one programme after the other, as each is a talk."""
        for place in places:
            asked_again = replace(place, agreement=Agreement.ASKED) if place.agreement is Agreement.REFUSED else place
            plan = plans[place.programme_id]
            if may_ask(plan, asked_again, now=self.now) and place.address is not None:
                opened = OpenedLink(participant=place, address=place.address, once=once)
                await ask_there(self.work, plan, opened, now=self.now)
                return
            await ask(self.work, plan, [place], now=self.now)

    async def place(self, message: InboundMessage) -> tuple[Address, ProgrammeRow, Plan] | None:
        """Where a stranger wrote from, and to which programme: where that is not plain, to the first."""
        everywhere = await self.work.programmes.all()
        programme = _written_to(everywhere, message.account) or next(iter(everywhere), None)
        plans = {} if programme is None else await self.shelf.plans(self.work, [programme.id])
        if programme is None or programme.id not in plans:
            return None
        address = await self._address(message, of=Belongs(organisation_id=programme.organisation_id))
        return address, programme, plans[programme.id]

    async def places_beside(self, message: InboundMessage, programme: ProgrammeRow) -> list[ProgrammeRow]:
        """One programme of each other organisation that a stranger may have meant: none where it is plain."""
        everywhere = await self.work.programmes.all()
        if _written_to(everywhere, message.account) is not None:
            return []
        others = [one for one in everywhere if one.organisation_id != programme.organisation_id]
        return list({one.organisation_id: one for one in reversed(others)}.values())

    async def _greet(self, message: InboundMessage) -> None:
        programme = _written_to(await self.work.programmes.all(), message.account)
        if programme is None:
            return
        plan = (await self.shelf.plans(self.work, [programme.id])).get(programme.id)
        if plan is None:
            return
        address = await self._address(message, of=Belongs(organisation_id=programme.organisation_id))
        key = "phrases/telegram-bad-code" if message.kind is InboundKind.START and message.words else "phrases/stranger"
        self.pile.drafts.append(self._draft(key, address=address, programme=programme, plan=plan))

    async def _address(self, message: InboundMessage, *, of: Belongs) -> Address:
        """The address written from, as that of a participant, a coach or a stranger."""
        for one in await self.work.addresses.at(message.channel, message.sender):
            owner = (one.organisation_id, one.participant_id, one.coach_id)
            # One number may be a stranger to two organisations.
            if owner == (of.organisation_id, of.participant_id, of.coach_id):
                await self.work.addresses.unblock([one.address.id], now=self.now)
                return replace(one.address, state=AddressState.ACTIVE, blocked_at=None)
        if of.participant_id is not None:
            again = await self.work.addresses.revive(
                message.channel, message.sender, person=of.participant_id, now=self.now
            )
            if again is not None:
                return again
        return await self.work.addresses.add(message.channel, message.sender, of=of, now=self.now)

    def _draft(self, key: str, *, address: Address, programme: ProgrammeRow, plan: Plan) -> Draft:
        language = plan.programme.languages[0]
        return Draft(
            organisation_id=programme.organisation_id,
            programme_id=programme.id,
            address_id=address.id,
            channel=address.channel,
            purpose=Purpose.REPLY,
            priority=Priority.REPLY,
            text=plan.texts.say(key, language=language, fallback=plan.programme.languages, values={}),
            available_at=self.now,
            expires_at=self.now + REPLY_LASTS,
            language=language,
            # Once for each address: two machines that answer each other would never stop.
            once=f"{key}/{address.id}",
        )


def _written_to(programmes: list[ProgrammeRow], account: str) -> ProgrammeRow | None:
    """The programme whose number was written to; where all are one organisation's, the first of them."""
    mine = [one for one in programmes if one.sms_sender == account]
    if mine:
        return mine[0]
    # A bot, or a number that several share, does not say which programme is meant, and somebody should see the words.
    return programmes[0] if len({one.organisation_id for one in programmes}) == 1 else None
