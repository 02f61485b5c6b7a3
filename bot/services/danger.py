"""Whoever writes what sounds like danger is helped at once and somebody is called; nothing else is done with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.content.texts import clock, day
from bot.domain.alerts import AlertKind
from bot.domain.calendar import zone_of
from bot.domain.messages import Draft, InboundKind, InboundMessage, Priority, Purpose
from bot.domain.people import Address, ChannelName, Participant
from bot.domain.sms_parts import sms_parts
from bot.domain.staffed import is_staffed, staffed_next
from bot.engine.crisis import Danger, DangerKind, read_danger
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.published import Plan, Shelf
from bot.services.wording import Occasion, Said, drafts, say
from bot.storage.alerts import NewAlert
from bot.storage.programmes import ProgrammeRow

SAME_HELP_AFTER = timedelta(hours=1)
"""Whoever writes on is not told the same again and again; somebody is called every time."""

_OWN_WORDS = (InboundKind.WORDS, InboundKind.EDIT, InboundKind.MEDIA, InboundKind.START)


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Somebody nobody knows, who wrote from `address` to a programme: `arrival` is the message.

    `beside` are the programmes of other organisations that they may have meant.
    """

    address: Address
    organisation_id: int
    plan: Plan
    arrival: int
    beside: tuple[ProgrammeRow, ...] = ()


def danger_in(shelf: Shelf, message: InboundMessage) -> Danger | None:
    """What sounds like danger in somebody's own words: a message, what one was changed to, what stands by a picture."""
    return read_danger(message.words, phrases=shelf.danger) if message.kind in _OWN_WORDS else None


async def help_at_once(hearing: Hearing, turn: Turn, danger: Danger) -> None:
    """Say where help is and who is told, call the coach, and begin nothing with the person until somebody resumes it.

    The help goes out although they stopped. Of a shared telephone it may be any of them who writes.
    """
    work, now = hearing.work, hearing.now
    together = {one.id: one for one in (turn.participant, *turn.beside)}
    await work.conversations.end(together, outcome="held", now=now)
    await work.urgent.hold(together, now=now)
    for one in together.values():
        hearing.pile.alerts.append(
            NewAlert(
                organisation_id=one.organisation_id,
                programme_id=one.programme_id,
                participant_id=one.id,
                coach_id=one.coach_id,
                kind=AlertKind.CRISIS,
                about=turn.arrival,
                once=f"{AlertKind.CRISIS}/{turn.once}/{one.id}",
                escalates_at=now,
            )
        )
    key = _help_for(danger)
    if await work.urgent.helped(turn.address.id, key, now=now, within=SAME_HELP_AFTER):
        return
    whose = [one.participant for one in turn.sharers] if turn.unsure else [turn.participant]
    said = [_said(turn.plan, key, one, now=now) for one in whose]
    occasion = Occasion(
        once=f"{key}/{turn.once}", purpose=Purpose.CRISIS, priority=Priority.CRISIS, expires_at=None, now=now
    )
    whole = replace(said[0], text="\n".join(dict.fromkeys(one.text for one in said)))
    hearing.pile.drafts += drafts([whole], participant=turn.participant, address=turn.address, occasion=occasion)


def help_stranger(hearing: Hearing, danger: Danger, who: Unknown) -> None:
    """The same for somebody nobody knows, in the language of what they wrote. The whole programme is called.

    Where several organisations share what was written to, each of them is called: rather one too many than the wrong.
    """
    hearing.pile.alerts += _calls(who, now=hearing.now)
    plan, key = who.plan, _help_for(danger)
    language = plan.language_of(danger.language)
    text = "\n".join(
        plan.texts.say(each, language=language, fallback=plan.programme.languages, values={})
        for each in (key, "phrases/danger-told-unknown")
    )
    hearing.pile.drafts.append(
        Draft(
            organisation_id=who.organisation_id,
            programme_id=plan.programme_id,
            address_id=who.address.id,
            channel=who.address.channel,
            purpose=Purpose.CRISIS,
            priority=Priority.CRISIS,
            text=text,
            available_at=hearing.now,
            expires_at=None,
            language=language,
            # Once for each address: two machines that answer each other would never stop.
            once=f"{key}/{who.address.id}",
            parts=sms_parts(text) if who.address.channel is ChannelName.SMS else 1,
        )
    )


def _calls(who: Unknown, *, now: datetime) -> list[NewAlert]:
    called = [(who.organisation_id, who.plan.programme_id)]
    called += [(one.organisation_id, one.id) for one in who.beside]
    return [
        NewAlert(
            organisation_id=organisation,
            programme_id=programme,
            kind=AlertKind.CRISIS,
            about=who.arrival,
            once=f"{AlertKind.CRISIS}/in/{who.arrival}/{organisation}",
            escalates_at=now,
        )
        for organisation, programme in called
    ]


def _said(plan: Plan, key: str, one: Participant, *, now: datetime) -> Said:
    """Where help is and who is told, as this person is told it."""
    told, values = _who_is_told(plan, plan.language_of(one.language), now=now)
    lines = [say(plan, each, participant=one, values=values) for each in (key, told)]
    return replace(lines[0], text="\n".join(line.text for line in lines))


def _help_for(danger: Danger) -> str:
    return "phrases/danger" if danger.kind is DangerKind.SELF_HARM else "phrases/danger-others"


def _who_is_told(plan: Plan, language: str, *, now: datetime) -> tuple[str, dict[str, str]]:
    """Who is told, and when somebody reads: as it is, by the staffed hours."""
    staffed, zone = plan.programme.staffed, plan.programme.zone
    if is_staffed(staffed, zone=zone, now=now):
        return "phrases/danger-told-now", {"until": clock(staffed.ends)}
    then = staffed_next(staffed, zone=zone, now=now).astimezone(zone_of(zone))
    return "phrases/danger-told-later", {"day": day(then.date(), language), "time": clock(then.time())}
