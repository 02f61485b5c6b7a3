"""A first release without coaches' pages: everything an operator needs can be done from the terminal."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import machine_clock
from bot.storage.database import Database
from bot.storage.tables import enrolments, milestones, outbox
from tests.cli.asking import Said, ask
from tests.databases import KEY, Databases
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.fakes.bot_api import BotApi
from tests.fakes.mail import MailServer
from tests.fakes.twilio_api import ACCOUNT, TwilioApi
from tests.fakes.twilio_api import TOKEN as TWILIO_TOKEN
from tests.process.running import ROOT

STEGA = str(ROOT / "flows" / "programmes" / "stega")
PEOPLE = (
    "first_name;language;phone;coach;phase\nAmina;ar;070-174 06 05;karin@example.se;phase-2\nOlle;;;karin@example.se;\n"
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    """A database in which nothing was ever made."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/var/framsteg.db"
        return
    url = await databases.empty_postgresql()
    yield url
    await databases.gone(url)


class Operator:
    """Somebody at a terminal."""

    def __init__(self, database_url: str, **more: str) -> None:
        self.given = {"FRAMSTEG_DATABASE_URL": database_url, **more}

    async def tries(self, *words: str, typed: str = "") -> Said:
        """Whatever comes of it."""
        return await ask(self.given, *words, typed=typed)

    async def does(self, *words: str, typed: str = "") -> str:
        """What has to work; all that was said."""
        said = await self.tries(*words, typed=typed)
        assert said.code == 0, said.words
        return said.words

    async def has_people(self, place: Path) -> None:
        """A programme, a coach and two participants: enrolments 1 and 2."""
        table = place / "people.csv"
        table.write_text(PEOPLE, "utf-8")
        await self.does("programme", "publish", STEGA)
        await self.does("coach", "add", "Karin", "karin@example.se")
        await self.does("people", "import", str(table), "--programme", "stega", "--agreement", "agreed")


async def test_the_first_day_from_an_empty_database(empty_url: str, tmp_path: Path) -> None:
    operator = Operator(empty_url)
    assert "was empty" in await operator.does("migrate")
    assert "was" not in await operator.does("migrate")

    await operator.has_people(tmp_path)
    assert await operator.does("coach", "list") == "karin@example.se  Karin  sv  administrator, coach of stega\n"
    lines = (await operator.does("people", "list", "stega")).splitlines()
    assert lines[1].split() == ["1", "Amina", "ar", "phase-2", "Karin", "sms"]
    assert lines[2].split()[:7] == ["2", "Olle", "sv", "phase-1", "Karin", "nothing", "yet"]
    assert "0701740605" not in "".join(lines)

    assert "nothing is new" in await operator.does("programme", "publish", STEGA)
    await operator.does("programme", "export", "stega", str(tmp_path / "out"))
    exported = tmp_path / "out" / "flows" / "programmes" / "stega" / "programme.yaml"
    assert exported.read_bytes() == (Path(STEGA) / "programme.yaml").read_bytes()


@pytest.mark.parametrize(("choice", "answers"), [("ask", ["unasked", "asked"]), ("agreed", ["agreed"] * 2)])
async def test_people_from_a_table_are_asked_or_have_agreed_and_that_must_be_said(
    database_url: str, tmp_path: Path, choice: str, answers: list[str]
) -> None:
    operator, table = Operator(database_url), tmp_path / "people.csv"
    await operator.has_people(tmp_path)
    table.write_text(
        "first_name,phone,coach,protected\nHidden,0701740671,karin@example.se,yes\nShown,0701740672,karin@example.se,\n",
        "utf-8",
    )
    unsaid = await operator.tries("people", "import", str(table), "--programme", "stega")
    assert unsaid.code != 0 and "--agreement" in unsaid.words

    await operator.does("people", "import", str(table), "--programme", "stega", "--agreement", choice)

    database = Database(database_url, key=KEY, read_only=True)
    try:
        async with database.reading() as connection:
            places = (await connection.execute(select(enrolments).order_by(enrolments.c.id))).all()[-2:]
            told = (await connection.execute(select(outbox.c.participant_id))).scalars().all()
    finally:
        await database.close()
    assert [one.agreement for one in places] == answers
    assert told == ([places[1].participant_id] if choice == "ask" else [])


async def test_a_person_moves_on_and_leaves(database_url: str, tmp_path: Path) -> None:
    operator = Operator(database_url)
    await operator.has_people(tmp_path)
    today = machine_clock().date()

    await operator.does("people", "phase", "1", "phase-3")
    await operator.does("people", "milestone", "1", "work-or-study", "--due", f"{today + timedelta(days=9)}")
    await operator.does("people", "milestone", "1", "work-or-study", "--reached", f"{today}")
    await operator.does("people", "leave", "2", "--on", f"{today + timedelta(days=30)}")

    assert f"leaves {today + timedelta(days=30)}" in await operator.does("people", "list", "stega")
    database = Database(database_url, key=KEY, read_only=True)
    try:
        async with database.reading() as connection:
            assert (await connection.execute(select(enrolments.c.phase).order_by(enrolments.c.id))).scalars().all() == [
                "phase-3",
                "phase-1",
            ]
            row = (await connection.execute(select(milestones))).one()
            assert (row.slug, row.due_on, row.reached_on) == ("work-or-study", today + timedelta(days=9), today)
    finally:
        await database.close()


async def test_a_programme_is_stopped_and_resumed(database_url: str, tmp_path: Path) -> None:
    operator = Operator(database_url)
    await operator.has_people(tmp_path)

    await operator.does("stop-all", "stega")
    assert "to do  programme stega: it is stopped" in (await operator.tries("doctor")).words
    await operator.does("resume", "stega")
    assert "well   programme stega" in await operator.does("doctor")
    await operator.does("programme", "sender", "stega", "+46764798301")


REFUSED = [
    (("people", "list", "elsewhere"), "there is no programme 'elsewhere'"),
    (("people", "phase", "99", "phase-2"), "there is no enrolment 99"),
    (("people", "phase", "1", "phase-9"), "no phase phase-9"),
    (("people", "milestone", "1", "moon", "--due", "2026-12-01"), "no milestone moon"),
    (("people", "milestone", "1", "own-plan"), "--due"),
    (("people", "leave", "99", "--on", "2026-12-01"), "there is no enrolment 99"),
    (("people", "invite", "99"), "there is no enrolment 99"),
    (("coach", "add", "Karin", "karin@example.se"), "already"),
    (("coach", "add", "Karin", "karin"), "e-mail address"),
    (("coach", "telegram", "nobody@example.se"), "framsteg coach list"),
    (("coach", "invite", "nobody@example.se"), "framsteg coach list"),
    (("coach", "invite", "karin@example.se", "--organisation", "elsewhere"), "framsteg coach list"),
    (("coach", "add", "Johan", "johan@example.se", "--programme", "elsewhere"), "no programme 'elsewhere'"),
    (("programme", "export", "elsewhere", "out"), "nothing is published for 'elsewhere'"),
    (("programme", "sender", "stega", "070"), "+46"),
    (("stop-all", "elsewhere"), "there is no programme 'elsewhere'"),
    (("resume", "elsewhere"), "there is no programme 'elsewhere'"),
    (("rehearse",), "FRAMSTEG_REHEARSAL is missing"),
    (("webhook", "set"), "FRAMSTEG_TELEGRAM_TOKEN is missing"),
    (("play", "nothing"), "it has"),
    (("play", "weekly-check-in", "--language", "tlh"), "it speaks"),
    (("play", "weekly-check-in", "--programme", "elsewhere"), "there is no programme"),
]


async def test_what_cannot_be_done_is_refused_in_one_line(database_url: str, tmp_path: Path) -> None:
    operator = Operator(database_url)
    await operator.has_people(tmp_path)
    for words, why in REFUSED:
        said = await operator.tries(*words)
        assert (said.code, said.words.count("\n"), why in said.words) == (2, 1, True), (words, said)


async def test_a_table_with_mistakes_takes_nobody_in(sqlite_url: str, tmp_path: Path) -> None:
    operator = Operator(sqlite_url)
    await operator.has_people(tmp_path)
    table = tmp_path / "more.csv"
    table.write_text("first_name,coach,phone\nSara,karin@example.se,12\nAli,somebody@example.se,\n", "utf-8")

    said = await operator.tries("people", "import", str(table), "--programme", "stega", "--agreement", "ask")

    assert said.code == 2
    assert [line.partition(":")[0] for line in said.words.splitlines()] == ["row 2, phone", "row 3, coach"]
    assert len((await operator.does("people", "list", "stega")).splitlines()) == 3


@pytest.mark.parametrize("words", [("people", "list", "stega"), ("coach", "list"), ("stop-all", "stega"), ("run",)])
async def test_a_database_that_is_not_there_is_told_how_to_be_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = await ask({"FRAMSTEG_DATABASE_URL": f"sqlite:///{tmp_path}/framsteg.db"}, *words)
    assert (said.code, said.words.count("\n")) == (2, 1)
    assert "framsteg migrate" in said.words


@pytest.mark.parametrize("words", [("people", "list", "stega"), ("stop-all", "stega"), ("run",)])
async def test_another_key_than_the_databases_own_is_refused(
    database_url: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    operator = Operator(database_url)
    await operator.has_people(tmp_path)
    operator.given["FRAMSTEG_KEY"] = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA="

    said = await operator.tries(*words)

    assert (said.code, said.words.count("\n")) == (2, 1)
    assert "FRAMSTEG_KEY is not the key" in said.words


async def test_links_open_the_bot_by_its_name(sqlite_url: str, tmp_path: Path) -> None:
    async with BotApi() as telegram:
        operator = Operator(sqlite_url, FRAMSTEG_TELEGRAM_TOKEN=BOT_TOKEN, FRAMSTEG_TELEGRAM_API=telegram.url)
        await operator.has_people(tmp_path)
        person = await operator.does("people", "invite", "1")
        coach = await operator.does("coach", "telegram", "karin@example.se")
    assert person.startswith("https://t.me/framsteg_bot?start=")
    assert coach.startswith("https://t.me/framsteg_bot?start=")
    assert person != coach
    assert "https://t.me/NAME_OF_THE_BOT?start=" in await operator.does("people", "invite", "1")


async def test_the_webhook_is_set_and_deleted(sqlite_url: str) -> None:
    async with BotApi() as telegram:
        operator = Operator(
            sqlite_url,
            FRAMSTEG_TELEGRAM_TOKEN=BOT_TOKEN,
            FRAMSTEG_TELEGRAM_API=telegram.url,
            FRAMSTEG_PUBLIC_URL="https://framsteg.example.se",
            FRAMSTEG_TELEGRAM_SECRET="a-secret-of-the-tests-alone",
        )
        await operator.does("webhook", "set")
        assert telegram.webhook["url"] == "https://framsteg.example.se/telegram"
        assert "framsteg webhook delete" in (await operator.tries("doctor")).words
        await operator.does("webhook", "delete")
        assert telegram.webhook == {}
    said = await operator.tries("webhook", "set")
    assert (said.code, said.words.count("\n")) == (2, 1)
    assert BOT_TOKEN not in said.words


async def test_the_doctor_finds_everybody_well(database_url: str) -> None:
    async with BotApi() as telegram, TwilioApi() as twilio, MailServer() as mail:
        operator = Operator(
            database_url,
            FRAMSTEG_TELEGRAM_TOKEN=BOT_TOKEN,
            FRAMSTEG_TELEGRAM_API=telegram.url,
            FRAMSTEG_PUBLIC_URL="https://framsteg.example.se",
            FRAMSTEG_TWILIO_ACCOUNT=ACCOUNT,
            FRAMSTEG_TWILIO_TOKEN=TWILIO_TOKEN,
            FRAMSTEG_TWILIO_API=twilio.url,
            FRAMSTEG_SMTP_URL=mail.url,
        )
        await operator.does("programme", "publish", STEGA)
        lines = (await operator.does("doctor")).splitlines()
        assert {line[:4] for line in lines} == {"well"}

        twilio.account_status = "suspended"
        operator.given["FRAMSTEG_TELEGRAM_TOKEN"] = "70001:AnotherTokenThatNobodyKnows"
        said = await operator.tries("doctor")
    assert said.code == 1
    todo = [line for line in said.words.splitlines() if line.startswith("to do")]
    assert ["FRAMSTEG_TWILIO_ACCOUNT" in todo[0], "FRAMSTEG_TELEGRAM_TOKEN" in todo[1], len(todo)] == [True, True, 2]


async def test_a_flow_is_played_to_its_end_in_arabic(sqlite_url: str) -> None:
    words = await Operator(sqlite_url).does(
        "play", "weekly-check-in", "--language", "ar", typed="1 3\n٤\nماذا\n3\nلا\n"
    )
    assert "kept: job-search = 2" in words
    assert words.count("kept:") == 4
    assert words.rstrip().endswith("the conversation is over")


@pytest.mark.slow
async def test_texts_are_brought_to_the_translators_once(tmp_path: Path) -> None:
    for part in ("flows", "locales"):
        shutil.copytree(ROOT / part, tmp_path / part)
    phrases = tmp_path / "flows" / "common" / "phrases.yaml"
    phrases.write_text(phrases.read_text("utf-8").replace("done-button: Klar", "done-button: Nu är jag klar"), "utf-8")

    first = await ask({}, "texts", str(tmp_path))
    assert "locales/participants.pot" in first.words.splitlines()
    assert "Nu är jag klar" in (tmp_path / "locales" / "participants.pot").read_text("utf-8")
    assert (await ask({}, "texts", str(tmp_path))).words == "nothing is new\n"


@pytest.mark.slow
async def test_the_check_shows_what_each_text_costs_as_sms_in_each_language(tmp_path: Path) -> None:
    for part in ("flows", "locales"):
        shutil.copytree(ROOT / part, tmp_path / part)
    flow = tmp_path / "flows" / "common" / "weekly-check-in.yaml"
    words = flow.read_text("utf-8")
    flow.write_text(words.replace("Nu kommer veckans frågor.", "Nu kommer veckans frågor. " * 13), "utf-8")

    lines = (await ask({}, "check", "--parts", str(tmp_path))).words.splitlines()
    begins, ends = (next(n for n, line in enumerate(lines) if line.startswith(head)) for head in ("text ", "SMS parts"))
    table = {line.split()[0]: line.split()[1:] for line in lines[begins:ends]}
    assert table.pop("text") == ["sv", "en", "ar", "so"]
    assert table["phrases/help"] == ["2", "2", "3", "2"]
    assert table["weekly-check-in/hello/say"] == ["3!", "-", "-", "-"]
    assert "weekly-check-in/hello/say takes 3 parts in 'sv', 2 are allowed: shorten it" in lines
    assert len(table) == int(lines[ends].split()[3])
    assert lines[ends] in (await ask({}, "check", str(tmp_path))).words.splitlines()


@pytest.mark.slow
async def test_a_mistake_in_a_flow_is_named_with_its_place(tmp_path: Path) -> None:
    for part in ("flows", "locales"):
        shutil.copytree(ROOT / part, tmp_path / part)
    flow = tmp_path / "flows" / "common" / "weekly-check-in.yaml"
    flow.write_text(flow.read_text("utf-8") + "\ncolour: blue\n", "utf-8")

    said = await ask({}, "check", str(tmp_path))
    assert said.code == 1
    assert said.words.startswith("flows/common/weekly-check-in.yaml:")

    said = await ask(
        {"FRAMSTEG_CONTENT": str(tmp_path), "FRAMSTEG_DATABASE_URL": f"sqlite:///{tmp_path}/f.db"}, "check"
    )
    assert "colour" in said.words
