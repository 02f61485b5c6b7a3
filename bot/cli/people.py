"""`framsteg people …`: who takes part, from the table that is read in to the last day."""

from datetime import datetime
from pathlib import Path

import click

from bot.cli.terminal import do, refuse

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def people() -> None:
    """Take participants in, move them on, invite them to Telegram, and say goodbye."""


@people.command("list")
@click.argument("programme")
def list_people(programme: str) -> None:
    """Who is in PROGRAMME: the number that the other commands ask for, first name, phase, and how we reach them."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.cli.people_lines import lines
        from bot.storage.unit_of_work import looking

        async with opened(read_only=True) as desk, looking(desk.database) as stores:
            for row in await desk.programmes(stores, programme):
                for line in lines(await stores.participants.of_programme(row.id), now=desk.now):
                    click.echo(line)

    do(work)


@people.command("import")
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--programme", "slug", required=True)
@click.option(
    "--agreement",
    type=click.Choice(["agreed", "ask"]),
    required=True,
    help="agreed: they have said yes in person, and it is noted; ask: they are asked by a message.",
)
def import_table(table: Path, slug: str, agreement: str) -> None:
    """Enrol everybody in a CSV file, or nobody, with every problem by row. Nothing is sent to them before a yes."""
    rows = table.read_bytes()

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.domain.people import Agreement
        from bot.services.roster import PeopleFile, import_people
        from bot.storage.unit_of_work import looking

        async with opened() as desk:
            async with looking(desk.database) as stores:
                row = (await desk.programmes(stores, slug))[0]
            file = PeopleFile(table=rows, agreement=Agreement.AGREED if agreement == "agreed" else Agreement.UNASKED)
            taken = await import_people(desk.database, desk.shelf, row, file=file, now=desk.now)
        click.echo(f"{taken} people enrolled in {slug}: `framsteg people list {slug}` shows them")

    do(work)


@people.command("invite")
@click.argument("enrolment", type=int)
def invite_person(enrolment: int) -> None:
    """Print a Telegram link for one person: it works once, and for two weeks."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.cli.links import telegram_link
        from bot.services.roster import invite

        async with opened() as desk:
            code = await invite(desk.database, enrolment, now=desk.now)
        click.echo(await telegram_link(desk.settings, code))

    do(work)


@people.command("phase")
@click.argument("enrolment", type=int)
@click.argument("phase")
def move_on(enrolment: int, phase: str) -> None:
    """Somebody is in another phase from now on: its activities and reminders are theirs at once."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.joining import NextPhase, move_to_phase

        async with opened() as desk:
            await move_to_phase(desk.database, desk.shelf, enrolment, phase=NextPhase(slug=phase), now=desk.now)
        click.echo(f"{enrolment} is in {phase}")

    do(work)


@people.command("milestone")
@click.argument("enrolment", type=int)
@click.argument("slug")
@click.option("--due", "due_on", type=DAY, help="The day it is meant to be reached: reminders go before it.")
@click.option("--reached", "reached_on", type=DAY, help="The day it was reached.")
def note_milestone(enrolment: int, slug: str, due_on: datetime | None, reached_on: datetime | None) -> None:
    """Give a milestone its day, or note that it was reached."""
    if due_on is None and reached_on is None:
        refuse("say --due 2026-12-01 or --reached 2026-12-01")

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.roster import MilestoneDates, set_milestone

        async with opened() as desk:
            await set_milestone(
                desk.database,
                desk.shelf,
                enrolment,
                MilestoneDates(
                    slug=slug,
                    due_on=due_on.date() if due_on else None,
                    reached_on=reached_on.date() if reached_on else None,
                ),
                now=desk.now,
            )
        click.echo(f"{slug} of {enrolment} is noted")

    do(work)


@people.command("leave")
@click.argument("enrolment", type=int)
@click.option("--on", "last_day", type=DAY, required=True, help="The last day.")
@click.option("--reason", default="finished", show_default=True)
def leave_programme(enrolment: int, last_day: datetime, reason: str) -> None:
    """Somebody leaves the programme: a farewell on the last day, then silence."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.roster import Leaving, leave

        async with opened() as desk:
            await leave(desk.database, desk.shelf, enrolment, Leaving(on=last_day.date(), reason=reason), now=desk.now)
        click.echo(f"the last day is {last_day:%Y-%m-%d}")

    do(work)
