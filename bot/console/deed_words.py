"""What the log keeps as a slug is said in words, in the reader's language."""

from collections.abc import Callable

Say = Callable[[str], str]


def deed_words(_: Say) -> dict[str, str]:
    """What was done, by slug."""
    return _of_people(_) | _of_the_day(_) | _of_accounts(_)


def kind_words(_: Say) -> dict[str, str]:
    """What kind of thing was done."""
    return {
        "read": _("Reading"),
        "contact": _("Writing, and how somebody is reached"),
        "place": _("Places, phases and coaches"),
        "day": _("Attendance, absence and alerts"),
        "notes": _("Notes and ratings"),
        "door": _("Signing in"),
        "accounts": _("Accounts"),
        "taken-out": _("Files taken out"),
    }


def _of_people(_: Say) -> dict[str, str]:
    return {
        "person-read": _("Opened the person's page"),
        "conversation-read": _("Read the conversation"),
        "message-written": _("Wrote a message"),
        "claimed": _("Said whose an unknown number is"),
        "put-away": _("Put an unknown number away"),
        "paused": _("Paused the messages"),
        "stopped": _("Stopped the messages"),
        "started-again": _("Started the messages again"),
        "person-resumed": _("Let the messages go on"),
        "urgent-number": _("Changed where they are told what is urgent"),
        "check-ins-resumed": _("Let questions be asked again"),
        "language-changed": _("Changed the language"),
        "channel-changed": _("Changed the channel"),
        "address-added": _("Added a number"),
        "days-off-asked": _("Asked which holidays the person wants free"),
        "days-off-set": _("Noted which holidays the person wants free"),
        "zone-changed": _("Changed the time zone"),
        "fallback-chosen": _("Chose whether SMS is used when Telegram does not work"),
        "link-made": _("Made a link for Telegram"),
        "person-added": _("Added the person"),
        "asked-again": _("Asked once more if we may write"),
        "agreed-in-person": _("Noted that the person said yes"),
        "phase-changed": _("Moved to another phase"),
        "block-joined": _("Took the person into a block"),
        "block-left": _("Ended the time in a block"),
        "milestone-set": _("Changed a milestone"),
        "handed-over": _("Handed over to another coach"),
        "left": _("Ended the time in the programme"),
        "import-read": _("Brought a file of people"),
        "import-begun": _("Took in the people of a file"),
        "import-thrown-away": _("Threw a file of people away"),
        "note-written": _("Wrote a note"),
        "note-removed": _("Removed a note"),
        "rated-on-behalf": _("Recorded ratings for the person"),
    }


def _of_the_day(_: Say) -> dict[str, str]:
    return {
        "meeting-made": _("Made a meeting"),
        "meeting-moved": _("Moved a meeting"),
        "meeting-called-off": _("Called off a meeting"),
        "activity-cancelled": _("Cancelled an activity"),
        "activity-moved": _("Moved an activity"),
        "activity-held": _("Had an activity held after all"),
        "attendance-noted": _("Noted attendance"),
        "absence-reported": _("Reported an absence"),
        "absence-ended": _("Ended an absence"),
        "line-put-aside": _("Put a line of the day aside"),
        "alert-seen-to": _("Saw to an alert"),
        "alert-put-off": _("Put an alert off"),
        "alert-handed-over": _("Handed an alert to a colleague"),
        "away": _("Said they are away"),
        "back": _("Said they are back"),
        "deputy-chosen": _("Chose a deputy"),
        "log-downloaded": _("Downloaded the log"),
    }


def _of_accounts(_: Say) -> dict[str, str]:
    return {
        "signed-in": _("Signed in"),
        "signed-out": _("Signed out"),
        "sign-in-refused": _("Was refused at signing in"),
        "recovery-code-used": _("Used a recovery code"),
        "session-ended": _("Ended a session"),
        "password-set": _("Chose a password"),
        "new-password-asked": _("Asked for a new password"),
        "second-factor-set": _("Set up one-time codes"),
        "recovery-codes-made": _("Made new recovery codes"),
        "account-changed": _("Changed their account"),
        "invited": _("Invited a colleague"),
        "role-given": _("Gave a role"),
        "role-taken": _("Took a role away"),
        "second-factor-reset": _("Reset somebody's one-time codes"),
        "removed": _("Closed an account"),
    }
