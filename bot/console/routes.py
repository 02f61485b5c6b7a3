"""All pages hang together here, behind the guard and the entrance."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot.console.account import AccountPages
from bot.console.accounts import AccountsPages
from bot.console.adding import AddingPages
from bot.console.attendance import AttendancePages
from bot.console.blocks import BlockPages
from bot.console.changes import ChangePages
from bot.console.clock import ClockPages
from bot.console.coming import ComingPages
from bot.console.desk import Desk
from bot.console.figures import FiguresPages
from bot.console.followed import FollowedPages
from bot.console.guard import Guard
from bot.console.imports import AROUND_A_FILE, LARGEST_FILE, UPLOAD, ImportPages
from bot.console.inbox import InboxPages
from bot.console.log import LogPages
from bot.console.new_passwords import NewPasswordPages
from bot.console.outbox import OutboxPages
from bot.console.pages import HERE, Pages
from bot.console.people import PeoplePages
from bot.console.person import PersonPages
from bot.console.person_actions import PersonActionPages
from bot.console.person_meetings import MeetingPages
from bot.console.person_notes import NotePages
from bot.console.phones import PhonePages
from bot.console.session import Entrance
from bot.console.sign_in import SignInPages
from bot.console.start import StartPages
from bot.console.summary import SummaryPages
from bot.console.texts import TextsPages
from bot.console.today import TodayPages
from bot.console.urgent import UrgentPages
from bot.console.visit import Page, Visit
from bot.console.writing import WritingPages
from bot.domain.access import May


class Room(Protocol):
    """Pages that belong together."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        ...


UPLOADS: dict[str, int] = {UPLOAD: LARGEST_FILE + AROUND_A_FILE}
"""The paths that take a file, and how many bytes of it."""


def every_page(desk: Desk) -> Sequence[Page]:
    """Every page of the console; a demo has a few more. What each asks of its reader stands with it."""
    rooms: list[Room] = [
        TodayPages(),
        InboxPages(),
        WritingPages(),
        SignInPages(desk),
        NewPasswordPages(desk),
        AccountPages(desk),
        UrgentPages(),
        AccountsPages(desk),
        AttendancePages(),
        BlockPages(),
        ComingPages(),
        ChangePages(),
        PersonPages(),
        PersonActionPages(),
        NotePages(),
        MeetingPages(),
        PeoplePages(),
        AddingPages(),
        ImportPages(),
        FollowedPages(),
        OutboxPages(),
        SummaryPages(),
        LogPages(),
        FiguresPages(),
        TextsPages(),
    ]
    if desk.demo is not None:
        rooms += [StartPages(), PhonePages(desk.demo), ClockPages(desk.demo)]
    return [page for room in rooms for page in room.pages()]


async def _nowhere(visit: Visit) -> Response:
    return visit.missing()


def console_routes(desk: Desk) -> Mount:
    """All pages, to be mounted last: whatever is not found before is a page or is nowhere."""
    entrance = Entrance(desk=desk, pages=Pages(desk))
    host = urlsplit(desk.address).hostname
    return Mount(
        "/",
        routes=[
            *entrance.routes(every_page(desk)),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            *entrance.routes([Page(path="/{anything:path}", answer=_nowhere, needs=May.COME)]),
        ],
        # What is refused further in (an unknown file, another method) is answered behind the guard as well.
        middleware=[
            Middleware(Guard, hosts=[host] if host else [], uploads=UPLOADS),
            Middleware(ExceptionMiddleware),
        ],
    )
