"""test_style - every tool that reads the sources has nothing to say."""

from __future__ import annotations

import pytest
from making import make, variable


@pytest.mark.parametrize("tool", variable("LINT"))
def test_tool_finds_nothing(tool: str) -> None:
    done = make("-s", "-k", f"lint-{tool}")
    assert done.returncode == 0, f"make lint-{tool}:\n{done.stdout}"
