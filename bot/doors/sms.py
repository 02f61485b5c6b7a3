"""A text message that Twilio signed is kept before Twilio is answered; anything else is turned away unread."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.incoming import Unreadable
from bot.channels.twilio_forms import read_form, read_ids, read_receipt, signed_by_twilio
from bot.domain.messages import Arrival, DeliveryReceipt
from bot.domain.people import ChannelName
from bot.doors.bodies import Refused, read_body
from bot.storage.away import DatabaseAway

LARGEST_FORM = 64 * 1024
_GOING_ON: set[asyncio.Task[None]] = set()
"""Whoever is not waited for any more must be held by somebody."""

# As we wrote it into the address, and small enough for any database.
_OUTBOX_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
# Twilio asks what to say: nothing. What we have to say leaves by the outbox.
_NOTHING_TO_SAY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SmsDoor:
    """What the door needs. `public_url` is the address Twilio calls, without a slash at its end.

    `keep` makes an arrival durable and says whether it was news; `nudge` has the inbox handled at once. `patience` is
    how long a receipt may take to be noted before Twilio, which hangs up after 15 s, is told to come again.
    """

    public_url: str
    account: str
    token: str
    clock: Callable[[], datetime]
    keep: Callable[[Arrival], Awaitable[bool]]
    nudge: Callable[[], None]
    note_receipt: Callable[[DeliveryReceipt], Coroutine[Any, Any, None]]
    patience: timedelta = timedelta(seconds=10)


def sms_routes(door: SmsDoor) -> list[Route]:
    """`POST /twilio/message` and `POST /twilio/status/{outbox_id}`."""

    async def message(request: Request) -> Response:
        return await _answered(_take_message(door, request))

    async def status(request: Request) -> Response:
        return await _answered(_take_receipt(door, request))

    return [
        Route("/twilio/message", message, methods=["POST"]),
        Route("/twilio/status/{outbox_id}", status, methods=["POST"]),
    ]


async def _answered(taking: Awaitable[None]) -> Response:
    try:
        await taking
    except Refused as refused:
        return Response(status_code=refused.status)
    except Unreadable:
        return Response(status_code=400)
    except DatabaseAway:
        # Twilio then asks again, at the fallback address or by its retry rule: better than a message we may lose.
        return Response(status_code=503)
    return Response(_NOTHING_TO_SAY, media_type="text/xml")


async def _take_message(door: SmsDoor, request: Request) -> None:
    raw = await _signed(door, request, path="/twilio/message")
    fields = _ours(door, raw)
    sender, account = fields.get("From", ""), fields.get("To", "")
    if not sender or not account:
        raise Refused(400)
    arrival = Arrival(
        channel=ChannelName.SMS,
        provider_id=fields["MessageSid"],
        sender=sender,
        account=account[:128],
        raw=raw,
        received_at=door.clock(),
    )
    if await door.keep(arrival):
        door.nudge()


async def _take_receipt(door: SmsDoor, request: Request) -> None:
    outbox_id = request.path_params["outbox_id"]
    if not _OUTBOX_ID.fullmatch(outbox_id):
        raise Refused(404)
    raw = await _signed(door, request, path=f"/twilio/status/{outbox_id}")
    _ours(door, raw)
    receipt = read_receipt(raw, int(outbox_id))
    if receipt is not None:
        await _within(door.patience, door.note_receipt(receipt))


async def _within(patience: timedelta, noting: Coroutine[Any, Any, None]) -> None:
    """Raises `DatabaseAway` if it takes so long that Twilio would hang up. It goes on all the same."""
    task = asyncio.create_task(noting)
    _GOING_ON.add(task)
    task.add_done_callback(_GOING_ON.discard)
    done, _ = await asyncio.wait({task}, timeout=patience.total_seconds())
    if not done:
        task.add_done_callback(_say_if_lost)
        raise DatabaseAway("the receipt is not kept yet")
    task.result()


def _say_if_lost(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.warning("a receipt could not be kept (%s)", type(task.exception()).__name__)


async def _signed(door: SmsDoor, request: Request, *, path: str) -> bytes:
    """The body, once its signature is right for the address we gave Twilio, never for what the request says."""
    raw = await read_body(request, limit=LARGEST_FORM)
    query = request.scope["query_string"].decode("latin-1")
    genuine = signed_by_twilio(
        f"{door.public_url}{path}" + (f"?{query}" if query else ""),
        raw,
        header=_only(request, "x-twilio-signature"),
        token=door.token,
        settings_header=_only(request, "x-twilio-webhooks-signature-settings"),
    )
    if not genuine:
        raise Refused(403)
    return raw


def _only(request: Request, name: str) -> str:
    """A header that is there once; twice is as good as not at all."""
    values = request.headers.getlist(name)
    return values[0] if len(values) == 1 else ""


def _ours(door: SmsDoor, raw: bytes) -> dict[str, str]:
    fields = read_form(raw)
    account, _ = read_ids(fields)
    if account != door.account:
        raise Refused(403)
    return fields
