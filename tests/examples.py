"""Counts of examples that Hypothesis makes up: a handful in every run, many more at night."""

from __future__ import annotations

import os
from typing import Any, Final

from hypothesis import settings

FACTOR: Final = int(os.environ.get("AGENTOWNERS_EXAMPLES", "1"))
"""Times as many examples as are written down; the nightly run sets it."""


def examples(count: int, **more: Any) -> settings:
    """Settings with so many examples, times the factor; never with a deadline."""
    return settings(max_examples=count * FACTOR, deadline=None, **more)
