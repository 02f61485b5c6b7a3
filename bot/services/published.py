"""What is published is read from the database once and kept: a version never changes, only which one is live."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from bot.content.almanac import Almanac
from bot.content.catalogs import REFERENCE
from bot.content.compiled import read_definition
from bot.content.packages import Words
from bot.content.texts import Texts
from bot.content.urgent_letters import UrgentLetters
from bot.content.vocabulary import Vocabulary
from bot.domain.definitions import Definition, DefinitionKind
from bot.domain.free_days import NONE_FREE, FreeDays
from bot.domain.programme import Instrument, Programme
from bot.domain.reminding import all_rules
from bot.domain.rules import ReminderRule
from bot.domain.timetable import Change, Timetable
from bot.engine.crisis import Phrases
from bot.engine.definition import Flow
from bot.engine.reading import Reading
from bot.engine.tongues import Tongues
from bot.storage.published import Edition
from bot.storage.unit_of_work import Work


@dataclass(frozen=True, kw_only=True)
class FlowEdition:
    """One published version of a flow, with the words it was published with."""

    definition_id: int
    flow: Flow
    words: Words
    texts: Texts
    readings: Mapping[str, Reading]
    """Reply words by language; what this flow's choices read is among them."""

    def beside(self, texts: Texts) -> "FlowEdition":
        """The same version, with what the programme says for every flow behind its own words."""
        return replace(self, texts=texts.over(self.words))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A programme as it is live now. `flows` gives the live version of each flow.

    `not_yet` says, by language, that we read it and write in `{fallback}`: for people whose language
    the programme lacks.
    """

    programme_id: int
    programme: Programme
    instrument: Instrument
    texts: Texts
    flows: Mapping[str, FlowEdition]
    not_yet: Mapping[str, str] = field(default_factory=dict)
    free: FreeDays = NONE_FREE
    changes: Mapping[tuple[str, date], Change] = field(default_factory=dict)

    @cached_property
    def rules(self) -> tuple[ReminderRule, ...]:
        """The programme's rules, and those it has by itself."""
        return all_rules(self.programme)

    @cached_property
    def timetable(self) -> Timetable:
        """What is held when, with all that is known by now."""
        return Timetable(
            activities=self.programme.activities, zone=self.programme.zone, free=self.free, changes=self.changes
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language in which somebody may answer: those we write first, the usual one before all."""
        writes = self.programme.languages
        return (*writes, *(language for language in self.not_yet if language not in writes))

    def language_of(self, wanted: str) -> str:
        """The person's language if the programme speaks it, the programme's own otherwise."""
        return wanted if wanted in self.programme.languages else self.programme.languages[0]


class Shelf:
    """All that is published, by programme and by version. One for each process.

    `bot_name` is our bot's user name in Telegram, once that is known: a link begins a chat with it.
    """

    def __init__(
        self,
        readings: Mapping[str, Reading],
        *,
        danger: Phrases | None = None,
        urgent: UrgentLetters | None = None,
    ) -> None:
        """`danger` is what sounds like it in any language; `urgent` is what coaches are told at once."""
        self.readings, self.tongues = readings, Tongues(readings.values())
        self.danger = danger or Phrases(())
        self.urgent = urgent or UrgentLetters()
        self.bot_name: str | None = None
        self.almanac = Almanac()
        self._read: dict[int, tuple[Edition, Definition]] = {}
        self._flows: dict[int, FlowEdition] = {}
        self._plans: dict[int, tuple[tuple[int, ...], Plan]] = {}

    def learn(self, vocabulary: Vocabulary) -> None:
        """Understand these words from now on. To be done before anybody is answered."""
        self.readings, self.tongues = vocabulary.readings, vocabulary.tongues
        self.danger = vocabulary.danger

    def mark_days(self, almanac: Almanac) -> None:
        """Know these days to be free from now on. To be done before anything falls due."""
        if almanac is not self.almanac:
            self.almanac = almanac
            self._plans.clear()

    async def plans(self, work: Work, programmes: Iterable[int] | None = None) -> dict[int, Plan]:
        """The live plan of each of these programmes (or of all). One that has published nothing is not there."""
        editions: dict[int, list[Edition]] = {}
        for edition in await work.definitions.live(programmes):
            editions.setdefault(edition.programme_id, []).append(edition)
        found: dict[int, Plan] = {}
        for programme_id, live in editions.items():
            found[programme_id] = await self._plan(work, programme_id, live)
        return found

    async def flows(self, work: Work, definitions: Iterable[int]) -> dict[int, FlowEdition]:
        """These versions of flows, live or not: a conversation goes on in the version it began with."""
        wanted = set(definitions)
        await self._fetch(work, wanted - self._flows.keys())
        for one in wanted - self._flows.keys():
            self._flows[one] = self._flow(one)
        return {one: self._flows[one] for one in wanted}

    async def _plan(self, work: Work, programme_id: int, live: list[Edition]) -> Plan:
        editions = tuple(edition.id for edition in live)
        key = (*editions, live[0].changed)
        known = self._plans.get(programme_id)
        if known is not None and known[0] == key:
            return known[1]
        await self._fetch(work, set(editions) - self._read.keys())
        phrases = self._only(live, DefinitionKind.PHRASES)
        whole = self._only(live, DefinitionKind.PROGRAMME)
        measured = self._only(live, DefinitionKind.INSTRUMENT)
        spoken = read_definition(phrases)
        programme = read_definition(whole)
        instrument = read_definition(measured)
        assert isinstance(programme.what, Programme) and isinstance(instrument.what, Instrument)
        free = await self._free(programme.what)
        texts = Texts(spoken.words).over(programme.words).over(instrument.words)
        flows = await self.flows(work, (one.id for one in live if one.kind is DefinitionKind.FLOW))
        plan = Plan(
            programme_id=programme_id,
            programme=_staffed_by(programme.what, free),
            instrument=instrument.what,
            texts=texts,
            flows={edition.flow.slug: edition.beside(texts) for edition in flows.values()},
            not_yet={language: reading.not_yet for language, reading in self.readings.items() if reading.not_yet},
            free=free,
            changes={(one.activity, one.held_on): one for one in await work.changes.of(programme_id)},
        )
        self._plans[programme_id] = (key, plan)
        return plan

    async def _free(self, programme: Programme) -> FreeDays:
        country = programme.red_days
        if country is not None and country not in self.almanac.red:
            # The first programme of this country: it is not to be without its red days for a minute.
            self.almanac = await asyncio.to_thread(self.almanac.with_country, country)
        return self.almanac.free(programme)

    async def _fetch(self, work: Work, missing: set[int]) -> None:
        self._read.update(await work.definitions.read(missing))

    def _only(self, live: list[Edition], kind: DefinitionKind) -> Definition:
        return next(self._read[edition.id][1] for edition in reversed(live) if edition.kind is kind)

    def _flow(self, definition_id: int) -> FlowEdition:
        edition, definition = self._read[definition_id]
        spoken = read_definition(definition)
        assert isinstance(spoken.what, Flow)
        # Whoever is asked in Swedish, for their own language is not written, may answer with what stands there.
        shown = spoken.words.get(REFERENCE, {})
        readings = {
            language: replace(self._reading(language, spoken.words), labels=spoken.words.get(language, shown))
            for language in self.readings
        }
        return FlowEdition(
            definition_id=definition_id,
            flow=replace(spoken.what, version=edition.version),
            words=spoken.words,
            texts=Texts(spoken.words),
            readings=readings,
        )

    def _reading(self, language: str, words: Words) -> Reading:
        return self.readings[language] if language in words else self.tongues.asked_in(language, other=REFERENCE)


def _staffed_by(programme: Programme, free: FreeDays) -> Programme:
    """The same programme, in which nobody is promised to read on a day that is free for all."""
    staffed = programme.staffed
    return replace(programme, staffed=replace(staffed, closed=tuple(sorted({*staffed.closed, *free.programme}))))
