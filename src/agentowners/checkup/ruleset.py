"""The ruleset that requires the check, as GitHub's API and its page *Import a ruleset* take it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from agentowners.checkup.facts import ACTIONS_APP
from agentowners.checkup.gate import STANDARD_NAME

Json = dict[str, Any]
DEFAULT_BRANCH: Final = "~DEFAULT_BRANCH"
NAME: Final = "AGENTOWNERS"


def ruleset(
    *, name: str = NAME, check: str = STANDARD_NAME, app: int = ACTIONS_APP, include: Sequence[str] = (DEFAULT_BRANCH,)
) -> Json:
    """A ruleset that nobody may bypass, and that lets nothing onto the branches before the check has passed."""
    return {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": {"ref_name": {"include": list(include), "exclude": []}},
        "rules": [required_checks([{"context": check, "integration_id": app}])],
    }


def required_checks(checks: Sequence[Json]) -> Json:
    """The rule that requires checks."""
    return {
        "type": "required_status_checks",
        "parameters": {"strict_required_status_checks_policy": False, "required_status_checks": list(checks)},
    }
