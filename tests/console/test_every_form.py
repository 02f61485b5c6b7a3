"""A form that somebody is shown does nothing when somebody else sends it, whatever ids stand in its fields."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.console.visit import csrf_of
from bot.storage import tables
from tests.cases import a_few_of
from tests.console.markup import Form, Markup
from tests.console.walk import Walk

WALLS = {
    # Whose forms are sent by whom, and what stands between them.
    "another organisation": (("Karin", "Lena", "Adam"), ("Bertil", "Lars", "Axel"), "organisation"),
    "another programme": (("Karin", "Lena"), ("Olof", "Lisa"), "programme"),
    "no part in it": (("Karin", "Lena"), ("Tove", "Anders", "Adam", "nobody"), "programme"),
}
OWN = ("/account", "/sign", "/forgotten", "/today/away", "/today/back")
"""What changes only whoever sends it."""


@dataclass
class Land:
    """Which rows lie on which side of a wall, by the ids of what they refer to."""

    wall: str
    sides: dict[str, dict[int, int]] = field(default_factory=dict)

    async def survey(self, walk: Walk) -> None:
        """Whose is what: each table that others refer to, by id."""
        async with walk.street.database.reading() as connection:
            for table in (tables.programmes, tables.coaches, tables.participants, tables.addresses, tables.enrolments):
                wanted = table.c.get(f"{self.wall}_id", table.c.id if table.name == f"{self.wall}s" else None)
                if wanted is not None:
                    rows = await connection.execute(select(table.c.id, wanted))
                    self.sides.setdefault(table.name, {}).update((one, side) for one, side in rows)
            if self.wall == "programme":
                rows = await connection.execute(
                    select(tables.enrolments.c.participant_id, tables.enrolments.c.programme_id)
                )
                self.sides["participants"] = {row[0]: row[1] for row in rows}
            else:
                rows = await connection.execute(select(tables.organisations.c.id))
                self.sides["organisations"] = {one: one for (one,) in rows}

    def sides_of(self, name: str, row: dict[str, Any]) -> set[int]:
        """The sides that a row refers to: more than one is a hole in the wall."""
        table, found = tables.metadata.tables[name], set()
        for column in table.columns:
            for key in column.foreign_keys:
                side = self.sides.get(key.column.table.name, {}).get(row[column.name])
                found |= {side} if side is not None else set()
        if row.get("id") in self.sides.get(name, {}):
            found.add(self.sides[name][row["id"]])
        return found


async def _rows(walk: Walk) -> dict[str, list[dict[str, Any]]]:
    found = {}
    async with walk.street.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name in ("audit", "bookmarks", "sessions", "tries", "definitions"):
                continue
            found[table.name] = [dict(row._mapping) for row in await connection.execute(select(table))]
    return found


async def _forms(walk: Walk, readers: tuple[str, ...]) -> dict[str, Form]:
    """All forms that these readers are shown, by where they go to."""
    found: dict[str, Form] = {}
    for page in walk.pages:
        if page.method != "GET":
            continue
        for path, chosen in walk.ways(page):
            for reader in readers:
                if not chosen or walk.sees(reader, page, chosen):
                    answer = await walk.ask("GET", path, as_=reader)
                    for form in Markup(answer.text).forms:
                        if form.method == "post" and not form.action.startswith(OWN):
                            found.setdefault(f"{form.action} {sorted(form.fields)}", form)
    return found


@pytest.mark.parametrize("wall", a_few_of(WALLS))
async def test_a_form_of_somebody_else_does_nothing_across_a_wall(walk: Walk, wall: str) -> None:
    shown, senders, kind = WALLS[wall]
    forms = await _forms(walk, shown)
    assert len(forms) > 20
    land = Land(kind)
    await land.survey(walk)
    theirs = land.sides["programmes"][walk.street.programmes["norrby/stega"]]
    before, wrong = await _rows(walk), []
    for form in forms.values():
        for sender in senders:
            fields = form.fields | {name: form.fields.get(name) or "4" for name in form.typed}
            answer = await walk.ask("POST", form.action, as_=sender, fields=fields | {"csrf": _own(walk, sender)})
            named = any(part.isdigit() for part in form.action.split("/"))
            if answer.status_code >= 500 or (named and answer.status_code == 200):
                wrong.append(f"{answer.status_code} for {sender} from {form.action}")
    after = await _rows(walk)
    await land.survey(walk)
    for name in before:
        for row in [one for one in after[name] if one not in before[name]] + [
            one for one in before[name] if one not in after[name]
        ]:
            sides = land.sides_of(name, row)
            if theirs in sides or len(sides) > 1:
                wrong.append(f"{name}: a row of {sides} was changed or added")
    assert wrong == []


def _own(walk: Walk, sender: str) -> str:
    return csrf_of(walk.tokens[sender])


async def test_what_somebody_takes_across_the_wall_in_a_field_is_refused(walk: Walk) -> None:
    """Karin sends her own forms, with ids of the other organisation in every field that holds an id."""
    wrong, tried, before = [], 0, await _rows(walk)
    for form in (await _forms(walk, ("Karin", "Lena", "Adam"))).values():
        for name, value in _strange(walk, form):
            tried += 1
            for reader in ("Karin", "Lena", "Adam"):
                fields = form.fields | {one: form.fields.get(one) or "Nora" for one in form.typed} | {name: value}
                answer = await walk.ask("POST", form.action, as_=reader, fields=fields | {"csrf": _own(walk, reader)})
                if answer.status_code >= 500:
                    wrong.append(f"{answer.status_code} for {reader} from {form.action} with {name}")
    land = Land("organisation")
    await land.survey(walk)
    for name, rows in (await _rows(walk)).items():
        for row in rows:
            if row not in before[name] and len(land.sides_of(name, row)) > 1:
                wrong.append(f"{name}: {land.sides_of(name, row)}")
    assert tried > 3
    assert wrong == []


def _strange(walk: Walk, form: Form) -> set[tuple[str, str]]:
    """Fields of a form that hold an id of ours, with one of the other organisation in its place."""
    street = walk.street
    theirs = {street.coaches[one]: street.coaches["Bertil"] for one in ("Karin", "Johan")}
    theirs |= {street.programmes[f"norrby/{one}"]: street.programmes["soderby/stega"] for one in ("stega", "annan")}
    theirs |= {street.enrolments[one]: street.enrolments["Berit"] for one in ("Amina", "Bosse", "Daniel")}
    found = {str(one): str(other) for one, other in theirs.items()}
    return {
        (name, found[offered])
        for name in {*form.fields, *form.choices}
        for offered in {form.fields.get(name, ""), *form.choices.get(name, [])}
        if offered in found
    }
