"""Whatever is done for somebody begins with the same things in hand."""

from dataclasses import dataclass
from datetime import datetime

from bot.console.forms import Form
from bot.console.person_shown import Ground
from bot.console.visit import Visit
from bot.services.asked import Asked
from bot.services.published import Shelf
from bot.storage.database import Database


@dataclass(frozen=True, kw_only=True)
class Doing:
    """Who asks, about whom, with which form."""

    visit: Visit
    there: Ground
    form: Form
    asked: Asked

    @property
    def database(self) -> Database:
        """Where it is kept."""
        return self.visit.desk.database

    @property
    def shelf(self) -> Shelf:
        """What is published."""
        return self.visit.desk.shelf

    @property
    def now(self) -> datetime:
        """Programme time."""
        return self.visit.now
