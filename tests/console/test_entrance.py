"""Nobody comes in but through the entrance."""

from datetime import timedelta

import httpx

from bot.console.visit import csrf_of
from tests.console.street import ADDRESS, Street


async def test_whoever_is_signed_in_sees_the_day(both_streets: Street) -> None:
    answer = await (await both_streets.browser("Karin")).get("/")
    assert answer.status_code == 200
    assert "<h1>Today</h1>" in answer.text
    assert "Karin" in answer.text


async def test_nobody_is_sent_to_the_door_with_the_page_they_wanted(street: Street) -> None:
    browser = await street.browser()
    browser.client.follow_redirects = False
    answer = await browser.get("/?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=%2F%3Fpage%3D2")


async def test_a_session_nobody_used_for_two_hours_has_ended(street: Street) -> None:
    browser = await street.browser("Karin")
    browser.client.follow_redirects = False
    street.hours.machine_now += timedelta(hours=1, minutes=59)
    assert (await browser.get("/")).status_code == 200
    street.hours.machine_now += timedelta(hours=1, minutes=59)
    assert (await browser.get("/")).status_code == 200
    street.hours.machine_now += timedelta(hours=2, seconds=1)
    assert (await browser.get("/")).status_code == 303


async def test_a_session_ends_after_a_working_day_however_much_it_is_used(street: Street) -> None:
    browser = await street.browser("Karin")
    browser.client.follow_redirects = False
    seen = []
    for _ in range(13):
        seen.append((await browser.get("/")).status_code)
        street.hours.machine_now += timedelta(hours=1)
    assert seen == [200] * 12 + [303]


async def test_a_part_of_a_page_sends_the_whole_page_to_the_door(street: Street) -> None:
    browser = await street.browser()
    browser.client.headers["HX-Request"] = "true"
    answer = await browser.get("/")
    assert answer.headers["hx-redirect"] == "/sign-in"


async def test_every_page_forbids_what_no_page_needs(street: Street) -> None:
    answer = await (await street.browser("Karin")).get("/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_is_bound_to_the_host_and_hidden_from_scripts(street: Street) -> None:
    browser = await street.browser()
    browser.client.cookies.clear()
    browser.client.follow_redirects = False
    kept = (await browser.get("/")).headers["set-cookie"]
    assert kept.startswith("__Host-framsteg=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(kept.split("; "))


async def test_another_hosts_name_is_refused(street: Street) -> None:
    browser = await street.browser("Karin")
    answer = await browser.client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_what_a_form_brings_back_differs_for_every_session() -> None:
    assert csrf_of("one") != csrf_of("another")
    assert len(csrf_of("one")) == 64


async def test_unknown_pages_are_missing_and_not_errors(street: Street) -> None:
    answer: httpx.Response = await (await street.browser("Karin")).get("/no/such/page")
    assert answer.status_code == 404
    assert str(answer.url).startswith(ADDRESS)


async def test_words_are_not_lost_with_a_session_that_ended_while_they_were_written(street: Street) -> None:
    browser = await street.browser("Karin")
    street.hours.machine_now += timedelta(hours=3)
    answer = await browser.post(f"/people/{street.enrolments['Bosse']}/write", words="Kom <b>gärna</b> i morgon!")
    assert answer.status_code == 403
    assert 'href="/sign-in"' in answer.text
    assert "Kom &lt;b&gt;gärna&lt;/b&gt; i morgon!" in answer.text
    assert "Bosse" not in answer.text


async def test_words_are_not_lost_with_a_form_of_another_session(street: Street) -> None:
    browser = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}/write"
    answer = await browser.client.post(path, data={"csrf": csrf_of("before"), "words": "Kom gärna!"})
    assert answer.status_code == 403
    assert "Kom gärna!" in answer.text


async def test_a_form_without_words_leads_to_the_door(street: Street) -> None:
    browser = await street.browser()
    browser.client.follow_redirects = False
    answer = await browser.post(f"/people/{street.enrolments['Bosse']}/stop", standing="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
