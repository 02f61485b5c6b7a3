"""A language is known by its name in any of our languages, as the Unicode Consortium's tables write it."""

from collections.abc import Iterable
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from bot.domain.sms_parts import gsm7
from bot.engine.folding import bare, fold

# Serbian is one language to whoever names it, and we write it in Latin letters; Dari has two codes.
_OTHER_CODES = {"sr_Latn": ("sr",), "fa_AF": ("prs",)}


def own_name(language: str) -> str:
    """What the language calls itself; its code if nobody knows."""
    names = _tables(language)
    return next((names[code] for code in _codes(language) if code in names), language)


def name_in(language: str, *, of: str) -> str:
    """What a language is called in `language`; its own name if nobody knows."""
    names = _tables(language)
    return next((names[code] for code in _codes(of) if code in names), own_name(of))


def menu_of(languages: Iterable[str], *, reader: str, plain: bool = False) -> dict[str, str]:
    """By code, what each of these is called to somebody who chooses one of them: what it calls itself.

    With `plain` none takes an SMS out of the small alphabet, in which a part holds more than twice as much: a language
    that calls itself something else is then called what the `reader`'s language calls it, where that helps.
    """
    return {
        one: _plainest(one, reader=reader) if plain and gsm7(own_name(reader)) else own_name(one) for one in languages
    }


def _plainest(language: str, *, reader: str) -> str:
    names = (own_name(language), name_in(reader, of=language), name_in("en", of=language))
    return next((name for name in names if gsm7(name)), names[0])


def names_in(language: str, *, of: Iterable[str]) -> dict[str, str]:
    """What these languages are called in `language`, folded, to their codes. Nothing if nobody knows."""
    names = _tables(language)
    found: dict[str, str] = {}
    for wanted in of:
        for code in _codes(wanted):
            if code in names:
                found.setdefault(bare(fold(names[code], language=language)), wanted)
    return found


def _codes(language: str) -> tuple[str, ...]:
    return (language, *_OTHER_CODES.get(language, ()))


@lru_cache(maxsize=64)
def _tables(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language).languages)
    except (UnknownLocaleError, ValueError):
        return {}
