"""`framsteg run`, or its parts, but a process silent for two seconds is taken for dead: a test need not wait long."""

import sys
from datetime import timedelta

from bot.cli.serve import serve
from bot.cli.terminal import settings

serve(settings(), lease=timedelta(seconds=2), only=sys.argv[1:])
