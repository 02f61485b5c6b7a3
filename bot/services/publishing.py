"""A package is published as numbered versions that never change; what is live is given back as it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.content.compiled import definitions, read_definition, renumbered, reworded
from bot.content.packages import Package, load_package
from bot.domain.definitions import Definition, DefinitionKind
from bot.storage.database import Database
from bot.storage.programmes import ProgrammeRow
from bot.storage.published import Edition
from bot.storage.unit_of_work import Work, looking, unit_of_work


class NothingPublished(Exception):
    """There is no such programme, or it has published nothing."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """What publishing changed: the new versions by what they define. Empty when nothing was new."""

    programme_id: int
    versions: Mapping[tuple[DefinitionKind, str], int]


async def publish(
    database: Database,
    directory: Path,
    *,
    content: Path,
    organisation: str,
    now: datetime,
) -> Published:
    """Publish a programme's directory. What has not changed keeps its version; who is mid-way finishes on theirs.

    Raises `ContentRefused` with every complaint, and then nothing is published.
    """
    package = load_package(directory, content=content)
    async with unit_of_work(database) as work:
        owner = await work.programmes.organisation(organisation, name=organisation, now=now)
        row = await _programme(work, package.programme.slug, owner=owner, now=now)
        live = {(one.kind, one.slug): one for one in await work.definitions.live([row.id])}
        news = _news(package, live)
        await work.definitions.publish(row.id, news, now=now)
    return Published(
        programme_id=row.id,
        versions={(one.kind, one.slug): version for one, version in news},
    )


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Other words for one text in one language."""

    key: str
    language: str
    words: str


async def change_words(database: Database, programme_id: int, wording: Wording, *, now: datetime) -> Published:
    """Publish a text in other words. Raises `ContentRefused` when they cannot be said, `KeyError` for no such text."""
    async with unit_of_work(database) as work:
        live = await _live(work, programme_id)
        if not any(_says(definition, wording) for _, definition in live):
            raise KeyError(wording.key)
        news = _reworded(live, wording)
        await work.definitions.publish(programme_id, news, now=now)
    return Published(
        programme_id=programme_id,
        versions={(one.kind, one.slug): version for one, version in news},
    )


def _reworded(live: list[tuple[Edition, Definition]], wording: Wording) -> list[tuple[Definition, int]]:
    said = [
        (edition, before, reworded(before, key=wording.key, language=wording.language, words=wording.words))
        for edition, before in live
    ]
    asked = next((one for one in said if one[0].kind is DefinitionKind.INSTRUMENT), None)
    if asked is not None and asked[1].content_hash != asked[2].content_hash:
        version = asked[0].version + 1
        said = [(edition, before, renumbered(after, instrument_version=version)) for edition, before, after in said]
    return [
        (after, edition.version + 1) for edition, before, after in said if after.content_hash != before.content_hash
    ]


async def sources(database: Database, programme: str) -> dict[str, str]:
    """The YAML of a programme as it is live, by path, comments and all. Raises `NothingPublished`."""
    async with looking(database) as work:
        rows = await work.programmes.named(programme)
        if not rows:
            raise NothingPublished(programme)
        return {definition.path: definition.source for _, definition in await _live(work, rows[0].id)}


async def _programme(work: Work, slug: str, *, owner: int, now: datetime) -> ProgrammeRow:
    for row in await work.programmes.named(slug):
        if row.organisation_id == owner:
            return row
    return await work.programmes.add(slug, organisation_id=owner, now=now)


async def _live(work: Work, programme_id: int) -> list[tuple[Edition, Definition]]:
    live = await work.definitions.live([programme_id])
    if not live:
        raise NothingPublished(str(programme_id))
    whole = await work.definitions.read(one.id for one in live)
    return [whole[one.id] for one in live]


def _news(package: Package, live: Mapping[tuple[DefinitionKind, str], Edition]) -> list[tuple[Definition, int]]:
    """What differs from what is live, with the number of its next version."""
    known = live.get((DefinitionKind.INSTRUMENT, package.instrument.slug))
    version = known.version if known else 1
    compiled = definitions(_numbered(package, version))
    if known is not None and compiled[0].content_hash != known.content_hash:
        # The questions changed: ratings from now on are ratings of another version.
        compiled = definitions(_numbered(package, version + 1))
    news = []
    for one in compiled:
        before = live.get((one.kind, one.slug))
        if before is None or before.content_hash != one.content_hash:
            news.append((one, before.version + 1 if before else 1))
    return news


def _numbered(package: Package, version: int) -> Package:
    return replace(
        package,
        instrument=replace(package.instrument, version=version),
        flows={
            slug: replace(flow, instrument_version=version if flow.instrument else 0)
            for slug, flow in package.flows.items()
        },
    )


def _says(definition: Definition, wording: Wording) -> bool:
    return wording.key in read_definition(definition).words.get(wording.language, {})
