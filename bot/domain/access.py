"""Who may see and do what in the console follows from what somebody is to a programme, and from nothing else."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to a programme; an administrator is one to the whole organisation."""

    COACH = "coach"
    """Accompanies participants: sees their own, and those of whom they stand in for."""
    LEADER = "leader"
    """Sees everybody in the programme, and who did what."""
    TRANSLATOR = "translator"
    """Sees what the programme says, and no person."""
    ANALYST = "analyst"
    """Sees figures, and no person."""
    ADMINISTRATOR = "administrator"
    """Sees the accounts of the organisation, and no message."""


class May(StrEnum):
    """What a page asks of its reader."""

    COME = "come"
    """Nothing: whoever finds the way."""
    ENTER = "enter"
    """To be signed in."""
    PEOPLE = "people"
    FIGURES = "figures"
    TEXTS = "texts"
    ACCOUNTS = "accounts"
    LOG = "log"


_ROLES: dict[May, frozenset[Role]] = {
    May.PEOPLE: frozenset({Role.COACH, Role.LEADER}),
    May.FIGURES: frozenset({Role.ANALYST, Role.LEADER}),
    May.TEXTS: frozenset({Role.TRANSLATOR, Role.LEADER}),
    May.ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
    May.LOG: frozenset({Role.LEADER}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointment:
    """What somebody is, and in which programme; an administrator names none."""

    role: Role
    programme_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """Whose people somebody sees: their own in `coaches_in`, all in `leads`, and all of `stands_in_for`."""

    organisation_id: int
    coach_id: int
    coaches_in: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    stands_in_for: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who does something, and the network address it came from: for the log."""

    coach_id: int
    organisation_id: int
    came_from: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Somebody who is signed in. `stands_in_for` are the coaches who are away today and have them as deputy."""

    coach_id: int
    organisation_id: int
    first_name: str
    email: str
    language: str
    zone: str
    appointments: frozenset[Appointment] = frozenset()
    stands_in_for: frozenset[int] = frozenset()

    def may(self, what: May) -> bool:
        """Whether a page that asks for this is theirs to open. Which people it then shows, `sight` tells."""
        if what in (May.COME, May.ENTER):
            return True
        if what is May.PEOPLE and self.stands_in_for:
            return True
        return any(one.role in _ROLES[what] for one in self.appointments)

    def programmes(self, *roles: Role) -> frozenset[int]:
        """The programmes in which they are one of these."""
        return frozenset(
            one.programme_id for one in self.appointments if one.role in roles and one.programme_id is not None
        )

    @property
    def sight(self) -> Sight:
        """Whose people they see."""
        return Sight(
            organisation_id=self.organisation_id,
            coach_id=self.coach_id,
            coaches_in=self.programmes(Role.COACH),
            leads=self.programmes(Role.LEADER),
            stands_in_for=self.stands_in_for,
        )


class ChangedMeanwhile(Exception):
    """Somebody else changed it since it was shown: nothing was done, and the page shows what is there now."""
