"""Writing files whole or not at all; new ones never over anything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from msgspec import Struct

from agentowners.cli.work_tree import WorkTree
from agentowners.diagnostics import AgentownersError
from agentowners.report.shared.escape import quoted
from agentowners.text.wording import reason


def replace_file(path: str, data: bytes, *, executable: bool = False) -> None:
    """Put new bytes into a file, keeping its permissions; through a link, into the file that it leads to.

    If it is to be ``executable``, whoever may read it may run it, too.

    At every moment the file holds either its old bytes or the new ones.

    Raises:
        AgentownersError: it cannot be written; it then is as it was.
    """
    place = os.path.realpath(path)
    try:
        mode = os.stat(place).st_mode & 0o7777
        mode |= (mode & 0o444) >> 2 if executable else 0
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise _failed(path, error) from None
    _write(path, place, data, _standard_mode(0o777 if executable else 0o666) if mode is None else mode, over=True)


def write_report(path: str, data: bytes) -> None:
    """Put a report where somebody wants it, in place of what stands there: a link is replaced, and leads nowhere.

    Raises:
        AgentownersError: it cannot be written; what stood there is as it was.
    """
    _write(path, path, data, _standard_mode(), over=True)


def create_file(path: str, data: bytes, *, executable: bool = False) -> None:
    """Make a file that was not there, and the directories above it.

    Raises:
        AgentownersError: something is there already, or it cannot be written.
    """
    if os.path.lexists(path):
        raise AgentownersError(f"`{path}` already exists", help="nothing is overwritten; remove it first")
    try:
        os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
    except OSError as error:
        raise _failed(path, error) from None
    _write(path, path, data, _standard_mode(0o777 if executable else 0o666), over=False)


def _write(path: str, place: str, data: bytes, mode: int, *, over: bool) -> None:
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".agentowners-", dir=os.path.dirname(place) or os.curdir)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        if over:
            os.replace(temporary, place)
            temporary = None
        else:
            os.link(temporary, place)  # fails where something came to be there meanwhile
    except OSError as error:
        raise _failed(path, error) from None
    finally:
        if temporary is not None and os.path.lexists(temporary):
            os.unlink(temporary)


def _standard_mode(most: int = 0o666) -> int:
    mask = os.umask(0)
    os.umask(mask)
    return most & ~mask


def _failed(path: str, error: OSError) -> AgentownersError:
    return AgentownersError(f"`{path}` cannot be written: {reason(error)}")


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
