"""Translators read every text beside its original, and are told what is missing and what nobody has read yet."""

import re
from dataclasses import replace
from pathlib import Path

from bot.content.catalogs import reviewed_languages
from bot.services.publishing import Wording, change_words
from tests.console.street import Browser, Street


def rows(html: str) -> dict[str, list[str]]:
    """The table of languages."""
    found = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', html, re.S)
    return {_plain(name): [_plain(cell) for cell in re.findall(r"<td>(.*?)</td>", cells)] for name, cells in found}


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_a_translator_reads_each_text_beside_its_original(street: Street) -> None:
    html = (await (await street.browser("Tove")).get("/texts?language=ar&words=weekly-check-in/hello")).text
    assert "<code>weekly-check-in/hello/say</code>" in html
    assert '<p dir="ltr" lang="sv">Hej {first_name}!' in html and '<p dir="rtl" lang="ar">مرحبا' in html


async def test_the_page_says_what_no_native_speaker_has_read(street: Street) -> None:
    told = rows((await (await street.browser("Tove")).get("/texts")).text)
    assert told["Swedish"][2] == "the original" and told["Arabic"][2] == told["English"][2] == "not yet"
    assert int(told["Arabic"][0]) > 100 and told["Arabic"][1] == "0"
    read = Browser(replace(street.desk, reviewed=frozenset({"ar"})), token=(await street.browser("Tove")).token)
    assert rows((await read.get("/texts")).text)["Arabic"][2] == "yes"


async def test_words_that_were_published_later_are_shown(street: Street) -> None:
    said = Wording(key="weekly-check-in/hello/say", language="en", words="Good morning, early bird {first_name}!")
    await change_words(street.database, street.programmes["norrby/stega"], said, now=street.hours.now)
    html = (await (await street.browser("Lena")).get("/texts?language=en&words=early+BIRD")).text
    assert "Good morning, early bird {first_name}!" in html and html.count('<li class="card">') == 1


async def test_what_is_missing_can_be_asked_for(street: Street) -> None:
    tove = await street.browser("Tove")
    assert "Nothing is missing." in (await tove.get("/texts?language=ar&missing=1")).text
    whole = (await tove.get("/texts?language=ar")).text
    assert whole.count('<li class="card">') == 50 and "page=2" in whole
    assert (await tove.get("/texts?language=xx&page=2")).status_code == 200


async def test_nobody_reads_the_texts_of_a_programme_that_is_not_theirs(street: Street) -> None:
    tove = await street.browser("Tove")
    assert (await tove.get(f"/texts/{street.programmes['norrby/stega']}")).status_code == 200
    assert (await tove.get(f"/texts/{street.programmes['norrby/annan']}")).status_code == 404
    assert (await (await street.browser("Anders")).get("/texts")).status_code == 403


def test_a_language_counts_as_read_when_its_catalog_says_so(tmp_path: Path) -> None:
    for language, said in (("ar", "no"), ("en", "yes"), ("fi", "yesterday")):
        file = tmp_path / "locales" / language / "LC_MESSAGES/participants.po"
        file.parent.mkdir(parents=True)
        file.write_text(f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"X-Framsteg-Reviewed: {said}\\n"\n')
    assert reviewed_languages(tmp_path) == {"en"}
