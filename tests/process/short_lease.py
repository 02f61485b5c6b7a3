"""`framsteg run`, but a process that is silent for two seconds is taken for dead, so that a test need not wait long."""

from datetime import timedelta

from bot.cli.serve import serve
from bot.cli.terminal import settings

serve(settings(), lease=timedelta(seconds=2))
