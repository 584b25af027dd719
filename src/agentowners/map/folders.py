"""Folders of a map with the files of each class in them, and files counted by what is decided about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from agentowners.map.model import DecisionMap
from agentowners.policy.model import Decision
from agentowners.proof.difference import Direction


class Folder(Struct):
    """A folder while it is filled; the root has an empty name."""

    name: str
    path: str
    """From the root, with a slash at its end; empty for the root."""
    folders: list[Folder] = []
    files: list[int] = []
    """Places of the files that lie in it itself."""
    classes: Counter[int] = field(default_factory=Counter)
    """Files in it and below it by class."""

    def walk(self, depth: int) -> Iterator[tuple[int, Folder]]:
        """The folder with its level, 0, and those below it down to a level, each after the one that it lies in."""
        stack = [(0, self)]
        while stack:
            level, folder = stack.pop()
            yield level, folder
            if level < depth:
                stack.extend((level + 1, each) for each in reversed(folder.folders))


def folders_of(chart: DecisionMap) -> Folder:
    """The root of a map's folders; sorted as its paths are."""
    root = Folder("", "")
    inside = [root]
    for place, path in enumerate(chart.paths):
        while not path.startswith(inside[-1].path):
            _close(inside)
        for name in path[len(inside[-1].path) :].split("/")[:-1]:
            folder = Folder(name, f"{inside[-1].path}{name}/")
            inside[-1].folders.append(folder)
            inside.append(folder)
        inside[-1].files.append(place)
        inside[-1].classes[chart.classes[place]] += 1
    while len(inside) > 1:
        _close(inside)
    return root


def _close(inside: list[Folder]) -> None:
    folder = inside.pop()
    inside[-1].classes.update(folder.classes)


_AS_JSON: Final = {"blocked": "block", "approval": "require_approval", "allowed": "allow", "other": "incomparable"}


class FileCounts(Struct, frozen=True, rename=_AS_JSON):
    """Files of a folder by decision, and of those that differ from another policy how many by direction."""

    blocked: int
    approval: int
    allowed: int
    looser: int
    stricter: int
    other: int
    """Differ so that neither is the stricter."""

    @property
    def is_mixed(self) -> bool:
        """True if they are not all decided alike, or do not all differ alike."""
        decided = (self.blocked, self.approval, self.allowed)
        return any(each not in (0, sum(decided)) for each in (*decided, self.looser, self.stricter, self.other))


class Counting:
    """Counts the files of classes for one standpoint."""

    def __init__(self, chart: DecisionMap, standpoint: int) -> None:
        """Look up once what is decided about each class for the standpoint, given by its place."""
        self._decisions = [chart.shades[shade].decision for shade in chart.now[standpoint]]
        self._directions = chart.directions(standpoint)

    def of(self, classes: Mapping[int, int]) -> FileCounts:
        """The tally of so many files of each class."""
        decisions = dict.fromkeys(Decision, 0)
        directions = dict.fromkeys(Direction, 0)
        for number, files in classes.items():
            decisions[self._decisions[number]] += files
            directions[self._directions[number]] += files
        return FileCounts(
            decisions[Decision.BLOCK],
            decisions[Decision.REQUIRE_APPROVAL],
            decisions[Decision.ALLOW],
            directions[Direction.LOOSER],
            directions[Direction.STRICTER],
            directions[Direction.INCOMPARABLE],
        )
