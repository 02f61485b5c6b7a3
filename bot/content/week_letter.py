"""The weekly summary is written in the coach's own language: calm, by exception, and never a score."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from gettext import NullTranslations
from pathlib import Path

from bot.content.catalogs import console_words
from bot.content.letters import Letter, Line, Section, filled, joined
from bot.content.texts import day
from bot.domain.alerts import AlertKind, kind_of
from bot.domain.calendar import zone_of
from bot.domain.moves import Move
from bot.domain.people import Coach, Presence
from bot.domain.silence import Silence
from bot.domain.summaries import Ahead, AheadLine, Did, PersonLine, SilentLine, WeeklySummary
from bot.domain.weeks import CheckedIn, OpenAlert

CONTENT = Path(__file__).resolve().parents[2]
"""Where locales/ are, unless the settings say otherwise."""

Titles = Callable[[int, str], str]
"""From a programme's id and a text key to what the coach reads."""


class WeekLetters:
    """Writes weekly summaries, each in its coach's language. The words are read once and kept."""

    def __init__(self, content: Path = CONTENT) -> None:
        self._content = content
        self._words: dict[str, NullTranslations] = {}

    def write(self, summary: WeeklySummary, *, coach: Coach, titles: Titles) -> Letter:
        """The whole of what `summary` tells."""
        words, language = self._in(coach.language), coach.language
        greeting = words.gettext("Hi %(coach)s! This is the week from %(first)s to %(last)s.")
        first, last = summary.window.since, summary.window.until - timedelta(days=1)
        writer = _Writer(summary=summary, words=words, language=language, titles=titles)
        return Letter(
            language=language,
            subject=self._subject(summary, words),
            opening=filled(greeting, coach=coach.first_name, first=day(first, language), last=day(last, language)),
            sections=writer.sections(),
        )

    def notice(self, summary: WeeklySummary, *, coach: Coach) -> Letter:
        """Only that there is a summary: it names nobody but the coach and counts nothing."""
        words = self._in(coach.language)
        said = words.gettext("Hi %(coach)s! Your weekly summary is ready. Sign in to Framsteg to read it.")
        return Letter(
            language=coach.language,
            subject=self._subject(summary, words),
            opening=filled(said, coach=coach.first_name),
        )

    def more(self, language: str) -> Callable[[int], str]:
        """What is said where a message was too small for everything."""
        words = self._in(language)

        def said(count: int) -> str:
            template = words.ngettext("… and %(count)s more in Framsteg.", "… and %(count)s more in Framsteg.", count)
            return "".join(piece.words for piece in filled(template, count=count))

        return said

    def _subject(self, summary: WeeklySummary, words: NullTranslations) -> str:
        template = words.gettext("Framsteg: your weekly summary, week %(week)s")
        return "".join(piece.words for piece in filled(template, week=summary.window.week[1]))

    def _in(self, language: str) -> NullTranslations:
        if language not in self._words:
            self._words[language] = console_words(language, content=self._content)
        return self._words[language]


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """One letter's sections. One with nothing in it says so: an empty place could be a fault."""

    summary: WeeklySummary
    words: NullTranslations
    language: str
    titles: Titles

    def sections(self) -> tuple[Section, ...]:
        """In the order they are read."""
        _, summary = self.words.gettext, self.summary
        needs, silent, coming = summary.needs, summary.silent, summary.coming
        return (
            self._section(_("Needs you today"), map(self._need, needs), _("Nobody right now.")),
            self._people(summary),
            self._changed(summary),
            self._section(_("Silent people"), map(self._silent, silent), _("Nobody has been silent for long.")),
            self._section(_("The coming week"), map(self._ahead, coming), _("No dates in the coming week.")),
            Section(title=_("What Framsteg did"), lines=self._did(summary.did)),
        )

    def _section(self, title: str, lines: Iterable[Line], nothing: str) -> Section:
        found = tuple(lines)
        return Section(title=title, lines=found, remark=() if found else filled(nothing))

    def _count(self, template: str, count: int) -> Line:
        return filled(template, count=count) if count else ()

    def _on(self, template: str, on: date | None) -> Line:
        return filled(template, day=day(on, self.language)) if on else ()

    def _need(self, one: OpenAlert) -> Line:
        _, ngettext = self.words.gettext, self.words.ngettext
        if one.first_name is None:
            known = {
                AlertKind.CRISIS: _("Somebody unknown wrote something that needs you at once: look in Framsteg"),
                AlertKind.SET_ASIDE: _("A message that came in could not be read"),
                AlertKind.BUDGET: _("The day's text messages are used up: reminders were not sent"),
            }
            said = filled(known.get(kind_of(one.kind)) or _("Something without a name waits: look in Framsteg"))
        else:
            said = filled(self._needs()[kind_of(one.kind)], name=one.first_name)
        times = ngettext("%(count)s time", "%(count)s times", one.count)
        since = self._on(_("since %(day)s"), one.raised_at.astimezone(zone_of(self.summary.window.zone)).date())
        return joined((said, self._count(times, one.count if one.count > 1 else 0), since))

    def _needs(self) -> dict[AlertKind, str]:
        _ = self.words.gettext
        return {
            AlertKind.CRISIS: _("%(name)s wrote something that needs you at once"),
            AlertKind.CRISIS_UNDELIVERED: _("Help did not reach %(name)s: call at once"),
            AlertKind.UNWANTED: _("%(name)s wants no more messages"),
            AlertKind.WANTS_CALL: _("%(name)s wants you to call"),
            AlertKind.WRONG_NUMBER: _("Somebody else has the number of %(name)s: ask for the right one"),
            AlertKind.MEETING_DECLINED: _("%(name)s cannot come to the meeting"),
            AlertKind.MEETING_OTHER_TIME: _("%(name)s would like another time for the meeting"),
            AlertKind.CORRECTED: _("%(name)s corrected an answer: ask whether a call is still wanted"),
            AlertKind.OWN: _("%(name)s gave an answer that you should see"),
            AlertKind.QUESTION: _("%(name)s wrote something that only you can answer"),
            AlertKind.DATA_REQUEST: _("%(name)s wants to see, correct or erase what is kept"),
            AlertKind.WANTS_CHANNEL: _("%(name)s wants messages another way: ask which"),
            AlertKind.UNSIGNED: _("Somebody with the phone of %(name)s wrote, and it is not known who"),
            AlertKind.MEDIA: _("%(name)s sent a picture or a recording, which was not opened"),
            AlertKind.EDITED: _("%(name)s changed a message afterwards: ask which answer is right"),
            AlertKind.STOPPED: _("%(name)s stopped the messages"),
            AlertKind.BLOCKED: _("%(name)s blocked the messages"),
            AlertKind.PROVIDER_BLOCKS: _(
                "%(name)s wants messages, but the provider blocks them until %(name)s sends START"
            ),
            AlertKind.BOUNCING: _("Messages do not reach %(name)s: ask for a new number"),
            AlertKind.UNCERTAIN: _("It is not certain that a message reached %(name)s"),
            AlertKind.SET_ASIDE: _("A message from %(name)s could not be read"),
            AlertKind.BUDGET: _("Text messages to %(name)s were not sent: the day's are used up"),
        }

    def _people(self, summary: WeeklySummary) -> Section:
        _, ngettext = self.words.gettext, self.words.ngettext
        lines = tuple(self._person(one) for one in summary.people)
        hidden = summary.withheld_people
        template = ngettext(
            "%(count)s person is shown only in Framsteg.", "%(count)s people are shown only in Framsteg.", hidden
        )
        remark = self._count(template, hidden) or (() if lines else filled(_("You accompany nobody right now.")))
        return Section(title=_("Your people"), lines=lines, remark=remark)

    def _person(self, one: PersonLine) -> Line:
        _ = self.words.gettext
        phase = self.titles(one.programme_id, one.phase_title) if one.phase_title else one.phase
        programmes = self.summary.programmes
        programme = self.titles(one.programme_id, programmes[one.programme_id]) if len(programmes) > 1 else ""
        pieces = (
            filled("%(name)s", name=one.first_name),
            filled("%(programme)s", programme=programme) if programme else (),
            filled("%(phase)s", phase=phase),
            *self._sessions(one),
            *self._absences(one),
            self._on(_("last heard from %(day)s"), one.last_heard_on) or filled(_("not heard from yet")),
            self._checked_in(one),
            filled("".join("↑" if move.up else "↓" for move in one.moves)),
            self._on(_("with you since %(day)s"), one.new_since),
            filled(_("pause until you resume it"))
            if one.held
            else self._on(_("pause until %(day)s"), one.paused_until),
            self._on(_("left on %(day)s"), one.ended_on),
            filled(_("is not written to")) if one.protected else (),
        )
        return joined(pieces)

    def _sessions(self, one: PersonLine) -> tuple[Line, ...]:
        _, ngettext = self.words.gettext, self.words.ngettext
        if not one.planned:
            return ()
        if not one.noted:
            template = ngettext("%(count)s activity planned", "%(count)s activities planned", one.planned)
            return self._count(template, one.planned), filled(_("attendance not noted"))
        took_part = filled(_("took part in %(attended)s of %(planned)s"), attended=one.attended, planned=one.planned)
        return took_part, self._count(_("not noted: %(count)s"), one.planned - one.noted)

    def _absences(self, one: PersonLine) -> tuple[Line, ...]:
        _ = self.words.gettext
        if not one.absences:
            return (self._count(_("away: %(count)s"), one.away),)
        kinds = {
            Presence.ILLNESS: _("ill: %(count)s"),
            Presence.CARE_OF_CHILD: _("caring for a child: %(count)s"),
            Presence.AUTHORITY_VISIT: _("at an authority: %(count)s"),
            Presence.OTHER_VALID: _("away for another reason: %(count)s"),
            Presence.NOT_VALID: _("away without a known reason: %(count)s"),
        }
        return tuple(self._count(kinds[kind], count) for kind, count in one.absences.items())

    def _checked_in(self, one: PersonLine) -> Line:
        _ = self.words.gettext
        match one.checked_in:
            case CheckedIn.ANSWERED:
                return filled(_("check-in answered"))
            case CheckedIn.UNANSWERED:
                return filled(_("check-in not answered"))
            case CheckedIn.NOT_ASKED:
                return ()

    def _changed(self, summary: WeeklySummary) -> Section:
        _, ngettext = self.words.gettext, self.words.ngettext
        hidden = summary.withheld_changes
        template = ngettext(
            "%(count)s change is shown only in Framsteg.", "%(count)s changes are shown only in Framsteg.", hidden
        )
        lines = tuple(self._move(move) for move in summary.changed)
        remark = self._count(template, hidden) or (() if lines else filled(_("No rating has changed.")))
        return Section(title=_("Changed ratings"), lines=lines, remark=remark)

    def _move(self, move: Move) -> Line:
        title = self.titles(move.programme_id, move.title) if move.title else move.indicator
        arrow = "↑" if move.up else "↓"
        values = {"name": move.first_name, "title": title, "was": move.was, "now": move.now}
        return joined(
            (filled(arrow), filled(self.words.gettext("%(name)s: %(title)s, from %(was)s to %(now)s"), **values)),
            by=" ",
        )

    def _silent(self, one: SilentLine) -> Line:
        _ = self.words.gettext
        whys = {
            Silence.UNREACHABLE: _("%(name)s cannot be reached: ask for a new number"),
            Silence.BLOCKED: _("%(name)s wants messages, but the provider blocks them until %(name)s sends START"),
            Silence.STOPPED: _("%(name)s does not want messages: meet or call instead"),
            Silence.NO_WORD: _("%(name)s has not written for a while: perhaps a call"),
        }
        heard = self._on(_("last heard from %(day)s"), one.last_heard_on) or filled(_("not heard from yet"))
        return joined((filled(whys[one.why], name=one.first_name), heard))

    def _ahead(self, one: AheadLine) -> Line:
        _ = self.words.gettext
        title = self.titles(one.programme_id, one.title) if one.title else one.slug
        whats = {
            Ahead.START: _("%(day)s: %(name)s begins"),
            Ahead.MEETING: _("%(day)s %(title)s: meeting with %(name)s"),
            Ahead.MILESTONE: _("%(day)s: milestone for %(name)s: %(title)s"),
            Ahead.LAST_DAY: _("%(day)s: last day for %(name)s"),
        }
        return filled(whats[one.what], day=day(one.on, self.language), name=one.first_name, title=title)

    def _did(self, did: Did) -> tuple[Line, ...]:
        _ = self.words.gettext
        always = (
            filled(_("Reminders and check-ins sent: %(count)s"), count=did.reminders),
            filled(_("Answers and other messages sent: %(count)s"), count=did.talk),
        )
        seldom = (
            self._count(_("Did not arrive: %(count)s"), did.failed),
            self._count(_("Not certain whether they arrived: %(count)s"), did.uncertain),
            self._count(_("Not sent because it was too late: %(count)s"), did.expired),
            self._count(_("Waiting to be sent: %(count)s"), did.waiting),
        )
        return (*always, *filter(None, seldom))
