"""Participants, their coaches and their addresses are found, added and changed here."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Address, AddressState, Agreement, ChannelName, NewParticipant, Participant
from bot.storage.addresses import Addresses, Belongs
from bot.storage.memberships import MEMBERSHIPS, begin, memberships_of
from bot.storage.programmes import ProgrammeRow
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, changes, coaches, deep_links, enrolments, participants

DEEP_LINK_LASTS = timedelta(days=14)


def _whole_participants() -> Select[Any]:
    preferred = and_(
        addresses.c.participant_id == participants.c.id,
        addresses.c.channel == participants.c.preferred_channel,
    )
    return (
        select(
            participants,
            enrolments.c.id.label("enrolment_id"),
            enrolments.c.programme_id,
            enrolments.c.phase,
            enrolments.c.coach_id,
            enrolments.c.started_on,
            enrolments.c.ended_on,
            enrolments.c.agreement,
            coaches.c.first_name.label("coach_first_name"),
            addresses.c.id.label("address_id"),
            addresses.c.channel.label("address_channel"),
            addresses.c.cipher,
            addresses.c.state.label("address_state"),
            addresses.c.blocked_at,
            MEMBERSHIPS.label("memberships"),
        )
        .join(enrolments, enrolments.c.participant_id == participants.c.id)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .outerjoin(addresses, preferred)
    )


WHOLE = _whole_participants()
"""A participant for each enrolment and each address on the preferred channel."""

_BY_PERSON = WHOLE.where(participants.c.id.in_(bindparam("ids", expanding=True))).order_by(
    participants.c.id, enrolments.c.id, addresses.c.id.desc()
)
_BY_ENROLMENT = WHOLE.where(enrolments.c.id.in_(bindparam("ids", expanding=True))).order_by(
    enrolments.c.id, addresses.c.id.desc()
)
_OF_PROGRAMME = WHOLE.where(enrolments.c.programme_id == bindparam("programme")).order_by(
    enrolments.c.id, addresses.c.id.desc()
)
_LOCK = (
    select(participants.c.id)
    .where(participants.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(participants.c.id)
    .with_for_update()
)
_LOCK_FREE = _LOCK.with_for_update(skip_locked=True)
_HEARD = (
    update(participants)
    .where(participants.c.id.in_(bindparam("ids", expanding=True)))
    .values(last_heard_at=bindparam("heard_at"))
)


class Participants:
    """The people we write to, each once for every programme they are in."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
        self._addresses = Addresses(connection, sealer)

    async def lock(self, people: Iterable[int], *, free_only: bool = False) -> set[int]:
        """Hold these people until the end of the unit of work, in an order that cannot deadlock; gives whom we hold.

        `free_only` passes over whom somebody else holds just now, instead of waiting.
        """
        wanted = sorted(set(people))
        # SQLite has one writer: whoever is in a unit of work holds everybody.
        if self._connection.dialect.name == "sqlite":
            return set(wanted)
        return set(await self._connection.scalars(_LOCK_FREE if free_only else _LOCK, {"ids": wanted}))

    async def people(self, ids: Iterable[int]) -> dict[int, list[Participant]]:
        """These people by id, once for each programme; those who left stand last."""
        wanted = sorted(set(ids))
        found: dict[int, list[Participant]] = {}
        if wanted:
            for participant in self._each(await self._connection.execute(_BY_PERSON, {"ids": wanted})):
                found.setdefault(participant.id, []).append(participant)
        for several in found.values():
            several.sort(key=lambda one: one.ended_on is not None)
        return found

    async def enrolled(self, ids: Iterable[int]) -> dict[int, Participant]:
        """These enrolments by id."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        rows = await self._connection.execute(_BY_ENROLMENT, {"ids": wanted})
        return {participant.enrolment_id: participant for participant in self._each(rows)}

    async def of_programme(self, programme_id: int) -> list[Participant]:
        """Everybody who is or was in a programme."""
        return self._each(await self._connection.execute(_OF_PROGRAMME, {"programme": programme_id}))

    async def zones(self, programme_id: int) -> list[str]:
        """The time zones in which anybody of the programme lives."""
        rows = await self._connection.execute(
            select(participants.c.zone)
            .join(enrolments, enrolments.c.participant_id == participants.c.id)
            .where(enrolments.c.programme_id == programme_id)
            .distinct()
        )
        return sorted(rows.scalars())

    async def enrol(self, new: NewParticipant, *, programme: ProgrammeRow, now: datetime) -> int:
        """Add a person with addresses and a place in the programme. Gives the enrolment's id."""
        person = await self._connection.scalar(
            insert(participants)
            .values(
                organisation_id=programme.organisation_id,
                first_name=new.first_name,
                language=new.language,
                zone=new.zone,
                gender=new.gender,
                birth_year=new.birth_year,
                preferred_channel=new.channel,
                protected=new.protected,
                created_at=now,
            )
            .returning(participants.c.id)
        )
        for channel, value in new.addresses:
            await self._addresses.add(
                channel, value, of=Belongs(organisation_id=programme.organisation_id, participant_id=person), now=now
            )
        return await self._place(new, programme=programme, person=int(person or 0))

    async def _place(self, new: NewParticipant, *, programme: ProgrammeRow, person: int) -> int:
        place = await self._connection.scalar(
            insert(enrolments)
            .values(
                organisation_id=programme.organisation_id,
                programme_id=programme.id,
                participant_id=person,
                coach_id=new.coach_id,
                phase=new.phase,
                phase_since=new.started_on,
                coach_since=new.started_on,
                started_on=new.started_on,
                agreement=new.agreement,
            )
            .returning(enrolments.c.id)
        )
        await begin(self._connection, int(place or 0), new.blocks, since=new.started_on)
        return int(place or 0)

    async def heard_from(self, people: Iterable[int], *, now: datetime) -> None:
        """They wrote just now."""
        wanted = sorted(set(people))
        if wanted:
            await self._connection.execute(_HEARD, {"ids": wanted, "heard_at": now})

    async def change(self, person: int, **values: object) -> None:
        """Set columns of a person: language, zone, preferred_channel, stopped_at, paused_until, held_at, protected."""
        if "zone" in values:
            # What their old wall had not reached, and the new one is past already, is still said once.
            values["zone_before"] = func.coalesce(participants.c.zone_before, participants.c.zone)
        await self._connection.execute(update(participants).where(participants.c.id == person).values(**values))

    async def resume(self, person: int, *, now: datetime) -> bool:
        """Nobody holds them back any longer. `False` when nobody did."""
        done = await self._connection.execute(
            update(participants)
            .where(
                participants.c.id == person,
                or_(participants.c.held_at.is_not(None), participants.c.paused_until > now),
            )
            .values(held_at=None, paused_until=None)
        )
        return bool(done.rowcount)

    async def change_enrolment(self, enrolment: int, *, now: datetime, **values: object) -> None:
        """Set columns of an enrolment; a new phase or coach is noted with what it was."""
        before = (await self._connection.execute(select(enrolments).where(enrolments.c.id == enrolment))).one()
        await self._connection.execute(update(enrolments).where(enrolments.c.id == enrolment).values(**values))
        for column in ("phase", "coach_id", "ended_on"):
            if column in values and values[column] != getattr(before, column):
                await self._connection.execute(
                    insert(changes).values(
                        enrolment_id=enrolment,
                        what=column.removesuffix("_id").removesuffix("_on"),
                        was=None if getattr(before, column) is None else str(getattr(before, column)),
                        became=str(values[column]),
                        changed_at=now,
                    )
                )

    async def make_deep_link(
        self,
        *,
        participant_id: int | None = None,
        coach_id: int | None = None,
        now: datetime,
    ) -> str:
        """A code for `t.me/<bot>?start=<code>`: it works once, and for `DEEP_LINK_LASTS`."""
        code = secrets.token_urlsafe(18)
        await self._connection.execute(
            insert(deep_links).values(
                participant_id=participant_id,
                coach_id=coach_id,
                code_hash=sha256(code.encode()).digest(),
                expires_at=now + DEEP_LINK_LASTS,
            )
        )
        return code

    async def use_deep_link(self, code: str, *, now: datetime) -> tuple[int | None, int | None] | None:
        """Whose code this is (participant, coach), once; `None` if it is unknown, used or too old."""
        row = (
            await self._connection.execute(
                update(deep_links)
                .where(
                    deep_links.c.code_hash == sha256(code.encode()).digest(),
                    deep_links.c.used_at.is_(None),
                    deep_links.c.expires_at > now,
                )
                .values(used_at=now)
                .returning(deep_links.c.participant_id, deep_links.c.coach_id)
            )
        ).first()
        return None if row is None else (row.participant_id, row.coach_id)

    async def whose_link(self, code: str) -> int | None:
        """For whom (participant) this link was made, though it may be used or too old."""
        found: int | None = await self._connection.scalar(
            select(deep_links.c.participant_id).where(deep_links.c.code_hash == sha256(code.encode()).digest())
        )
        return found

    def _each(self, rows: Iterable[Row[Any]]) -> list[Participant]:
        seen: dict[int, Participant] = {}
        for row in rows:
            # Of several addresses on the preferred channel the newest stands first and counts.
            if row.enrolment_id not in seen:
                seen[row.enrolment_id] = participant_of(row, self._sealer)
        return list(seen.values())


def participant_of(row: Row[Any], sealer: Sealer) -> Participant:
    """A row of `WHOLE`."""
    address = None
    if row.address_id is not None:
        address = Address(
            id=row.address_id,
            channel=ChannelName(row.address_channel),
            value=sealer.unseal(row.cipher).decode(),
            state=AddressState(row.address_state),
            blocked_at=row.blocked_at,
        )
    return Participant(
        id=row.id,
        enrolment_id=row.enrolment_id,
        organisation_id=row.organisation_id,
        programme_id=row.programme_id,
        first_name=row.first_name,
        language=row.language,
        zone=row.zone,
        phase=row.phase,
        coach_id=row.coach_id,
        coach_first_name=row.coach_first_name,
        address=address,
        started_on=row.started_on,
        ended_on=row.ended_on,
        stopped_at=row.stopped_at,
        paused_until=row.paused_until,
        held_at=row.held_at,
        protected=row.protected,
        agreement=Agreement(row.agreement),
        check_ins_stopped_at=row.check_ins_stopped_at,
        talking_until=row.talking_until,
        memberships=memberships_of(row.memberships),
        calendars=tuple(row.calendars.split(",")) if row.calendars else (),
    )
