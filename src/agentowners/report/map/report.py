"""A map with what it was drawn from."""

from __future__ import annotations

from msgspec import Struct

from agentowners.diagnostics import Source
from agentowners.map.model import DecisionMap


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
