"""Whatever is set wrong, the program says which setting in one line, and never what stands in it."""

import base64
from pathlib import Path

import pytest

from tests.cli.asking import ask
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.fakes.twilio_api import ACCOUNT, NUMBER
from tests.fakes.twilio_api import TOKEN as TWILIO_TOKEN
from tests.process.running import KEY_SETTING

SECRET = "hush-hush-0123456789"
PASSWORD = "swordfish-of-the-tests"
NO_DATABASE = "a-file-that-is-no-database"

RIGHT = {
    "FRAMSTEG_PUBLIC_URL": "https://framsteg.example.se",
    "FRAMSTEG_TWILIO_ACCOUNT": ACCOUNT,
    "FRAMSTEG_TWILIO_TOKEN": TWILIO_TOKEN,
    "FRAMSTEG_TWILIO_SENDER": NUMBER,
    "FRAMSTEG_TELEGRAM_TOKEN": BOT_TOKEN,
    "FRAMSTEG_TELEGRAM_SECRET": SECRET,
    "FRAMSTEG_SMTP_URL": f"smtp://framsteg:{PASSWORD}@127.0.0.1:1",
}
NOBODY = {"FRAMSTEG_TWILIO_API": "http://127.0.0.1:1", "FRAMSTEG_TELEGRAM_API": "http://127.0.0.1:1"}
HOLDS_A_SECRET = (
    "FRAMSTEG_KEY",
    "FRAMSTEG_TWILIO_TOKEN",
    "FRAMSTEG_TWILIO_AUTH_TOKEN",
    "FRAMSTEG_TELEGRAM_TOKEN",
    "FRAMSTEG_TELEGRAM_SECRET",
)
SECRETS = (KEY_SETTING, TWILIO_TOKEN, BOT_TOKEN, SECRET, PASSWORD)


def key_of(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# What is set, and what the line has to name; an empty value is a setting that is missing.
WRONG: list[tuple[dict[str, str], str]] = [
    ({"FRAMSTEG_KEY": ""}, "FRAMSTEG_KEY"),
    ({"FRAMSTEG_KEY": "too-short-a-key"}, "FRAMSTEG_KEY"),
    ({"FRAMSTEG_KEY": "not base64 but long enough to be one, or so it may seem"}, "FRAMSTEG_KEY"),
    ({"FRAMSTEG_KEY": key_of(b"sixteen bytes...")}, "FRAMSTEG_KEY"),
    ({"FRAMSTEG_KEY": key_of(bytes(range(33)))}, "FRAMSTEG_KEY"),
    ({"FRAMSTEG_KEY": key_of(bytes(32))}, "FRAMSTEG_KEY"),
    ({"FRAMSTEG_KEY": key_of(b"a" * 32)}, "FRAMSTEG_KEY"),
    ({"FRAMSTEG_PROXIES": "*"}, "FRAMSTEG_PROXIES"),
    ({"FRAMSTEG_PROXIES": "0.0.0.0/0"}, "FRAMSTEG_PROXIES"),
    ({"FRAMSTEG_PROXIES": "127.0.0.1, proxy.example.se"}, "FRAMSTEG_PROXIES"),
    ({"FRAMSTEG_DATABASE_URL": "framsteg.db"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": "mysql://framsteg@localhost/framsteg"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": "sqlite://"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": "sqlite:///:memory:"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": "sqlite:////proc/there-is-no-room-here/framsteg.db"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": "sqlite:////dev/null/framsteg.db"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": f"sqlite:///{NO_DATABASE}"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": "postgresql://framsteg"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": f"postgresql://framsteg:{PASSWORD}@localhost"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": f"postgresql://framsteg:{PASSWORD}@localhost:port/name"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": f"postgresql://framsteg:{PASSWORD}@[::1/name"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_DATABASE_URL": f"postgresql://framsteg:{PASSWORD}@127.0.0.1:1/name"}, "FRAMSTEG_DATABASE_URL"),
    ({"FRAMSTEG_CONTENT": "/there/is/no/such/place"}, "FRAMSTEG_CONTENT"),
    ({"FRAMSTEG_CONTENT": str(Path(__file__))}, "FRAMSTEG_CONTENT"),
    ({"FRAMSTEG_CONTENT": str(Path(__file__).parent)}, "FRAMSTEG_CONTENT"),
    ({"FRAMSTEG_HOST": "http://0.0.0.0"}, "FRAMSTEG_HOST"),
    ({"FRAMSTEG_HOST": "two words"}, "FRAMSTEG_HOST"),
    ({"FRAMSTEG_PORT": "eight thousand"}, "FRAMSTEG_PORT"),
    ({"FRAMSTEG_PORT": "-1"}, "FRAMSTEG_PORT"),
    ({"FRAMSTEG_PORT": "65536"}, "FRAMSTEG_PORT"),
    ({"FRAMSTEG_PORT": "٨٠٠٠"}, "FRAMSTEG_PORT"),
    ({"FRAMSTEG_PORT": "9" * 5000}, "FRAMSTEG_PORT"),
    ({"FRAMSTEG_PUBLIC_URL": "framsteg.example.se"}, "FRAMSTEG_PUBLIC_URL"),
    ({"FRAMSTEG_PUBLIC_URL": "ftp://framsteg.example.se"}, "FRAMSTEG_PUBLIC_URL"),
    ({"FRAMSTEG_PUBLIC_URL": "https://framsteg.example.se/?a=b"}, "FRAMSTEG_PUBLIC_URL"),
    ({"FRAMSTEG_PUBLIC_URL": "https://framsteg.example.se:99999"}, "FRAMSTEG_PUBLIC_URL"),
    ({"FRAMSTEG_PUBLIC_URL": ""}, "FRAMSTEG_PUBLIC_URL"),
    ({"FRAMSTEG_TWILIO_ACCOUNT": "SK" + "0" * 32}, "FRAMSTEG_TWILIO_ACCOUNT"),
    ({"FRAMSTEG_TWILIO_ACCOUNT": "my account"}, "FRAMSTEG_TWILIO_ACCOUNT"),
    ({"FRAMSTEG_TWILIO_ACCOUNT": ""}, "FRAMSTEG_TWILIO_ACCOUNT"),
    ({"FRAMSTEG_TWILIO_TOKEN": ""}, "FRAMSTEG_TWILIO_TOKEN"),
    ({"FRAMSTEG_TWILIO_TOKEN": "changeme"}, "FRAMSTEG_TWILIO_TOKEN"),
    ({"FRAMSTEG_TWILIO_SENDER": "0701234567890"}, "FRAMSTEG_TWILIO_SENDER"),
    ({"FRAMSTEG_TWILIO_SENDER": "MG123"}, "FRAMSTEG_TWILIO_SENDER"),
    ({"FRAMSTEG_TWILIO_API": "api.twilio.com"}, "FRAMSTEG_TWILIO_API"),
    ({"FRAMSTEG_TELEGRAM_TOKEN": "no-colon-in-this-token-at-all"}, "FRAMSTEG_TELEGRAM_TOKEN"),
    ({"FRAMSTEG_TELEGRAM_TOKEN": "123456:short"}, "FRAMSTEG_TELEGRAM_TOKEN"),
    ({"FRAMSTEG_TELEGRAM_TOKEN": "", "FRAMSTEG_TELEGRAM_MODE": "webhook"}, "FRAMSTEG_TELEGRAM_TOKEN"),
    ({"FRAMSTEG_TELEGRAM_API": "https://user@api.telegram.org"}, "FRAMSTEG_TELEGRAM_API"),
    ({"FRAMSTEG_TELEGRAM_MODE": "push"}, "FRAMSTEG_TELEGRAM_MODE"),
    ({"FRAMSTEG_TELEGRAM_SECRET": "short"}, "FRAMSTEG_TELEGRAM_SECRET"),
    ({"FRAMSTEG_TELEGRAM_SECRET": "åäö-is-nothing-for-a-header"}, "FRAMSTEG_TELEGRAM_SECRET"),
    ({"FRAMSTEG_TELEGRAM_SECRET": "", "FRAMSTEG_TELEGRAM_MODE": "webhook"}, "FRAMSTEG_TELEGRAM_SECRET"),
    ({"FRAMSTEG_SMTP_URL": "mail.example.se:587"}, "FRAMSTEG_SMTP_URL"),
    ({"FRAMSTEG_SMTP_URL": f"smtp://framsteg:{PASSWORD}@mail.example.se:smtp"}, "FRAMSTEG_SMTP_URL"),
    ({"FRAMSTEG_MAIL_FROM": "framsteg"}, "FRAMSTEG_MAIL_FROM"),
    ({"FRAMSTEG_REHEARSAL": "my own phone"}, "FRAMSTEG_REHEARSAL"),
    *(({"FRAMSTEG_SMS_RATE": words}, "FRAMSTEG_SMS_RATE") for words in ("0", "-1", "NaN", "1e3", "as fast as it goes")),
    *(({"FRAMSTEG_SMS_PRICE": words}, "FRAMSTEG_SMS_PRICE") for words in ("0.65", "SEK 0.65", "0,65 SEK", "-1 SEK")),
    *(({"FRAMSTEG_METRICS": words}, "FRAMSTEG_METRICS") for words in ("9464", "127.0.0.1:", ":9464", "[::1:9464")),
    ({"FRAMSTEG_MAIL_FROM": "framsteg@example.se\r\nBcc: eve@example.se"}, "FRAMSTEG_MAIL_FROM"),
    ({"FRAMSTEG_PUBLIC_URL": f"https://framsteg:{PASSWORD}@framsteg.example.se"}, "FRAMSTEG_PUBLIC_URL"),
    ({"FRAMSTEG_SQLITE_SYNCHRONOUS": "OFF"}, "FRAMSTEG_SQLITE_SYNCHRONOUS"),
    ({"FRAMSTEG_LOG_LEVEL": "verbose"}, "FRAMSTEG_LOG_LEVEL"),
    ({"FRAMSTEG_DATABASE": "sqlite:///elsewhere.db"}, "FRAMSTEG_DATABASE"),
    ({"FRAMSTEG_TWILIO_AUTH_TOKEN": SECRET}, "FRAMSTEG_TWILIO_AUTH_TOKEN"),
    ({f"FRAMSTEG_{PASSWORD}": "x"}, "FRAMSTEG_"),
]


WRONG_PARTS = ("", "clocks", "web,,clock", "web", "clock,delivery")
"""What an SQLite file cannot be shared by, and what is no part."""


@pytest.mark.parametrize(("wrong", "named"), WRONG, ids=range(len(WRONG)))
async def test_a_wrong_setting_is_named_in_one_line(tmp_path: Path, wrong: dict[str, str], named: str) -> None:
    assert await not_as_it_must_be(tmp_path, wrong, named) == []


@pytest.mark.parametrize("parts", WRONG_PARTS)
async def test_a_share_of_the_work_that_is_none_is_refused(tmp_path: Path, parts: str) -> None:
    assert await not_as_it_must_be(tmp_path, {}, "--only", command=("run", "--only", parts)) == []


async def not_as_it_must_be(
    place: Path, wrong: dict[str, str], named: str, *, command: tuple[str, ...] = ("run",)
) -> list[str]:
    """What is amiss with how the program refuses to begin: it exits with 2 after one line that names the setting."""
    no_database = place / NO_DATABASE
    no_database.write_text(PASSWORD, "utf-8")
    wrong = {name: value.replace(f"/{NO_DATABASE}", f"/{no_database}") for name, value in wrong.items()}
    right = {"FRAMSTEG_DATABASE_URL": f"sqlite:///{place}/framsteg.db", **RIGHT}

    said = await ask({**right, **wrong}, *command)

    tried = [value for name, value in wrong.items() if name in HOLDS_A_SECRET and value]
    found = [] if said.code == 2 else [f"the exit code is {said.code}"]
    found += [] if said.words.count("\n") == 1 and named in said.words else [f"said in place of {named}: {said.words}"]
    return found + ["a secret was said" for secret in (*SECRETS, *tried) if secret in said.words]


async def test_the_right_settings_are_only_short_of_a_database(tmp_path: Path) -> None:
    said = await ask({"FRAMSTEG_DATABASE_URL": f"sqlite:///{tmp_path}/framsteg.db", **RIGHT, **NOBODY}, "doctor")

    assert said.code == 1
    assert "framsteg migrate" in said.words
    assert said.words.count("does not answer") == 3
    assert "FRAMSTEG_KEY is" not in said.words
    assert not [secret for secret in SECRETS if secret in said.words]


@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1", "http"])
async def test_a_port_that_is_none_is_refused_before_the_demo_lives_through_its_weeks(port: str) -> None:
    said = await ask({}, "demo", "--port", port)
    assert said.code == 2
    assert "'--port'" in said.words and port in said.words
