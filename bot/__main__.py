"""`python -m bot` is the command `framsteg`."""

from bot.cli import main

main()
