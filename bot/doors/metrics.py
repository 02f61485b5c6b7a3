"""Whoever watches by machine is told in numbers how it goes: of everybody together, and never a name or a word.

Only a process that is asked imports this room: the library costs 90 ms and 8 MiB.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.alerts import AlertKind, kind_of
from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from bot.storage.watch import Last, Queue, Readings

PATIENCE = timedelta(seconds=5)

Look = Callable[[], Awaitable[Readings]]


@dataclass(frozen=True, kw_only=True)
class Own:
    """What only this process knows: its parts, its channels, and how often in a row each of its ticks failed.

    `leases` are those that somebody ought to hold.
    """

    parts: Collection[str]
    channels: Collection[ChannelName]
    leases: Collection[str]
    failures: Mapping[str, int]


def metrics_route(look: Look, own: Callable[[], Own], *, patience: timedelta = PATIENCE) -> Route:
    """`GET /metrics`, as Prometheus reads it. A database that is away is one of the things it tells, by a 0."""

    async def metrics(request: Request) -> Response:
        text = generate_latest(_registry(await _readings(look, patience), own()))
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})

    return Route("/metrics", metrics)


async def _readings(look: Look, patience: timedelta) -> Readings | None:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await look()
    except Exception:  # noqa: BLE001 - whatever keeps us from reading, that we cannot is the answer
        return None


@dataclass(frozen=True, eq=False)
class _Told(Collector):
    """The library asks its collectors; ours has been told before."""

    metrics: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def _registry(readings: Readings | None, own: Own) -> CollectorRegistry:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    told = [*_of_process(own), _gauge("database_up", "1 if the database could be read.", [((), float(bool(readings)))])]
    if readings is not None:
        told += [*_of_queues(readings, own), *_of_reminders(readings), *_of_senders(readings, own)]
        told += _of_programmes(readings)
    registry.register(_Told(tuple(told)))
    return registry


def _of_process(own: Own) -> Iterator[Metric]:
    yield _gauge("process_info", "The parts this process does.", [((",".join(sorted(own.parts)),), 1.0)], "parts")
    about = "How often in a row a tick of this process failed; 3 is no accident."
    yield _gauge("tick_failures", about, [((name,), times) for name, times in sorted(own.failures.items())], "tick")


def _of_queues(now: Readings, own: Own) -> Iterator[Metric]:
    queues = [(channel, now.unsent.get(channel, Queue())) for channel in own.channels]
    about = "How long the oldest message has been due that is not sent yet."
    yield _gauge("outbox_oldest_due_seconds", about, [((name,), now.waits(one)) for name, one in queues], "channel")
    about = "How many messages are due and not sent yet."
    yield _gauge("outbox_due_messages", about, [((name,), one.many) for name, one in queues], "channel")
    about = "How long the oldest arrival has waited to be handled."
    yield _gauge("inbox_oldest_unhandled_seconds", about, [((), now.waits(now.unhandled))])
    yield _gauge("inbox_unhandled_messages", "How many arrivals wait to be handled.", [((), now.unhandled.many)])
    sends = [
        ((channel, status), now.sends.get((channel, status), 0)) for channel in own.channels for status in OutboxStatus
    ]
    about = "Messages queued within the last 24 hours, by what became of them; counted from the database."
    yield _gauge("sends_last_day", about, sends, "channel", "status")
    alerts = Counter[str]()
    for kind, many in now.alerts.items():
        # What a programme calls its own alerts is a word of its coaches.
        alerts[kind_of(kind)] += many
    about = "Alerts that nobody has seen to; set-aside: messages that could not be handled."
    yield _gauge("alerts_open", about, [((kind,), alerts[kind]) for kind in AlertKind], "kind")


def _of_reminders(now: Readings) -> Iterator[Metric]:
    for name, last in (("planned", now.planned), ("sent", now.sent)):
        yield _lag(name, last)
        at = 0.0 if last is None else last.at.timestamp()
        yield _gauge(f"reminder_{name}_timestamp_seconds", f"When the last reminder was {name}; 0: never.", [((), at)])


def _lag(name: str, last: Last | None) -> Metric:
    lag = 0.0 if last is None else last.lag.total_seconds()
    return _gauge(f"reminder_{name}_lag_seconds", f"How late the last reminder was {name}.", [((), lag)])


def _of_senders(now: Readings, own: Own) -> Iterator[Metric]:
    held = dict.fromkeys(own.leases, False) | {one.name: one.held for one in now.leases}
    about = "1 if a process does what only one may do at a time, such as fetching from Telegram."
    yield _gauge("lease_held", about, [((name,), float(there)) for name, there in sorted(held.items())], "lease")
    changes = CounterMetricFamily("framsteg_lease_changes", "How often a lease has changed hands.", labels=("lease",))
    for one in now.leases:
        changes.add_metric((one.name,), one.number)
    yield changes
    paused, failures = [], []
    for channel in own.channels:
        pause = now.pauses.get(channel)
        waits = pause is not None and pause.until is not None and (pause.until - now.machine_now).total_seconds()
        paused.append(((channel,), float(waits)))
        failures.append(((channel,), 0 if pause is None else pause.failures))
    yield _gauge("channel_paused_seconds", "For how long a channel is left alone still.", paused, "channel")
    yield _gauge("channel_failures", "How often in a row a provider did not answer.", failures, "channel")


def _of_programmes(now: Readings) -> Iterator[Metric]:
    rows = [((str(number),), one) for number, one in sorted(now.programmes.items())]
    behind = [
        (label, max((now.now - one.planned_until).total_seconds(), 0.0))
        for label, one in rows
        if one.planned_until is not None and not one.stopped
    ]
    yield _gauge("planning_behind_seconds", "How long ago a programme was last planned.", behind, "programme")
    stopped = [(label, float(one.stopped)) for label, one in rows]
    yield _gauge("programme_stopped", "1 if a programme sends nothing, by somebody's wish.", stopped, "programme")
    parts, refused = [(label, one.parts) for label, one in rows], [(label, one.refused) for label, one in rows]
    yield _gauge("spending_parts", "Parts of SMS that a programme sent on its latest day.", parts, "programme")
    yield _gauge("spending_refused", "Messages that its budget kept back on that day.", refused, "programme")


def _gauge(name: str, about: str, values: Iterable[tuple[tuple[str, ...], float]], *labels: str) -> Metric:
    gauge = GaugeMetricFamily(f"framsteg_{name}", about, labels=labels)
    for label, value in values:
        gauge.add_metric(label, float(value))
    return gauge
