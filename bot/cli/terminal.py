"""What every command shares: settings are read, and whatever refuses is told in one line."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn, TextIO

import click

from bot.settings import Settings, SettingsRefused

ONE_PROCESS = "stop `framsteg run` first: an SQLite file belongs to one process (PostgreSQL takes many)"


def settings() -> Settings:
    """The settings of this process, or one line that names the wrong key and exit code 2."""
    try:
        return Settings.from_environment(os.environ)
    except SettingsRefused as refused:
        refuse(str(refused))


def refuse(why: str) -> NoReturn:
    """Say why, and leave with exit code 2."""
    click.echo(why, err=True)
    sys.exit(2)


def say(words: str) -> None:
    """A line for whoever looks; nobody looking is no reason to stop."""
    try:
        click.echo(words)
    except OSError:
        give_up_on(sys.stdout)


def give_up_on(stream: TextIO) -> None:
    """The pipe is closed: what is left in it must not be tried again when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def do(work: Callable[[], Awaitable[None]], *, page: str = "") -> None:
    """Run a command's work; whatever refuses is told in its own words, with exit code 2 and no trace.

    `page` is the page of the console that does the same, for a database that a serving process has.
    """
    from bot.content.complaints import ContentRefused
    from bot.content.people_problems import PeopleRefused
    from bot.services.publishing import NothingPublished
    from bot.services.roster import NotOnTheRoster
    from bot.storage.away import DatabaseAway
    from bot.storage.sqlite import DatabaseBusy

    async def whole() -> None:
        await work()

    try:
        asyncio.run(whole())
    except DatabaseBusy as busy:
        instead = f"use the page {page} of the console, or " if page else ""
        refuse(f"{str(busy).partition(':')[0]}: {instead}{ONE_PROCESS}")
    except DatabaseAway as away:
        refuse(f"FRAMSTEG_DATABASE_URL: the database does not answer ({away}): `framsteg doctor` says more")
    except NothingPublished as nothing:
        refuse(f"nothing is published for '{nothing}': `framsteg programme publish DIR`")
    except (SettingsRefused, ContentRefused, NotOnTheRoster, PeopleRefused) as refused:
        refuse(str(refused))
