"""What must stand in the database follows from what was acknowledged, person by person, by the pure engine alone."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.domain.alerts import AlertKind
from bot.domain.calendar import zone_of
from bot.domain.check_ins import next_picks
from bot.domain.messages import OutboxStatus, Purpose
from bot.domain.people import ChannelName, Participant
from bot.engine import run
from bot.engine.definition import Ask
from bot.engine.run import Alert, Save, Send, Turn
from bot.engine.state import State
from bot.services.conversation import flow_for, reading_for
from bot.services.published import FlowEdition, Plan
from bot.services.wording import Said, say, say_effects
from bot.storage.database import Database
from bot.storage.tables import alerts, answers, conversations, given_ratings, inbox, outbox

GONE = (OutboxStatus.SENT, OutboxStatus.DELIVERED)

Row = tuple[Any, ...]


@dataclass
class Difference:
    """What the database has not, what it has beyond, and some of it in words."""

    lost: int = 0
    doubled: int = 0
    words: list[str] = field(default_factory=list)

    def rows(self, what: str, *, expected: Iterable[Row], found: Iterable[Row]) -> None:
        """Compare, row for row."""
        wanted, there = Counter(expected), Counter(found)
        missing, extra = wanted - there, there - wanted
        self.lost += missing.total()
        self.doubled += extra.total()
        for rows, how in ((missing, "missing"), (extra, "too many")):
            if rows:
                self.words.append(f"{rows.total()} x {what} {how}, such as {min(rows, key=str)}")

    def wrong(self, words: str) -> None:
        """Something else."""
        self.words.append(words)


class Model:
    """People by their address. Each is a dict: `state`, `outcome`, and the rows their words must have led to.

    Arrivals are named as the provider names them. Words are those of people whom a coach reads: no wishes, no danger.
    """

    def __init__(self, plan: Plan, flow: str, people: Iterable[Participant]) -> None:
        self._plan = plan
        self._edition: FlowEdition = plan.flows[flow]
        self._only: tuple[int, ...] = ()
        self.people: dict[str, dict[str, Any]] = {}
        for one in people:
            assert one.address is not None
            self.people[one.address.value] = {
                "who": one,
                "channel": one.address.channel,
                "begun": [],
                "state": None,
                "outcome": None,
                "heard": [],
                "events": [],
                "ratings": [],
                "answers": [],
                "said": [],
                "alerts": [],
            }

    def begin(self, address: str) -> None:
        """The flow begins with this person."""
        person = self.people[address]
        flow = flow_for(self._edition, person["channel"])
        picks = next_picks(flow.rotating_indicators, last_asked={}, count=flow.rotating) if flow.rotating else ()
        turn = run.begin(flow, picks=picks)
        person["state"], person["conversation"] = turn.state, True
        person["begun"] = [one.text for one in self._words(person, turn)]

    def waits(self, address: str) -> Ask | None:
        """The question that waits for this person's answer."""
        state = self.people[address]["state"]
        flow = flow_for(self._edition, self.people[address]["channel"])
        return None if state is None else flow.questions[state.at]

    def hears(self, address: str, arrival: str, words: str, *, now: datetime) -> None:
        """These words were acknowledged, and are handled after all that this person wrote before."""
        person = self.people[address]
        person["heard"].append(arrival)
        person["events"].append((arrival, words, now))
        before: State | None = person["state"]
        if before is None:
            text = say(self._plan, "phrases/no-open-question", participant=person["who"]).text
            self._say(person, arrival, [Said(text=text, language="sv")])
            person["alerts"].append((AlertKind.QUESTION, arrival))
            return
        local = now.astimezone(zone_of(person["who"].zone))
        reading = reading_for(self._edition, person["who"])
        turn = run.reply(flow_for(self._edition, person["channel"]), before, words, reading=reading, now=local)
        self._take(person, arrival, before=before, turn=turn)

    def set_aside(self, arrivals: Collection[str]) -> None:
        """These were never handled, and a person was told: all else stands as if they had not been written."""
        for address, person in self.people.items():
            if not {arrival for arrival, _, _ in person["events"]} & set(arrivals):
                continue
            events = [event for event in person["events"] if event[0] not in arrivals]
            for kept in ("heard", "events", "ratings", "answers", "said", "alerts"):
                person[kept] = []
            person["outcome"] = None
            self.begin(address)
            for arrival, words, now in events:
                self.hears(address, arrival, words, now=now)

    def falls_silent(self, address: str) -> bool:
        """The person has not answered for long. Whether a nudge is due now."""
        person = self.people[address]
        turn = run.fall_silent(flow_for(self._edition, person["channel"]), person["state"])
        person["state"] = turn.state
        if turn.state is None:
            person["outcome"] = "expired"
        return turn.state is not None

    def _take(self, person: dict[str, Any], arrival: str, *, before: State, turn: Turn) -> None:
        for effect in turn.effects:
            match effect:
                case Save() if effect.indicator is not None and not isinstance(effect.value, str):
                    person["ratings"].append((effect.indicator, effect.value, effect.number, arrival))
                case Save():
                    value = None if effect.value is None else str(effect.value)
                    person["answers"].append((effect.step, effect.slug, value, effect.number, arrival))
                case Alert():
                    person["alerts"].append((effect.kind, arrival))
                case Send():
                    pass
        if run.gave_up(before, turn):
            person["alerts"].append((AlertKind.QUESTION, arrival))
        self._say(person, arrival, self._words(person, turn))
        person["last"] = before
        person["state"] = turn.state
        if turn.state is None:
            person["outcome"] = "left" if turn.left else "finished"

    def _words(self, person: dict[str, Any], turn: Turn) -> list[Said]:
        sends = [effect for effect in turn.effects if isinstance(effect, Send)]
        return say_effects(self._plan, self._edition, sends, participant=person["who"], channel=person["channel"])

    def _say(self, person: dict[str, Any], arrival: str, said: list[Said]) -> None:
        for place, one in enumerate(said):
            purpose = Purpose.QUESTION if one.step else Purpose.REPLY
            person["said"].append((arrival, place, purpose, one.step, one.text))

    async def compare(self, database: Database, *, only: tuple[int, ...] = ()) -> Difference:
        """Row for row; `only`: of these participants, where the database has others too."""
        self._only = only
        difference = Difference()
        numbers = await self._arrivals(database, difference)
        for address, person in self.people.items():
            del address
            for kept in ("ratings", "answers"):
                person[f"{kept} kept"] = [(*row[:-1], numbers.get(row[-1])) for row in person[kept]]
        await self._conversations(database, difference)
        await self._given(database, difference)
        await self._outbox(database, difference, numbers=numbers)
        await self._alerts(database, difference, numbers=numbers)
        return difference

    async def _arrivals(self, database: Database, difference: Difference) -> dict[str, int]:
        rows = await self._rows(database, inbox, "id", "provider_id", "state", "tries", "channel")
        numbers = {_name(row.channel, row.provider_id): row.id for row in rows}
        expected = [(one,) for person in self.people.values() for one in person["heard"]]
        there = [(_name(row.channel, row.provider_id),) for row in rows if row.state != "aside"]
        difference.rows("arrival", expected=expected, found=there)
        for row in rows:
            if row.state not in ("handled", "aside"):
                difference.wrong(f"arrival {row.id} is {row.state} after {row.tries} tries")
        for person in self.people.values():
            order = [numbers.get(one, 0) for one in person["heard"]]
            if person["channel"] is ChannelName.SMS and order != sorted(order):
                difference.wrong(f"arrivals of one person changed places: {order}")
        return numbers

    async def _conversations(self, database: Database, difference: Difference) -> None:
        rows = await self._rows(database, conversations, "participant_id", "flow", "state", "outcome", "ended_at")
        expected = []
        for person in self.people.values():
            if "conversation" not in person:
                continue
            state = person["state"] or person.get("last")
            open_ = person["state"] is not None
            expected.append(
                (person["who"].id, self._edition.flow.slug, state.to_text() if state else "", person["outcome"], open_)
            )
        found = [(row.participant_id, row.flow, row.state, row.outcome, row.ended_at is None) for row in rows]
        difference.rows("conversation", expected=expected, found=found)

    async def _given(self, database: Database, difference: Difference) -> None:
        people = self.people.values()
        rows = await self._rows(database, given_ratings, "participant_id", "indicator", "value", "number", "arrival_id")
        expected = [(person["who"].id, *row) for person in people for row in person["ratings kept"]]
        difference.rows("rating", expected=expected, found=map(tuple, rows))
        rows = await self._rows(database, answers, "participant_id", "step", "slug", "value", "number", "arrival_id")
        expected = [(person["who"].id, *row) for person in people for row in person["answers kept"]]
        difference.rows("answer", expected=expected, found=map(tuple, rows))

    async def _outbox(self, database: Database, difference: Difference, *, numbers: dict[str, int]) -> None:
        rows = await self._rows(database, outbox, "participant_id", "once", "purpose", "step", "text", "act")
        expected = [
            (person["who"].id, f"in/{numbers.get(arrival)}/{place}", purpose, step, text)
            for person in self.people.values()
            for arrival, place, purpose, step, text in person["said"]
        ]
        found = [tuple(row)[:5] for row in rows if row.once.startswith("in/") and row.act == "send"]
        difference.rows("words queued", expected=expected, found=found)
        begun = [(person["who"].id, text) for person in self.people.values() for text in person["begun"]]
        found = [
            (row.participant_id, row.text)
            for row in rows
            if row.purpose == Purpose.REMINDER and row.participant_id is not None
        ]
        difference.rows("words that begin", expected=begun, found=found)

    async def _alerts(self, database: Database, difference: Difference, *, numbers: dict[str, int]) -> None:
        # One kind of alert is of the sending half, and not of what people wrote.
        rows = [
            row for row in await self._rows(database, alerts, "participant_id", "kind", "once") if "/in/" in row.once
        ]
        expected = {
            (person["who"].id, str(kind), f"{kind}/in/{numbers.get(arrival)}")
            for person in self.people.values()
            for kind, arrival in person["alerts"]
        }
        difference.rows("alert", expected=expected, found=map(tuple, rows))

    async def _rows(self, database: Database, table: Any, *names: str) -> list[Any]:
        query = select(*(table.c[name] for name in names)).order_by(table.c.id)
        if self._only:
            query = query.where(table.c.participant_id.in_(self._only))
        async with database.reading() as connection:
            return list(await connection.execute(query))


def _name(channel: str, provider_id: str) -> str:
    # A Telegram update is named by its bot too.
    return provider_id.rpartition(":")[2] if channel == ChannelName.TELEGRAM else provider_id
