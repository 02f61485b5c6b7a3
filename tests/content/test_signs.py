"""A flow says which emoji mean a level and what else a choice is called, and both are published with it."""

from pathlib import Path

from bot.content.codec import freeze, thaw
from bot.content.compiled import keys_of
from bot.content.packages import load_package
from bot.engine.definition import AnswerKind, Ask, Flow, Sign
from tests.content.small import DIRECTORY, FLOW, a_content_root


def test_signs_of_a_rate_step_belong_to_each_of_its_scales(tmp_path: Path) -> None:
    signs = '    signs: {"👍": 3, "⭐⭐": 2}\n'
    flow = FLOW.replace("    rate: ", signs + "    rate: ", 1)
    package = load_package(tmp_path / DIRECTORY, content=a_content_root(tmp_path, flow=flow))
    asked = [step for each in package.flows.values() for step in each.steps if isinstance(step, Ask) and step.indicator]
    wanted = (Sign(sign="👍", value=3), Sign(sign="⭐⭐", value=2))
    assert asked
    assert {step.signs for step in asked if step.answer is AnswerKind.SCALE} == {wanted}
    assert {step.signs for step in asked if step.answer is AnswerKind.SEVERAL} <= {()}


def test_signs_are_kept_in_what_is_published() -> None:
    step = Ask(id="a", text="x/a/ask", answer=AnswerKind.SCALE, signs=(Sign(sign="👍", value=5),))
    flow = Flow(slug="x", steps=(step,))
    assert thaw(Flow, freeze(flow)) == flow


def test_other_words_for_a_choice_are_texts_of_the_flow(tmp_path: Path) -> None:
    flow = FLOW.replace("    next: often", '    also: {walk: "ut, promenera"}\n    next: often', 1)
    package = load_package(tmp_path / DIRECTORY, content=a_content_root(tmp_path, flow=flow))
    hello = package.flows["hello"]
    key = "hello/likes/choice-walk-also"
    assert package.words["sv"][key] == "ut, promenera"
    assert key in keys_of(hello)
    assert next(choice.also for step in hello.steps if step.id == "likes" for choice in step.choices) == key
