"""A small content root: one programme, one instrument, one flow, all phrases, Swedish alone."""

from pathlib import Path

from bot.content.phrases import PHRASES

FLOW = """\
flow: hello
about: Small.
check-in: true
expires-after: 5h
nudge:
  after: 1h
  say: Hej igen {first_name}!
steps:
  greet:
    say: Hej {first_name}!
    note: Short.
  ratings:
    rate: all
    skip: true
  call:
    ask: Vill du att {coach} ringer?
    sms: Vill du bli uppringd?
    answer: yes-no
    saves: wants-call
    unclear:
      - Svara ja eller nej.
    next:
      no: bye
      otherwise: likes
    alert:
      yes: wants-call
  likes:
    ask: Vad vill du göra?
    answer: choice
    choices:
      walk: Gå
      read: Läsa
    next: often
  often:
    ask: Hur ofta, {low} till {high}?
    answer: number
    low: 0
    high: 5
  feels:
    ask: Hur går det?
    answer: scale
    anchors: [Det går dåligt., Det går bra.]
  bye:
    say: Hej då!
"""

INSTRUMENT = """\
instrument: steps
scale: {low: 1, high: 3}
indicators:
  belief:
    title: Tro
    asked-of: both
    question: Hur går det?
    neutral: Fråga {number}?
    coach-question: Hur går det för {first_name}?
    anchors: [Lite., Mer., Mest.]
    sensitive: true
  search:
    title: Söka
    question: Vad har du gjort?
    neutral: Vad har du gjort?
    coach-question: Vad har gjorts?
    behaviours:
      asked: Frågat
      wrote: Skrivit
  faith:
    title: Tilltro
    asked-of: coach
    coach-question: Hur går det?
    anchors: [Lite., Mer., Mest.]
"""

PROGRAMME = """\
programme: small
title: Liten
zone: Europe/Stockholm
languages: [sv]
instrument: steps
flows: [hello]
sms-wording: neutral
telegram: true
quiet-hours: {from: "20:00", to: "07:00"}
staffed-hours: {weekdays: [mon, fri], from: "08:00", to: "16:00"}
summary: {weekday: mon, at: "07:30", leaves: content, silent-after-days: 7}
health-every-day: true
farewell: Hej då {first_name}
phases:
  one:
    title: Fas 1
    milestones:
      plan: En plan
activities:
  walk:
    title: Promenad
    area: health
    weekdays: [mon, wed]
    from: "09:00"
    to: "10:00"
    place: Parken
    phases: [one]
reminders:
  evening:
    before: day
    days: 1
    at: "18:00"
    say: "I morgon, {day}: {activities}"
    phases: [one]
    expires-after: 2h
  plan-soon:
    before: milestone
    days: 3
    at: "10:00"
    say: "{day}: {milestone}"
  weekly:
    every: week
    weekdays: [thu]
    at: "10:00"
    begin: hello
    when-busy: skip
  third-month:
    every: 3 months
    weekdays: [tue]
    at: "10:00"
    begin: hello
"""

PHRASES_YAML = "phrases:\n" + "".join(f'  "{slug}": Ord\n' for slug in PHRASES)

FILES = {
    "flows/common/phrases.yaml": PHRASES_YAML,
    "flows/common/hello.yaml": FLOW,
    "flows/instruments/steps.yaml": INSTRUMENT,
    "flows/programmes/small/programme.yaml": PROGRAMME,
}
DIRECTORY = "flows/programmes/small"


def a_content_root(root: Path, **replaced: str) -> Path:
    """The small root below `root`. Keywords name a file by what it is: `flow`, `instrument`, `programme`, `phrases`."""
    names = {"flow": "common/hello", "instrument": "instruments/steps", "programme": "programmes/small/programme"}
    files = FILES | {f"flows/{names.get(kind, 'common/phrases')}.yaml": text for kind, text in replaced.items()}
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root
