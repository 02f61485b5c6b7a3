"""A table of people is taken in whole or not at all, and every problem in it is named."""

import pytest
from sqlalchemy import func, select

from bot.content.people_problems import PeopleRefused
from bot.domain.people import Agreement
from bot.services.roster import PeopleFile, import_people
from bot.storage import tables
from tests.town import Town

HEADING = "first_name,language,phone,telegram,coach,phase,started_on,zone,gender,birth_year,protected"


def file_of(table: bytes, agreement: Agreement = Agreement.AGREED) -> PeopleFile:
    return PeopleFile(table=table, agreement=agreement)


async def taken_in(town: Town, text: str) -> int:
    app = town.app
    return await import_people(app.database, app.shelf, town.programme, file=file_of(text.encode()), now=town.now)


async def problems(town: Town, text: str) -> list[str]:
    with pytest.raises(PeopleRefused) as refused:
        await taken_in(town, text)
    return [str(one) for one in refused.value.problems]


async def how_many(town: Town) -> int:
    return (await town.rows(select(func.count()).select_from(tables.enrolments)))[0][0]


async def test_a_table_of_people_is_enrolled_and_everybody_is_written_to(town: Town) -> None:
    rows = (
        "\ufefffirst_name;coach;phone;language;phase;protected\r\n"
        "Amina;karin@example.se;070-174 00 01;sv;phase-2;no\r\n"
        "\r\n"
        "Grace;Karin@Example.se;+46701740002;en;;no\r\n"
        "Hidden;karin@example.se;0701740003;;;yes\r\n"
    )

    assert await taken_in(town, rows) == 3
    await town.later(hours=9)

    told = {one.to: one.body.split(":")[0] for one in town.twilio.sent}
    assert told == {
        "+46701740001": "Hej Amina! I morgon, torsdag 26 november",
        "+46701740002": "Hi Grace! Tomorrow, Thursday 26 November",
    }


async def test_every_problem_of_a_table_is_named_and_nobody_is_enrolled(town: Town) -> None:
    rows = (
        f"{HEADING}\n"
        "Amina,sv,0701740001,,karin@example.se,phase-1,2026-11-01,Europe/Stockholm,woman,1985,no\n"
        ",xx,12,chat,nobody@example.se,phase-9,1 november,Mars/Olympus,x,850101-1234,maybe\n"
        "Bo,sv,+46 70 174 00 01,,karin@example.se,,,,,,\n"
    )

    assert await problems(town, rows) == [
        "row 3, coach: no coach has this e-mail address: `framsteg coach add` first",
        "row 3, phone: not a phone number: write it like 070-123 45 67 or +46701234567",
        "row 3, telegram: a chat id is a number; leave it empty and send a link instead",
        "row 3, phase: one of phase-1, phase-2, phase-3",
        "row 3, language: one of sv, en, ar, so, bs, ckb, fa, fa_AF, hr, ku, pl, sq, sr_Latn, th, ti, tr, uk",
        "row 3, first_name: write a first name of 1 to 80 letters",
        "row 3, zone: a time zone such as Europe/Stockholm",
        "row 3, started_on: a day such as 2026-11-22",
        "row 3, gender: one of woman, man, other",
        "row 3, birth_year: a year such as 1985; never a whole birth date",
        "row 3, protected: one of no, yes",
        "row 4, phone: the same number stands in another row",
    ]
    assert await how_many(town) == 0


async def test_a_table_that_is_read_twice_writes_to_nobody_twice(town: Town) -> None:
    rows = "first_name,coach,phone,telegram\nAmina,karin@example.se,0701740001,\nBo,karin@example.se,,9001\n"

    assert await taken_in(town, rows) == 2

    assert await problems(town, rows) == [
        "row 2, phone: somebody in the programme has it already: take this row away",
        "row 3, telegram: somebody in the programme has it already: take this row away",
    ]
    assert await how_many(town) == 2


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"first_name\xff,coach\n", "row 1, file: save it as UTF-8"),
        (b"", "row 1, file: give a heading and at most 10000 rows"),
        (b"name\nBo\n", "row 1, name: not a column: use first_name"),
        (b"first_name,coach\n" + b'"' + b"x" * 200_000, "row 1, file: save it as CSV"),
    ],
    ids=["no text", "nothing", "other columns", "an open quote"],
)
async def test_what_is_no_table_is_refused_with_a_remedy(shared_town: Town, table: bytes, problem: str) -> None:
    app = shared_town.app

    with pytest.raises(PeopleRefused) as refused:
        await import_people(app.database, app.shelf, shared_town.programme, file=file_of(table), now=shared_town.now)

    assert str(refused.value.problems[0]).startswith(problem)
