"""A wish is heard whatever was asked, and a stop is heard in every language."""

from bot.engine.folding import fold, split_words
from bot.engine.reading import Reading, Wish

__all__ = ["Wish", "read_wish"]

_OWN_LANGUAGE = tuple(wish for wish in Wish if wish is not Wish.STOP)


def read_wish(words: str, *, reading: Reading, every: tuple[Reading, ...]) -> Wish | None:
    """The wish that the whole of `words` says, politeness aside, or `None`.

    Stop words are read in `every` language, the others in the person's own. "Please stop calling me names" is no wish.
    """
    # A face or a hand after the word changes nothing.
    said = [word for word in split_words(fold(words)) if any(map(str.isalnum, word))]
    if not said:
        return None
    if _says(Wish.STOP, said, readings=every) or _says(Wish.STOP, said, readings=(reading,)):
        return Wish.STOP
    return next((wish for wish in _OWN_LANGUAGE if _says(wish, said, readings=(reading,))), None)


def _says(wish: Wish, said: list[str], *, readings: tuple[Reading, ...]) -> bool:
    """Whether the text is a phrase of this wish, said once or again and again, with only politeness after it."""
    phrases = [reading.wishes.get(wish, frozenset()) for reading in readings]
    if any(" ".join(said) in known for known in phrases):
        return True
    plain = [word for word in said if not any(word in reading.polite for reading in readings)]
    # Politeness comes after the word, never before it: phrases that begin politely are listed as they are.
    if not plain or plain[0] != said[0]:
        return False
    return any(" ".join(plain) in known or known.issuperset(plain) for known in phrases)
