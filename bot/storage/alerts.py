"""What a coach must see stands here until somebody has seen it; weekly summaries stand here as they were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alerts import AlertKind, FlowKind
from bot.storage.tables import alerts, coaches, summaries
from bot.storage.takers import takers
from bot.storage.upsert import insert_new


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAlert:
    """Something a coach must see now. `once` keeps it from being raised twice."""

    organisation_id: int
    kind: AlertKind | FlowKind
    once: str
    programme_id: int | None = None
    participant_id: int | None = None
    coach_id: int | None = None
    about: int | None = None
    escalates_at: datetime | None = None
    """When the first one is told, if it is urgent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RaisedAlert:
    """An alert as it stands. `seen_to_by` is the first name of whoever saw to it."""

    id: int
    organisation_id: int
    programme_id: int | None
    participant_id: int | None
    coach_id: int | None
    acknowledged_at: datetime | None
    seen_to_by: str


_HELD = (
    select(
        alerts.c.id,
        alerts.c.organisation_id,
        alerts.c.programme_id,
        alerts.c.participant_id,
        alerts.c.coach_id,
        alerts.c.acknowledged_at,
        alerts.c.acknowledged_by,
    )
    .where(alerts.c.id == bindparam("alert"))
    .with_for_update()
)
_NAME = select(coaches.c.first_name).where(coaches.c.id == bindparam("coach"))


class Alerts:
    """Raised once, acknowledged once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def raise_these(self, raised: Sequence[NewAlert], *, now: datetime) -> None:
        """Raise alerts; one whose `once` was raised before changes nothing."""
        if raised:
            await self._connection.execute(
                insert_new(self._connection, alerts),
                [
                    {
                        "organisation_id": one.organisation_id,
                        "programme_id": one.programme_id,
                        "participant_id": one.participant_id,
                        "coach_id": one.coach_id,
                        "kind": one.kind,
                        "about": one.about,
                        "once": one.once,
                        "raised_at": now,
                        "escalates_at": one.escalates_at,
                    }
                    for one in raised
                ],
            )

    async def acknowledge(self, alert: int, *, coach: int, now: datetime) -> bool:
        """Somebody has seen it. `False` when somebody else had already."""
        done = await self._connection.execute(
            update(alerts)
            .where(alerts.c.id == alert, alerts.c.acknowledged_at.is_(None))
            .values(acknowledged_at=now, acknowledged_by=coach, escalates_at=_others_at(now))
        )
        return bool(done.rowcount)

    async def held(self, alert: int) -> RaisedAlert | None:
        """This alert, held until the end of the unit of work."""
        row = (await self._connection.execute(_HELD, {"alert": alert})).first()
        if row is None:
            return None
        values = dict(row._mapping)
        seen_to_by = values.pop("acknowledged_by")
        name = await self._connection.scalar(_NAME, {"coach": seen_to_by}) if seen_to_by else ""
        return RaisedAlert(**values, seen_to_by=name or "")

    async def put_off(self, alert: int, *, until: datetime) -> None:
        """It comes back then."""
        await self._connection.execute(update(alerts).where(alerts.c.id == alert).values(later_until=until))

    async def hand_to(self, alert: int, *, coach: int) -> None:
        """This coach has it from now on; it is nobody's to put off but theirs, and is shown again."""
        await self._connection.execute(
            update(alerts).where(alerts.c.id == alert).values(coach_id=coach, later_until=None)
        )

    async def takers(self, enrolment: int, *, today: date) -> dict[int, str]:
        """First names of the colleagues to whom what is about this person can be handed, by id."""
        return (await takers(self._connection, [enrolment], today=today)).get(enrolment, {})

    async def take_back(self, kinds: Sequence[AlertKind], *, participant: int, now: datetime) -> None:
        """What was told of a person is so no more, and needs nobody."""
        await self._connection.execute(
            update(alerts)
            .where(alerts.c.participant_id == participant, alerts.c.kind.in_(kinds), alerts.c.acknowledged_at.is_(None))
            .values(acknowledged_at=now)
        )

    async def acknowledge_all(self, kind: AlertKind, *, participant: int, coach: int, now: datetime) -> None:
        """Somebody has seen to everything of this kind about a person."""
        await self._connection.execute(
            update(alerts)
            .where(alerts.c.kind == kind, alerts.c.participant_id == participant, alerts.c.acknowledged_at.is_(None))
            .values(acknowledged_at=now, acknowledged_by=coach, escalates_at=_others_at(now))
        )

    async def hand_all_to(self, coach: int, *, participant: int, programme: int) -> None:
        """What nobody has seen to yet about this person in this programme is for another coach from now on."""
        await self._connection.execute(
            update(alerts)
            .where(
                alerts.c.participant_id == participant,
                or_(alerts.c.programme_id == programme, alerts.c.programme_id.is_(None)),
                alerts.c.acknowledged_at.is_(None),
            )
            .values(coach_id=coach)
        )


def _others_at(now: datetime) -> ColumnElement[datetime | None]:
    """Who were told of an urgent alert are told at once who has it now; of any other there is nobody to tell."""
    return case((alerts.c.escalates_at.is_not(None), bindparam("others_at", now, type_=alerts.c.escalates_at.type)))


class Summaries:
    """One for each coach and ISO week."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(
        self,
        coach: int,
        *,
        week: tuple[int, int],
        language: str,
        written: tuple[str, str],
        now: datetime,
    ) -> int | None:
        """Keep the summary (text, html) of a coach's week; `None` when there is one already."""
        number = await self._connection.scalar(
            insert_new(self._connection, summaries)
            .values(
                coach_id=coach,
                iso_year=week[0],
                iso_week=week[1],
                language=language,
                text=written[0],
                html=written[1],
                written_at=now,
            )
            .returning(summaries.c.id)
        )
        return None if number is None else int(number)
