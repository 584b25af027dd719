"""A setting of ``approvals`` that another file's stricter one outweighs, and ``approvals`` that says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from agentowners.diagnostics import Span
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.policy.model import ApprovalSettings
from agentowners.policy.words import settings_said

_STRICTNESS: Final[dict[str, Callable[[Any], int]]] = {
    "dismiss_stale": int,
    "minimum_permission": lambda permission: int(permission.rank),
    "requester_counts": lambda counts: -int(counts),
    "contributors_count": lambda counts: -int(counts),
    "by_comment": lambda who: int(who.strictness),
}


@check("setting-without-effect", "a setting of `approvals` does nothing, or there is none")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each setting of a file that a further file of the same source, the repository or the organisation, says more strictly, and
    each ``approvals`` without one."""
    for layer in subject.layers:
        place = subject.places(layer).keyword("approvals")
        if place is not None and layer.approvals == ApprovalSettings():
            yield mistake.finding("`approvals` without a setting says nothing", place, "take it out, or say what holds")
        others = [other for other in subject.layers if other is not layer and other.organisation == layer.organisation]
        for key, said in settings_said(layer.approvals).items():
            strictness = _STRICTNESS[key]
            value = getattr(layer.approvals, key)
            set_there = (one for one in others if getattr(one.approvals, key) is not None)
            stricter = next((one for one in set_there if strictness(getattr(one.approvals, key)) > strictness(value)), None)
            if stricter is not None:
                message = (
                    f"`{key}` is `{said}` here and `{settings_said(stricter.approvals)[key]}` in `{stricter.name}`, which stands"
                )
                where = place or Span(layer.name, 1, 1, 1, 1)
                yield mistake.finding(message, where, "the strictest of several files holds: take it out of one of them")
