"""One person is one line in the operator's terminal: a first name and how things are, no address."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.domain.people import AddressState, Participant


def lines(people: Iterable[Participant], *, now: datetime) -> Iterator[str]:
    """A heading and a line for each, in the order given; says so when there is nobody."""
    rows = [
        (
            str(one.enrolment_id),
            one.first_name,
            one.language,
            one.phase,
            one.coach_first_name,
            str(one.address.channel) if one.address else "nothing yet",
            _standing(one, now=now),
        )
        for one in people
    ]
    if not rows:
        yield "nobody yet: `framsteg people import FILE.csv` takes people in"
        return
    table = [("number", "name", "language", "phase", "coach", "reached by", "standing"), *rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _standing(one: Participant, *, now: datetime) -> str:
    if one.ended_on is not None:
        return f"leaves {one.ended_on}"
    if one.stopped_at is not None:
        return "stopped"
    if one.held_at is not None:
        return "paused until a coach resumes it"
    if one.paused_until is not None and one.paused_until > now:
        return f"paused until {one.paused_until:%Y-%m-%d}"
    if one.protected:
        return "protected: never written to"
    if one.address is None:
        return "`framsteg people invite` makes a link"
    return "" if one.address.state is AddressState.ACTIVE else f"address {one.address.state}"
