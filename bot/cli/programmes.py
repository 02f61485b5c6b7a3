"""`framsteg programme …`, `stop-all` and `resume`: what is published, and whether it sends."""

import re
from pathlib import Path

import click

from bot.cli.terminal import do, refuse
from bot.settings import SENDER


@click.group()
def programme() -> None:
    """Publish programmes, and get them back as YAML."""


@programme.command("publish")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--organisation", default="organisation", show_default=True, help="Whose programme it is: a short name.")
def publish_programme(directory: Path, organisation: str) -> None:
    """Publish DIRECTORY as the next version. Conversations under way finish on theirs."""
    package = directory.resolve()

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.publishing import publish

        async with opened() as desk:
            done = await publish(
                desk.database,
                package,
                content=desk.settings.content,
                organisation=organisation,
                now=desk.now,
            )
        for (kind, slug), version in done.versions.items():
            click.echo(f"{kind} {slug}: version {version}")
        if not done.versions:
            click.echo("nothing is new")

    do(work)


@programme.command("export")
@click.argument("slug")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def export_programme(slug: str, directory: Path) -> None:
    """Write what is live as YAML into DIRECTORY, comments and all."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.content.edit import write_sources
        from bot.services.publishing import sources

        async with opened(read_only=True) as desk:
            files = write_sources(await sources(desk.database, slug), directory)
        click.echo(f"{len(files)} files in {directory}")

    do(work)


@programme.command("sender")
@click.argument("slug")
@click.argument("sender")
def set_sender(slug: str, sender: str) -> None:
    """Give a programme a number (+46…) or Messaging Service (MG…) of its own."""
    if not re.fullmatch(SENDER, sender, re.ASCII):
        refuse("the second word is a number such as +46701234567, or a Messaging Service (MG…)")

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk, unit_of_work(desk.database) as stores:
            for row in await desk.programmes(stores, slug):
                await stores.programmes.change(row.id, sms_sender=sender)
        click.echo(f"{slug} sends from {sender}")

    do(work)


@click.command("stop-all")
@click.argument("slug")
def stop_all(slug: str) -> None:
    """Send nothing more for a programme, from this moment. Answers still come in and are kept."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk, unit_of_work(desk.database) as stores:
            for row in await desk.programmes(stores, slug):
                await stores.programmes.change(row.id, stopped_at=desk.now)
        click.echo(f"{slug} is stopped: `framsteg resume {slug}` lets it send again")

    do(work)


@click.command()
@click.argument("slug", required=False)
@click.option("--from", "since", metavar="MOMENT", help="Of a copy that was put back: from when on it sends.")
@click.option("--moved", is_flag=True, help="Of a copy that was put back: nothing was sent since it was made.")
def resume(slug: str | None, since: str | None, moved: bool) -> None:
    """Let a stopped programme send again, or, without SLUG, a database that was put back from a copy.

    What fell due meanwhile is not made up for.
    """
    if slug is None:
        from bot.cli.copies import resume_copy

        resume_copy(since=since, moved=moved)
        return
    if moved or since is not None:
        refuse("--from and --moved are for a database that was put back: without the name of a programme")

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.storage.unit_of_work import unit_of_work

        # A round that was under way when it was stopped is behind as well.
        anew = {"stopped_at": None, "planning_until": None, "planning_after": None}
        async with opened() as desk, unit_of_work(desk.database) as stores:
            for row in await desk.programmes(stores, slug):
                if row.stopped_at is not None:
                    await stores.programmes.change(row.id, **anew, planned_until=desk.now)
                    await stores.offsets.forget([row.id])
        click.echo(f"{slug} sends again")

    do(work)
