"""Every step of a flow can be reached and every way through it ends, or a complaint says where not."""

from collections.abc import Callable, Collection

from bot.engine.definition import END, AnswerKind, Ask, Flow, Step

Complain = Callable[[str, str, str], None]
"""Called with a step's id, what is wrong, and the remedy."""


def check_routes(flow: Flow, *, complain: Complain) -> None:
    """Complain of steps nothing leads to, circles that never ask, and places from which the end is out of reach."""
    ways = {step.id: _ways(flow, place) for place, step in enumerate(flow.steps)}
    reached = _reached(flow.steps[0].id, ways) if flow.steps else set()
    for step in flow.steps:
        if step.id not in reached:
            complain(step.id, f"nothing leads to step '{step.id}'", "lead a 'next' to it, or take it away")
    silent = {step.id: _silent_ways(step, ways) for step in flow.steps}
    circling = [step.id for step in flow.steps if step.id in _after(step.id, silent)]
    if circling:
        what = f"from step '{circling[0]}' the flow goes in a circle without a question"
        complain(circling[0], what, "change a 'next', or ask something on the way")
        return
    for step in flow.steps:
        if step.id in reached and END not in _after(step.id, ways):
            complain(step.id, f"from step '{step.id}' the flow never ends", "lead an answer to 'end'")
            return


def answers_of(ask: Ask) -> tuple[str, ...]:
    """The answers a question can branch on, as they are kept. Empty: only `otherwise` can follow."""
    match ask.answer:
        case AnswerKind.YES_NO:
            return ("yes", "no")
        case AnswerKind.CHOICE:
            return tuple(choice.value for choice in ask.choices)
        case AnswerKind.SCALE | AnswerKind.NUMBER:
            return tuple(str(number) for number in range(ask.low, min(ask.high, ask.low + 1000) + 1))
        case _:
            return ()


def _ways(flow: Flow, place: int) -> tuple[str, ...]:
    """Where a step can lead to."""
    step = flow.steps[place]
    following = flow.steps[place + 1].id if place + 1 < len(flow.steps) else END
    onwards = step.next or following
    if not isinstance(step, Ask):
        return (onwards,)
    branches = {branch.answer: branch.to for branch in step.branches}
    answers = answers_of(step)
    every_answer_branches = bool(answers) and all(answer in branches for answer in answers)
    if every_answer_branches and not (step.skip or step.rotates):
        return tuple(branches.values())
    return (*branches.values(), onwards)


def _silent_ways(step: Step, ways: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Where a step leads without waiting for anybody: a question whose turn it is not is passed over."""
    if isinstance(step, Ask):
        return ways[step.id][-1:] if step.rotates else ()
    return ways[step.id]


def _reached(first: str, ways: dict[str, tuple[str, ...]]) -> set[str]:
    return {first, *_after(first, ways)}


def _after(start: str, ways: dict[str, tuple[str, ...]]) -> Collection[str]:
    """Everything that comes after `start`, by any way."""
    found: set[str] = set()
    waiting = list(ways.get(start, ()))
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting.extend(ways.get(place, ()))
    return found
