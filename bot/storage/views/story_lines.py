"""Each kind of line of a person's story is a statement, and all have the same columns."""

from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from bot.domain.alerts import IN_STORY
from bot.domain.calendar import OccurrenceState
from bot.domain.firing import AT_NIGHT
from bot.domain.free_days import FreeBecause
from bot.domain.messages import InboundKind, OutboxAct
from bot.domain.notes import Visibility
from bot.domain.people import Presence
from bot.storage.columns import Moment
from bot.storage.tables import (
    absences,
    alerts,
    attendances,
    audit,
    changes,
    check_ins,
    coaches,
    enrolments,
    given_ratings,
    inbox,
    milestones,
    notes,
    occurrences,
    outbox,
    participants,
)


class Only(StrEnum):
    """What of the story is shown."""

    ALL = "all"
    MESSAGES = "messages"
    NOTES = "notes"


@cache
def lines_of(only: Only, dialect: str) -> Subquery:
    """The lines of the person at `enrolment`, as far as `reader` may read them: both are parameters."""
    if only is Only.MESSAGES:
        return union_all(_sent(), _came()).subquery("line")
    if only is Only.NOTES:
        return _notes().subquery("line")
    return union_all(
        *(_sent(), _came(), _notes(), _absences(), _missed(), _changes(), _check_ins(), _alerts(), _done()),
        *(_gave_way(), _reached(dialect)),
    ).subquery("line")


_TEXTS = ("words", "language", "slug", "state", "detail", "extra", "who", "buttons")


def _line(kind: str, at: ColumnElement[Any], number: ColumnElement[Any], **columns: ColumnElement[Any]) -> Select[Any]:
    """All kinds of lines have the same columns: what a kind does not have is empty, and says of which type."""

    def column(name: str, of: type[Text] | type[Date] | type[Integer] | type[Moment]) -> ColumnElement[Any]:
        return (columns[name] if name in columns else cast(null(), of)).label(name)

    return select(
        literal(kind, Text).label("kind"),
        number.label("id"),
        type_coerce(at, Moment).label("at"),
        *(column(name, Text) for name in _TEXTS),
        column("who_id", Integer),
        column("first_on", Date),
        column("last_on", Date),
        column("count", Integer),
        column("over_at", Moment),
    )


def _of(reference: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(enrolments.c.id == bindparam("enrolment"), reference == enrolments.c.id)


def _about_person(reference: ColumnElement[Any], programme: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Of the person; of what names a programme, only this one: another's words are for those who see it."""
    of = and_(enrolments.c.id == bindparam("enrolment"), reference == enrolments.c.participant_id)
    return of if programme is None else and_(of, or_(programme.is_(None), programme == enrolments.c.programme_id))


def _sent() -> Select[Any]:
    return (
        _line(
            "sent",
            func.coalesce(outbox.c.sent_at, outbox.c.queued_at),
            outbox.c.id,
            words=outbox.c.text,
            language=outbox.c.language,
            slug=outbox.c.purpose,
            state=outbox.c.status,
            detail=outbox.c.error,
            extra=outbox.c.channel,
            who=coaches.c.first_name,
            buttons=outbox.c.buttons,
            count=outbox.c.parts,
        )
        .select_from(outbox)
        .join(enrolments, _about_person(outbox.c.participant_id, outbox.c.programme_id))
        .outerjoin(coaches, coaches.c.id == outbox.c.written_by)
        .where(outbox.c.act == OutboxAct.SEND)
    )


def _came() -> Select[Any]:
    kinds = (InboundKind.WORDS, InboundKind.TAP, InboundKind.EDIT, InboundKind.MEDIA)
    return (
        _line(
            "came",
            inbox.c.received_at,
            inbox.c.id,
            words=inbox.c.words,
            language=participants.c.language,
            slug=inbox.c.kind,
            extra=inbox.c.channel,
        )
        .select_from(inbox)
        .join(enrolments, _about_person(inbox.c.participant_id))
        .join(participants, participants.c.id == enrolments.c.participant_id)
        .where(inbox.c.kind.in_(kinds))
    )


def _notes() -> Select[Any]:
    return (
        _line(
            "note",
            notes.c.written_at,
            notes.c.id,
            words=notes.c.words,
            state=notes.c.visibility,
            who=coaches.c.first_name,
            who_id=coaches.c.id,
        )
        .select_from(notes)
        .join(enrolments, _of(notes.c.enrolment_id))
        .join(coaches, coaches.c.id == notes.c.coach_id)
        .where(
            notes.c.removed_at.is_(None),
            or_(notes.c.visibility != Visibility.ME, notes.c.coach_id == bindparam("reader")),
        )
    )


def _absences() -> Select[Any]:
    return (
        _line(
            "absence",
            absences.c.reported_at,
            absences.c.id,
            slug=absences.c.category,
            detail=absences.c.reported_by,
            first_on=absences.c.begins_on,
            last_on=absences.c.ends_on,
            count=absences.c.late_minutes,
            over_at=absences.c.ended_at,
        )
        .select_from(absences)
        .join(enrolments, _of(absences.c.enrolment_id))
    )


def _missed() -> Select[Any]:
    return (
        _line(
            "missed",
            attendances.c.noted_at,
            attendances.c.id,
            slug=attendances.c.activity,
            first_on=attendances.c.held_on,
        )
        .select_from(attendances)
        .join(enrolments, _of(attendances.c.enrolment_id))
        .where(attendances.c.presence == Presence.NOT_VALID)
    )


def _changes() -> Select[Any]:
    before, after = coaches.alias("before"), coaches.alias("after")
    named = changes.c.what == "coach"
    return (
        _line(
            "change",
            changes.c.changed_at,
            changes.c.id,
            slug=changes.c.what,
            detail=func.coalesce(after.c.first_name, changes.c.became),
            extra=func.coalesce(before.c.first_name, changes.c.was),
        )
        .select_from(changes)
        .join(enrolments, _of(changes.c.enrolment_id))
        .outerjoin(before, and_(named, cast(before.c.id, Text) == changes.c.was))
        .outerjoin(after, and_(named, cast(after.c.id, Text) == changes.c.became))
    )


def _check_ins() -> Select[Any]:
    counted = (
        select(func.count())
        .where(given_ratings.c.check_in_id == check_ins.c.id, given_ratings.c.corrected_at.is_(None))
        .scalar_subquery()
    )
    return (
        _line(
            "check-in",
            check_ins.c.began_at,
            check_ins.c.id,
            slug=check_ins.c.rater,
            who=coaches.c.first_name,
            count=counted,
        )
        .select_from(check_ins)
        .join(enrolments, _of(check_ins.c.enrolment_id))
        .outerjoin(coaches, coaches.c.id == check_ins.c.rater_coach_id)
    )


def _alerts() -> Select[Any]:
    return (
        _line("alert", alerts.c.raised_at, alerts.c.id, slug=alerts.c.kind)
        .select_from(alerts)
        .join(enrolments, _about_person(alerts.c.participant_id, alerts.c.programme_id))
        .where(alerts.c.kind.in_(IN_STORY))
    )


DONE = (
    *("paused", "person-resumed", "stopped", "started-again", "check-ins-resumed"),
    *("language-changed", "channel-changed", "address-added"),
)
"""What coaches did that stands nowhere but in the log."""


def _done() -> Select[Any]:
    return (
        _line("done", audit.c.done_at, audit.c.id, slug=audit.c.what, detail=audit.c.about, who=coaches.c.first_name)
        .select_from(audit)
        .join(enrolments, _about_person(audit.c.participant_id, audit.c.programme_id))
        .outerjoin(coaches, coaches.c.id == audit.c.coach_id)
        .where(audit.c.what.in_(DONE))
    )


_GIVEN_WAY = (*FreeBecause, AT_NIGHT)


def _gave_way() -> Select[Any]:
    """What a free day or the night moved or left out: why, and never which holiday somebody keeps."""
    moved, skipped = occurrences.c.shift.in_(_GIVEN_WAY), occurrences.c.state == OccurrenceState.SKIPPED
    return (
        _line(
            "gave-way",
            occurrences.c.due_at,
            occurrences.c.id,
            slug=occurrences.c.rule,
            state=occurrences.c.state,
            detail=func.coalesce(occurrences.c.shift, occurrences.c.reason),
            first_on=occurrences.c.on_day,
        )
        .select_from(occurrences)
        .join(enrolments, _of(occurrences.c.enrolment_id))
        .where(or_(moved, and_(skipped, occurrences.c.reason.in_(_GIVEN_WAY))))
    )


def _reached(dialect: str) -> Select[Any]:
    # A milestone has a day and no moment: it stands among what happened at noon.
    noon = cast(milestones.c.reached_on, Text) + " 11:00:00"
    at = noon + ".000000" if dialect == "sqlite" else cast(noon + "+00", Moment)
    return (
        _line("milestone", at, milestones.c.id, slug=milestones.c.slug, first_on=milestones.c.reached_on)
        .select_from(milestones)
        .join(enrolments, _of(milestones.c.enrolment_id))
        .where(milestones.c.reached_on.is_not(None))
    )
