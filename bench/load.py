"""Requests are made ready beforehand and sent over a few kept connections, each next one when the last is answered."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.fakes.twilio_api import ACCOUNT, NUMBER, signature

CONNECTIONS = 16


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a load led to: answers by status, requests a second, and how long one took in the middle and at worst."""

    statuses: dict[int, int]
    per_second: float
    p50_ms: float
    p99_ms: float


def signed(url: str, *, sender: str, number: int, body: str) -> bytes:
    """One whole HTTP request: a text message as Twilio posts it, with its own id and signature."""
    sid = f"SM{number:032x}"
    fields = {
        "ToCountry": "SE", "ToState": "", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "", "FromZip": "",
        "SmsSid": sid, "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": body, "FromCountry": "SE",
        "To": NUMBER, "ToZip": "", "NumSegments": "1", "MessageSid": sid, "AccountSid": ACCOUNT, "From": sender,
        "ApiVersion": "2010-04-01",
    }  # fmt: skip
    content = urlencode(fields).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(content))}
    headers |= signature(url + "/twilio/message", fields) | {"Host": url.removeprefix("http://")}
    lines = ["POST /twilio/message HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


async def post(port: int, requests: Sequence[bytes]) -> Run:
    """Send them all; every answer is awaited."""
    waiting = iter(requests)
    times: list[float] = []
    statuses: dict[int, int] = {}
    began = time.perf_counter()
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in range(CONNECTIONS)]
    for one in done:
        await loop.create_connection(lambda one=one: _Line(waiting, times, statuses, one), "127.0.0.1", port)
    await asyncio.gather(*done)
    took = time.perf_counter() - began
    times.sort()
    return Run(
        statuses=statuses,
        per_second=len(requests) / took,
        p50_ms=statistics.median(times) * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
    )


class _Line(asyncio.Protocol):
    def __init__(self, waiting, times, statuses, done) -> None:  # type: ignore[no-untyped-def]
        self._waiting, self._times, self._statuses, self._done = waiting, times, statuses, done
        self._got = b""
        self._sent = 0.0

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if len(body) < length:
            return
        self._got = b""
        self._times.append(time.perf_counter() - self._sent)
        status = int(head[9:12])
        self._statuses[status] = self._statuses.get(status, 0) + 1
        self._next()

    def connection_lost(self, trouble: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _next(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self._transport.close()
        else:
            self._sent = time.perf_counter()
            self._transport.write(request)
