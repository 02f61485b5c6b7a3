"""Not coming is read by category and day, and never with a reason."""

from datetime import date

from bot.domain.day import NewAbsence
from bot.domain.people import Presence
from bot.engine.folding import bare, fold
from bot.engine.reading import Reading


def read_absence(words: str, *, reading: Reading, today: date) -> NewAbsence | None:
    """The absence that the whole of `words` reports, or `None`. Without a day it is today's."""
    said = bare(fold(words))
    category = next((each for each, known in reading.absences.items() if said in known), None)
    if category is None:
        return None
    ends_on = today if category is Presence.LATE else None
    return NewAbsence(category=category, begins_on=today, ends_on=ends_on, reported_by="participant")
