"""Files that are written into a work tree, and never over anything."""

from __future__ import annotations

import os
from collections.abc import Sequence

from msgspec import Struct

from agentowners.cli.work_tree import WorkTree
from agentowners.cli.writing import create_file
from agentowners.diagnostics import AgentownersError
from agentowners.report.shared.escape import quoted


class NewFile(Struct, frozen=True):
    """A file to be written."""

    path: str
    text: str


def missing(tree: WorkTree, files: Sequence[NewFile]) -> tuple[tuple[NewFile, ...], list[str]]:
    """Those that are not there, and a line about each of the others, without an end."""
    there = [file for file in files if os.path.lexists(tree.path(file.path))]
    return tuple(file for file in files if file not in there), [f"{file.path}: is there already" for file in there]


def write_files(tree: WorkTree, files: Sequence[NewFile]) -> list[str]:
    """Write all of them, and return their paths.

    Raises:
        AgentownersError: one cannot be written; the message says which were written before.
    """
    written: list[str] = []
    for file in files:
        try:
            tree.refuse_links(file.path)
            create_file(tree.path(file.path), file.text.encode())
        except AgentownersError as error:
            so_far = f"written before: {', '.join(map(quoted, written))}" if written else "nothing was written"
            help = f"{so_far}; {error.help}" if error.help else so_far
            raise AgentownersError(error.message, help=help) from None
        written.append(file.path)
    return written


def shown_files(files: Sequence[NewFile], left: Sequence[str]) -> str:
    """Files as they would be written, whole, and those that would be left alone."""
    parts = [f"==> {file.path} <==\n{file.text}" for file in files]
    if left:
        parts.append("".join(f"left alone: {line}\n" for line in left))
    return "\n".join(parts)
