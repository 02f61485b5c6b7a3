"""The command `framsteg`. What a command needs is imported when it runs, so that each starts fast."""

from bot.cli.commands import framsteg


def main() -> None:
    """Run the command named on the command line."""
    framsteg(prog_name="framsteg")
