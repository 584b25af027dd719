"""The tool that a file belongs to, by its name."""

from __future__ import annotations

from typing import Final

from agentowners.convert.model import Origin

_BY_NAME: Final = {"CODEOWNERS": Origin.CODEOWNERS, "OWNERS": Origin.PROW, "OWNERS_ALIASES": Origin.PROW}


class UnclearOrigin(Exception):  # noqa: N818 (says what there is)
    """It cannot be told; the message says why."""


def origin_of(name: str) -> Origin:
    """The tool whose file this is, by the file's name without its directory.

    Raises:
        UnclearOrigin: nothing tells.
    """
    if name not in _BY_NAME:
        raise UnclearOrigin("its name tells of no tool")
    return _BY_NAME[name]
