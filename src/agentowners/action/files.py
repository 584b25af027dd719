"""Files that the action writes: what the runner reads, and reports inside the workspace."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agentowners.diagnostics import AgentownersError
from agentowners.report.shared.escape import quoted


class FileError(AgentownersError):
    """A file that cannot be written, or must not be."""


def append(path: Path | None, text: str, what: str) -> None:
    """Add to a file of the runner's; without a path, do nothing.

    Raises:
        FileError: it cannot be written.
    """
    if path is None or not text:
        return
    try:
        with path.open("a", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
    except OSError as error:
        raise FileError(f"{what} cannot be written: {error.strerror}") from None


def inside(workspace: Path | None, name: str, input_name: str) -> Path:
    """Finds the place of a report: a path inside the workspace, whatever symbolic links lead there.

    Raises:
        FileError: it lies outside, or there is no workspace.
    """
    if workspace is None:
        raise FileError(f"the input `{input_name}` needs GITHUB_WORKSPACE", help="run this as a GitHub Action")
    try:
        root = workspace.resolve(strict=True)
        target = root / name
        # the last name is replaced, not followed: a link that stands there is no way out
        parent = target.parent.resolve()
        # From Python 3.13 on `resolve` leaves a loop of links as it stands: what still is a link leads nowhere.
        if any(place.is_symlink() for place in (parent, *parent.parents)):
            raise RuntimeError
        path = parent / target.name
    except (OSError, RuntimeError, ValueError):
        raise FileError(f"the input `{input_name}` names {quoted(name)}, which cannot be reached") from None
    if not path.is_relative_to(root) or path == root or "\0" in name or target.name in ("", "..", ".") or path.is_dir():
        raise FileError(
            f"the input `{input_name}` names {quoted(name)}, which is no file inside the workspace",
            help="name a file relative to the workspace, as in `agentowners.json`",
        )
    return path


def replace(path: Path, chunks: Iterable[str]) -> None:
    """Write a file whole or not at all, in place of whatever stands there.

    Raises:
        FileError: it cannot be written.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".agentowners-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            for chunk in chunks:
                file.write(chunk)
        # later steps of the job run as another user and read it
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise FileError(f"{quoted(path.name)} cannot be written: {error.strerror}") from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
