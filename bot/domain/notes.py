"""A note says for whom it is: its writer, all who see the person, or the person too."""

from enum import StrEnum

MOST_LETTERS = 2_000


class Visibility(StrEnum):
    """Who may read a note."""

    ME = "me"
    TEAM = "team"
    """All who see the person."""
    PARTICIPANT = "participant"
    """The person gets it too, when they ask for what is kept about them."""
