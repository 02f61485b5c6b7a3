"""Values of indicators are kept here; a correction leaves the old value standing, and says when it stopped counting."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.check_ins import RaterKind
from bot.storage.columns import Moment
from bot.storage.tables import check_ins, given_ratings


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRating:
    """One value to be kept. `value` is `None` for "I do not want to answer".

    `number` is which question it was, as the person was told; `arrival_id` what they answered it with.
    """

    check_in_id: int
    participant_id: int
    enrolment_id: int
    indicator: str
    instrument: str
    instrument_version: int
    value: int | None
    low: int
    high: int
    language: str
    rater: RaterKind = RaterKind.PARTICIPANT
    number: int | None = None
    arrival_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCheckIn:
    """A check-in that was no conversation: a coach keeps what the person said."""

    enrolment_id: int
    participant_id: int
    flow: str
    instrument: str
    instrument_version: int
    rater_coach_id: int
    rater: RaterKind = RaterKind.PARTICIPANT


_CORRECT = (
    update(given_ratings)
    .where(
        given_ratings.c.check_in_id == bindparam("check_in"),
        given_ratings.c.indicator == bindparam("of_indicator"),
        given_ratings.c.corrected_at.is_(None),
    )
    .values(corrected_at=bindparam("now"))
)
_before = given_ratings.alias("before")
_FIRST = (
    select(func.min(_before.c.rated_at))
    .where(_before.c.check_in_id == bindparam("in_check_in"), _before.c.indicator == bindparam("for_indicator"))
    .scalar_subquery()
)
# A correction belongs to the moment of the answer, and to its week.
_INSERT_RATING = insert(given_ratings).values(rated_at=func.coalesce(_FIRST, bindparam("given_at", type_=Moment)))


class Ratings:
    """Values of indicators. A correction keeps the old value and says when it stopped counting."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, new: NewCheckIn, *, now: datetime) -> int:
        """A check-in that is over as soon as its values are kept. Gives its id."""
        number = await self._connection.scalar(
            insert(check_ins).values(**asdict(new), began_at=now, ended_at=now).returning(check_ins.c.id)
        )
        return int(number or 0)

    async def keep(self, given: Sequence[NewRating], *, now: datetime) -> None:
        """Keep values; one that was given before in the same check-in counts no more."""
        if not given:
            return
        await self._connection.execute(
            _CORRECT,
            [{"check_in": one.check_in_id, "of_indicator": one.indicator, "now": now} for one in given],
        )
        await self._connection.execute(_INSERT_RATING, [_rating_row(one, now) for one in given])

    async def last_asked(self, enrolments: Iterable[int]) -> dict[int, dict[str, datetime]]:
        """When each indicator was last answered, by enrolment."""
        wanted = sorted(set(enrolments))
        found: dict[int, dict[str, datetime]] = {}
        if not wanted:
            return found
        rows = await self._connection.execute(
            select(
                given_ratings.c.enrolment_id,
                given_ratings.c.indicator,
                func.max(given_ratings.c.rated_at).label("last"),
            )
            .where(
                given_ratings.c.enrolment_id.in_(wanted),
                given_ratings.c.rater == RaterKind.PARTICIPANT,
            )
            .group_by(given_ratings.c.enrolment_id, given_ratings.c.indicator)
        )
        for row in rows:
            found.setdefault(row.enrolment_id, {})[row.indicator] = row.last
        return found


def _rating_row(one: NewRating, now: datetime) -> dict[str, object]:
    return {
        "check_in_id": one.check_in_id,
        "participant_id": one.participant_id,
        "enrolment_id": one.enrolment_id,
        "indicator": one.indicator,
        "instrument": one.instrument,
        "instrument_version": one.instrument_version,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "rater": one.rater,
        "language": one.language,
        "number": one.number,
        "arrival_id": one.arrival_id,
        "in_check_in": one.check_in_id,
        "for_indicator": one.indicator,
        "given_at": now,
    }
