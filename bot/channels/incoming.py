"""What arrives is turned into words that every database can keep, or refused with a reason."""

LONGEST_WORDS = 4096


class Unreadable(Exception):
    """What arrived is not what its channel sends. `reason` says why, and holds nothing a person wrote."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def kept_words(words: str) -> str:
    """The words without NUL and lone surrogates (PostgreSQL refuses both), at most 4,096 characters of them."""
    whole = words[: 2 * LONGEST_WORDS].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "").replace("\ufffd", "")[:LONGEST_WORDS]
