"""The approval settings in force, of all that a policy's layers say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, not_
from typing import Any, Final

from agentowners.policy.model import ApprovalSettings, EffectiveApprovals, Policy

STRICTNESS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "dismiss_stale": bool,
    "minimum_permission": attrgetter("rank"),
    "requester_counts": not_,
    "contributors_count": not_,
    "by_comment": attrgetter("strictness"),
}
"""By which the stricter of two values of a setting is told."""


def effective_settings(policy: Policy) -> EffectiveApprovals:
    """For each source, the repository's files and the organisation's, the strictest of what its layers say, else the standard;
    of both sources the strictest, so that none loosens what the other asks."""
    own = [layer for layer in policy.layers if layer.source is not None]
    sources = [[layer.approvals for layer in own if layer.organisation is organisation] for organisation in (False, True)]
    return _strictest([_strictest(settings) for settings in sources if settings])


def _strictest(settings: Sequence[ApprovalSettings | EffectiveApprovals]) -> EffectiveApprovals:
    standard = EffectiveApprovals()
    strictest: dict[str, Any] = {}
    for name, strictness in STRICTNESS.items():
        values = [value for each in settings if (value := getattr(each, name)) is not None]
        strictest[name] = max(values, key=strictness, default=getattr(standard, name))
    return EffectiveApprovals(**strictest)
