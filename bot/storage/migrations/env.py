"""A revision runs on the connection it is given, inside the transaction that is already open there."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Column
from sqlalchemy.types import TypeEngine

from bot.storage.columns import Id, Moment
from bot.storage.tables import metadata


def _written(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Our own column types are written as plain ones: a revision must not change when our code does."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and thing is Id:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def _differs(
    _: Any, __: Column[Any], metadata_column: Column[Any], found: TypeEngine[Any], wanted: TypeEngine[Any]
) -> bool | None:
    # SQLite knows no sizes of numbers.
    same_number = context.get_bind().dialect.name == "sqlite" and metadata_column.type is Id
    return False if same_number else None


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_written,
    compare_type=_differs,
)
with context.begin_transaction():
    context.run_migrations()
