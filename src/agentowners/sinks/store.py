"""Interface that an audit log needs of a store of objects."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Protocol

from agentowners.diagnostics import AgentownersError


class StoreError(AgentownersError):
    """A store that does not answer, or not as it should."""


class Made(Enum):
    """Result of creating an object."""

    CREATED = "created"
    EXISTS = "exists"
    """There is one of that name already."""
    UNSURE = "unsure"
    """There was no answer, or one that leaves both open."""


class Listing(NamedTuple):
    """Entries right below a prefix."""

    folders: tuple[str, ...]
    """With the slash at their end."""
    keys: tuple[str, ...]
    whole: bool
    """True if that is all; one page is asked for, which holds more than any folder of a log."""


class ObjectVersions(NamedTuple):
    """Object that a store keeps under one name."""

    key: str
    written: int
    """Number of versions."""
    marked: bool
    """True if something says that it is deleted."""


class ObjectStore(Protocol):
    """Objects by name; each method raises ``StoreError``."""

    def listing(self, prefix: str) -> Listing:
        """Entries right below a prefix that ends in a slash."""
        ...

    def read(self, key: str) -> bytes | None:
        """An object's bytes; None where there is none."""
        ...

    def create(self, key: str, data: bytes) -> Made:
        """Make an object if there is none of that name."""
        ...

    def versions(self, prefix: str) -> list[ObjectVersions]:
        """Everything that is kept below a prefix, in the order of names."""
        ...
