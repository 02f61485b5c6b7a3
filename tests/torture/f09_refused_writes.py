"""A transaction that PostgreSQL breaks off is tried again as a whole, three times at most, and then set aside."""

import asyncpg
from sqlalchemy import select

from bot.storage.tables import alerts, inbox
from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.world import Crowd, Household, World, a_world, until

FAULT = "F9"
TITLE = "serialisation failures, deadlocks and unique violations in the middle of transactions"
FULL = 500
EVERY = 23
"""Each so many-th row that is written is refused. A sequence counts them, as no rollback takes that back."""

_SET_UP = f"""
CREATE SEQUENCE torture_rows;
CREATE FUNCTION torture() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n bigint := nextval('torture_rows');
BEGIN
    IF n % {EVERY} = 0 THEN
        RAISE EXCEPTION 'torture' USING ERRCODE = (ARRAY['40001', '40P01', '23505'])[1 + n / {EVERY} % 3];
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER torture BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION torture();
CREATE TRIGGER torture BEFORE INSERT ON given_ratings FOR EACH ROW EXECUTE FUNCTION torture();
CREATE TRIGGER torture BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION torture();
CREATE TRIGGER torture BEFORE UPDATE ON inbox FOR EACH ROW WHEN (NEW.state = 'handled') EXECUTE FUNCTION torture();
CREATE TRIGGER torture_claim BEFORE UPDATE ON outbox FOR EACH ROW
    WHEN (OLD.status = 'queued' AND NEW.status = 'sending') EXECUTE FUNCTION torture();
"""


async def torture(tries: int, place: Place) -> Result:
    """Until `tries` were refused, in two processes under load."""
    url = await place.postgresql()
    async with a_world(url, place.directory(), people=60) as world, nursery(place.directory()) as born:
        house = Household(born, world.settings(), lease=30)
        for _ in range(2):
            await house.grow()
        await world.until_begun()
        await world.until_quiet()
        outside = await asyncpg.connect(url)
        await outside.execute(_SET_UP)
        crowd = Crowd(world, house, rate=100)
        crowd.begin()

        async def enough() -> bool:
            return await _refused(outside) >= tries

        await until(enough, seconds=900)
        pace = await crowd.end()
        refused = await _refused(outside)
        await outside.execute("ALTER SEQUENCE torture_rows INCREMENT 23 RESTART 1")
        await world.until_quiet(seconds=120)
        await outside.close()
        codes = await house.stop()
        aside, wrong = await _aside(world)
        found = await world.difference()
    wrong += [f"exit codes {codes}"] if any(codes) else []
    notes = (
        f"every {EVERY}rd row was refused; {crowd.said} messages at {pace:.0f}/s, {aside} of them refused three times: "
        f"set aside, and a coach told"
    )
    return Result(tries=refused, lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong), notes=(notes,))


async def _refused(outside: asyncpg.Connection) -> int:
    return int(await outside.fetchval("SELECT last_value FROM torture_rows")) // EVERY


async def _aside(world: World) -> tuple[int, list[str]]:
    """What was set aside is taken out of the model, if it was tried three times and somebody was told."""
    rows = await world.query(select(inbox.c.id, inbox.c.provider_id, inbox.c.tries).where(inbox.c.state == "aside"))
    told = {row.about for row in await world.query(select(alerts.c.about).where(alerts.c.kind == "set-aside"))}
    world.model.set_aside({row.provider_id for row in rows})
    return len(rows), [f"{row.id} set aside after {row.tries}" for row in rows if row.tries != 3 or row.id not in told]
