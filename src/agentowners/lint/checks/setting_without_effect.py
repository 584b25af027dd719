"""A setting of ``approvals`` that another file's stricter one outweighs, and ``approvals`` that says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from agentowners.diagnostics import Span
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.policy.load import is_yaml
from agentowners.policy.model import ApprovalSettings, Layer
from agentowners.policy.words import settings_said

_STRICTNESS: Final[dict[str, Callable[[Any], int]]] = {
    "dismiss_stale": int,
    "minimum_permission": lambda permission: int(permission.rank),
    "requester_counts": lambda counts: -int(counts),
    "contributors_count": lambda counts: -int(counts),
    "by_comment": lambda who: int(who.strictness),
}
_IN_LINES: Final = re.compile(r"[ \t]*(approvals)(?=[ \t\r]|\Z)")
_IN_YAML: Final = re.compile(r"""["']?(approvals)["']?[ \t]*:""")


@check("setting-without-effect", "a setting of `approvals` does nothing, or there is none")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each setting of a file that a further file of the same source, the repository or the organisation, says more strictly, and
    each ``approvals`` without one."""
    for layer in subject.layers:
        place = _place(layer)
        if place is not None and layer.approvals == ApprovalSettings():
            yield mistake.finding("`approvals` without a setting says nothing", place, "take it out, or say what holds")
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
                where = place or Span(layer.name, 1, 1, 1, 1)
                yield mistake.finding(message, where, "the strictest of several files holds: take it out of one of them")


def _place(layer: Layer) -> Span | None:
    """Start of a layer's settings; None where it has none, or has them inside of braces."""
    if layer.source is None:
        return None
    written = _IN_YAML if is_yaml(layer.source) else _IN_LINES
    for number, line in enumerate(layer.source.data.decode("utf-8-sig", "replace").split("\n"), start=1):
        found = written.match(line)
        if found is not None:
            start, end = found.span(1)
            return Span(layer.name, number, start + 1, number, end + 1, line.rstrip("\r"))
    return None
