"""A coach sees which value counts, and what was said before it was corrected."""

import re
from datetime import timedelta

from bot.storage.tables import check_ins, given_ratings
from tests.console.persons import keep
from tests.console.street import NOW, Street


async def rated(street: Street, name: str, *values: int | None) -> None:
    """One question of a check-in, answered and corrected until the last of these values counts."""
    about = {"enrolment_id": street.enrolments[name], "participant_id": street.people[name]}
    answered = NOW - timedelta(hours=2)
    asked = {"flow": "weekly-check-in", "instrument": "progress", "instrument_version": 1, "rater": "participant"}
    check_in = await keep(street, check_ins, **about, **asked, began_at=answered)
    row = about | {"check_in_id": check_in, "indicator": "work-belief", "instrument": "progress", "low": 1, "high": 5}
    row |= {"instrument_version": 1, "rater": "participant", "language": "sv", "rated_at": answered}
    for place, value in enumerate(values, start=1):
        corrected = None if place == len(values) else answered + timedelta(minutes=place)
        await keep(street, given_ratings, **row, value=value, corrected_at=corrected)


def history(html: str) -> list[str]:
    """The values of the page of every value, with what stands beside each."""
    found = re.findall(r"<li><strong>.*?</li>", html, re.DOTALL)
    return [" ".join(re.sub(r"<time.*?</time>|<[^>]+>", " ", line, flags=re.DOTALL).split()) for line in found]


async def test_every_value_is_shown_with_what_it_was_before(both_streets: Street) -> None:
    street = both_streets
    await rated(street, "Bosse", 3, None, 5)
    page = await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}/ratings")

    assert history(page.text) == ["5 corrected, was 3 corrected, was no answer"]


async def test_a_value_that_was_never_corrected_says_nothing_of_it(street: Street) -> None:
    await rated(street, "Bosse", 4)
    page = await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}/ratings")

    assert history(page.text) == ["4"]


async def test_a_value_that_became_no_answer_is_told_with_what_it_was(both_streets: Street) -> None:
    street = both_streets
    await rated(street, "Bosse", 3, None)
    page = await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}/ratings")

    assert history(page.text) == ["no answer corrected, was 3"]
    assert "First and latest" not in page.text and "No ratings yet" not in page.text


async def test_a_value_that_became_no_answer_does_not_hide_the_others(street: Street) -> None:
    await rated(street, "Bosse", 2)
    await rated(street, "Bosse", 4, None)
    await rated(street, "Bosse", None)
    page = await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}/ratings")

    assert history(page.text) == ["2", "no answer corrected, was 4"]
    assert "from 2 to 2" in page.text


async def test_only_the_value_that_counts_stands_on_the_persons_page(street: Street) -> None:
    await rated(street, "Bosse", 2, 5)
    page = await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}")

    assert "corrected, was" not in page.text
