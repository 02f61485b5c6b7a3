"""A coach is told at once wherever the coach can be reached: SMS, Telegram and mail together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.content.letters import Letter
from bot.domain.messages import Button, Draft, Priority, Purpose
from bot.domain.people import Address, ChannelName, Coach
from bot.domain.sms_parts import sms_parts
from bot.storage.addresses import Belongs
from bot.storage.unit_of_work import Work

LASTS = timedelta(hours=12)
"""Afterwards it is no use to read it: it stands on the page."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing told to one coach. `once` keeps it from being told twice; with `seen` it can be taken on by a tap."""

    coach: Coach
    letter: Letter
    once: str
    programme_id: int | None
    seen: Button | None = None


async def reached_at(work: Work, coach: Coach, *, now: datetime) -> list[Address]:
    """Where the coach is written to. Whoever was never mailed is mailed where they sign in."""
    found = list(coach.addresses)
    if coach.email and ChannelName.EMAIL not in await work.week.known_channels(coach.id):
        belongs = Belongs(organisation_id=coach.organisation_id, coach_id=coach.id)
        found.append(await work.addresses.add(ChannelName.EMAIL, coach.email, of=belongs, now=now))
    return found


def told_at(told: Told, address: Address, *, now: datetime) -> Draft:
    """What is told, as its channel shows it."""
    letter, mail = told.letter, address.channel is ChannelName.EMAIL
    # A link makes a text message dearer, and coaches know where their page is.
    short = "".join(piece.words for piece in letter.opening)
    buttons = ((told.seen,),) if told.seen and address.channel is ChannelName.TELEGRAM else ()
    return Draft(
        organisation_id=told.coach.organisation_id,
        programme_id=told.programme_id,
        coach_id=told.coach.id,
        address_id=address.id,
        channel=address.channel,
        purpose=Purpose.ALERT,
        priority=Priority.CRISIS,
        text=letter.text if mail else short,
        subject=letter.subject if mail else None,
        html=letter.mail if mail else None,
        available_at=now,
        expires_at=now + LASTS,
        language=letter.language,
        once=f"{told.once}/{address.id}",
        buttons=buttons,
        parts=sms_parts(short) if address.channel is ChannelName.SMS else 1,
    )
