"""What is logged names ids and kinds, never what somebody wrote, whoever logs it."""

import logging
import sys
import traceback
from types import TracebackType
from typing import TextIO

from bot.cli.terminal import give_up_on

# Their own words may hold a person's: the driver logs what it binds, asyncio the text of an exception.
_OURS = "bot"


class Bare(logging.Formatter):
    """Our own records in full; of a library's only who it is and where; of an exception its kind and its way."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, without any foreign word."""
        bare = logging.makeLogRecord(record.__dict__)
        bare.exc_text = bare.stack_info = None
        if record.name.partition(".")[0] != _OURS:
            bare.msg, bare.args = f"{record.funcName}:{record.lineno}", None
        return super().format(bare)

    # The name and the shape are logging's.
    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Kind and way, without what it says."""
        kind, _, trace = ei
        way = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
        return f"  {kind.__name__ if kind else 'nothing'} in " + " > ".join(way[-6:])


class Patient(logging.StreamHandler[TextIO]):
    """A stream that nobody reads is no reason to stop, nor to end otherwise than well."""

    # The name is logging's.
    def handleError(self, record: logging.LogRecord) -> None:
        """Write no more, if that was what went wrong."""
        if isinstance(sys.exc_info()[1], OSError):
            give_up_on(self.stream)
        else:
            super().handleError(record)


def begin_logging(level: str) -> None:
    """From now on to the standard error stream: ours from `level` on, libraries' from warnings on."""
    handler = Patient()
    handler.setFormatter(Bare("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(_OURS).setLevel(level)
