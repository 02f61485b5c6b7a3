"""The services behind a person's page refuse by themselves what no page of ours would ask for."""

from collections.abc import Mapping

import pytest

from bot.domain.access import By, ChangedMeanwhile
from bot.domain.notes import Visibility
from bot.domain.people import ChannelName
from bot.services import contact, judging, notes, roster
from bot.services.asked import Asked, NotOnTheRoster
from bot.storage.notes import NewNote
from bot.storage.tables import audit, check_ins
from bot.storage.tables import notes as kept_notes
from tests.console.persons import person, place, queued, rows
from tests.console.street import NOW, Street


def by(street: Street, name: str, *, organisation: int) -> By:
    return By(coach_id=street.coaches[name], organisation_id=organisation)


async def karins(street: Street, *, standing: str | None = None) -> Asked:
    """Karin asks, about Bosse."""
    organisation = (await place(street, "Bosse"))["organisation_id"]
    return Asked(
        enrolment=street.enrolments["Bosse"], by=by(street, "Karin", organisation=organisation), standing=standing
    )


@pytest.mark.parametrize("name", ["Karin", "Lena", "Olof", "Bertil", "Adam"])
async def test_only_another_coach_of_the_programme_takes_somebody_over(street: Street, name: str) -> None:
    database, shelf = street.database, street.desk.shelf
    with pytest.raises(NotOnTheRoster):
        await roster.hand_over(database, shelf, await karins(street), to=street.coaches[name], now=NOW)
    assert (await place(street, "Bosse"))["coach_id"] == street.coaches["Karin"]


async def test_another_organisation_changes_nothing(street: Street) -> None:
    theirs = by(street, "Bertil", organisation=(await place(street, "Berit"))["organisation_id"])
    asked = Asked(enrolment=street.enrolments["Bosse"], by=theirs)
    with pytest.raises(NotOnTheRoster):
        await contact.stop(street.database, street.desk.shelf, asked, now=NOW)
    with pytest.raises(NotOnTheRoster):
        new = NewNote(visibility=Visibility.TEAM, words="x")
        await notes.write(street.database, asked.enrolment, new, by=theirs, now=NOW)
    assert (await person(street, "Bosse"))["stopped_at"] is None and await queued(street, "Bosse") == []
    assert await rows(street, kept_notes) == [] and await rows(street, audit) == []


async def test_what_changed_meanwhile_is_left_alone(street: Street) -> None:
    with pytest.raises(ChangedMeanwhile):
        await contact.pause(street.database, await karins(street, standing="another"), until=None, now=NOW)
    assert (await person(street, "Bosse"))["held_at"] is None and await rows(street, audit) == []


async def test_a_channel_without_an_address_and_a_strange_language_are_refused(street: Street) -> None:
    database, shelf = street.database, street.desk.shelf
    with pytest.raises(NotOnTheRoster, match="telegram"):
        await contact.reach_by(database, await karins(street), channel=ChannelName.TELEGRAM, now=NOW)
    with pytest.raises(NotOnTheRoster, match="xx"):
        await contact.speak(database, shelf, await karins(street), language="xx", now=NOW)
    assert await rows(street, audit) == []


@pytest.mark.parametrize("given", [{"work-belief": 0}, {"work-belief": 6}, {"job-search": 10}, {"moon": 1}])
async def test_only_what_the_instrument_asks_is_recorded(street: Street, given: Mapping[str, int]) -> None:
    with pytest.raises(NotOnTheRoster):
        await judging.record(street.database, street.desk.shelf, await karins(street), given=given, now=NOW)
    assert await rows(street, check_ins) == [] and await rows(street, audit) == []
