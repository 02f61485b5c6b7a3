"""Leaders read who did what with whom in their own programmes, and nobody else does."""

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.console.deed_words import deed_words, kind_words
from bot.console.downloads import cell
from bot.domain.access import By
from bot.domain.deeds import SLUGS, Kind
from bot.storage.audit import Done
from bot.storage.tables import audit
from bot.storage.unit_of_work import unit_of_work
from tests.console.street import Street

SERVICES = Path(__file__).parents[2] / "bot/services"


async def note(street: Street, who: str, what: str, *, person: str = "", about: str | None = None, at: int = 0) -> None:
    """Somebody did something, `at` minutes after the rest; with a person, in that person's programme."""
    owner = {"Karin": "norrby/stega", "Olof": "norrby/annan", "Lena": "norrby/stega"}.get(who)
    done = Done(
        what=what,
        programme_id=street.programmes[owner] if owner and person else None,
        participant_id=street.people[person] if person else None,
        about=about,
    )
    async with unit_of_work(street.database) as work:
        row = (await work.coaches.these([street.coaches[who]]))[street.coaches[who]]
        by = By(coach_id=row.id, organisation_id=row.organisation_id, came_from="192.0.2.7")
        await work.audit.note(done, by=by, now=street.hours.now + timedelta(minutes=at))


async def test_a_leader_reads_who_opened_whose_page_when_and_from_where(both_streets: Street) -> None:
    street = both_streets
    await note(street, "Karin", "person-read", person="Amina", about=str(street.enrolments["Amina"]))
    await note(street, "Karin", "signed-in", at=1)
    html = (await (await street.browser("Lena")).get("/log")).text.split("<main")[1]
    assert html.index("Signed in") < html.index("Opened the person's page".replace("'", "&#39;"))
    assert "<bdi>Karin</bdi>" in html and "<bdi>Amina</bdi>" in html and "192.0.2.7" in html
    assert "Wednesday 25 November 09:00" in html


async def test_a_leader_reads_nothing_of_another_programme(street: Street) -> None:
    await note(street, "Olof", "person-read", person="Olga")
    await note(street, "Olof", "signed-in")
    html = (await (await street.browser("Lena")).get("/log")).text
    assert "Olof" not in html and "Olga" not in html
    theirs = (await (await street.browser("Lisa")).get("/log")).text
    assert "<bdi>Olof</bdi>" in theirs and "<bdi>Olga</bdi>" in theirs and "Signed in" in theirs


async def test_the_log_is_narrowed_by_colleague_person_and_kind(street: Street) -> None:
    await note(street, "Karin", "person-read", person="Amina")
    await note(street, "Karin", "note-written", person="Bosse")
    await note(street, "Lena", "phase-changed", person="Bosse", about="phase-2")
    lena = await street.browser("Lena")

    async def lines(question: str) -> set[str]:
        html = (await lena.get(f"/log?{question}")).text.split("<main")[1]
        shown = html.split('<ol class="log">')[1].split("</ol>")[0] if '<ol class="log">' in html else ""
        return {word for word in ("Opened", "Wrote a note", "Moved to") if word in shown}

    assert await lines("") == {"Opened", "Wrote a note", "Moved to"}
    assert await lines(f"coach={street.coaches['Karin']}") == {"Opened", "Wrote a note"}
    assert await lines(f"person={street.enrolments['Bosse']}") == {"Wrote a note", "Moved to"}
    assert await lines("kind=place") == {"Moved to"}
    assert await lines(f"person={street.enrolments['Olga']}") == set()
    assert await lines(f"kind=everything&coach=x&person={'9' * 40}") == set()


async def test_a_page_holds_fifty_lines(street: Street) -> None:
    for number in range(53):
        await note(street, "Karin", "person-read", person="Amina", at=number)
    lena = await street.browser("Lena")
    first, second = (await lena.get("/log")).text, (await lena.get("/log?page=2")).text
    assert first.count("<li>\n    <time") == 50 and 3 <= second.count("<li>\n    <time") < 10
    assert "/log?page=2" in first


async def test_a_file_of_the_log_holds_no_formula_and_is_itself_in_the_log(street: Street) -> None:
    async with unit_of_work(street.database) as work:
        await work.participants.change(street.people["Amina"], first_name="=HYPERLINK(1)")
    await note(street, "Karin", "person-read", person="Amina")
    lena = await street.browser("Lena")
    answer = await lena.get("/log.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="framsteg-log.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["When (UTC)", "Who", "What", "Person"]
    assert ["2026-11-25 08:00:00", "Karin", "Opened the person's page", "'=HYPERLINK(1)"] in [row[:4] for row in rows]
    assert "Downloaded the log" in (await lena.get("/log")).text
    async with street.database.reading() as connection:
        taken = await connection.scalar(select(func.count()).where(audit.c.what == "log-downloaded"))
    assert taken == 1


async def test_a_file_of_the_log_names_nobody_who_is_protected(street: Street) -> None:
    async with unit_of_work(street.database) as work:
        await work.participants.change(street.people["Amina"], protected=True)
    await note(street, "Karin", "person-read", person="Amina")
    await note(street, "Karin", "person-read", person="Bosse")
    lena = await street.browser("Lena")
    told = (await lena.get("/log.csv")).content.decode("utf-8-sig")
    assert "Amina" not in told and "Bosse" in told and f"Protected identity {street.enrolments['Amina']}" in told
    # In the house a leader reads whom it was about.
    assert "Amina" in (await lena.get("/log")).text


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "\0x", "＝1"])
def test_no_cell_begins_a_formula(words: str) -> None:
    assert cell(words) == f"'{words}" and cell(f"a{words}") == f"a{words}"


async def test_an_administrator_reads_of_accounts_and_of_no_person(street: Street) -> None:
    await note(street, "Karin", "person-read", person="Amina")
    await note(street, "Karin", "signed-in")
    await note(street, "Adam", "role-given", about=f"{street.coaches['Olof']} leader")
    await note(street, "Axel", "removed", about=str(street.coaches["Bertil"]))
    async with unit_of_work(street.database) as work:
        ours = (await work.coaches.these([street.coaches["Adam"]]))[street.coaches["Adam"]].organisation_id
        await work.audit.note_stranger("invited", organisation_id=ours, came_from="", now=street.hours.now)
        await work.audit.note_stranger(
            "sign-in-refused", organisation_id=ours, came_from="192.0.2.9", now=street.hours.now
        )
    html = (await (await street.browser("Adam")).get("/accounts/log")).text
    assert "Signed in" in html and "<bdi>Olof leader</bdi>" in html
    assert "<bdi>A command</bdi>" in html and "<bdi>Nobody who is signed in</bdi>" in html
    assert "Amina" not in html and "Opened" not in html and "Axel" not in html and "Bertil" not in html


def test_every_deed_that_services_write_has_words_and_a_kind() -> None:
    words, kinds = deed_words(str), {slug for slugs in SLUGS.values() for slug in slugs}
    assert set(words) == kinds and set(kind_words(str)) == set(Kind)
    unknown = [f"{name} at {at}" for name, at in _written() if name not in kinds]
    assert not unknown, "say it in deeds.py and deed_words.py"


def _written() -> list[tuple[str, str]]:
    """Every constant that is handed to whatever makes a line of the log."""
    found = []
    for path in sorted(SERVICES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            makes = ast.unparse(node.func).rpartition(".")[2].lstrip("_").lower() in ("done", "of", "about", "role")
            if not makes:
                continue
            given = [*node.args, *(word.value for word in node.keywords if word.arg == "what")]
            found += [
                (one.value, f"{path.name}:{one.lineno}")
                for one in given
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
    assert len(found) > 30
    return found
