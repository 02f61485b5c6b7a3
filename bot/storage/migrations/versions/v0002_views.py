"""The views that other tools read: their names and columns stay, whatever becomes of the tables."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RATINGS = """
CREATE VIEW ratings AS
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
       given_ratings.language
  FROM given_ratings
  JOIN enrolments ON enrolments.id = given_ratings.enrolment_id
  JOIN programmes ON programmes.id = enrolments.programme_id
  JOIN organisations ON organisations.id = programmes.organisation_id
 WHERE given_ratings.corrected_at IS NULL
"""

# Values of two scales are not compared: `change` is empty when an indicator's scale has changed on the way.
_PROGRESS = """
CREATE VIEW progress AS
SELECT organisation, programme, enrolment_id, participant_id, indicator, rater,
       first_value, first_at, latest_value, latest_at, times,
       CASE WHEN low = first_low AND high = first_high THEN latest_value - first_value END AS change
  FROM (SELECT organisation, programme, enrolment_id, participant_id, indicator, rater, low, high,
               value AS latest_value,
               rated_at AS latest_at,
               FIRST_VALUE(value) OVER line AS first_value,
               FIRST_VALUE(rated_at) OVER line AS first_at,
               FIRST_VALUE(low) OVER line AS first_low,
               FIRST_VALUE(high) OVER line AS first_high,
               COUNT(*) OVER (PARTITION BY enrolment_id, indicator, rater) AS times,
               ROW_NUMBER() OVER (PARTITION BY enrolment_id, indicator, rater
                                  ORDER BY rated_at DESC, rating_id DESC) AS place
          FROM ratings
         WHERE value IS NOT NULL
        WINDOW line AS (PARTITION BY enrolment_id, indicator, rater ORDER BY rated_at, rating_id)) AS lines
 WHERE place = 1
"""

_ATTENDANCE = """
CREATE VIEW attendance AS
SELECT organisations.slug AS organisation,
       programmes.slug AS programme,
       attendances.enrolment_id,
       enrolments.participant_id,
       attendances.activity,
       attendances.area,
       attendances.held_on,
       attendances.presence
  FROM attendances
  JOIN enrolments ON enrolments.id = attendances.enrolment_id
  JOIN programmes ON programmes.id = enrolments.programme_id
  JOIN organisations ON organisations.id = programmes.organisation_id
"""


def upgrade() -> None:
    for view in (_RATINGS, _PROGRESS, _ATTENDANCE):
        op.execute(view)
