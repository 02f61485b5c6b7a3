"""A flow that asks which holidays people keep can only offer those that are known."""

from pathlib import Path

import pytest

from bot.content.checks import check
from tests.content.small import FLOW, a_content_root

ASKS = """\
  holidays:
    ask: Vilka helger?
    answer: several
    saves: days-off
    choices: {islamic: Eid, jewish: Judiska helger}
"""


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("jewish:", "jews:", "there is no calendar 'jews' that somebody may keep: use islamic, orthodox"),
        ("answer: several", "answer: choice", "'saves: days-off' belongs to a question with 'answer: several'"),
    ],
)
def test_a_holiday_that_nobody_knows_is_refused_before_anybody_chooses_it(
    tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    plain = FLOW.replace("  bye:\n", f"{ASKS}  bye:\n")
    assert check(a_content_root(tmp_path / "plain", flow=plain)) == ()
    complaints = check(a_content_root(tmp_path / "wrong", flow=plain.replace(wrong, right)))
    assert any(said in str(one) for one in complaints), complaints
