"""What reading a reply costs is counted in steps of bytecode, and what the table of replies asks again is told.

Twice as many letters must cost at most twice as much, whatever they are; and one digit, which nearly every reply is,
must cost next to nothing.
"""

from bot.engine.answers import read_answer
from bot.engine.wishes import read_wish
from tests.engine.builders import READINGS, TONGUES, WEDNESDAY
from tests.engine.reply_table import QUESTIONS, SPOKEN, TODAY, all_cases, asked_again
from tests.engine.steps import SHAPES, grown, steps

LETTERS = 500


def figures() -> list[tuple[str, float, str]]:
    """What was counted: name, value, unit."""
    plain = _cost("3")
    grows = {
        name: _cost(grown(shape, letters=2 * LETTERS)) / _cost(grown(shape, letters=LETTERS))
        for name, shape in SHAPES.items()
    }
    worst = max(grows, key=lambda name: grows[name])
    cases = all_cases()
    wrong = [case for case in cases if case.read != case.expected]
    for line in asked_again(cases):
        print(f"replies in {line}")
    return [
        ("reading one digit", plain, "steps"),
        ("reading a sentence with a digit in it", _cost("jag tror 4 idag, tack"), "steps"),
        (f"reading {2 * LETTERS} letters instead of {LETTERS} (at worst: {worst})", grows[worst], "times (limit: 2.2)"),
        ("looking for a wish in one digit", _wish_cost("3"), "steps"),
        ("looking for a wish in a sentence, in four languages", _wish_cost("jag tror 4 idag, tack"), "steps"),
        (f"the same in {2 * LETTERS} letters instead of {LETTERS}, at worst", _wish_growth(), "times (limit: 2.2)"),
        ("replies of the table read otherwise than meant", len(wrong), f"of {len(cases)} (limit: 0)"),
    ]


def _cost(words: str) -> int:
    def read() -> None:
        read_answer(QUESTIONS["scale"], words, reading=READINGS["sv"], today=TODAY)

    read()
    return steps(read)


def _wish_cost(words: str) -> int:
    ear = TONGUES.ear("ar", beside=SPOKEN)

    def read() -> None:
        read_wish(words, ear=ear, now=WEDNESDAY)

    read()
    return steps(read)


def _wish_growth() -> float:
    return max(
        _wish_cost(grown(shape, letters=2 * LETTERS)) / _wish_cost(grown(shape, letters=LETTERS))
        for shape in SHAPES.values()
    )


def main() -> None:
    """Print the figures."""
    for name, value, unit in figures():
        print(f"{name:<76} {value:>12,.2f} {unit}")


if __name__ == "__main__":
    main()
