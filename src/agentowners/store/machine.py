"""Place of this tool's state about a repository: below the home directory that the machine's list of users names.

The environment is the repository's to set (some clients load its ``.env``), so it is not asked.
"""

from __future__ import annotations

import os
import sys
from typing import Final

_STATE: Final = ".local/state/agentowners"


def home() -> str | None:
    """The home directory of whoever runs this; None where the machine knows none."""
    try:
        import pwd
    except ImportError:  # Windows has no such list
        return None
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return None


def state_path(common_dir: str) -> str | None:
    """Place of a repository's state, by the real path of its common git directory; None where the machine knows no home."""
    base = home()
    return None if base is None else os.path.join(base, _STATE, digest(common_dir.encode("utf-8", "surrogateescape"))[:12])


def state_directory(common_dir: str) -> str | None:
    """The same as a directory, made where it is missing; None where it cannot be."""
    path = state_path(common_dir)
    if path is None:
        return None
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
    except OSError:
        return None
    return path


def digest(data: bytes) -> str:
    """SHA-256 in hex, by Python's own code: loading OpenSSL's takes longer than most of what a call costs."""
    try:
        module = __import__("_sha2" if sys.version_info >= (3, 12) else "_sha256")
    except ImportError:
        import hashlib as module
    value: str = module.sha256(data).hexdigest()
    return value
