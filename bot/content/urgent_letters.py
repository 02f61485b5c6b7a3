"""What a coach is told at once says that something is urgent, and nothing about whom or what."""

from gettext import NullTranslations
from pathlib import Path

from bot.content.catalogs import console_words
from bot.content.letters import Letter, Line, filled

CONTENT = Path(__file__).resolve().parents[2]


class UrgentLetters:
    """In each coach's own language. `address` is where coaches find the console, if anywhere."""

    def __init__(self, content: Path = CONTENT, *, address: str = "") -> None:
        self._content = content
        self._address = address
        self._words: dict[str, NullTranslations] = {}

    def urgent(self, language: str, *, number: int) -> Letter:
        """Something is urgent; a reply takes it on."""
        _ = self._in(language).gettext
        said = _("Framsteg: urgent. Open the page Today. Answer OK %(number)s when you have seen it.")
        return self._letter(language, filled(said, number=number))

    def taken(self, language: str, *, number: int, by: str) -> Letter:
        """To those who were told before: somebody else has it."""
        _ = self._in(language).gettext
        return self._letter(
            language, filled(_("Framsteg: %(coach)s has seen number %(number)s."), coach=by, number=number)
        )

    def thanks(self, language: str, *, number: int) -> str:
        """To whoever takes it on."""
        _ = self._in(language).gettext
        return _plain(filled(_("Thank you. You have number %(number)s. Open the page Today."), number=number))

    def too_late(self, language: str, *, number: int, by: str) -> str:
        """To whoever takes on what somebody has."""
        _ = self._in(language).gettext
        return _plain(filled(_("Framsteg: %(coach)s has seen number %(number)s."), coach=by, number=number))

    def nothing(self, language: str) -> str:
        """To whoever says OK and was told of nothing, or of something else."""
        return self._in(language).gettext("Nothing urgent with that number waits for you.")

    def reads_only_ok(self, language: str) -> str:
        """To whoever writes anything else."""
        _ = self._in(language).gettext
        said = _("Only OK is read here, as an answer to something urgent. Everything else is in the console.")
        return f"{said} {self._address}".strip()

    def seen_button(self, language: str) -> str:
        """What the button under an urgent message says."""
        return self._in(language).gettext("I have seen it")

    def _letter(self, language: str, opening: Line) -> Letter:
        _ = self._in(language).gettext
        return Letter(language=language, subject=_("Framsteg: urgent"), opening=opening, link=self._address)

    def _in(self, language: str) -> NullTranslations:
        if language not in self._words:
            self._words[language] = console_words(language, content=self._content)
        return self._words[language]


def _plain(line: Line) -> str:
    return "".join(piece.words for piece in line)
