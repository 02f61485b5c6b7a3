"""What people really write: agreements, urgent alerts, corrections, and who writes from a shared telephone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("noted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["definitions.id"], name=op.f("fk_agreements_definition_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_agreements_enrolment_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["coaches.id"], name=op.f("fk_agreements_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index("ix_agreements_enrolment_id", "agreements", ["enrolment_id"], unique=False)
    op.create_table(
        "alert_calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_whom", sa.String(length=16), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_calls_alert_id")),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_alert_calls_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_calls")),
        sa.UniqueConstraint("alert_id", "coach_id", name=op.f("uq_alert_calls_alert_id_coach_id")),
    )
    op.create_table(
        "unsigned",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sender_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("arrival_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["arrival_id"], ["inbox.id"], name=op.f("fk_unsigned_arrival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsigned")),
    )
    op.create_table(
        "vocabularies",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("compiled", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_vocabularies")),
    )
    op.create_index(
        "uq_unsigned_open",
        "unsigned",
        ["sender_hash"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
        sqlite_where=sa.text("settled_at IS NULL"),
    )
    op.add_column("absences", sa.Column("asked_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("addresses", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alerts", sa.Column("escalates_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_alerts_escalating",
        "alerts",
        ["escalates_at"],
        unique=False,
        postgresql_where=sa.text("escalates_at IS NOT NULL"),
        sqlite_where=sa.text("escalates_at IS NOT NULL"),
    )
    op.add_column("answers", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column(
        "answers", sa.Column("arrival_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.add_column("answers", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrolments", sa.Column("agreement", sa.String(length=16), server_default="agreed", nullable=False))
    op.add_column("given_ratings", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column(
        "given_ratings", sa.Column("arrival_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.add_column("imports", sa.Column("agreement", sa.String(length=16), server_default="agreed", nullable=False))
    op.add_column("inbox", sa.Column("message_ref", sa.String(length=128), nullable=True))
    op.create_index(
        "ix_inbox_message_ref",
        "inbox",
        ["message_ref"],
        unique=False,
        postgresql_where=sa.text("message_ref IS NOT NULL"),
        sqlite_where=sa.text("message_ref IS NOT NULL"),
    )
    op.add_column("participants", sa.Column("check_ins_stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("participants", sa.Column("talking_until", sa.DateTime(timezone=True), nullable=True))
