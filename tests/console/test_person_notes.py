"""Notes are for whom they say, and what a coach records for somebody is marked as recorded."""

import re

from sqlalchemy import text

from bot.storage.tables import check_ins, given_ratings, notes
from tests.console.persons import do, logged, rows
from tests.console.street import NOW, Street


async def test_a_note_is_read_by_whom_it_is_for(both_streets: Street) -> None:
    street = both_streets
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    for visibility in ("me", "team", "participant"):
        page = await do(karin, street, "Bosse", "notes", note=f"words for {visibility}", visibility=visibility)
        assert page.status_code == 200 and "The note is kept" in page.text and f"words for {visibility}" in page.text
    html = (await lena.get(f"/people/{street.enrolments['Bosse']}")).text
    assert "words for team" in html and "words for participant" in html and "words for me" not in html
    assert [what for _, what, _ in await logged(street, "Bosse")] == ["note-written"] * 3
    assert "words" not in str(await logged(street, "Bosse"))


async def test_a_note_is_removed_by_its_writer_alone_and_keeps_no_words(both_streets: Street) -> None:
    street = both_streets
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    await do(karin, street, "Bosse", "notes", note="a slip", visibility="team")
    (note,) = await rows(street, notes)
    path = f"/people/{street.enrolments['Bosse']}/notes/{note['id']}/remove"
    assert path not in (await lena.get(f"/people/{street.enrolments['Bosse']}")).text
    assert (await lena.post(path)).status_code == 404
    # Nor is it a note about somebody else.
    other = f"/people/{street.enrolments['Amina']}/notes/{note['id']}/remove"
    assert (await karin.post(other)).status_code == 404
    page = await karin.post(path)
    assert "The note is removed" in page.text and "a slip" not in page.text
    (note,) = await rows(street, notes)
    assert (note["words"], note["removed_at"]) == ("", NOW)
    assert (await karin.post(path)).status_code == 404
    assert [what for _, what, _ in await logged(street, "Bosse")] == ["note-written", "note-removed"]


async def test_a_note_without_words_or_reader_is_refused_and_stays_typed(street: Street) -> None:
    karin = await street.browser("Karin")
    for fields, complaint in (
        ({"note": "", "visibility": "me"}, "Write something here"),
        ({"note": "kept words", "visibility": "everybody"}, "Choose one of these"),
        ({"note": "x" * 2001, "visibility": "me"}, "This is too long"),
    ):
        page = await do(karin, street, "Bosse", "notes", **fields)
        assert page.status_code == 422 and complaint in page.text and fields["note"] in page.text
    assert await rows(street, notes) == []


async def record(street: Street, browser_of: str = "Karin", **fields: object) -> str:
    browser = await street.browser(browser_of)
    page = await do(browser, street, "Bosse", "ratings/new", **fields)
    assert page.status_code == 200, page.text
    return page.text


async def test_the_questions_are_asked_in_full_sentences_and_each_may_be_skipped(street: Street) -> None:
    karin = await street.browser("Karin")
    html = (await karin.get(f"/people/{street.enrolments['Bosse']}/ratings/new")).text
    asked = re.findall(r"<legend>", html)
    assert len(asked) == html.count('value="" checked') + html.count("None of these") > 8
    assert "5. I think that I can manage a job on my own." in html
    swedish = (await karin.get(f"/people/{street.enrolments['Bosse']}/ratings/new?lang=sv")).text
    assert "5. Jag tror att jag klarar ett arbete på egen hand." in swedish


async def test_answers_are_kept_as_one_check_in_of_the_persons_recorded_by_the_coach(both_streets: Street) -> None:
    street = both_streets
    ticked = ["progress/job-search/behaviour-wrote-cv", "progress/job-search/behaviour-read-adverts"]
    html = await record(street, **{"rate-work-belief": "4", "rate-job-search": ticked})
    (check_in,) = await rows(street, check_ins)
    assert (check_in["rater"], check_in["rater_coach_id"]) == ("participant", street.coaches["Karin"])
    kept = await rows(street, given_ratings)
    assert [(one["indicator"], one["value"], one["low"], one["high"]) for one in kept] == [
        ("job-search", 2, 0, 9),
        ("work-belief", 4, 1, 5),
    ]
    assert html.count("recorded by Karin") >= 2 and "The answers are kept" in html
    story = (await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}")).text
    assert "2 answers, recorded by Karin" in story
    assert [what for _, what, _ in await logged(street, "Bosse")] == ["rated-on-behalf"]
    async with street.database.reading() as connection:
        seen = (await connection.execute(text("SELECT rater, on_behalf FROM ratings"))).all()
        assert (await connection.execute(text("SELECT latest_value FROM progress ORDER BY 1"))).scalars().all() == [
            2,
            4,
        ]
    assert [(row[0], bool(row[1])) for row in seen] == [("participant", True)] * 2


async def test_none_of_these_is_an_answer_and_nothing_ticked_is_none(street: Street) -> None:
    await record(street, **{"rate-job-search": "none"})
    assert [one["value"] for one in await rows(street, given_ratings)] == [0]
    page = await do(await street.browser("Karin"), street, "Bosse", "ratings/new", **{"rate-work-belief": ""})
    assert page.status_code == 422 and "Choose at least one answer" in page.text
    assert len(await rows(street, check_ins)) == 1


async def test_a_value_outside_the_scale_is_refused_and_the_others_stay_chosen(street: Street) -> None:
    fields = {"rate-work-belief": "9", "rate-labour-market-knowledge": "2"}
    page = await do(await street.browser("Karin"), street, "Bosse", "ratings/new", **fields)
    assert page.status_code == 422
    assert 'id="rate-labour-market-knowledge-2" name="rate-labour-market-knowledge" value="2" checked' in page.text
    assert await rows(street, check_ins) == []


async def test_answers_are_not_kept_twice_when_somebody_changed_meanwhile(street: Street) -> None:
    page = await do(
        await street.browser("Karin"), street, "Bosse", "ratings/new", standing="old", **{"rate-work-belief": "4"}
    )
    assert page.status_code == 409 and 'id="rate-work-belief-4" name="rate-work-belief" value="4" checked' in page.text
    assert await rows(street, check_ins) == []
