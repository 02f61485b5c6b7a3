"""Whatever the log tells belongs to one kind, so that it can be looked for."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What somebody did, roughly."""

    READ = "read"
    CONTACT = "contact"
    PLACE = "place"
    DAY = "day"
    NOTES = "notes"
    DOOR = "door"
    """Coming in and going out, and what one needs for it."""
    ACCOUNTS = "accounts"
    TAKEN_OUT = "taken-out"
    """Somebody made a file of what is kept."""


SLUGS: Mapping[Kind, tuple[str, ...]] = {
    Kind.READ: ("person-read", "conversation-read"),
    Kind.CONTACT: (
        *("message-written", "claimed", "put-away", "paused", "stopped", "started-again", "person-resumed"),
        *("check-ins-resumed", "asked-again", "agreed-in-person"),
        *("language-changed", "channel-changed", "address-added", "link-made", "fallback-chosen"),
        "zone-changed",
        *("days-off-asked", "days-off-set"),
    ),
    Kind.PLACE: (
        *("block-joined", "block-left"),
        *("person-added", "phase-changed", "milestone-set", "handed-over", "left"),
        *("import-read", "import-begun", "import-thrown-away"),
    ),
    Kind.DAY: (
        *("meeting-made", "meeting-moved", "meeting-called-off"),
        *("activity-cancelled", "activity-moved", "activity-held"),
        *("attendance-noted", "absence-reported", "absence-ended", "line-put-aside"),
        *("alert-seen-to", "alert-put-off", "alert-handed-over"),
        *("away", "back", "deputy-chosen"),
    ),
    Kind.NOTES: ("note-written", "note-removed", "rated-on-behalf"),
    Kind.DOOR: (
        *("signed-in", "signed-out", "sign-in-refused", "recovery-code-used", "session-ended", "password-set"),
        *("new-password-asked", "second-factor-set", "recovery-codes-made", "account-changed"),
        *("urgent-number",),
    ),
    Kind.ACCOUNTS: ("invited", "role-given", "role-taken", "second-factor-reset", "removed"),
    Kind.TAKEN_OUT: ("log-downloaded",),
}

OWN = frozenset(("put-away", "away", "back", "deputy-chosen")).union(SLUGS[Kind.DOOR], SLUGS[Kind.TAKEN_OUT])
"""What somebody does in no programme, and what the leaders of their programmes see all the same."""

ABOUT_COLLEAGUES = frozenset(("handed-over", "alert-handed-over", "deputy-chosen")).union(SLUGS[Kind.ACCOUNTS])
"""What is done about a colleague: the log keeps that one's number."""

OF_ACCOUNTS = frozenset(SLUGS[Kind.ACCOUNTS]).union(SLUGS[Kind.DOOR])
"""What an administrator sees."""
