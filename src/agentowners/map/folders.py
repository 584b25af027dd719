"""Folders of a map with the files of each class in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from agentowners.map.model import DecisionMap


class Folder(Struct):
    """A folder while it is filled; the root has an empty name."""

    name: str
    path: str
    """From the root, with a slash at its end; empty for the root."""
    folders: list[Folder]
    files: list[int]
    """Places of the files that lie in it itself."""
    classes: Counter[int]
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
    root = _empty("", "")
    open_folders = [root]
    for place, path in enumerate(chart.paths):
        while not path.startswith(open_folders[-1].path):
            _close(open_folders)
        for name in path[len(open_folders[-1].path) :].split("/")[:-1]:
            above = open_folders[-1]
            folder = _empty(name, f"{above.path}{name}/")
            above.folders.append(folder)
            open_folders.append(folder)
        folder = open_folders[-1]
        folder.files.append(place)
        folder.classes[chart.classes[place]] += 1
    while len(open_folders) > 1:
        _close(open_folders)
    return root


def _empty(name: str, path: str) -> Folder:
    return Folder(name, path, [], [], Counter())


def _close(open_folders: list[Folder]) -> None:
    folder = open_folders.pop()
    open_folders[-1].classes.update(folder.classes)
