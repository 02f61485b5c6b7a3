"""Every page is asked by everybody for everything: what is not theirs to see is not there, and nothing changes."""

import pytest

from tests.console.street import COLLEAGUES
from tests.console.walk import NOBODYS, OUTSIDE, Walk, differences, may, names_of

READERS = (*COLLEAGUES, *OUTSIDE)

AFTERWARDS = ("/people/{enrolment:int}/handed-over",)
"""What is there only for a moment: whoever gave somebody away is told so, of a person they do not see any more."""


async def test_every_part_of_every_path_is_walked(walk: Walk) -> None:
    for page in walk.pages:
        for name in names_of(page):
            kind = walk.kind(name)
            known = kind in NOBODYS or walk.things.ids.get(kind)
            assert known, f"{page.path}: say in PARAMETERS what '{name}' is, or give everybody one in belongings.py"


async def test_a_page_opens_for_the_roles_it_needs_and_for_nobody_else(walk: Walk) -> None:
    wrong = []
    for page in walk.pages:
        if names_of(page) or page.method != "GET":
            continue
        for reader in READERS:
            code = (await walk.ask("GET", page.path, as_=reader)).status_code
            if code not in _expected(reader, page):
                wrong.append(f"{reader} got {code} from {page.path}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
async def test_what_somebody_does_not_see_is_not_there_for_them(walk: Walk) -> None:
    wrong, seen = [], 0
    for page in walk.pages:
        if not names_of(page) or page.method != "GET":
            continue
        for path, chosen in walk.ways(page):
            for reader in READERS:
                code = (await walk.ask("GET", path, as_=reader)).status_code
                theirs = not may(reader, page) or walk.sees(reader, page, chosen)
                expected = _expected(reader, page) if theirs else (404,)
                seen += code == 200
                if code not in expected and not (code == 404 and page.path in AFTERWARDS):
                    wrong.append(f"{reader} got {code} and not {expected} from {page.path} of {chosen}")
    assert not wrong, "\n".join(wrong)
    assert seen or not any(names_of(page) and page.method == "GET" for page in walk.pages), "nobody sees anything"


@pytest.mark.slow
async def test_nobody_can_do_anything_to_what_they_do_not_see(walk: Walk) -> None:
    wrong = []
    before = await walk.kept()
    for page in walk.pages:
        if page.method == "GET":
            continue
        for path, chosen in walk.ways(page):
            for reader in READERS:
                if may(reader, page) and (not chosen or walk.sees(reader, page, chosen)):
                    continue
                code = (await walk.ask(page.method, path, as_=reader)).status_code
                expected = (404,) if may(reader, page) else _expected(reader, page)
                if code not in expected:
                    wrong.append(f"{reader} got {code} and not {expected} from {page.method} {page.path} of {chosen}")
    assert not wrong, "\n".join(wrong)
    assert list(differences(before, await walk.kept())) == []


async def test_reading_changes_nothing(walk: Walk) -> None:
    before = await walk.kept()
    for page in walk.pages:
        if page.method != "GET":
            continue
        for path, chosen in walk.ways(page):
            for reader in READERS:
                if not chosen or walk.sees(reader, page, chosen):
                    await walk.ask("GET", path, as_=reader)
    assert list(differences(before, await walk.kept())) == []


@pytest.mark.slow
async def test_a_form_without_anything_in_it_is_no_error(walk: Walk) -> None:
    """Whoever may send it: whatever is missing is said, and nothing breaks."""
    wrong = []
    for page in walk.pages:
        if page.method == "GET":
            continue
        for path, chosen in walk.ways(page):
            for reader in READERS:
                if not may(reader, page) or (chosen and not walk.sees(reader, page, chosen)):
                    continue
                code = (await walk.ask(page.method, path, as_=reader)).status_code
                await walk.come_back(reader, page)
                if code == 403 or code >= 500:
                    wrong.append(f"{reader} got {code} from {page.method} {page.path} of {chosen}")
    assert not wrong, "\n".join(wrong)


async def test_a_deputy_sees_the_people_of_a_coach_who_is_away_and_only_while_they_are_away(walk: Walk) -> None:
    karins = {name: walk.street.enrolments[name] for name in ("Amina", "Bosse")}
    pages = [page for page in walk.pages if page.method == "GET" and names_of(page) == ("person",)]
    paths = [walk.filled(page, {"person": name}) for page in pages for name in karins]
    assert {(await walk.ask("GET", path, as_="Johan")).status_code for path in paths} <= {404}
    await walk.send_away("Karin")
    for path in paths:
        assert (await walk.ask("GET", path, as_="Johan")).status_code in (200, 303), path
        assert (await walk.ask("GET", path, as_="Olof")).status_code == 404, path
    walk.street.hours.now = walk.street.hours.now.replace(month=12)
    assert {(await walk.ask("GET", path, as_="Johan")).status_code for path in paths} <= {404}


async def test_whoever_was_removed_is_nobody(walk: Walk) -> None:
    await walk.remove("Karin")
    assert (await walk.ask("GET", "/", as_="Karin")).status_code == 303
    for page in walk.pages:
        if page.method != "GET" or page.needs == "come":
            continue
        for path, _ in walk.ways(page):
            answer = await walk.ask("GET", path, as_="Karin")
            assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"), path


def _expected(reader: str, page: object) -> tuple[int, ...]:
    """What a page without an id, or with one of one's own, may answer."""
    if may(reader, page):  # type: ignore[arg-type]
        return (200, 303)
    return (303,) if reader in OUTSIDE else (403,)
