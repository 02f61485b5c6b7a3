"""Analysts and leaders see figures of their programmes, and in no figure a person."""

import re
from datetime import timedelta

from sqlalchemy import insert

from bot.storage import tables
from tests.console.belongings import furnish
from tests.console.street import Street


def cells(html: str, heading: str) -> dict[str, str]:
    """The table under this heading."""
    part = html.split(f"<h2>{heading}</h2>")[1].split("</table>")[0]
    rows = re.findall(r"<th scope=\"row\"[^>]*>(.*?)</th>\s*(.*?)</tr>", part, re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for name, cell in rows}


async def many(street: Street, count: int, *, gender: str, phase: str = "phase-1", born: int = 1990) -> None:
    """So many more of Karin's people."""
    for _ in range(count):
        await street.enrol(f"Person {len(street.people)}", "Karin", gender=gender, birth_year=born, phase=phase)


async def test_groups_are_counted_and_small_ones_hide_the_next(both_streets: Street) -> None:
    street = both_streets
    await many(street, 6, gender="woman")
    await many(street, 9, gender="man", phase="phase-2", born=1970)
    html = (await (await street.browser("Anders")).get("/figures")).text
    # Amina, Bosse and Daniel told no gender; two of them are in phase 2.
    assert cells(html, "By gender") == {
        "Woman": "fewer than 5, or not told",
        "Man": "9",
        "Not said": "fewer than 5, or not told",
        "All": "18",
    }
    by_phase = cells(html, "By phase")
    assert sorted(by_phase.values()) == ["0", "11", "18", "7"] and by_phase["All"] == "18"
    assert cells(html, "By age")["18 to 29"] == "0"


async def test_no_person_and_no_link_to_one_is_in_a_figure(street: Street) -> None:
    await furnish(street, words="Hemligt")
    for reader in ("Anders", "Lena"):
        html = (await (await street.browser(reader)).get("/figures")).text
        main = html.split("<main")[1]
        assert not {name for name in street.people if name in main}
        assert "/people" not in main and "Hemligt" not in main


async def test_of_four_people_nothing_is_told_and_of_five_shares_and_averages(street: Street) -> None:
    await many(street, 5, gender="woman")
    first, *others = [name for name in street.enrolments if name.startswith("Person")]
    for name in others:
        await rate(street, name, first=2, latest=4)
        await come(street, name)
    few = (await (await street.browser("Anders")).get("/figures")).text
    assert set(cells(few, "How people see their own progress").values()) == {"fewer than 5 people"}
    assert few.count("<dd><span") == 2
    await rate(street, first, first=4, latest=5)
    await come(street, first)
    html = (await (await street.browser("Anders")).get("/figures")).text
    assert "2.4 4.2 of 5 5" in cells(html, "How people see their own progress").values()
    assert "<dd>40 %</dd>" in html and html.count("<dd><span") == 1
    swedish = (await (await street.browser("Anders")).get("/figures?lang=sv")).text
    assert ">2,4<" in swedish and ">4,2<" in swedish and "4.2" not in swedish.split("<main")[1]


async def rate(street: Street, name: str, *, first: int, latest: int) -> None:
    """They rated something twice."""
    person, enrolment = street.people[name], street.enrolments[name]
    async with street.database.transaction() as connection:
        for days, value in ((50, first), (2, latest)):
            at = street.hours.now - timedelta(days=days)
            whole = {"enrolment_id": enrolment, "participant_id": person, "instrument": "progress"}
            whole |= {"instrument_version": 1, "rater": "participant"}
            number = await connection.scalar(
                insert(tables.check_ins)
                .values(**whole, flow="weekly-check-in", began_at=at)
                .returning(tables.check_ins.c.id)
            )
            rated = {"check_in_id": number, "indicator": "determination", "value": value, "low": 1, "high": 5}
            await connection.execute(insert(tables.given_ratings).values(**whole, **rated, language="sv", rated_at=at))


async def come(street: Street, name: str) -> None:
    """Present twice, away three times; and today, which is not over."""
    async with street.database.transaction() as connection:
        for days, presence in enumerate(("present", "late", "present", "illness", "other", "not-valid")):
            await connection.execute(
                insert(tables.attendances).values(
                    enrolment_id=street.enrolments[name],
                    activity=f"activity-{days}",
                    area="health",
                    held_on=street.hours.now.date() - timedelta(days=days),
                    presence=presence,
                    noted_by="coach",
                    noted_at=street.hours.now,
                )
            )


async def test_nobody_sees_the_figures_of_a_programme_that_is_not_theirs(street: Street) -> None:
    anders = await street.browser("Anders")
    assert (await anders.get(f"/figures/{street.programmes['norrby/stega']}")).status_code == 200
    for other in ("norrby/annan", "soderby/stega"):
        assert (await anders.get(f"/figures/{street.programmes[other]}")).status_code == 404
    assert (await (await street.browser("Karin")).get("/figures")).status_code == 403
