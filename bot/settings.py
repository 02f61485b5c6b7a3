"""Everything that can be set is set here, once, from the environment; wrong settings refuse by name."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class SettingsRefused(Exception):
    """A setting is wrong: one line that names the key and the remedy, never the value."""


SENDER = r"\+[1-9][0-9]{6,14}|[1-9][0-9]{4,5}|MG[0-9a-fA-F]{32}"
"""A number, a short number or a Messaging Service."""

USUAL_PORT = 8000


def _secret(words: str) -> str:
    if len(words) < 16:
        raise ValueError("at least 16 characters, for instance from `openssl rand -base64 32`")
    return words


def _key(words: str) -> bytes:
    try:
        key = base64.b64decode(words, validate=True)
    except binascii.Error:
        key = b""
    # One byte over and over is somebody's placeholder.
    if len(key) != 32 or len(set(key)) == 1:
        raise ValueError("32 random bytes in base64, from `openssl rand -base64 32`")
    return key


def _path(words: str) -> Path:
    path = Path(words).expanduser()
    for part in ("flows", "locales"):
        if not (path / part).is_dir():
            raise ValueError("a directory that holds flows/ and locales/")
    return path


def _port(words: str) -> int:
    if not words.isascii() or not words.isdigit() or len(words) > 5 or int(words) > 65535:
        raise ValueError("a number from 0 to 65535")
    return int(words)


def _listening(words: str) -> tuple[str, int]:
    host, _, port = words.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host, re.ASCII):
        raise ValueError("an address and a port such as 127.0.0.1:9464")
    return host.strip("[]"), _port(port)


def _rate(words: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", words, re.ASCII) or not 0.1 <= float(words) <= 1000:
        raise ValueError("messages a second, from 0.1 to 1000")
    return float(words)


def _like(pattern: str, what: str) -> Callable[[str], str]:
    def read(words: str) -> str:
        if not re.fullmatch(pattern, words, re.ASCII):
            raise ValueError(what)
        return words

    return read


def _host_and_port(words: str, *, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(words)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # A port that is no port, a bracket that is not closed.
        return False


def _url(words: str) -> str:
    if not _host_and_port(words, schemes=("http", "https")) or re.search(r"[?#@\s]", words):
        raise ValueError("an address such as https://framsteg.example.se, without ?, # and @")
    return words.rstrip("/")


def _database(words: str) -> str:
    scheme, _, rest = words.partition("://")
    if scheme in ("sqlite", "sqlite+aiosqlite"):
        well = rest.startswith("/") and len(rest) > 1 and ":memory:" not in rest
    else:
        well = _host_and_port(_with_host(words), schemes=("postgresql", "postgres", "postgresql+asyncpg"))
        well = well and len(urlsplit(words).path) > 1
    if not well:
        raise ValueError("sqlite:///path/to/framsteg.db or postgresql://user:password@host/name")
    return words


def _with_host(words: str) -> str:
    # postgresql:///name?host=/var/run/postgresql: a server on this machine, reached by its socket.
    return words.replace(":///", "://localhost/", 1) if "host=/" in words else words


def _mail(words: str) -> str:
    if not _host_and_port(words, schemes=("smtp", "smtps")):
        raise ValueError("smtp://user:password@host:587 or smtps://user:password@host:465")
    return words


def _addresses(words: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in words.split(",") if part.strip())
    for one in found:
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}|-?[0-9]{1,16}|[^@\s]+@[^@\s]+", one, re.ASCII):
            raise ValueError("numbers such as +46701234567, chat ids and e-mail addresses, with commas between")
    return found


def _proxies(words: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in words.split(",") if part.strip())
    for one in found:
        try:
            # `*` and names are refused: whoever can write the header could then be anybody.
            network = ip_network(one)
        except ValueError:
            network = None
        if network is None or network.prefixlen == 0:
            raise ValueError("addresses such as 127.0.0.1 or 10.0.0.0/24, with commas between")
    return found


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(words: str) -> str:
        if words not in allowed:
            raise ValueError("one of " + ", ".join(allowed))
        return words

    return read


def _setting(key: str, read: Callable[[str], Any], about: str, default: Any = None) -> Any:
    return field(default=default, metadata={"key": key, "read": read, "about": about})


def _shipped() -> Path:
    package = Path(__file__).resolve().parent
    # An installed wheel carries flows/ and locales/ inside the package; a checkout has them beside it.
    return package / "shipped" if (package / "shipped").is_dir() else package.parent


# Without a repr: half of it are secrets.
@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """The settings of one process. `about` of each is the README's table: a test keeps the two alike."""

    database_url: str = _setting(
        "FRAMSTEG_DATABASE_URL",
        _database,
        "SQLite (one process) or PostgreSQL (any number)",
        "sqlite:///var/framsteg.db",
    )
    key: bytes | None = _setting(
        "FRAMSTEG_KEY", _key, "32 bytes in base64; addresses are hashed and encrypted with it. Keep a copy"
    )
    content: Path = _setting(
        "FRAMSTEG_CONTENT", _path, "where flows/ and locales/ are; what is shipped by default", _shipped()
    )
    host: str = _setting(
        "FRAMSTEG_HOST",
        _like(r"[A-Za-z0-9.:_-]+", "127.0.0.1, 0.0.0.0, :: or a name"),
        "address to serve at",
        "127.0.0.1",
    )
    port: int | None = _setting("FRAMSTEG_PORT", _port, "port to serve at")
    metrics: tuple[str, int] | None = _setting(
        "FRAMSTEG_METRICS",
        _listening,
        "address of /metrics such as 127.0.0.1:9464, never the public one; empty: no metrics",
    )
    public_url: str | None = _setting(
        "FRAMSTEG_PUBLIC_URL", _url, "the address the world calls us by; Twilio signs it, Telegram is given it"
    )
    proxies: tuple[str, ...] = _setting(
        "FRAMSTEG_PROXIES",
        _proxies,
        "addresses of our own proxies, whose X-Forwarded-For and -Proto are believed; empty: nobody's",
        (),
    )
    twilio_account: str | None = _setting(
        "FRAMSTEG_TWILIO_ACCOUNT",
        _like(r"AC[0-9a-fA-F]{32}", "AC and 32 hexadecimal digits, from Twilio's console"),
        "Twilio account SID; empty: no SMS",
    )
    twilio_token: str | None = _setting("FRAMSTEG_TWILIO_TOKEN", _secret, "Twilio auth token")
    twilio_sender: str | None = _setting(
        "FRAMSTEG_TWILIO_SENDER",
        _like(SENDER, "a number (+46…) or a Messaging Service (MG…)"),
        "number (+46…) or Messaging Service (MG…) of programmes with none of their own",
    )
    twilio_api: str = _setting("FRAMSTEG_TWILIO_API", _url, "base URL of Twilio's API", "https://api.twilio.com")
    sms_rate: float = _setting(
        "FRAMSTEG_SMS_RATE",
        _rate,
        "how many text messages a second one number or Messaging Service sends, over all processes",
        10.0,
    )
    telegram_token: str | None = _setting(
        "FRAMSTEG_TELEGRAM_TOKEN",
        _like(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}", "as @BotFather gives it: digits, a colon, letters"),
        "bot token; empty: no Telegram",
    )
    telegram_api: str = _setting("FRAMSTEG_TELEGRAM_API", _url, "base URL of the Bot API", "https://api.telegram.org")
    telegram_mode: str = _setting(
        "FRAMSTEG_TELEGRAM_MODE", _one_of("poll", "webhook"), "poll (we fetch) or webhook (Telegram calls)", "poll"
    )
    telegram_secret: str | None = _setting(
        "FRAMSTEG_TELEGRAM_SECRET",
        _like(r"[A-Za-z0-9_-]{16,256}", "16 to 256 of A-Z a-z 0-9 _ -, from `openssl rand -hex 32`"),
        "secret token of the webhook: A-Z a-z 0-9 _ -",
    )
    smtp_url: str | None = _setting("FRAMSTEG_SMTP_URL", _mail, "mail server for coaches' mail; empty: no mail")
    mail_from: str = _setting(
        "FRAMSTEG_MAIL_FROM",
        _like(r"[^@\r\n]*[^@\s<]@[^@\s>]+>?", "an address such as framsteg@example.se"),
        "sender of coaches' mail",
        "framsteg@localhost",
    )
    rehearsal: tuple[str, ...] = _setting(
        "FRAMSTEG_REHEARSAL",
        _addresses,
        "own numbers, chat ids and e-mail addresses; if set, no others are written to",
        (),
    )
    sms_price: str | None = _setting(
        "FRAMSTEG_SMS_PRICE",
        _like(r"[0-9]{1,4}(\.[0-9]{1,4})? [A-Z]{3}", "an amount and a currency such as 0.65 SEK"),
        "what one part of an SMS costs, such as 0.65 SEK; empty: only parts are shown",
    )
    sqlite_synchronous: str = _setting(
        "FRAMSTEG_SQLITE_SYNCHRONOUS", _one_of("FULL", "NORMAL"), "FULL survives a power cut, NORMAL is faster", "FULL"
    )
    log_level: str = _setting(
        "FRAMSTEG_LOG_LEVEL",
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "how much is logged; never words or numbers",
        "INFO",
    )

    @property
    def web_port(self) -> int:
        """The port of the doors and the console."""
        return USUAL_PORT if self.port is None else self.port

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read and check. Raises `SettingsRefused` with one line: the key, what is wrong, the remedy."""
        known = {entry.metadata["key"]: entry for entry in fields(cls)}
        for key in sorted(environment):
            if key.startswith("FRAMSTEG_") and key not in known:
                # Its own name may be a secret's that was pasted on the wrong side.
                name = key if re.fullmatch(r"[A-Z_]{1,40}", key) else "FRAMSTEG_…"
                raise SettingsRefused(f"{name} is not a setting: see the table in README.md")
        values: dict[str, Any] = {}
        for key, entry in known.items():
            words = environment.get(key, "").strip()
            if words:
                values[entry.name] = _read(key, words, entry.metadata["read"])
        settings = cls(**values)
        settings._agree()
        return settings

    def _agree(self) -> None:
        webhook = self.telegram_mode == "webhook"
        sms = self.twilio_account is not None
        needs = (
            (sms and not self.twilio_token, "FRAMSTEG_TWILIO_TOKEN", "FRAMSTEG_TWILIO_ACCOUNT"),
            (sms and not self.public_url, "FRAMSTEG_PUBLIC_URL", "FRAMSTEG_TWILIO_ACCOUNT"),
            (self.twilio_token and not sms, "FRAMSTEG_TWILIO_ACCOUNT", "FRAMSTEG_TWILIO_TOKEN"),
            (webhook and not self.telegram_token, "FRAMSTEG_TELEGRAM_TOKEN", "webhook mode"),
            (webhook and not self.telegram_secret, "FRAMSTEG_TELEGRAM_SECRET", "webhook mode"),
            (webhook and not self.public_url, "FRAMSTEG_PUBLIC_URL", "webhook mode"),
        )
        for missing, key, because in needs:
            if missing:
                raise SettingsRefused(f"{key} is missing: {because} needs it")


def _read(key: str, words: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(words)
    except ValueError as wrong:
        raise SettingsRefused(f"{key} is wrong: it should be {wrong}") from None
