"""A setting of ``approvals`` that another file's stricter one outweighs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from agentowners.diagnostics import Severity, Span
from agentowners.lint.model import Check, Finding, Subject
from agentowners.policy.model import Layer
from agentowners.policy.words import settings_said

_STRICTNESS: Final[dict[str, Callable[[Any], int]]] = {
    "dismiss_stale": int,
    "minimum_permission": lambda permission: int(permission.rank),
    "requester_counts": lambda counts: -int(counts),
    "contributors_count": lambda counts: -int(counts),
    "by_comment": lambda who: int(who.strictness),
}
_APPROVALS: Final = re.compile(r"[ \t]*approvals\b")


def run(subject: Subject) -> Iterator[Finding]:
    """Each setting of a file that a further file of the same source, the repository or the organisation, says more strictly."""
    for layer in subject.layers:
        others = [other for other in subject.layers if other is not layer and other.organisation == layer.organisation]
        for key, said in settings_said(layer.approvals).items():
            strictness = _STRICTNESS[key]
            value = getattr(layer.approvals, key)
            stricter = next(
                (
                    one
                    for one in others
                    if (its := getattr(one.approvals, key)) is not None and strictness(its) > strictness(value)
                ),
                None,
            )
            if stricter is not None:
                message = (
                    f"`{key}` is `{said}` here and `{settings_said(stricter.approvals)[key]}` in `{stricter.name}`, which stands"
                )
                yield CHECK.finding(message, _place(layer), "the strictest of several files holds: take it out of one of them")


def _place(layer: Layer) -> Span:
    """The line on which a layer's settings begin."""
    lines = b"" if layer.source is None else layer.source.data
    for number, line in enumerate(lines.decode("utf-8-sig", "replace").split("\n"), start=1):
        found = _APPROVALS.match(line)
        if found is not None:
            start = found.end() - len("approvals") + 1
            return Span(layer.name, number, start, number, found.end() + 1, line.rstrip("\r"))
    return Span(layer.name, 1, 1, 1, 1)


CHECK = Check("setting-without-effect", Severity.WARNING, "another file says a setting of `approvals` more strictly", run)
