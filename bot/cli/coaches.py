"""`framsteg coach …`: who accompanies participants, and where their summary is sent."""

import click

from bot.cli.terminal import do, refuse


@click.group()
def coach() -> None:
    """Add coaches, list them, and reach them by Telegram."""


@coach.command("add")
@click.argument("first_name")
@click.argument("email")
@click.option("--organisation", default="organisation", show_default=True)
@click.option("--language", default="sv", show_default=True)
def add_coach(first_name: str, email: str, organisation: str, language: str) -> None:
    """Add a coach, to whom participants can then be given."""
    if email.count("@") != 1 or email != email.strip():
        refuse("the second word is the coach's e-mail address, such as karin@example.se")

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


@coach.command("list")
def list_coaches() -> None:
    """The coaches of every organisation, by e-mail address."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.storage.unit_of_work import looking

        async with opened(read_only=True) as desk, looking(desk.database) as stores:
            for owner in await stores.programmes.organisation_ids():
                for email, known in (await stores.coaches.by_email(owner)).items():
                    click.echo(f"{email}  {known.first_name}  {known.language}")

    do(work)


@coach.command("telegram")
@click.argument("email")
def invite_coach(email: str) -> None:
    """Print a Telegram link for one coach, who then gets alerts and summaries there: once, and for two weeks."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.cli.links import telegram_link
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk, unit_of_work(desk.database) as stores:
            found = [
                (await stores.coaches.by_email(owner)).get(email)
                for owner in await stores.programmes.organisation_ids()
            ]
            known = next(filter(None, found), None)
            if known is None:
                refuse("no coach has this e-mail address: `framsteg coach list` shows them")
            code = await stores.participants.make_deep_link(coach_id=known.id, now=desk.now)
        click.echo(await telegram_link(desk.settings, code))

    do(work)
