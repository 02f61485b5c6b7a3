"""A programme's text messages never cost more parts in a day than it allows; help, stops and alerts always leave."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.domain.alerts import AlertKind
from bot.domain.calendar import moment, zone_of
from bot.domain.messages import OutboxAct, OutboxMessage, OutboxStatus, Priority, Purpose
from bot.domain.people import ChannelName
from bot.services.published import Plan
from bot.storage.alerts import NewAlert
from bot.storage.outbox_rows import Candidate
from bot.storage.unit_of_work import Work

ALWAYS = (Purpose.CRISIS, Purpose.CONFIRMATION, Purpose.ALERT, Purpose.CANCELLATION)
"""Whatever it costs: it is counted all the same."""

ASKED_AGAIN = timedelta(minutes=15)
"""An answer that waits for the next day leaves sooner if the budget is raised meanwhile."""

BUDGET = AlertKind.BUDGET.value


@dataclass(kw_only=True)
class Bill:
    """What one claim costs. `days` is each programme's own day; `over` are those whose money is spent."""

    go: list[OutboxMessage] = field(default_factory=list)
    days: dict[int, date] = field(default_factory=dict)
    give_up: list[tuple[int, OutboxStatus, str]] = field(default_factory=list)
    hold: list[tuple[int, datetime, str | None]] = field(default_factory=list)
    spent: dict[int, int] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    costs: dict[int, int] = field(default_factory=dict)
    """By message: how many parts were counted."""

    def cost_of(self, message: OutboxMessage) -> tuple[int, date, int] | None:
        """For which programme's day a message was counted, and as how many parts; given back if it does not leave."""
        parts, programme = self.costs.get(message.id), message.programme_id
        return None if parts is None or programme is None else (programme, self.days[programme], parts)


async def pay(work: Work, found: Sequence[Candidate], plans: Mapping[int, Plan], *, now: datetime) -> Bill:
    """Count what is about to leave, in the transaction that claims it, and keep back what goes past a budget."""
    bill = Bill()
    for one in found:
        programme = _payer(one.message)
        if programme is not None and programme in plans:
            bill.days[programme] = now.astimezone(zone_of(plans[programme].programme.zone)).date()
    before = await work.spending.held(bill.days)
    for one in found:
        programme = _payer(one.message)
        if programme is None or programme not in bill.days:
            bill.go.append(one.message)
            continue
        budget = plans[programme].programme.sms_budget
        spent = before[programme] + bill.spent.get(programme, 0)
        if budget is None or one.message.purpose in ALWAYS or spent + one.parts <= budget:
            bill.go.append(one.message)
            bill.costs[one.message.id] = one.parts
            bill.spent[programme] = bill.spent.get(programme, 0) + one.parts
        else:
            _keep_back(one, bill, zone=plans[programme].programme.zone, now=now)
    for programme, day in sorted(bill.days.items()):
        parts, refused = bill.spent.get(programme, 0), bill.refused.get(programme, 0)
        if parts or refused:
            await work.spending.add(programme, day, parts=parts, refused=refused)
    await _tell(work, bill, found, now=now)
    return bill


async def give_back(work: Work, costs: Iterable[tuple[int, date, int]]) -> None:
    """What was counted and did not leave: for which programme's day, and as how many parts."""
    days: Counter[tuple[int, date]] = Counter()
    for programme, day, parts in costs:
        days[programme, day] += parts
    for (programme, day), parts in sorted(days.items()):
        await work.spending.add(programme, day, parts=-parts)


def _payer(message: OutboxMessage) -> int | None:
    costs = message.channel is ChannelName.SMS and message.act is OutboxAct.SEND
    return message.programme_id if costs else None


def _keep_back(one: Candidate, bill: Bill, *, zone: str, now: datetime) -> None:
    message = one.message
    if _is_begun_by_us(one):
        bill.give_up.append((message.id, OutboxStatus.CANCELLED, BUDGET))
    else:
        tomorrow = now.astimezone(zone_of(zone)).date() + timedelta(days=1)
        until = min(moment(tomorrow, time(0), zone_of(zone)), now + ASKED_AGAIN)
        bill.hold.append((message.id, until, BUDGET))
    if one.kept_back != BUDGET:
        programme = message.programme_id or 0
        bill.refused[programme] = bill.refused.get(programme, 0) + 1


def _is_begun_by_us(one: Candidate) -> bool:
    purpose = one.message.purpose
    asked = purpose is Purpose.QUESTION and one.priority >= Priority.REMINDER
    return asked or purpose in (Purpose.REMINDER, Purpose.NUDGE)


async def _tell(work: Work, bill: Bill, found: Sequence[Candidate], *, now: datetime) -> None:
    """The leaders hear of it once a day; without one, whoever is there."""
    owners = {one.message.programme_id: one.message.organisation_id for one in found}
    for programme in sorted(bill.refused):
        told: list[int | None] = [*await work.spending.leaders(programme)]
        await work.alerts.raise_these(
            [
                NewAlert(
                    organisation_id=owners[programme],
                    programme_id=programme,
                    coach_id=leader,
                    kind=AlertKind.BUDGET,
                    once=f"budget/{programme}/{bill.days[programme]}/{leader or 0}",
                )
                for leader in told or [None]
            ],
            now=now,
        )
