"""The demonstration of the way back is so, with a client's recorded dialect: nowhere else do a hook line in a shell, a person
at a terminal and the gate on a server come together, which is what its seconds are for."""

from __future__ import annotations

import io

from rich.console import Console

from tests.demo.page import WIDTH
from tests.demo_agent.__main__ import perform


def test_the_story_is_so() -> None:
    said = io.StringIO()
    assert perform(Console(file=said, width=WIDTH), None) == 0, said.getvalue()
    assert "All as told: 19 statements checked, with Claude Code's recorded dialect" in " ".join(said.getvalue().split())
