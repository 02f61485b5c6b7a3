"""Of whom nothing is heard, and who cannot be reached, the database finds by the same measure as the summary tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, and_, case, false, func, or_, select
from sqlalchemy.sql.functions import coalesce

from bot.domain.calendar import zone_of
from bot.domain.day import AsideLine
from bot.domain.people import AddressState, ChannelName
from bot.domain.silence import Silence
from bot.storage.put_asides import not_aside
from bot.storage.tables import enrolments, participants
from bot.storage.views.sight import Look
from bot.storage.views.today_people import (
    PLACES,
    Part,
    PersonSeen,
    Section,
    person_columns,
    person_of,
    reach,
    takes_part,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SilentSeen:
    """Somebody of whom nothing is heard, and since when. `reach` is the state of the address on their `channel`."""

    why: Silence
    person: PersonSeen
    channel: ChannelName
    reach: AddressState | None
    started_on: date
    last_heard_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """After how many days without a word somebody is silent, by programme; days are counted in `zone`."""

    after: Mapping[int, int]
    zone: str
    now: datetime

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(zone_of(self.zone)).date()


async def silent_people(look: Look, part: Part, *, measure: Measure) -> dict[Silence, Section[SilentSeen]]:
    """Those who cannot be reached (with those whom the provider blocks) and those who are silent, the longest first.

    Who said stop is not told of.
    """
    numbered = _numbered(look, measure)
    rows = await look.connection.execute(
        select(
            numbered.c.section,
            numbered.c.total,
            enrolments.c.started_on,
            participants.c.last_heard_at,
            participants.c.preferred_channel,
            reach().label("reach"),
            *person_columns(),
        )
        .select_from(PLACES.join(numbered, numbered.c.id == enrolments.c.id))
        .where(numbered.c.place > part.skip, numbered.c.place <= part.skip + part.most)
        .order_by(numbered.c.place)
    )
    found: dict[Silence, list[Row[Any]]] = {Silence.UNREACHABLE: [], Silence.NO_WORD: []}
    for row in rows:
        found[Silence(row.section)].append(row)
    return {
        kind: Section(lines=tuple(_silent(row, look) for row in several), total=several[0].total if several else 0)
        for kind, several in found.items()
    }


def _numbered(look: Look, measure: Measure) -> Subquery:
    """The places of those who are told of, numbered within their section."""
    unreachable = is_unreachable(measure.today)
    section = case((unreachable, Silence.UNREACHABLE.value), else_=Silence.NO_WORD.value).label("section")
    order = (participants.c.last_heard_at.is_not(None), participants.c.last_heard_at, enrolments.c.id)
    return (
        select(
            enrolments.c.id,
            section,
            func.count().over(partition_by=section).label("total"),
            func.row_number().over(partition_by=section, order_by=order).label("place"),
        )
        .select_from(PLACES)
        .where(
            look.sees,
            or_(
                and_(unreachable, not_aside(AsideLine.UNREACHABLE, now=measure.now)),
                and_(is_silent(measure), not_aside(AsideLine.SILENT, now=measure.now)),
            ),
        )
        .subquery()
    )


def is_unreachable(today: date) -> ColumnElement[bool]:
    """True of `PLACES` whose people we would write to, and cannot."""
    return and_(_written_to(today), coalesce(reach(), AddressState.BAD.value) != AddressState.ACTIVE)


def is_silent(measure: Measure) -> ColumnElement[bool]:
    """True of `PLACES` of whose people `silence` says that there is no word."""
    now, waits = measure.now, or_(false())
    for programme, days in measure.after.items():
        since = now - timedelta(days=days)
        waits = or_(
            waits,
            and_(
                enrolments.c.programme_id == programme,
                or_(participants.c.last_heard_at.is_(None), participants.c.last_heard_at <= since),
                # Whoever began this very week has not been silent for longer than that.
                enrolments.c.started_on <= since.astimezone(zone_of(measure.zone)).date(),
            ),
        )
    waited_for = and_(
        participants.c.held_at.is_(None),
        or_(participants.c.paused_until.is_(None), participants.c.paused_until <= now),
    )
    return and_(_written_to(measure.today), reach() == AddressState.ACTIVE, waited_for, waits)


def _written_to(today: date) -> ColumnElement[bool]:
    return and_(takes_part(today), participants.c.protected.is_(False), participants.c.stopped_at.is_(None))


def _silent(row: Row[Any], look: Look) -> SilentSeen:
    blocked = row.reach == AddressState.STOPPED
    return SilentSeen(
        why=Silence.BLOCKED if blocked else Silence(row.section),
        person=person_of(row, look.sealer),
        channel=ChannelName(row.preferred_channel),
        reach=None if row.reach is None else AddressState(row.reach),
        started_on=row.started_on,
        last_heard_at=row.last_heard_at,
    )
