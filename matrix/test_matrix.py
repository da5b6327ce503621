"""test_matrix - every verdict of a pair in one family is as expected, and there is
no gap.  What is expected is not decided here (judge.py, known.toml)."""

from __future__ import annotations

from typing import Mapping

from matrix.conftest import Group
from matrix.model import Judgement
from matrix.summary import Summary


def test_pair(group: Group, judgements: Mapping[str, Judgement]) -> None:
    summary = Summary([judgements[cell.id] for cell in group])
    assert summary.status() == 0, "\n" + "\n".join(summary.lines())
