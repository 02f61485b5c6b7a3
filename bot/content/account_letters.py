"""A letter with a link to sign in with says what the link is for, and how long it works."""

from collections.abc import Mapping
from gettext import NullTranslations

from bot.content.letters import Letter, filled


def invitation(words: Mapping[str, NullTranslations], *, language: str, first_name: str, link: str) -> Letter:
    """To somebody who is to choose their first password."""
    language = _spoken(words, language)
    _ = words[language].gettext
    return Letter(
        language=language,
        subject=_("Your invitation to Framsteg"),
        opening=filled(
            _(
                "Hello %(name)s! You have been given an account in Framsteg. Open the link within 7 days and choose a "
                "password. Have your phone at hand: signing in also asks for a code from an app on it."
            ),
            name=first_name,
        ),
        link=link,
    )


def new_password(words: Mapping[str, NullTranslations], *, language: str, first_name: str, link: str) -> Letter:
    """To somebody who says that they forgot theirs."""
    language = _spoken(words, language)
    _ = words[language].gettext
    return Letter(
        language=language,
        subject=_("A new password for Framsteg"),
        opening=filled(
            _(
                "Hello %(name)s! Somebody asked for a new password for your account in Framsteg. If it was you, open "
                "the link within an hour. If it was not you, do nothing: your password stays as it is."
            ),
            name=first_name,
        ),
        link=link,
    )


def _spoken(words: Mapping[str, NullTranslations], language: str) -> str:
    return language if language in words else next(iter(words))
