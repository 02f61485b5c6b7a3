"""Of many cases of one kind, `make test` tries a few and `make verify` the others."""

from collections.abc import Iterable
from typing import Any

import pytest


def a_few_of(cases: Iterable[Any], *, few: int = 1) -> list[Any]:
    """For `parametrize`: the first few as they are, the others marked as slow. A tuple is several arguments."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=[pytest.mark.slow][: number >= few])
        for number, case in enumerate(cases)
    ]
