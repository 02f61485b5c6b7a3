"""Where facts are kept: SQLAlchemy Core on SQLite or PostgreSQL, one unit of work, one commit."""
