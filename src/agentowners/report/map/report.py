"""A map with what it was drawn from, and words for what it shows."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from agentowners.diagnostics import Source
from agentowners.map.model import DecisionMap, Shade
from agentowners.policy.model import Action
from agentowners.report.diff import words
from agentowners.values import gathered

VERBS: Final = {
    Action.FILE_READ: "read",
    Action.FILE_WRITE: "write",
    Action.FILE_CREATE: "create",
    Action.FILE_MODIFY: "change",
    Action.FILE_DELETE: "delete",
    Action.FILE_RENAME: "rename",
    Action.SHELL_EXECUTE: "run",
}


class MapReport(Struct, frozen=True):
    """A map, the policies in it, and the repository that it is of."""

    chart: DecisionMap
    sources: tuple[Source, ...]
    other: tuple[Source, ...] | None = None
    """The files of the policy that it is compared with."""
    other_name: str | None = None
    """The name by which that policy was asked for."""
    repository: str | None = None
    """``owner/name``, or the name of its folder."""
    depth: int = 3
    """Levels of folders that are listed."""


def alike(chart: DecisionMap) -> list[list[int]]:
    """Places of standpoints for which everything is decided alike, under the policy that is compared with too."""
    before = chart.now if chart.before is None else chart.before
    return list(gathered(((now, was), place) for place, (now, was) in enumerate(zip(chart.now, before, strict=True))).values())


def shade_words(shade: Shade) -> str:
    """``2 approvals of @acme/sre``; with ``would be`` before it where nothing is enforced."""
    decided = words.decision(shade.demands)
    return f"would be {decided}, only observed" if shade.observed else decided
