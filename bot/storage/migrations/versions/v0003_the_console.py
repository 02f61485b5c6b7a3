"""What the coaches' console keeps: who may come in, who did what, notes, absences, imports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The columns there were, in their order, and one more at the end: what reads the view goes on reading it.
_RATINGS = """
VIEW ratings AS
SELECT given_ratings.id AS rating_id,
       organisations.slug AS organisation,
       programmes.slug AS programme,
       given_ratings.enrolment_id,
       given_ratings.participant_id,
       given_ratings.indicator,
       given_ratings.instrument,
       given_ratings.instrument_version,
       given_ratings.value,
       given_ratings.low,
       given_ratings.high,
       given_ratings.rater,
       given_ratings.check_in_id,
       given_ratings.rated_at,
       given_ratings.language,
       (given_ratings.rater = 'participant' AND check_ins.rater_coach_id IS NOT NULL) AS on_behalf
  FROM given_ratings
  JOIN check_ins ON check_ins.id = given_ratings.check_in_id
  JOIN enrolments ON enrolments.id = given_ratings.enrolment_id
  JOIN programmes ON programmes.id = enrolments.programme_id
  JOIN organisations ON organisations.id = programmes.organisation_id
 WHERE given_ratings.corrected_at IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tries")),
    )
    op.create_index("ix_tries_hash_tried_at", "tries", ["hash", "tried_at"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(role = 'administrator') = (programme_id IS NULL)", name=op.f("ck_appointments_where")),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_appointments_coach_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_appointments_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint(
            "coach_id", "role", "programme_id", name=op.f("uq_appointments_coach_id_role_programme_id")
        ),
    )
    op.create_index(
        "uq_appointments_everywhere",
        "appointments",
        ["coach_id", "role"],
        unique=True,
        postgresql_where=sa.text("programme_id IS NULL"),
        sqlite_where=sa.text("programme_id IS NULL"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("participant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("came_from", sa.String(length=64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_audit_coach_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_audit_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_organisation_id_id", "audit", ["organisation_id", "id"], unique=False)
    op.create_index("ix_audit_participant_id", "audit", ["participant_id"], unique=False)
    op.create_table(
        "bookmarks",
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("participant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_bookmarks_coach_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name=op.f("fk_bookmarks_participant_id")),
        sa.UniqueConstraint("coach_id", "participant_id", name=op.f("uq_bookmarks_coach_id_participant_id")),
    )
    op.create_table(
        "credentials",
        sa.Column(
            "coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("totp_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("totp_new_cipher", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_credentials_coach_id")),
        sa.PrimaryKeyConstraint("coach_id", name=op.f("pk_credentials")),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_imports_coach_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_imports_organisation_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_imports_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(
        "ix_imports_running",
        "imports",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_recovery_codes_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("coach_id", "code_hash", name=op.f("uq_recovery_codes_coach_id_code_hash")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_sessions_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index("ix_sessions_coach_id", "sessions", ["coach_id"], unique=False)
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_sign_in_links_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_sign_in_links_code_hash")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("late_minutes", sa.Integer(), nullable=True),
        sa.Column("reported_by", sa.String(length=16), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_absences_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_enrolment_id", "absences", ["enrolment_id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_notes_coach_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_notes_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_enrolment_id", "notes", ["enrolment_id"], unique=False)
    op.create_table(
        "put_asides",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=64), server_default="", nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_put_asides_coach_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_put_asides_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_asides")),
        sa.UniqueConstraint("enrolment_id", "line", "about", name=op.f("uq_put_asides_enrolment_id_line_about")),
    )
    op.add_column("alerts", sa.Column("later_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_alerts_open",
        "alerts",
        ["organisation_id"],
        unique=False,
        postgresql_where=sa.text("acknowledged_at IS NULL"),
        sqlite_where=sa.text("acknowledged_at IS NULL"),
    )
    op.create_index("ix_alerts_participant_id", "alerts", ["participant_id"], unique=False)
    op.add_column("coaches", sa.Column("away_until", sa.Date(), nullable=True))
    op.add_column("coaches", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("participants", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "enrolments",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.create_index(
        "ix_enrolments_import_id",
        "enrolments",
        ["import_id"],
        unique=False,
        postgresql_where=sa.text("import_id IS NOT NULL"),
        sqlite_where=sa.text("import_id IS NOT NULL"),
    )
    op.drop_index("ix_inbox_participant_id", table_name="inbox")
    op.create_index("ix_inbox_participant_id_id", "inbox", ["participant_id", "id"], unique=False)
    op.create_index(
        "ix_inbox_strangers",
        "inbox",
        ["sender_hash", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'stranger'"),
        sqlite_where=sa.text("state = 'stranger'"),
    )
    op.drop_index("ix_outbox_participant_id", table_name="outbox")
    op.create_index("ix_outbox_participant_id_id", "outbox", ["participant_id", "id"], unique=False)
    op.create_index("ix_attendances_held_on", "attendances", ["held_on"], unique=False)
    op.create_index(
        "ix_outbox_stayed",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('failed', 'uncertain', 'expired', 'cancelled')"),
        sqlite_where=sa.text("status IN ('failed', 'uncertain', 'expired', 'cancelled')"),
    )
    op.add_column(
        "outbox", sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    # Whoever accompanies somebody already is a coach there.
    op.execute(
        "INSERT INTO appointments (coach_id, role, programme_id, since) "
        "SELECT coach_id, 'coach', programme_id, MIN(coaches.created_at) FROM enrolments "
        "JOIN coaches ON coaches.id = enrolments.coach_id GROUP BY coach_id, programme_id"
    )
    _renew_ratings()


def _renew_ratings() -> None:
    if op.get_bind().dialect.name != "sqlite":
        # Replaced and not dropped: who may read it, and what reads it, stay.
        op.execute("CREATE OR REPLACE " + _RATINGS)
        return
    op.execute("DROP VIEW ratings")
    op.execute("CREATE " + _RATINGS)
