"""`framsteg preview …`: every message that one person will get, when and why."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from bot.cli.terminal import do, refuse

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command()
@click.argument("enrolment", type=int)
@click.option("--from", "since", type=DAY, help="From this day or minute on, where the person lives; now by default.")
@click.option("--to", "until", type=DAY, help="Until then; seven days later by default.")
def preview(enrolment: int, since: datetime | None, until: datetime | None) -> None:
    """What the person with this number (`framsteg people list`) will get if nobody does anything, and why so."""

    async def work() -> None:
        from datetime import timedelta

        from bot.cli.desk import opened
        from bot.cli.preview_lines import lines
        from bot.services.foreseeing import foresee
        from bot.storage.unit_of_work import looking

        async with opened(read_only=True) as desk:
            async with looking(desk.database) as stores:
                people = await stores.participants.enrolled([enrolment])
            if enrolment not in people:
                refuse(f"there is nobody with the number {enrolment}: `framsteg people list PROGRAMME` shows them")
            zone = ZoneInfo(people[enrolment].zone)
            first = desk.now if since is None else max(since.replace(tzinfo=zone), desk.now)
            last = first + timedelta(days=7) if until is None else until.replace(tzinfo=zone)
            try:
                found = await foresee(desk.database, desk.shelf, enrolment, now=desk.now, between=(first, last))
            except ValueError as wrong:
                refuse(f"--from and --to: {wrong}")
            for line in lines(found, zone=zone):
                click.echo(line)

    do(work)
