"""`framsteg backup` and `resume`: a copy is taken while the program serves, and put back without a word said twice."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.terminal import do, refuse, settings

_ZONED = "a moment with its zone, such as 2026-11-23T08:00+01:00"
_NO_COPY = (
    "this database is not known as a copy that was put back: nothing is to be done. If it is one all the same, as after"
    " a disk's snapshot, say from when on: `framsteg resume --from MOMENT`"
)
_WHAT_BECAME = {
    "waited": "messages that waited: cancelled",
    "under_way": "messages that were under way: uncertain, and a coach sees them",
    "occurrences": "reminders and check-ins that waited: left out",
    "conversations": "conversations: ended, as when nobody answers",
    "unanswered": "messages from people that waited: set aside, somebody has to read them on Today",
    "changes": "changes of activities: taken for told",
    "meetings": "meetings about which somebody was to be asked: taken for asked, ask them yourselves",
    "imports": "tables of people: stopped half way, to be taken in again",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE while the program serves. FILE must not be there."""
    from bot.app import machine_clock
    from bot.storage.backup import NoBackup, back_up

    now = machine_clock()
    try:
        size = back_up(settings().database_url, file, now=now)
    except NoBackup as why:
        refuse(str(why))
    click.echo(f"{file}: {size:,} bytes, as of {now:%Y-%m-%d %H:%M:%S} UTC, looked through and whole")
    click.echo("keep FRAMSTEG_KEY apart from it: without the key nobody can read it")


def resume_copy(*, since: str | None, moved: bool) -> None:
    """Let a database that was put back from a copy go on: from a moment, or as if nothing had been."""
    if moved and since is not None:
        refuse("--moved goes without --from: nothing was sent since, so nothing has to be passed over")

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.services.restoring import StillServed, adopt, resume
        from bot.storage.copies import copied

        async with opened() as desk:
            copy = await copied(desk.database)
            if copy is None and (moved or since is None):
                refuse(_NO_COPY)
            begin = _moment(since, now=desk.now, copied_at=copy.at if copy else None)
            if copy is not None:
                click.echo(f"this is a copy of {_said(copy.at)}" if copy.at else "this is a copy")
            try:
                if moved:
                    await adopt(desk.database)
                    click.echo("it goes on where it stopped: `framsteg run`")
                    return
                click.echo(f"what falls due from {_said(begin)} on is sent; what fell due or waited before is not")
                done = await resume(desk.database, since=begin, now=desk.now)
            except StillServed:
                refuse("stop every `framsteg run` on this database first")
            _tell({**asdict(done.settled), "unanswered": done.unanswered})

    do(work)


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _moment(words: str | None, *, now: datetime, copied_at: datetime | None) -> datetime:
    if words is None:
        return now
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        refuse(f"--from takes {_ZONED}")
    if moment.tzinfo is None:
        refuse(f"--from takes {_ZONED}")
    if moment > now:
        refuse("--from is still to come: planning cannot go on from there")
    if copied_at is not None and moment < copied_at:
        refuse("--from lies before the copy: what was sent from there on, it knows itself")
    return moment


def _tell(counts: Mapping[str, int]) -> None:
    for what, about in _WHAT_BECAME.items():
        if counts[what]:
            click.echo(f"{counts[what]:>6}  {about}")
    click.echo("everybody signs in anew. What was written since the copy was made is gone, and so is every STOP since:")
    click.echo("ask the provider who has stopped us, before `framsteg run`")
