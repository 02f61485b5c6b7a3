"""Every page answers, in both languages, escapes what people wrote, and refuses what did not come from it."""

import re

import pytest

from bot.cli.demo import DemoSet
from bot.domain.people import ChannelName
from bot.storage.unit_of_work import unit_of_work
from tests.console.conftest import browser

PAGES = ("/", "/start", "/phones", "/phones/1", "/progress", "/outbox", "/summary", "/summary/now")
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


async def test_every_page_answers_in_both_languages(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        for page in PAGES:
            swedish = await visitor.get(page)
            assert swedish.status_code == 200, page
            assert '<html lang="sv" dir="ltr">' in swedish.text and "Telefoner" in swedish.text
            english = await visitor.get(page, lang="en")
            assert '<html lang="en" dir="ltr">' in english.text and "Phones" in english.text
            visitor.client.cookies.clear()


async def test_whoever_chose_a_language_keeps_it(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        await visitor.get("/", lang="en")
        assert "Programme time" in (await visitor.get("/outbox")).text
        assert "Programme time" in (await visitor.get("/outbox", lang="xx")).text


@pytest.mark.parametrize(
    "page", ["/nowhere", "/phones/999", "/phones/99999999999999999999999", "/outbox?person=999", "/summary/999"]
)
async def test_what_is_not_there_is_said_kindly(lived: DemoSet, page: str) -> None:
    async with browser(lived) as visitor:
        answer = await visitor.get(page)
        assert answer.status_code == 404 and "Sidan finns inte" in answer.text


async def test_every_answer_forbids_what_no_page_needs(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        for page in (*PAGES, "/nowhere", "/static/console.css", "/static/live.js"):
            headers = (await visitor.get(page)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == ("no-cache" if page.startswith("/static/") else "no-store")
            assert headers["referrer-policy"] == "same-origin"


async def test_no_page_has_inline_script_or_style_or_asks_another_host(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        for page in PAGES:
            html = (await visitor.get(page)).text
            assert " style=" not in html and "<style" not in html and " onclick=" not in html
            ours = re.findall(r'<script src="/static/[\w.-]+\.js" defer></script>', html)
            assert len(ours) == html.count("<script") > 0
            assert "http://" not in html.replace("http://www.w3.org/2000/svg", "") and "https://" not in html


async def test_hostile_names_and_words_are_shown_as_they_are_written(demo: DemoSet) -> None:
    async with unit_of_work(demo.app.database) as work:
        await work.participants.change(2, first_name=HOSTILE)
    async with browser(demo) as visitor:
        await visitor.post("/phones/2/answer", words=HOSTILE)
        assert demo.stage.phones.chat(ChannelName.SMS, "+46701740605")[0].text == HOSTILE
        for page in ("/start", "/phones", "/phones/2", "/progress", "/outbox"):
            html = (await visitor.get(page)).text
            assert "<script>alert" not in html and "49" not in html.split("&lt;script&gt;alert(1)")[1][:80], page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": ""},
        {"Host": "rebound.example:8000", "Origin": "http://rebound.example:8000"},
    ],
)
async def test_only_our_own_pages_can_change_anything(demo: DemoSet, headers: dict[str, str]) -> None:
    async with browser(demo) as visitor:
        for page in ("/phones/2/answer", "/phones/1/tap", "/clock"):
            answer = await visitor.post(page, words="hej", to="hour", headers=headers)
            assert answer.status_code in (400, 403), page
    assert demo.stage.phones.chat(ChannelName.SMS, "+46701740605") == ()


async def test_nobody_can_make_us_hold_a_large_form(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        assert (await visitor.post("/phones/2/answer", words="a" * 70_000)).status_code == 413


async def test_a_form_sends_nobody_to_another_host(demo: DemoSet) -> None:
    async with browser(demo) as visitor:
        for to in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "/a\r\nX: y"):
            answer = await visitor.post("/phones/2/answer", words="hej", back=to, follow=False)
            assert answer.status_code == 303 and answer.headers["location"] == "/phones/2"


async def test_a_lived_demo_shows_progress_outbox_and_the_week(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        progress = (await visitor.get("/progress")).text
        assert progress.count("<svg") >= 9 and "<polyline" in progress
        written = (await visitor.get("/summary", lang="en")).text
        assert "To Karin, Monday 23 November" in written and "Hej <bdi>Karin</bdi>!" in written
        assert "<bdi>Johan</bdi>" not in written.split("<main")[1]
        bosse = (await visitor.get("/outbox", person="2", fate="went")).text
        assert "<bdi>Bosse</bdi>" in bosse and "<bdi>Amina</bdi>" not in bosse
        assert (await visitor.get("/outbox", page="2")).text.count('class="card sent"') > 0
        assert 'class="card' not in (await visitor.get("/outbox", fate="stayed")).text


async def test_the_last_seven_days_can_be_read_before_they_are_a_week(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        before = (await visitor.get("/summary", lang="en")).text.split("<main")[1]
        html = (await visitor.get("/summary/now")).text
        assert "As it would be written today" in html and "Hej <bdi>Karin</bdi>!" in html
        assert (await visitor.get("/summary")).text.split("<main")[1] == before


async def test_whoever_you_are_is_said_on_every_page_and_can_be_changed(lived: DemoSet) -> None:
    karin, johan, lena, *_ = lived.desk.demo.plays if lived.desk.demo else ()
    async with browser(lived) as visitor:
        assert f'<option value="{karin}" selected>Karin' in (await visitor.get("/phones")).text
        assert "<bdi>Daniel</bdi>" not in (await visitor.get("/progress")).text
        assert (await visitor.be(johan)).status_code == 200
        assert f'<option value="{johan}" selected>Johan' in (await visitor.get("/phones")).text
        assert "<bdi>Daniel</bdi>" in (await visitor.get("/progress")).text
        await visitor.be(lena)
        everybody = (await visitor.get("/progress")).text
        assert "<bdi>Daniel</bdi>" in everybody and "<bdi>Amina</bdi>" in everybody


async def test_nobody_becomes_somebody_who_is_not_in_the_demo(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        for who in ("", "999", "x"):
            assert (await visitor.post("/be", coach=who)).status_code == 404
