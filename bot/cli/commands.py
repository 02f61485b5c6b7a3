"""The commands that serve, check and look after; each says what happened, or in one line why not."""

import contextlib
import sys
from pathlib import Path

import click

from bot.cli.coaches import coach
from bot.cli.copies import backup
from bot.cli.people import people
from bot.cli.preview import preview
from bot.cli.programmes import programme, resume, stop_all
from bot.cli.terminal import do, refuse, settings


@click.group()
@click.version_option(package_name="framsteg")
def framsteg() -> None:
    """Framsteg keeps people on their way to work company, by SMS and Telegram."""


for command in (programme, people, preview, coach, stop_all, resume, backup):
    framsteg.add_command(command)


@framsteg.command()
@click.option("--only", multiple=True, metavar="PART", help="Our share: web, telegram, clock or delivery, with commas.")
def run(only: tuple[str, ...]) -> None:
    """Serve: send, receive, remind and summarise until stopped."""
    from bot.cli.serve import serve

    serve(settings(), only=only)


@framsteg.command()
def rehearse() -> None:
    """Serve as `run` does, but write to the addresses of FRAMSTEG_REHEARSAL alone."""
    chosen = settings()
    if not chosen.rehearsal:
        refuse("FRAMSTEG_REHEARSAL is missing: name your own numbers, chat ids and e-mail addresses, with commas")
    from bot.cli.serve import serve

    serve(chosen)


@framsteg.command()
@click.option("--fresh", is_flag=True, help="Start over: the demo's data are made anew.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
def demo(fresh: bool, port: int) -> None:
    """Serve an invented programme with on-screen phones; nothing to set up, nothing leaves this machine."""
    from bot.cli.demo import run_demo

    run_demo(fresh=fresh, port=port)


@framsteg.command()
def migrate() -> None:
    """Bring the database up to date. Safe to run again, and from several machines at once."""
    chosen = settings()

    async def work() -> None:
        from bot.app import opened
        from bot.storage.migrate import migrate as bring_up

        database = opened(chosen)
        try:
            before, after = await bring_up(database)
        finally:
            await database.close()
        click.echo(f"the database is at {after}" + ("" if before == after else f" (was {before or 'empty'})"))

    do(work)


@framsteg.command()
@click.option("--parts", "show_parts", is_flag=True, help="Also list how many SMS parts each text takes.")
@click.argument("content", type=click.Path(path_type=Path, exists=True), required=False)
def check(content: Path | None, show_parts: bool) -> None:
    """Check flows, programmes and translations: file:line:column: what: remedy."""
    from bot.cli.parts_table import parts_table, parts_totals
    from bot.content.checks import check as complaints_about
    from bot.content.checks import parts
    from bot.content.complaints import ContentRefused
    from bot.content.crisis_phrases import check_crisis_phrases
    from bot.content.reply_words import check_readings, load_readings

    root = content or settings().content
    complaints = [*complaints_about(root), *check_readings(root)]
    with contextlib.suppress(ContentRefused):
        # Reply words that cannot be read are complained of already.
        complaints += check_crisis_phrases(root, load_readings(root))
    for complaint in complaints:
        click.echo(str(complaint))
    rows = parts(root)
    for line in (*(parts_table(rows) if show_parts else ()), *parts_totals(rows)):
        click.echo(line)
    if complaints:
        sys.exit(1)
    click.echo("nothing to complain about")


@framsteg.command()
@click.argument("content", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
def texts(content: Path | None) -> None:
    """Bring the translators' files up to date with every text there is. A second time changes nothing."""

    async def work() -> None:
        from bot.content.extract import update_catalogs

        root = content or settings().content
        changed = update_catalogs(root)
        for file in changed:
            click.echo(str(file.relative_to(root)))
        if not changed:
            click.echo("nothing is new")

    do(work)


@framsteg.command()
@click.argument("flow")
@click.option("--language", default="sv", show_default=True)
@click.option("--programme", "slug", default="stega", show_default=True)
@click.option("--telegram", is_flag=True, help="As Telegram shows it; SMS otherwise.")
def play(flow: str, language: str, slug: str, telegram: bool) -> None:
    """Talk to a flow here in the terminal. Nothing is kept; an empty line is silence."""
    from bot.cli.play import play_flow

    async def work() -> None:
        play_flow(settings().content, slug=slug, flow=flow, language=language, telegram=telegram)

    do(work)


@framsteg.command()
def doctor() -> None:
    """Test settings, database, migrations, tokens and webhooks, and say what to do."""
    from bot.cli.doctor import examine

    chosen = settings()

    async def work() -> None:
        if not await examine(chosen, say=click.echo):
            sys.exit(1)

    do(work)


@framsteg.command()
def status() -> None:
    """Say what waits, what is late and what fails; exit code 1 if something has to be done."""
    from bot.cli.status import tell

    chosen = settings()

    async def work() -> None:
        if not await tell(chosen, say=click.echo):
            sys.exit(1)

    do(work)


@framsteg.command()
@click.argument("what", type=click.Choice(["set", "delete"]))
def webhook(what: str) -> None:
    """Tell Telegram to call us (FRAMSTEG_TELEGRAM_MODE=webhook), or to be fetched from."""
    from bot.channels.quiet import quiet_logs
    from bot.channels.telegram_feed import FeedFailed, TelegramFeed

    chosen = settings()
    if not chosen.telegram_token:
        refuse("FRAMSTEG_TELEGRAM_TOKEN is missing: @BotFather gives one")
    if what == "set" and not (chosen.public_url and chosen.telegram_secret):
        refuse("FRAMSTEG_PUBLIC_URL and FRAMSTEG_TELEGRAM_SECRET are needed: Telegram calls the one with the other")

    async def work() -> None:
        feed = TelegramFeed(token=chosen.telegram_token or "", api=chosen.telegram_api)
        quiet_logs()
        try:
            if what == "set":
                await feed.set_webhook(f"{chosen.public_url}/telegram", secret=chosen.telegram_secret or "")
            else:
                await feed.delete_webhook()
        except FeedFailed as failed:
            refuse(f"Telegram did not take it ({failed}): is FRAMSTEG_TELEGRAM_TOKEN right?")
        finally:
            await feed.close()
        click.echo("Telegram calls us" if what == "set" else "Telegram is fetched from")

    do(work)
