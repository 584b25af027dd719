"""Names of entries: ``<prefix>/<host>/<repository id>/<epoch>/<nnn>/<nnn>/<nnn>.json``."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

LAST_NUMBER: Final = 999_999_999
_KEY: Final = re.compile(
    r"(?P<log>[A-Za-z0-9.-]+(?:/[0-9]{1,20}))/(?P<epoch>0|[1-9][0-9]{0,8})/(?P<a>[0-9]{3})/(?P<b>[0-9]{3})/(?P<c>[0-9]{3})\.json"
)


class EntryPlace(Struct, frozen=True):
    """Which entry of which log."""

    log: str
    epoch: int
    number: int

    def key(self, prefix: str) -> str:
        """The name of its object."""
        digits = f"{self.number:09}"
        return f"{epoch_prefix(prefix, self.log, self.epoch)}{digits[:3]}/{digits[3:6]}/{digits[6:]}.json"


def epoch_prefix(prefix: str, log: str, epoch: int) -> str:
    """Prefix of the names of an epoch's entries."""
    return f"{log_prefix(prefix, log)}{epoch}/"


def log_prefix(prefix: str, log: str) -> str:
    """Prefix of the names of a log's entries."""
    return f"{prefix}/{log}/" if prefix else f"{log}/"


def place_of(key: str, prefix: str) -> EntryPlace | None:
    """The place that a name below a prefix stands for; None where it is no entry's."""
    below = key.removeprefix(f"{prefix}/") if prefix else key
    found = _KEY.fullmatch(below)
    if found is None:
        return None
    return EntryPlace(found["log"], int(found["epoch"]), int(found["a"] + found["b"] + found["c"]))
