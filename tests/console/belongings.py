"""Everybody on the street has one of each thing that a page can show, with words that a test chooses."""

from datetime import time, timedelta

from sqlalchemy import select, update

from bot.storage import tables
from tests.console.mover import Belongings, Mover, number_apart
from tests.console.street import COLLEAGUES, PEOPLE, Street

INDICATORS = ("job-search", "work-belief")


async def furnish(street: Street, *, words: str = "Hej hej") -> Belongings:
    """Give everybody what they may have, all of it saying `words` where somebody can write what they want.

    For SQLite, which can number again what is there: no id is that of two kinds of things.
    """
    await number_apart(street)
    things = Belongings()
    for name, number in street.enrolments.items():
        things.keep("enrolment", name, number)
    for name, number in street.people.items():
        things.keep("participant", name, number)
    for name, number in street.coaches.items():
        things.keep("coach", name, number)
    for name, number in street.programmes.items():
        things.keep("programme", name, number)
    async with street.database.transaction() as connection:
        mover = Mover(street, connection, things, words, street.hours.now)
        for name in PEOPLE:
            await _story(mover, name)
            await _day(mover, name)
            await _ratings(mover, name)
        for name in COLLEAGUES:
            await _desk(mover, name)
        await _strangers(mover)
    return things


async def rename(street: Street, words: str) -> None:
    """Everybody and everything that has a name has this one."""
    async with street.database.transaction() as connection:
        await connection.execute(update(tables.participants).values(first_name=words))
        await connection.execute(update(tables.coaches).values(first_name=words))
        await connection.execute(update(tables.organisations).values(name=words))


async def _story(mover: Mover, name: str) -> None:
    """What was written both ways, and what a coach is to see of it."""
    enrolment, person = mover.street.enrolments[name], mover.street.people[name]
    coach = mover.street.coaches[PEOPLE[name][0]]
    row = (await mover.connection.execute(select(tables.enrolments).where(tables.enrolments.c.id == enrolment))).one()
    where = (await mover.connection.execute(select(tables.addresses.c.id, tables.addresses.c.hash).where(
        tables.addresses.c.participant_id == person
    ))).one()  # fmt: skip
    mover.things.keep("address", name, where.id)
    heard = await mover.put(
        tables.inbox,
        "inbound",
        name,
        channel=PEOPLE[name][2],
        provider_id=f"in-{name}",
        account="x",
        sender_hash=where.hash,
        raw=b"{}",
        received_at=mover.now - timedelta(hours=20),
        state="handled",
        participant_id=person,
        kind="words",
        words=mover.words,
        handled_at=mover.now - timedelta(hours=20),
    )
    mine = {"organisation_id": row.organisation_id, "programme_id": row.programme_id, "participant_id": person}
    for number, (purpose, status) in enumerate(
        (("question", "delivered"), ("coach", "failed"), ("reply", "uncertain"))
    ):
        await mover.put(
            tables.outbox,
            "outbox",
            name,
            **mine,
            address_id=where.id,
            coach_id=coach if purpose == "coach" else None,
            channel=PEOPLE[name][2],
            act="send",
            purpose=purpose,
            priority=5,
            text=mover.words,
            language=PEOPLE[name][1],
            once=f"out-{name}-{number}",
            status=status,
            available_at=mover.now,
            queued_at=mover.now - timedelta(hours=21 - number),
        )
    for kind in ("bouncing", "question"):
        await mover.put(
            tables.alerts,
            "alert",
            name,
            **mine,
            coach_id=coach,
            kind=kind,
            about=heard,
            once=f"alert-{kind}-{name}",
            raised_at=mover.now - timedelta(hours=19),
        )


async def _day(mover: Mover, name: str) -> None:
    """What the day's page tells, and what was noted."""
    enrolment, coach = mover.street.enrolments[name], mover.street.coaches[PEOPLE[name][0]]
    today, ours = mover.now.date(), {"enrolment_id": enrolment}
    await mover.put(
        tables.notes, "note", name, **ours, coach_id=coach, visibility="team", words=mover.words, written_at=mover.now
    )
    await mover.put(
        tables.absences,
        "absence",
        name,
        **ours,
        category="illness",
        begins_on=today,
        reported_by="participant",
        reported_at=mover.now - timedelta(hours=1),
    )
    await mover.put(
        tables.attendances,
        "attendance",
        name,
        **ours,
        activity="walk",
        area="health",
        held_on=today - timedelta(days=2),
        presence="not-valid",
        noted_by="coach",
        noted_at=mover.now - timedelta(days=2),
    )
    await mover.put(
        tables.meetings,
        "meeting",
        name,
        **ours,
        coach_id=coach,
        meets_on=today + timedelta(days=1),
        begins=time(14),
        minutes=45,
        place=mover.words[:30],
        state="asked",
        made_at=mover.now - timedelta(hours=3),
    )
    await mover.put(tables.milestones, "milestone", name, **ours, slug="own-plan", due_on=today)
    await mover.put(
        tables.changes,
        "change",
        name,
        **ours,
        what="phase",
        was="phase-1",
        became="phase-2",
        changed_at=mover.now - timedelta(days=30),
    )


async def _ratings(mover: Mover, name: str) -> None:
    enrolment, person = mover.street.enrolments[name], mover.street.people[name]
    for rater, days in (("participant", 40), ("participant", 5), ("coach", 4)):
        at = mover.now - timedelta(days=days)
        number = await mover.put(
            tables.check_ins,
            "check_in",
            name,
            enrolment_id=enrolment,
            participant_id=person,
            flow="weekly-check-in",
            instrument="progress",
            instrument_version=1,
            rater=rater,
            began_at=at,
            ended_at=at,
        )
        for value, indicator in enumerate(INDICATORS, start=2):
            await mover.put(
                tables.given_ratings,
                "rating",
                name,
                check_in_id=number,
                participant_id=person,
                enrolment_id=enrolment,
                indicator=indicator,
                instrument="progress",
                instrument_version=1,
                value=value,
                low=1,
                high=5,
                rater=rater,
                language="sv",
                rated_at=at,
            )


async def _desk(mover: Mover, name: str) -> None:
    """What a colleague has: a session, and whoever accompanies people a letter and a file."""
    coach = mover.street.coaches[name]
    owner, slug, role = COLLEAGUES[name]
    await mover.put(
        tables.sessions,
        "session",
        name,
        coach_id=coach,
        token_hash=f"{name:32}".encode()[:32],
        began_at=mover.now,
        seen_at=mover.now,
        ends_at=mover.now + timedelta(hours=12),
        browser=mover.words[:200],
    )
    if role != "coach":
        return
    await mover.put(
        tables.summaries,
        "summary",
        name,
        coach_id=coach,
        iso_year=2026,
        iso_week=47,
        language="sv",
        # The letter is made, and escaped, where it is written: its tests stand there.
        text="Hej",
        html="<h1>Hej</h1>",
        written_at=mover.now - timedelta(days=2),
    )
    programme = mover.street.programmes[f"{owner}/{slug}"]
    organisation = await mover.connection.scalar(
        select(tables.programmes.c.organisation_id).where(tables.programmes.c.id == programme)
    )
    await mover.put(
        tables.imports,
        "import",
        name,
        organisation_id=organisation,
        programme_id=programme,
        coach_id=coach,
        file_name=mover.words[:200],
        cipher=mover.street.database.sealer.seal("Förnamn;Telefon\nNora;070-174 06 99\n".encode()),
        state="previewed",
        rows=1,
        begun_at=mover.now,
    )


async def _strangers(mover: Mover) -> None:
    """A number that nobody knows has written to each organisation."""
    for owner in ("norrby", "soderby"):
        organisation = await mover.connection.scalar(
            select(tables.organisations.c.id).where(tables.organisations.c.slug == owner)
        )
        number = f"+4670174069{organisation}"
        hashed = mover.street.database.sealer.hash("sms", number)
        await mover.put(
            tables.addresses,
            "stranger",
            owner,
            organisation_id=organisation,
            channel="sms",
            hash=hashed,
            cipher=mover.street.database.sealer.seal(number.encode()),
            state_at=mover.now,
        )
        await mover.put(
            tables.inbox,
            "strange_words",
            owner,
            channel="sms",
            provider_id=f"stranger-{owner}",
            account="x",
            sender_hash=hashed,
            raw=b"{}",
            received_at=mover.now - timedelta(hours=3),
            state="stranger",
            kind="words",
            words=mover.words,
            handled_at=mover.now - timedelta(hours=3),
        )
