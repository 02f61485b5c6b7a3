"""A rating has moved when the same person gave another value on the same version of the same indicator."""

from dataclasses import dataclass

from bot.domain.weeks import PersonWeek, ProgrammeWeek


@dataclass(frozen=True, kw_only=True)
class Move:
    """A changed rating: at least one step, on the same version. `title` is a text key, `None` when it is gone."""

    first_name: str
    programme_id: int
    indicator: str
    title: str | None
    was: int
    now: int
    sensitive: bool
    protected: bool

    @property
    def up(self) -> bool:
        """Whether it went up."""
        return self.now > self.was


def moves(person: PersonWeek, week: ProgrammeWeek) -> tuple[Move, ...]:
    """What changed of a person's own ratings since before the week, up first."""
    before = {(one.indicator, one.instrument, one.version): one for one in person.before}
    latest = {one.indicator: one for one in sorted(person.rated, key=lambda one: one.rated_at)}
    known = {one.slug: one for one in week.instrument.indicators}
    found = []
    for rated in latest.values():
        earlier = before.get((rated.indicator, rated.instrument, rated.version))
        if earlier is None or earlier.value == rated.value:
            continue
        indicator = known.get(rated.indicator)
        found.append(
            Move(
                first_name=person.first_name,
                programme_id=week.programme_id,
                indicator=rated.indicator,
                title=indicator.title if indicator else None,
                was=earlier.value,
                now=rated.value,
                # What is no longer in the instrument may have been sensitive.
                sensitive=indicator is None or indicator.sensitive,
                protected=person.protected,
            )
        )
    return tuple(sorted(found, key=up_first))


def up_first(move: Move) -> tuple[bool, str, str]:
    """In which order moves are told."""
    return not move.up, move.first_name.casefold(), move.indicator
