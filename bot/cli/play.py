"""A flow can be talked to in the terminal, with the very engine and words that a phone gets."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from bot.app import machine_clock
from bot.cli.terminal import refuse
from bot.content.compiled import definitions, read_definition
from bot.content.packages import load_package
from bot.content.reply_words import load_readings
from bot.content.texts import Texts
from bot.domain.calendar import zone_of
from bot.domain.definitions import DefinitionKind
from bot.domain.people import Address, ChannelName, Participant
from bot.engine import run
from bot.engine.definition import Flow
from bot.engine.run import Alert, Save, Send, Turn
from bot.services.conversation import flow_for
from bot.services.published import FlowEdition, Plan
from bot.services.wording import say_effects

WHO = "Amina"
COACH = "Karin"


def play_flow(content: Path, *, slug: str, flow: str, language: str, telegram: bool) -> None:
    """Play until the conversation ends. An empty line is silence; Ctrl-D leaves."""
    plan = _plan(content, slug)
    edition = plan.flows.get(flow)
    if edition is None:
        refuse(f"{slug} has no flow '{flow}': it has " + ", ".join(sorted(plan.flows)))
    if language not in plan.programme.languages:
        refuse(f"{slug} does not speak '{language}': it speaks " + ", ".join(plan.programme.languages))
    channel = ChannelName.TELEGRAM if telegram else ChannelName.SMS
    someone = _someone(plan, language=language, channel=channel)
    picks = edition.flow.rotating_indicators[: edition.flow.rotating]
    asked = flow_for(edition, channel)
    turn = run.begin(asked, picks=picks)
    while True:
        for line in _lines(plan, edition, turn, someone=someone, channel=channel):
            click.echo(line)
        state = turn.state
        if state is None:
            return
        try:
            words = click.prompt("you", default="", show_default=False)
        except click.Abort:
            return
        if words:
            now = machine_clock().astimezone(zone_of(plan.programme.zone))
            turn = run.reply(asked, state, words, reading=edition.readings[language], now=now)
        else:
            turn = run.fall_silent(asked, state)


def _lines(
    plan: Plan, edition: FlowEdition, turn: Turn, *, someone: Participant, channel: ChannelName
) -> Iterator[str]:
    for effect in turn.effects:
        match effect:
            case Save(slug=slug, value=value):
                yield click.style(f"     kept: {slug} = {'no answer' if value is None else value}", dim=True)
            case Alert(kind=kind):
                yield click.style(f"     the coach is told: {kind}", dim=True)
            case Send():
                pass
    sends = [effect for effect in turn.effects if isinstance(effect, Send)]
    for said in say_effects(plan, edition, sends, participant=someone, channel=channel):
        yield "bot: " + said.text.replace("\n", "\n     ")
        for row in said.buttons:
            yield "     " + "  ".join(f"[{button.label}]" for button in row)
    if turn.state is None:
        yield click.style("     the conversation is over", dim=True)


def _plan(content: Path, slug: str) -> Plan:
    directory = content / "flows" / "programmes" / slug
    if not directory.is_dir():
        refuse(f"there is no programme '{slug}' in {content / 'flows' / 'programmes'}")
    package = load_package(directory, content=content)
    readings = load_readings(content)
    texts = Texts(package.words)
    flows = {}
    for number, definition in enumerate(definitions(package)):
        if definition.kind is DefinitionKind.FLOW:
            spoken = read_definition(definition)
            assert isinstance(spoken.what, Flow)
            flows[definition.slug] = FlowEdition(
                definition_id=number,
                flow=spoken.what,
                words=spoken.words,
                texts=texts,
                readings={
                    language: replace(reading, labels=spoken.words.get(language, {}))
                    for language, reading in readings.items()
                },
            )
    return Plan(programme_id=0, programme=package.programme, instrument=package.instrument, texts=texts, flows=flows)


def _someone(plan: Plan, *, language: str, channel: ChannelName) -> Participant:
    return Participant(
        id=0,
        enrolment_id=0,
        organisation_id=0,
        programme_id=0,
        first_name=WHO,
        language=language,
        zone=plan.programme.zone,
        phase=plan.programme.phases[0].slug,
        coach_id=0,
        coach_first_name=COACH,
        address=Address(id=0, channel=channel, value=""),
        started_on=machine_clock().date(),
    )
