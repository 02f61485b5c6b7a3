"""A dialogue written down is what the program says: each is played by the front door, the Swedish on both databases.

`tests/transcripts/<flow>.<situation>.<language>.txt` can be read by a coach and approved by a translator. To see what
the program says after a change: `python -m tests.test_transcripts --write [part of a name]`, then read the difference.
"""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.domain.meetings import MEETING
from bot.domain.people import Agreement, ChannelName
from bot.domain.programme import WELCOME
from bot.engine.wishes import Fix, Later, NewAbsence, Pause, Speak, ToCoach, Wish, Wished, read_wish
from bot.services.wording import TICK
from tests.databases import Databases
from tests.engine.builders import TONGUES
from tests.meetings import a_meeting
from tests.town import WEDNESDAY, Person, Town, a_town

TRANSCRIPTS = Path(__file__).resolve().parent / "transcripts"
NAMES = {"sv": "Amina", "en": "Grace", "ar": "سمير", "so": "Hodan"}
"""Who speaks in which language. In a transcript of any language the person's lines begin with a Latin name."""

READ_ALONE = {
    **{"ti": "ሳባ", "fa": "مینا", "fa_AF": "زهرا", "uk": "Олена", "ckb": "شیلان", "ku": "Berfin", "tr": "Elif"},
    **{"sq": "Arta", "bs": "Amra", "hr": "Petra", "sr_Latn": "Jelena", "pl": "Ewa", "th": "มะลิ"},
}
"""Who speaks the languages that we read and do not write yet, and `NOT_YET`, what is played in them."""

NOT_YET = "welcome.not-written-yet"

BETWEEN = "no-flow"
"""The flow of a dialogue in which nothing was asked."""

_HEADING = re.compile(r"on (sms|telegram):")
_HEARD = re.compile(r"(?:bot|saved|told|ended|ticked):|  ")
_SILENCE = re.compile(r"silence: (\d+)h")
_PERSON = re.compile(r"[a-z]+(?: (?P<how>taps above|taps|sends))?: (?P<what>.+)")


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """One file. `scenes` has, by channel, every line as it is written, without blank ones."""

    path: Path
    about: str
    scenes: dict[str, list[str]]

    @property
    def flow(self) -> str:
        """What begins."""
        return self.path.name.split(".")[0]

    @property
    def language(self) -> str:
        """What is spoken."""
        return self.path.name.split(".")[2]

    @property
    def situation(self) -> str:
        """What it shows, without the language."""
        return ".".join(self.path.name.split(".")[:2])


def read(path: Path) -> Transcript:
    """A file as it is written."""
    scenes: dict[str, list[str]] = {}
    about, *lines = path.read_text("utf-8").splitlines()
    for line in filter(None, lines):
        heading = _HEADING.fullmatch(line)
        if heading:
            scenes[heading[1]] = []
        else:
            list(scenes.values())[-1].append(line)
    return Transcript(path=path, about=about, scenes=scenes)


def written(transcript: Transcript, scenes: dict[str, list[str]]) -> str:
    """The file with these scenes."""
    parts = [transcript.about]
    for channel, lines in scenes.items():
        parts += ["", f"on {channel}:", *lines]
    return "\n".join(parts) + "\n"


@dataclass
class Stage:
    """One scene being played. `lines` is what happened, as a transcript writes it."""

    town: Town
    person: Person
    lines: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    ticked: list[str] = field(default_factory=list)

    async def perform(self, line: str) -> None:
        """What the world does in this line, and then what came of it."""
        self.lines.append(line)
        silence = _SILENCE.fullmatch(line)
        if silence:
            self.town.clock.now += timedelta(hours=int(silence[1]))
            await self.town.app.silence(self.town.now)
            await self.town.app.ask_back(self.town.now)
        else:
            await self._act(line)
        await self.town.listen()
        await self.hear()

    async def hear(self) -> None:
        """Write down what was kept, what the coach was told, and what arrived on the phone."""
        ratings = [(row.indicator, row.value) for row in await self.person.ratings()]
        for slug, value in [*self._new("rated", ratings), *self._new("answered", await self.person.answers())]:
            self.lines.append(f"saved: {slug} = {'no answer' if value is None else value}")
        self._see_ticks()
        self.lines += [f"told: {kind}" for kind in self._new("told", await self.person.alerts())]
        for message in self._new("messages", self._messages()):
            first, *more = message
            self.lines += [f"bot: {first}", *(f"  {line}" for line in more)]
        outcomes = [one for one in await self.person.outcomes() if one is not None]
        self.lines += [f"ended: {outcome}" for outcome in self._new("ended", outcomes)]

    async def _act(self, line: str) -> None:
        found = _PERSON.fullmatch(line)
        assert found, f"not a line of a transcript: {line}"
        match found["how"]:
            case None:
                status = await self.person.writes(found["what"])
            case "sends":
                status = await self.person.sends_picture()
            case how:
                status = await self.person.taps(found["what"], above=how == "taps above")
        assert status == 200

    def _messages(self) -> list[list[str]]:
        if self.person.sms:
            return [_steady(text).split("\n") for text in self.person.messages()]
        return [[*one["text"].split("\n"), *_buttons(one["fields"])] for one in self.person.chat_messages()]

    def _see_ticks(self) -> None:
        several = [
            one["reply_markup"] for one in self.person.chat_messages() if ":done" in json.dumps(one["reply_markup"])
        ]
        labels = [label for markup in several for row in _rows(markup) for label in row]
        ticked = [label.removeprefix(TICK) for label in labels if label.startswith(TICK)]
        if ticked and ticked != self.ticked:
            self.lines.append(f"ticked: {', '.join(ticked)}")
        self.ticked = ticked

    def _new(self, what: str, everything: list) -> list:  # type: ignore[type-arg]
        before, self.seen[what] = self.seen.get(what, 0), len(everything)
        return everything[before:]


def _steady(text: str) -> str:
    """The same every time: a link that works once is another one the next time."""
    return re.sub(r"start=[\w-]+", "start=CODE", text)


def _buttons(fields: dict[str, str]) -> list[str]:
    # As they were sent: a keyboard that was settled since is empty.
    return [" ".join(f"[{label}]" for label in row) for row in _rows(json.loads(fields.get("reply_markup", "{}")))]


def _rows(markup: dict[str, list[list[dict[str, str]]]]) -> list[list[str]]:
    return [[button["text"] for button in row] for row in markup.get("inline_keyboard", [])]


async def play(town: Town, transcript: Transcript, channel: str) -> list[str]:
    """What happens when everybody but us says what stands in the transcript."""
    town.clock.now = WEDNESDAY
    name = (NAMES | READ_ALONE)[transcript.language]
    person = await town.a_person(
        language=transcript.language,
        channel=ChannelName(channel),
        first_name=name,
        agreement=Agreement.ASKED if transcript.flow == WELCOME else Agreement.AGREED,
    )
    stage = Stage(town, person)
    if transcript.flow == MEETING:
        await a_meeting(person)
        await stage.hear()
    elif transcript.flow != BETWEEN:
        await person.begins(transcript.flow)
        await stage.hear()
    for line in transcript.scenes[channel]:
        if not _HEARD.match(line):
            await stage.perform(line)
    return stage.lines


ALL = [read(path) for path in sorted(TRANSCRIPTS.glob("*.txt"))]
SCENES = [(one, channel) for one in ALL for channel in one.scenes]
SWEDISH = [scene for scene in SCENES if scene[0].language == "sv"]
# A language changes nothing of what the database does.
OTHERS = [scene for scene in SCENES if scene[0].language != "sv"]


@pytest.fixture(scope="module")
async def embedded_town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One town for all the dialogues: everybody in them is somebody else."""
    async with a_town(await databases.sqlite(tmp_path_factory.mktemp("transcripts"))) as made:
        yield made


@pytest.fixture(scope="module")
async def shared_town(databases: Databases) -> AsyncIterator[Town]:
    """The same on PostgreSQL."""
    url = await databases.postgresql()
    async with a_town(url) as made:
        yield made
    await databases.gone(url)


def scenes(those: list[tuple[Transcript, str]]) -> pytest.MarkDecorator:
    cases = [
        pytest.param(one, channel, id=f"{one.path.stem}-{channel}", marks=_marks(one, channel))
        for one, channel in those
    ]
    return pytest.mark.parametrize(("transcript", "channel"), cases)


def _marks(transcript: Transcript, channel: str) -> tuple[pytest.MarkDecorator, ...]:
    """Swedish is played on both channels each time, and Arabic by SMS; `make verify` plays the others too."""
    at_once = transcript.language == "sv" or (transcript.language == "ar" and channel == ChannelName.SMS)
    return () if at_once else (pytest.mark.slow,)


@scenes(SWEDISH)
async def test_the_program_says_what_the_transcript_says(
    embedded_town: Town, transcript: Transcript, channel: str
) -> None:
    assert "\n".join(await play(embedded_town, transcript, channel)) == "\n".join(transcript.scenes[channel])


@pytest.mark.slow
@scenes(SWEDISH)
async def test_the_program_says_the_same_on_a_shared_database(
    shared_town: Town, transcript: Transcript, channel: str
) -> None:
    assert "\n".join(await play(shared_town, transcript, channel)) == "\n".join(transcript.scenes[channel])


@scenes(OTHERS)
async def test_the_program_says_it_in_each_language(embedded_town: Town, transcript: Transcript, channel: str) -> None:
    assert "\n".join(await play(embedded_town, transcript, channel)) == "\n".join(transcript.scenes[channel])


def test_every_situation_is_written_in_four_languages_for_both_channels() -> None:
    situations = {one.situation for one in ALL} - {NOT_YET}
    assert len(situations) >= 12
    wanted = {(one, language) for one in situations for language in NAMES} | {(NOT_YET, one) for one in READ_ALONE}
    assert {(one.situation, one.language) for one in ALL} == wanted
    assert all(list(one.scenes) == ["sms", "telegram"] for one in ALL)


def test_every_wish_is_granted_in_a_dialogue_of_each_language_on_both_channels() -> None:
    written_there = {
        (_named(read_wish(found["what"], ear=TONGUES.ear(one.language), now=WEDNESDAY)), one.language, channel)
        for one, channel in SCENES
        for line in one.scenes[channel]
        if not _HEARD.match(line) and (found := _PERSON.fullmatch(line)) and not found["how"]
    }
    wishes = {wish.value for wish in Wish if wish is not Wish.WRONG}
    wishes |= {each.__name__ for each in (Pause, Later, Speak, ToCoach, NewAbsence, Fix)}
    wanted = {(wish, language, channel) for wish in wishes for language in NAMES for channel in ("sms", "telegram")}

    assert wanted - written_there == set()


def _named(wished: Wished | None) -> str:
    return wished.value if isinstance(wished, Wish) else type(wished).__name__


def test_every_transcript_is_written_as_it_would_be_written_again() -> None:
    for one in ALL:
        assert one.path.read_text("utf-8") == written(one, one.scenes), one.path.name
        assert one.about.endswith("."), one.path.name


async def _write(part: str) -> None:
    with TemporaryDirectory() as place:
        databases = Databases(Path(place))
        async with a_town(await databases.sqlite(Path(place))) as town:
            for one in ALL:
                if part in one.path.name:
                    scenes = {channel: await play(town, one, channel) for channel in one.scenes}
                    one.path.write_text(written(one, scenes), "utf-8")
                    print(one.path.name)


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"]:
        sys.exit("python -m tests.test_transcripts --write [part of a name]")
    asyncio.run(_write("".join(sys.argv[2:3])))
