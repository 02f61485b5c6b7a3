"""Time and delivery: a rule speaks once for a day, activities change, meetings are made, rates hold for all."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "almanacs",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("compiled", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_almanacs")),
    )
    op.create_table(
        "rates",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rates")),
    )
    op.create_table(
        "activity_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity", sa.String(length=64), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("new_on", sa.Date(), nullable=True),
        sa.Column("begins", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("was_on", sa.Date(), nullable=True),
        sa.Column("was_begins", sa.Time(), nullable=True),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["coaches.id"], name=op.f("fk_activity_changes_changed_by")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_activity_changes_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_changes")),
        sa.UniqueConstraint(
            "programme_id", "activity", "held_on", name=op.f("uq_activity_changes_programme_id_activity_held_on")
        ),
    )
    op.create_table(
        "spending",
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("parts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_spending_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "on_day", name=op.f("pk_spending")),
    )
    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name=op.f("fk_meetings_coach_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_meetings_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_index("ix_meetings_enrolment_id", "meetings", ["enrolment_id"], unique=False)
    op.create_index("ix_meetings_meets_on", "meetings", ["meets_on"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("block", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_memberships_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("enrolment_id", "block", name=op.f("uq_memberships_enrolment_id_block")),
    )
    op.create_index("ix_memberships_block", "memberships", ["block"], unique=False)
    op.add_column("addresses", sa.Column("spoken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrolments", sa.Column("phase_until", sa.Date(), nullable=True))
    op.add_column("occurrences", sa.Column("on_day", sa.Date(), nullable=True))
    op.add_column("occurrences", sa.Column("shift", sa.String(length=64), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE occurrences SET on_day = date(due_at)")
    else:
        op.execute("UPDATE occurrences SET on_day = (due_at AT TIME ZONE 'UTC')::date")
    # A rule whose hour was changed during a day may have spoken twice on it: both are kept.
    op.execute(
        "UPDATE occurrences SET about = about || '#' || id WHERE EXISTS (SELECT 1 FROM occurrences AS one"
        " WHERE one.enrolment_id = occurrences.enrolment_id AND one.rule = occurrences.rule"
        " AND one.on_day = occurrences.on_day AND one.about = occurrences.about AND one.id < occurrences.id)"
    )
    with op.batch_alter_table("occurrences") as batch:
        batch.alter_column("on_day", existing_type=sa.Date(), nullable=False)
        batch.drop_constraint("uq_occurrences_enrolment_id_rule_due_at_about", type_="unique")
        batch.create_unique_constraint(
            "uq_occurrences_enrolment_id_rule_on_day_about", ["enrolment_id", "rule", "on_day", "about"]
        )
    op.add_column("participants", sa.Column("calendars", sa.String(length=100), server_default="", nullable=False))
    op.add_column("participants", sa.Column("zone_before", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_participants_moved",
        "participants",
        ["id"],
        unique=False,
        postgresql_where=sa.text("zone_before IS NOT NULL"),
        sqlite_where=sa.text("zone_before IS NOT NULL"),
    )
    op.create_index("ix_participants_zone_calendars", "participants", ["zone", "calendars"], unique=False)
    op.add_column("participants", sa.Column("fallback_hours", sa.Integer(), nullable=True))
    op.add_column("pauses", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("programmes", sa.Column("planning_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "programmes", sa.Column("planning_after", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
