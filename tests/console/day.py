"""What a day on the street holds is put there as the bot and the coaches would put it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.domain.people import ChannelName
from bot.storage import tables
from bot.storage.alerts import NewAlert
from bot.storage.unit_of_work import unit_of_work
from tests.console.street import Street

TODAY = date(2026, 11, 25)
"""A Wednesday: there is a walk at nine, and coffee at half past ten."""


@dataclass(frozen=True)
class Morning:
    """A street, and what is put on it."""

    street: Street

    async def heard(self, *names: str, at: datetime | None = None) -> None:
        """These people wrote; an hour ago, unless it is said."""
        for name in names:
            await self.change(tables.participants, self.street.people[name], last_heard_at=at or self._ago(hours=1))

    async def alert(self, name: str, kind: str, *, hours: int = 1, **more: Any) -> int:
        """Something about somebody, for their coach. Gives its number."""
        person = self.street.people[name]
        async with self.street.database.transaction() as connection:
            row = (
                await connection.execute(select(tables.enrolments).where(tables.enrolments.c.participant_id == person))
            ).one()
        return await self.raised(
            NewAlert(
                **{
                    "organisation_id": row.organisation_id,
                    "programme_id": row.programme_id,
                    "participant_id": person,
                    "coach_id": row.coach_id,
                    "kind": kind,
                    "once": f"{kind}/{name}/{hours}/{more}",
                }
                | more
            ),
            hours=hours,
        )

    async def raised(self, alert: NewAlert, *, hours: int = 1) -> int:
        """Any alert."""
        async with unit_of_work(self.street.database) as work:
            await work.alerts.raise_these([alert], now=self._ago(hours=hours))
        async with self.street.database.reading() as connection:
            found = await connection.scalar(select(tables.alerts.c.id).where(tables.alerts.c.once == alert.once))
        return int(found or 0)

    async def wrote(self, name: str, words: str, *, kind: str = "question", arrived_as: str = "words") -> int:
        """Somebody wrote what a coach should read. Gives the alert."""
        number = await self.put(
            tables.inbox,
            channel=ChannelName.SMS,
            provider_id=words,
            account="x",
            sender_hash=b"x" * 32,
            raw=b"x",
            received_at=self._ago(hours=1),
            state="handled",
            kind=arrived_as,
            words=words,
            participant_id=self.street.people[name],
        )
        return await self.alert(name, kind, about=number)

    async def doubted(self, name: str, *, status: str) -> int:
        """A message of which it is not certain that it left. Gives the alert."""
        person = self.street.people[name]
        async with self.street.database.reading() as connection:
            at = (
                await connection.execute(select(tables.addresses).where(tables.addresses.c.participant_id == person))
            ).one()
        number = await self.put(
            tables.outbox,
            organisation_id=at.organisation_id,
            participant_id=person,
            address_id=at.id,
            channel=at.channel,
            act="send",
            purpose="reply",
            priority=10,
            text="Hej",
            language="sv",
            once=f"doubt/{name}/{status}",
            status=status,
            available_at=self._ago(hours=2),
            queued_at=self._ago(hours=2),
        )
        return await self.alert(name, "uncertain", about=number)

    async def blocked(self, name: str) -> None:
        """Somebody has a number besides, to which the provider sends nothing."""
        person = self.street.people[name]
        known = await self.row(tables.participants, person)
        await self.put(
            tables.addresses,
            organisation_id=known.organisation_id,
            participant_id=person,
            channel=ChannelName.SMS,
            hash=b"b" * 32,
            cipher=self.street.database.sealer.seal(b"+46701740689"),
            state="stopped",
            state_at=self._ago(hours=1),
            blocked_at=self._ago(hours=1),
        )

    async def absent(self, name: str, category: str = "illness", **more: Any) -> int:
        """Somebody reported themselves absent today. Gives the absence."""
        row = {"enrolment_id": self.street.enrolments[name], "category": category, "begins_on": TODAY}
        row |= {"ends_on": TODAY, "reported_by": "participant", "reported_at": self._ago(hours=1)}
        return await self.put(tables.absences, **(row | more))

    async def put(self, table: Any, /, **values: Any) -> int:
        """A row. Gives its number."""
        async with self.street.database.transaction() as connection:
            return int((await connection.execute(insert(table).values(**values).returning(table.c.id))).scalar_one())

    async def change(self, table: Any, number: int, /, **values: Any) -> None:
        """Change a row."""
        async with self.street.database.transaction() as connection:
            await connection.execute(update(table).where(table.c.id == number).values(**values))

    async def row(self, table: Any, number: int, /) -> Any:
        """A row as it is now."""
        async with self.street.database.reading() as connection:
            return (await connection.execute(select(table).where(table.c.id == number))).one()

    async def log(self) -> list[str]:
        """What was done, in order."""
        async with self.street.database.reading() as connection:
            return list((await connection.execute(select(tables.audit.c.what).order_by(tables.audit.c.id))).scalars())

    def _ago(self, *, hours: int) -> datetime:
        return self.street.hours.now - timedelta(hours=hours)
