"""`framsteg coach …` and `framsteg people …`: who accompanies, and who takes part."""

from datetime import datetime
from pathlib import Path

import click

from bot.cli.terminal import do, refuse


@click.group()
def coach() -> None:
    """Add coaches."""


@coach.command("add")
@click.argument("first_name")
@click.argument("email")
@click.option("--organisation", default="organisation", show_default=True)
@click.option("--language", default="sv", show_default=True)
def add_coach(first_name: str, email: str, organisation: str, language: str) -> None:
    """Add a coach, to whom participants can then be given."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk, unit_of_work(desk.database) as stores:
            owner = await stores.programmes.organisation(organisation, name=organisation, now=desk.now)
            if email in await stores.coaches.by_email(owner):
                refuse("there is a coach with this e-mail address already")
            await stores.coaches.add(first_name, organisation_id=owner, email=email, language=language, now=desk.now)
        click.echo(f"{first_name} is a coach of {organisation}")

    do(work)


@click.group()
def people() -> None:
    """Take participants in, invite them to Telegram, and say goodbye."""


@people.command("import")
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--programme", "slug", required=True)
def import_table(table: Path, slug: str) -> None:
    """Enrol everybody in a CSV file, or nobody, with every problem by row. Nothing is sent by this."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.roster import import_people
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk:
            async with unit_of_work(desk.database) as stores:
                row = (await desk.programmes(stores, slug))[0]
            taken = await import_people(desk.database, desk.shelf, row, table=table.read_bytes(), now=desk.now)
        click.echo(f"{taken} people enrolled in {slug}")

    do(work)


@people.command("invite")
@click.argument("enrolment", type=int)
def invite_person(enrolment: int) -> None:
    """Print a Telegram code for one person: it works once, and for two weeks."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.roster import invite

        async with opened() as desk:
            code = await invite(desk.database, enrolment, now=desk.now)
        click.echo(f"https://t.me/YOUR_BOT?start={code}")

    do(work)


@people.command("leave")
@click.argument("enrolment", type=int)
@click.option("--on", "last_day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
@click.option("--reason", default="finished", show_default=True)
def leave_programme(enrolment: int, last_day: datetime, reason: str) -> None:
    """Somebody leaves the programme: a farewell on the last day, then silence."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.roster import leave

        async with opened() as desk:
            await leave(desk.database, desk.shelf, enrolment, on=last_day.date(), reason=reason, now=desk.now)
        click.echo(f"the last day is {last_day:%Y-%m-%d}")

    do(work)
