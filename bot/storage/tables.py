"""All tables in one sight. `docs/data.md` says what each column means."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from bot.storage.columns import Id, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _ref(name: str, target: str, *, required: bool = True) -> Column[int]:
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=not required)


# Who ---------------------------------------------------------------------------------------------------------------

organisations = Table(
    "organisations",
    metadata,
    _id(),
    Column("slug", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

coaches = Table(
    "coaches",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    Column("first_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", String(16), nullable=False, server_default="sv"),
    Column("zone", String(64), nullable=False, server_default="Europe/Stockholm"),
    _ref("deputy_id", "coaches", required=False),
    Column("staffed_hours", Text),
    Column("summary_next_at", Moment),
    Column("created_at", Moment, nullable=False),
    # Through this day the deputy sees the coach's people too.
    Column("away_until", Date),
    Column("removed_at", Moment),
    UniqueConstraint("organisation_id", "email"),
)

programmes = Table(
    "programmes",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    Column("slug", String(64), nullable=False),
    Column("sms_sender", Text),
    Column("planned_until", Moment),
    # A round of planning that is under way: up to which moment it looks, and after which enrolment it goes on.
    Column("planning_until", Moment),
    Column("planning_after", Id),
    Column("stopped_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("organisation_id", "slug"),
)

participants = Table(
    "participants",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    Column("first_name", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("gender", String(16)),
    Column("birth_year", Integer),
    Column("preferred_channel", String(16), nullable=False),
    Column("protected", Boolean, nullable=False, server_default=text("false")),
    Column("stopped_at", Moment),
    Column("paused_until", Moment),
    Column("last_heard_at", Moment),
    Column("created_at", Moment, nullable=False),
    # Automation waits until a person resumes it.
    Column("held_at", Moment),
    # No check-in is begun; everything else goes on.
    Column("check_ins_stopped_at", Moment),
    # Until then what the person writes is meant for the coach, whatever was asked.
    Column("talking_until", Moment),
    # Whose holidays the person keeps, by their own choice: names with commas between.
    Column("calendars", String(100), nullable=False, server_default=""),
    # What could not leave by Telegram goes by SMS after so many hours, if the person chose that.
    Column("fallback_hours", Integer),
    # Where the person lived before a move of which planning has not heard: what the move jumped over comes yet.
    Column("zone_before", String(64)),
    Index(
        "ix_participants_moved",
        "id",
        postgresql_where=text("zone_before IS NOT NULL"),
        sqlite_where=text("zone_before IS NOT NULL"),
    ),
    # Which clocks hang on people's walls is asked with every look at what is due.
    Index("ix_participants_zone_calendars", "zone", "calendars"),
)

addresses = Table(
    "addresses",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    _ref("participant_id", "participants", required=False),
    _ref("coach_id", "coaches", required=False),
    Column("channel", String(16), nullable=False),
    # The keyed hash finds an address, the ciphertext gives it back: a stolen table tells no number.
    Column("hash", LargeBinary(32), nullable=False),
    Column("cipher", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False, server_default="active"),
    Column("state_at", Moment, nullable=False),
    # The provider itself sends nothing there any more: only the person can lift that, by writing from there.
    Column("blocked_at", Moment),
    # The database's own time: until when it was written to as often as a chat, which takes one a second, may be.
    Column("spoken_at", Moment),
    CheckConstraint("participant_id IS NULL OR coach_id IS NULL", name="one_owner"),
    UniqueConstraint("participant_id", "channel", "hash"),
    UniqueConstraint("coach_id", "channel", "hash"),
    Index("ix_addresses_channel_hash", "channel", "hash"),
)

enrolments = Table(
    "enrolments",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    _ref("programme_id", "programmes"),
    _ref("participant_id", "participants"),
    _ref("coach_id", "coaches"),
    Column("phase", String(64), nullable=False),
    Column("phase_since", Date, nullable=False),
    # The day on which the phase is planned to be over, if one is.
    Column("phase_until", Date),
    Column("coach_since", Date, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
    Column("ended_reason", String(64)),
    # The import that gave the place, if one did. Without a reference: the place outlives it.
    Column("import_id", Id),
    # Whether the person wants to be written to: nothing but the question is begun before a yes.
    Column("agreement", String(16), nullable=False, server_default="agreed"),
    UniqueConstraint("programme_id", "participant_id"),
    Index("ix_enrolments_participant_id", "participant_id"),
    Index("ix_enrolments_coach_id", "coach_id"),
    Index(
        "ix_enrolments_import_id",
        "import_id",
        postgresql_where=text("import_id IS NOT NULL"),
        sqlite_where=text("import_id IS NOT NULL"),
    ),
)

changes = Table(
    "changes",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    Column("what", String(16), nullable=False),
    Column("was", String(64)),
    Column("became", String(64), nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("ix_changes_enrolment_id", "enrolment_id"),
)

# What was said to the question whether we may write: which words it was asked in, and where.
agreements = Table(
    "agreements",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    Column("answer", String(16), nullable=False),
    # The edition of the flow that asked; none, if a coach heard the answer.
    _ref("definition_id", "definitions", required=False),
    Column("language", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    _ref("noted_by", "coaches", required=False),
    Column("given_at", Moment, nullable=False),
    Index("ix_agreements_enrolment_id", "enrolment_id"),
)

deep_links = Table(
    "deep_links",
    metadata,
    _id(),
    _ref("participant_id", "participants", required=False),
    _ref("coach_id", "coaches", required=False),
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

# What the programme is ------------------------------------------------------------------------------------------------

definitions = Table(
    "definitions",
    metadata,
    _id(),
    _ref("programme_id", "programmes"),
    Column("kind", String(16), nullable=False),
    Column("slug", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("compiled", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("published_at", Moment, nullable=False),
    UniqueConstraint("programme_id", "kind", "slug", "version"),
)

milestones = Table(
    "milestones",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    Column("slug", String(64), nullable=False),
    Column("due_on", Date),
    Column("reached_on", Date),
    UniqueConstraint("enrolment_id", "slug"),
    Index("ix_milestones_due_on", "due_on"),
)

attendances = Table(
    "attendances",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    Column("activity", String(64), nullable=False),
    Column("area", String(16), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("presence", String(16), nullable=False),
    Column("noted_by", String(16), nullable=False),
    Column("noted_at", Moment, nullable=False),
    UniqueConstraint("enrolment_id", "activity", "held_on"),
    Index("ix_attendances_held_on", "held_on"),
)

absences = Table(
    "absences",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    # By category only, never a reason in words; `late` counts for one day.
    Column("category", String(16), nullable=False),
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("late_minutes", Integer),
    Column("reported_by", String(16), nullable=False),
    Column("reported_at", Moment, nullable=False),
    Column("ended_at", Moment),
    # When the person was last asked whether they are back.
    Column("asked_back_at", Moment),
    Index("ix_absences_enrolment_id", "enrolment_id"),
)

# Who takes part in which block, and since when.
memberships = Table(
    "memberships",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    Column("block", String(64), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    UniqueConstraint("enrolment_id", "block"),
    Index("ix_memberships_block", "block"),
)

# What is otherwise with an activity on one of its days. `number` grows with each change, and is told once.
activity_changes = Table(
    "activity_changes",
    metadata,
    _id(),
    _ref("programme_id", "programmes"),
    Column("activity", String(64), nullable=False),
    # The day on which it would have been held.
    Column("held_on", Date, nullable=False),
    # cancelled, moved, or held after all.
    Column("what", String(16), nullable=False),
    # Of one that moved: the day and hours on the wall, and where, in the coach's own words.
    Column("new_on", Date),
    Column("begins", Time),
    Column("ends", Time),
    Column("place", Text),
    # When it was to be held before this change; empty, if it was cancelled then.
    Column("was_on", Date),
    Column("was_begins", Time),
    Column("number", Integer, nullable=False, server_default="1"),
    _ref("changed_by", "coaches", required=False),
    Column("changed_at", Moment, nullable=False),
    Column("told_at", Moment),
    UniqueConstraint("programme_id", "activity", "held_on"),
)

# An individual meeting: the day and hour are those on the wall of the programme.
meetings = Table(
    "meetings",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    _ref("coach_id", "coaches"),
    Column("meets_on", Date, nullable=False),
    Column("begins", Time, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("place", Text, nullable=False),
    # asked, agreed, declined, other-time, called-off.
    Column("state", String(16), nullable=False),
    # Grows when it is moved: what was answered about another hour is no answer any more.
    Column("number", Integer, nullable=False, server_default="1"),
    Column("conversation_id", Id),
    Column("made_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Index("ix_meetings_enrolment_id", "enrolment_id"),
    Index("ix_meetings_meets_on", "meets_on"),
)

occurrences = Table(
    "occurrences",
    metadata,
    _id(),
    _ref("programme_id", "programmes"),
    _ref("enrolment_id", "enrolments"),
    Column("rule", String(64), nullable=False),
    # The day on the wall for which it speaks, before anything moved it: whatever becomes of clocks, zones and hours,
    # a rule speaks once for a day.
    Column("on_day", Date, nullable=False),
    Column("due_at", Moment, nullable=False),
    # Why `due_at` is another moment than the rule's own.
    Column("shift", String(64)),
    Column("about", String(128), nullable=False, server_default=""),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("expires_at", Moment, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    UniqueConstraint("enrolment_id", "rule", "on_day", "about"),
    Index(
        "ix_occurrences_open",
        "expires_at",
        postgresql_where=text("state IN ('due', 'waiting')"),
        sqlite_where=text("state IN ('due', 'waiting')"),
    ),
)

# What is said ---------------------------------------------------------------------------------------------------------

conversations = Table(
    "conversations",
    metadata,
    _id(),
    _ref("programme_id", "programmes"),
    _ref("participant_id", "participants"),
    _ref("enrolment_id", "enrolments"),
    _ref("definition_id", "definitions"),
    Column("flow", String(64), nullable=False),
    Column("state", Text, nullable=False),
    Column("check_in_id", Id),
    Column("began_at", Moment, nullable=False),
    Column("moved_at", Moment, nullable=False),
    Column("silent_at", Moment),
    Column("ended_at", Moment),
    Column("outcome", String(16)),
    # A person is in one conversation at a time: this is the live pointer, and it cannot point twice.
    Index(
        "uq_conversations_open",
        "participant_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index(
        "ix_conversations_silent_at",
        "silent_at",
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index("ix_conversations_enrolment_id", "enrolment_id"),
)

check_ins = Table(
    "check_ins",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    _ref("participant_id", "participants"),
    _ref("conversation_id", "conversations", required=False),
    Column("flow", String(64), nullable=False),
    Column("instrument", String(64), nullable=False),
    Column("instrument_version", Integer, nullable=False),
    Column("rater", String(16), nullable=False),
    _ref("rater_coach_id", "coaches", required=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_check_ins_enrolment_id", "enrolment_id"),
)

# Other tools read the view `ratings`: this is what stands behind it, with what no longer counts.
given_ratings = Table(
    "given_ratings",
    metadata,
    _id(),
    _ref("check_in_id", "check_ins"),
    _ref("participant_id", "participants"),
    _ref("enrolment_id", "enrolments"),
    Column("indicator", String(64), nullable=False),
    Column("instrument", String(64), nullable=False),
    Column("instrument_version", Integer, nullable=False),
    Column("value", Integer),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("rater", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("rated_at", Moment, nullable=False),
    # Which question of the conversation it was, as the person was told, and which arrival answered it (no reference:
    # ratings outlive what was written).
    Column("number", Integer),
    Column("arrival_id", Id),
    # A correction is a new row; the old one stays and says when it stopped counting.
    Column("corrected_at", Moment),
    Index(
        "uq_given_ratings_counting",
        "check_in_id",
        "indicator",
        unique=True,
        postgresql_where=text("corrected_at IS NULL"),
        sqlite_where=text("corrected_at IS NULL"),
    ),
    Index("ix_given_ratings_enrolment_id_indicator_rated_at", "enrolment_id", "indicator", "rated_at"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    _ref("conversation_id", "conversations"),
    _ref("participant_id", "participants"),
    Column("step", String(64), nullable=False),
    Column("slug", String(64), nullable=False),
    Column("value", Text),
    Column("answered_at", Moment, nullable=False),
    Column("number", Integer),
    Column("arrival_id", Id),
    # A correction is a new row here too.
    Column("corrected_at", Moment),
    Index("ix_answers_conversation_id", "conversation_id"),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("channel", String(16), nullable=False),
    Column("provider_id", String(128), nullable=False),
    Column("account", String(128), nullable=False),
    Column("sender_hash", LargeBinary(32), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", String(16), nullable=False, server_default="waiting"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    _ref("participant_id", "participants", required=False),
    Column("kind", String(16)),
    Column("words", Text),
    Column("handled_at", Moment),
    # The provider's name of the message, by which an edit finds what it changes.
    Column("message_ref", String(128)),
    UniqueConstraint("channel", "provider_id"),
    Index("ix_inbox_waiting", "id", postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
    # The newest of each person are asked for by every list of conversations.
    Index("ix_inbox_participant_id_id", "participant_id", "id"),
    Index(
        "ix_inbox_message_ref",
        "message_ref",
        postgresql_where=text("message_ref IS NOT NULL"),
        sqlite_where=text("message_ref IS NOT NULL"),
    ),
    Index(
        "ix_inbox_strangers",
        "sender_hash",
        "id",
        postgresql_where=text("state = 'stranger'"),
        sqlite_where=text("state = 'stranger'"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    _ref("programme_id", "programmes", required=False),
    _ref("participant_id", "participants", required=False),
    _ref("coach_id", "coaches", required=False),
    _ref("address_id", "addresses"),
    Column("channel", String(16), nullable=False),
    Column("act", String(16), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("subject", Text),
    Column("html", Text),
    Column("buttons", Text),
    Column("provider_ref", String(128)),
    Column("language", String(16), nullable=False),
    Column("parts", Integer, nullable=False, server_default="1"),
    Column("once", String(200), nullable=False, unique=True),
    Column("conversation_id", Id),
    Column("step", String(64)),
    Column("status", String(16), nullable=False, server_default="queued"),
    # Programme time: when the words may leave, and when they have lost their meaning.
    Column("available_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("queued_at", Moment, nullable=False),
    Column("sent_at", Moment),
    # Machine time: retries and leases, which a demo's moved clock must not touch.
    Column("retry_at", Moment),
    Column("lease_until", Moment),
    Column("leased_by", String(64)),
    Column("claimed_at", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("provider_id", String(128)),
    Column("error", String(64)),
    Column("settled_at", Moment),
    # Whose own words they are, if not the program's. Without reference, as an account may go and its words stay.
    Column("written_by", Id),
    Index(
        "ix_outbox_queued",
        "channel",
        "priority",
        "available_at",
        "id",
        postgresql_where=text("status = 'queued'"),
        sqlite_where=text("status = 'queued'"),
    ),
    Index(
        "ix_outbox_head",
        "address_id",
        "priority",
        "id",
        postgresql_where=text("status IN ('queued', 'sending')"),
        sqlite_where=text("status IN ('queued', 'sending')"),
    ),
    Index(
        "ix_outbox_in_hand",
        "lease_until",
        postgresql_where=text("status IN ('sending', 'unsettled')"),
        sqlite_where=text("status IN ('sending', 'unsettled')"),
    ),
    # What did not go is little, and is looked for among all that did.
    Index(
        "ix_outbox_stayed",
        "id",
        postgresql_where=text("status IN ('failed', 'uncertain', 'expired', 'cancelled')"),
        sqlite_where=text("status IN ('failed', 'uncertain', 'expired', 'cancelled')"),
    ),
    Index("ix_outbox_participant_id_id", "participant_id", "id"),
    Index("ix_outbox_conversation_id", "conversation_id"),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    _ref("programme_id", "programmes", required=False),
    _ref("participant_id", "participants", required=False),
    _ref("coach_id", "coaches", required=False),
    Column("kind", String(64), nullable=False),
    Column("about", Id),
    Column("once", String(200), nullable=False, unique=True),
    Column("raised_at", Moment, nullable=False),
    Column("acknowledged_at", Moment),
    _ref("acknowledged_by", "coaches", required=False),
    Column("later_until", Moment),
    # An urgent alert is told to one after the other until somebody has seen it: when to the next. Once somebody has,
    # the others are told who: also then.
    Column("escalates_at", Moment),
    Index("ix_alerts_coach_id", "coach_id"),
    Index("ix_alerts_participant_id", "participant_id"),
    Index(
        "ix_alerts_escalating",
        "escalates_at",
        postgresql_where=text("escalates_at IS NOT NULL"),
        sqlite_where=text("escalates_at IS NOT NULL"),
    ),
    Index(
        "ix_alerts_open",
        "organisation_id",
        postgresql_where=text("acknowledged_at IS NULL"),
        sqlite_where=text("acknowledged_at IS NULL"),
    ),
)

# To whom an urgent alert was told, in which order, and who answered.
alert_calls = Table(
    "alert_calls",
    metadata,
    _id(),
    _ref("alert_id", "alerts"),
    _ref("coach_id", "coaches"),
    # coach, deputy or leader: as whom they were told.
    Column("as_whom", String(16), nullable=False),
    Column("told_at", Moment, nullable=False),
    UniqueConstraint("alert_id", "coach_id"),
)

# Several people have one telephone, and we asked who writes: what was written waits for the answer.
unsigned = Table(
    "unsigned",
    metadata,
    _id(),
    Column("sender_hash", LargeBinary(32), nullable=False),
    _ref("arrival_id", "inbox"),
    Column("asked_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Index(
        "uq_unsigned_open",
        "sender_hash",
        unique=True,
        postgresql_where=text("settled_at IS NULL"),
        sqlite_where=text("settled_at IS NULL"),
    ),
)

summaries = Table(
    "summaries",
    metadata,
    _id(),
    _ref("coach_id", "coaches"),
    Column("iso_year", Integer, nullable=False),
    Column("iso_week", Integer, nullable=False),
    Column("language", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("written_at", Moment, nullable=False),
    UniqueConstraint("coach_id", "iso_year", "iso_week"),
)

# What coaches keep ----------------------------------------------------------------------------------------------------

notes = Table(
    "notes",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    _ref("coach_id", "coaches"),
    Column("visibility", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("removed_at", Moment),
    Index("ix_notes_enrolment_id", "enrolment_id"),
)

# How far each coach has read what a person wrote.
bookmarks = Table(
    "bookmarks",
    metadata,
    _ref("coach_id", "coaches"),
    _ref("participant_id", "participants"),
    Column("read_until", Id, nullable=False),
    Column("read_at", Moment, nullable=False),
    UniqueConstraint("coach_id", "participant_id"),
)

# A line of the day's page that somebody saw to, or put off until later.
put_asides = Table(
    "put_asides",
    metadata,
    _id(),
    _ref("enrolment_id", "enrolments"),
    Column("line", String(16), nullable=False),
    Column("about", String(64), nullable=False, server_default=""),
    Column("until", Moment, nullable=False),
    _ref("coach_id", "coaches"),
    Column("put_at", Moment, nullable=False),
    UniqueConstraint("enrolment_id", "line", "about"),
)

imports = Table(
    "imports",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    _ref("programme_id", "programmes"),
    _ref("coach_id", "coaches"),
    Column("file_name", String(200), nullable=False),
    # The file as it was given, sealed; emptied when everybody in it has a place.
    Column("cipher", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    # Whether its people have agreed already, or are asked.
    Column("agreement", String(16), nullable=False, server_default="agreed"),
    Column("reason", Text),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(
        "ix_imports_running",
        "id",
        postgresql_where=text("state = 'running'"),
        sqlite_where=text("state = 'running'"),
    ),
)

# Who may come in ------------------------------------------------------------------------------------------------------

# What somebody is to a programme; an administrator is one to the whole organisation, and names no programme.
appointments = Table(
    "appointments",
    metadata,
    _id(),
    _ref("coach_id", "coaches"),
    Column("role", String(16), nullable=False),
    _ref("programme_id", "programmes", required=False),
    Column("since", Moment, nullable=False),
    CheckConstraint("(role = 'administrator') = (programme_id IS NULL)", name="where"),
    UniqueConstraint("coach_id", "role", "programme_id"),
    # Nothing is unlike nothing, to a database: without this, somebody could be administrator twice.
    Index(
        "uq_appointments_everywhere",
        "coach_id",
        "role",
        unique=True,
        postgresql_where=text("programme_id IS NULL"),
        sqlite_where=text("programme_id IS NULL"),
    ),
)

credentials = Table(
    "credentials",
    metadata,
    Column("coach_id", Id, ForeignKey("coaches.id"), primary_key=True, autoincrement=False),
    Column("password_hash", Text),
    Column("password_set_at", Moment),
    # The secret of the one-time codes, sealed; and the last step that was used, as a code works once.
    Column("totp_cipher", LargeBinary),
    Column("totp_set_at", Moment),
    Column("totp_step", Id),
    # The secret that was shown and not yet shown to work: until then the old one counts.
    Column("totp_new_cipher", LargeBinary),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    _id(),
    _ref("coach_id", "coaches"),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("used_at", Moment),
    UniqueConstraint("coach_id", "code_hash"),
)

# An invitation, or a new password for a forgotten one: it works once, and not for long.
sign_in_links = Table(
    "sign_in_links",
    metadata,
    _id(),
    _ref("coach_id", "coaches"),
    Column("purpose", String(16), nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _ref("coach_id", "coaches"),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("began_at", Moment, nullable=False),
    # A password alone opens nothing: until the second factor was shown, the session is not whole.
    Column("whole_at", Moment),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("ended_at", Moment),
    # What the browser calls itself, so that somebody can tell their own sessions apart.
    Column("browser", String(200), nullable=False),
    Index("ix_sessions_coach_id", "coach_id"),
)

# Tries to sign in, by the keyed hash of an e-mail address or of where it came from.
tries = Table(
    "tries",
    metadata,
    _id(),
    Column("hash", LargeBinary(32), nullable=False),
    Column("tried_at", Moment, nullable=False),
    Index("ix_tries_hash_tried_at", "hash", "tried_at"),
)

# Who saw or changed what, when and from where. Rows are added, never changed.
audit = Table(
    "audit",
    metadata,
    _id(),
    _ref("organisation_id", "organisations"),
    _ref("coach_id", "coaches", required=False),
    Column("what", String(64), nullable=False),
    # Without references: the log outlives what it tells of.
    Column("programme_id", Id),
    Column("participant_id", Id),
    Column("about", String(64)),
    Column("came_from", String(64), nullable=False),
    Column("done_at", Moment, nullable=False),
    Index("ix_audit_organisation_id_id", "organisation_id", "id"),
    Index("ix_audit_participant_id", "participant_id"),
)

# How the machine keeps order ------------------------------------------------------------------------------------------

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Moment, nullable=False),
    # Grows each time the lease changes hands: a holder that slept cannot mistake itself for the new one.
    Column("number", Integer, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("until", Moment, nullable=False),
    Column("reason", String(64), nullable=False),
    # How often in a row the provider did not answer: with enough of them the channel is only tried now and then.
    Column("failures", Integer, nullable=False, server_default="0"),
)

# What may be sent at once, by channel and sender: tokens that come back as time passes (the database's own time).
rates = Table(
    "rates",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("counted_at", Moment, nullable=False),
)

# How many parts of SMS a programme has sent on a day, and how many messages its budget kept back.
spending = Table(
    "spending",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True, autoincrement=False),
    Column("on_day", Date, primary_key=True),
    Column("parts", Integer, nullable=False, server_default="0"),
    Column("refused", Integer, nullable=False, server_default="0"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Id, nullable=False),
)

vocabularies = Table(
    "vocabularies",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("compiled", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
)

# Red days and the holidays of religious calendars, worked out once for some years.
almanacs = Table(
    "almanacs",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("compiled", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
)
