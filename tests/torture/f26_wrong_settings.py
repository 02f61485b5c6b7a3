"""Whatever is set wrong, the program does not begin: it names the setting in one line, and never what is secret."""

from tests.cli.test_wrong_settings import WRONG, WRONG_PARTS, not_as_it_must_be
from tests.torture.fault import Place, Result

FAULT = "F26"
TITLE = "wrong configuration: missing, wrong type, wrong token, unwritable path, default secret, no share of the work"
FULL = 60


async def torture(tries: int, place: Place) -> Result:
    """Each wrong setting there is, or as many of them."""
    cases = [(wrong, named, ("run",)) for wrong, named in WRONG]
    cases += [({}, "--only", ("run", "--only", parts)) for parts in WRONG_PARTS]
    cases = cases if tries >= FULL else cases[:tries]
    wrong: list[str] = []
    for settings, named, command in cases:
        found = await not_as_it_must_be(place.directory(), settings, named, command=command)
        wrong += [f"{named} {' '.join(command[1:])}: {words}" for words in found]
        place.say(named)
    return Result(tries=len(cases), wrong=tuple(wrong))
