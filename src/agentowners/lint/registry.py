"""Every check there is, in the order in which the documentation lists them."""

from __future__ import annotations

from typing import Final

from agentowners.lint.checks import unknown_check
from agentowners.lint.model import Check

CHECKS: Final[tuple[Check, ...]] = (unknown_check.CHECK,)
