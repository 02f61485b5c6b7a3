"""What is said outside flows has a fixed list of names, so that no service asks for words that are not there."""

from datetime import time, timedelta

from bot.content.naming import placeholders_of
from bot.content.pages import Page, hint
from bot.content.wordings import PERSON, QUESTION
from bot.domain.rules import BeforeActivity, BeforeFirst, BeforeMeeting

KNOWN_KEYS = ("about", "phrases")

_A_DAY = BeforeFirst(days=1, at=time())
_KINDS = ("scale", "choice", "several", "yes-no", "number", "date", "time", "words")

PHRASES: dict[str, frozenset[str]] = {
    **{f"unclear-{kind}-{turn}": QUESTION for kind in _KINDS for turn in (1, 2)},
    **{f"unclear-{kind}-range": QUESTION for kind in ("scale", "number", "choice")},
    **{f"unclear-{kind}-tap-{turn}": QUESTION for kind in ("choice", "several") for turn in (1, 2)},
    "sheet": PERSON | {"low", "high", "count"},
    "sheet-how": PERSON | {"example"},
    "sheet-unclear": PERSON | {"count", "example"},
    "sheet-apart": PERSON,
    "sheet-saved": PERSON | {"numbers"},
    "fixed": PERSON,
    "fixed-number": PERSON | {"number"},
    "fix-left": PERSON,
    "fix-which": PERSON,
    "fix-unclear": PERSON,
    "fix-unknown": PERSON | {"number"},
    "fix-too-late": PERSON,
    "nudge": PERSON,
    "left": PERSON,
    "old-button": PERSON,
    "too-late": PERSON,
    "answer-kept": PERSON,
    "no-open-question": PERSON | {"hours"},
    "media": PERSON,
    "stranger": frozenset(),
    "agreed": PERSON,
    "refused": PERSON,
    "who-writes": frozenset({"first", "second"}),
    "who-writes-of-many": frozenset({"people"}),
    "nobody-signed": frozenset(),
    "wrong-number": frozenset(),
    "sms-blocked": PERSON,
    "telegram-blocked": PERSON,
    "stopped": PERSON,
    "started": PERSON,
    "help": PERSON | {"hours"},
    "absent-today": PERSON,
    "absent-days": PERSON | {"days"},
    "absent-today-tell": PERSON,
    "absent-days-tell": PERSON | {"days"},
    "absent-late": PERSON,
    "absent-which": PERSON,
    "absent-why": PERSON,
    **dict.fromkeys(("absent-button", "late-button"), frozenset()),
    **dict.fromkeys(("illness-button", "care-of-child-button", "authority-visit-button", "other-button"), frozenset()),
    "back-asked": PERSON,
    "back-yes": PERSON,
    "back-no": PERSON,
    "back-not-away": PERSON,
    "certificate-soon": PERSON,
    "danger": PERSON,
    "danger-others": PERSON,
    "danger-told-now": PERSON | {"until"},
    "danger-told-later": PERSON | {"day", "time"},
    "danger-told-unknown": frozenset(),
    "farewell": PERSON,
    "telegram-welcome": PERSON,
    "telegram-bad-code": frozenset(),
    "new-coach": PERSON,
    "from-coach": frozenset({"words", "coach"}),
    "activity-line": frozenset({"begins", "title", "place"}),
    "drop-in-line": frozenset({"begins", "title", "place"}),
    "drop-in-day": placeholders_of(_A_DAY),
    "drop-in-soon": placeholders_of(BeforeActivity(lead=timedelta())),
    **dict.fromkeys(("first-soon", "first-tomorrow"), placeholders_of(_A_DAY)),
    **dict.fromkeys(("meeting-soon", "meeting-tomorrow"), placeholders_of(BeforeMeeting(days=1, at=time()))),
    **dict.fromkeys(("meeting-asked", "meeting-moved"), PERSON | {"day", "time", "place"}),
    "meeting-called-off": PERSON | {"day", "time"},
    "meeting-line": frozenset({"begins", "coach", "place"}),
    "activity-cancelled": PERSON | {"activity", "day", "time"},
    "activity-moved": PERSON | {"activity", "day", "time", "new_day", "new_time", "place"},
    "activity-held": PERSON | {"activity", "day", "time", "place"},
    "skip-button": frozenset(),
    "done-button": frozenset(),
    "check-ins-stopped": PERSON,
    "going-on": PERSON,
    "paused": PERSON | {"day"},
    "question-later": PERSON | {"day", "time"},
    "reminder-later": PERSON | {"day", "time"},
    "later-too-late": PERSON,
    "later-hour-button": frozenset(),
    "later-afternoon-button": frozenset(),
    "later-tomorrow-button": frozenset(),
    "language-menu": PERSON | {"languages"},
    "language-changed": PERSON,
    "telegram-link": PERSON | {"link"},
    "telegram-not-here": PERSON,
    "channel-sms": PERSON,
    "channel-telegram": PERSON,
    "no-number": PERSON,
    "help-words": PERSON,
    "my-week-button": frozenset(),
    "my-answers-button": frozenset(),
    "my-data-button": frozenset(),
    "who-sees-button": frozenset(),
    "later-button": frozenset(),
    "pause-button": frozenset(),
    "language-button": frozenset(),
    "coach-button": frozenset(),
    "my-week": PERSON | {"days"},
    "my-week-empty": PERSON,
    "my-answers": PERSON | {"day", "answers"},
    "my-answers-sms": PERSON | {"day", "questions"},
    "my-answers-none": PERSON,
    "answer-line": frozenset({"title", "answer"}),
    "answer-none": frozenset(),
    "answer-private": frozenset({"coach"}),
    "my-data": PERSON,
    "data-request": PERSON,
    "coach-asked": PERSON,
    "to-coach-now": PERSON | {"until"},
    "to-coach-later": PERSON | {"day", "time"},
    "who-sees": PERSON,
    "yes": frozenset(),
    "no": frozenset(),
}
"""Every phrase there must be, with the placeholders it may use."""


def key_of(slug: str) -> str:
    """The text key of a phrase."""
    return f"phrases/{slug}"


def read_phrases(page: Page) -> None:
    """Read a phrases file: its words stand in `page.texts` afterwards."""
    top = page.fields(page.root, known=KNOWN_KEYS, where="the phrases file")
    page.text(top.get("about"), where="'about'")
    node = top.need("phrases")
    written = {slug: (key, value) for slug, key, value in page.named(node, where="'phrases'")}
    for slug, (at, value) in written.items():
        if slug not in PHRASES:
            page.complain(at, f"nothing ever says the phrase '{slug}'", hint(slug, PHRASES))
        elif page.words(value, key=key_of(slug), allowed=PHRASES[slug]) is None:
            continue
    if node is None:
        return
    for slug in PHRASES:
        if slug not in written:
            page.complain(node, f"the phrase '{slug}' is missing", f"add '{slug}: …'")
