"""Definitions are kept as numbered versions that never change; the newest of a slug is the live one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.definitions import Definition, DefinitionKind
from bot.storage.tables import activity_changes, definitions


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """Which version of a definition is meant.

    `changed` grows whenever anything is changed about an activity of its programme: whoever keeps what they read of
    one looks at both.
    """

    id: int
    programme_id: int
    kind: DefinitionKind
    slug: str
    version: int
    content_hash: str
    changed: int = 0


_newest = select(func.max(definitions.c.id)).group_by(
    definitions.c.programme_id, definitions.c.kind, definitions.c.slug
)
_editions = select(
    definitions.c.id,
    definitions.c.programme_id,
    definitions.c.kind,
    definitions.c.slug,
    definitions.c.version,
    definitions.c.content_hash,
).order_by(definitions.c.id)
_changed = (
    select(func.coalesce(func.sum(activity_changes.c.number), 0))
    .where(activity_changes.c.programme_id == definitions.c.programme_id)
    .scalar_subquery()
)
_live = _editions.add_columns(_changed.label("changed"))
_LIVE = _live.where(definitions.c.id.in_(_newest))
_LIVE_OF = _live.where(
    definitions.c.id.in_(_newest.where(definitions.c.programme_id.in_(bindparam("programmes", expanding=True))))
)


class Definitions:
    """What programmes have published."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def live(self, programmes: Iterable[int] | None = None) -> list[Edition]:
        """The newest version of every definition (of these programmes, or of all)."""
        if programmes is None:
            rows = await self._connection.execute(_LIVE)
        else:
            rows = await self._connection.execute(_LIVE_OF, {"programmes": sorted(set(programmes))})
        return [
            Edition(
                id=row.id,
                programme_id=row.programme_id,
                kind=DefinitionKind(row.kind),
                slug=row.slug,
                version=row.version,
                content_hash=row.content_hash,
                changed=int(row.changed),
            )
            for row in rows
        ]

    async def read(self, ids: Iterable[int]) -> dict[int, tuple[Edition, Definition]]:
        """These versions, whole."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        rows = await self._connection.execute(select(definitions).where(definitions.c.id.in_(wanted)))
        return {
            row.id: (
                Edition(
                    id=row.id,
                    programme_id=row.programme_id,
                    kind=DefinitionKind(row.kind),
                    slug=row.slug,
                    version=row.version,
                    content_hash=row.content_hash,
                ),
                Definition(
                    kind=DefinitionKind(row.kind),
                    slug=row.slug,
                    path=row.path,
                    source=row.source,
                    compiled=row.compiled,
                    content_hash=row.content_hash,
                ),
            )
            for row in rows
        }

    async def publish(
        self,
        programme_id: int,
        numbered: Sequence[tuple[Definition, int]],
        *,
        now: datetime,
    ) -> None:
        """Keep these definitions under their version numbers."""
        if numbered:
            await self._connection.execute(
                insert(definitions),
                [
                    {
                        "programme_id": programme_id,
                        "kind": one.kind,
                        "slug": one.slug,
                        "version": version,
                        "path": one.path,
                        "source": one.source,
                        "compiled": one.compiled,
                        "content_hash": one.content_hash,
                        "published_at": now,
                    }
                    for one, version in numbered
                ],
            )
