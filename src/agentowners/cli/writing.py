"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile

from agentowners.cli.policies import reason
from agentowners.diagnostics import AgentownersError


def replace_file(path: str, data: bytes) -> None:
    """Put new bytes into a file, keeping its permissions; through a link, into the file that it leads to.

    At every moment the file holds either its old bytes or the new ones.

    Raises:
        AgentownersError: it cannot be written; it then is as it was.
    """
    place = os.path.realpath(path)
    try:
        mode = os.stat(place).st_mode & 0o7777
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise _failed(path, error) from None
    _write(path, place, data, mode, over=True)


def write_report(path: str, data: bytes) -> None:
    """Put a report where somebody wants it, in place of what stands there: a link is replaced, and leads nowhere.

    Raises:
        AgentownersError: it cannot be written; what stood there is as it was.
    """
    _write(path, path, data, None, over=True)


def create_file(path: str, data: bytes) -> None:
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
    _write(path, path, data, None, over=False)


def _write(path: str, place: str, data: bytes, mode: int | None, *, over: bool) -> None:
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".agentowners-", dir=os.path.dirname(place) or os.curdir)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _standard_mode() if mode is None else mode)
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


def _standard_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _failed(path: str, error: OSError) -> AgentownersError:
    return AgentownersError(f"`{path}` cannot be written: {reason(error)}")
