"""Receipts of entries, as they are told elsewhere: a line in a check run's text, a field of a JSON verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agentowners.audit.entry import Receipt

_LINE: Final = re.compile(r"audit: ([1-9][0-9]{0,8}) (sha256:[0-9a-f]{64})")
_FIELD: Final = re.compile(
    r'"audit": ?\{"log": ?"(?P<log>[^"\\]{1,200})", ?"n": ?(?P<n>[1-9][0-9]{0,8}), ?"digest": ?"(?P<digest>sha256:[0-9a-f]{64})"'
)


def receipt_lines(receipts: Iterable[Receipt]) -> str:
    """Receipts for people and machines, one a line."""
    return "\n".join(f"`{receipt}`" for receipt in receipts)


def read_receipts(text: str, log: str = "") -> list[Receipt]:
    """Every receipt in a text: of a log that the text names, else of the given one."""
    lines = [Receipt(log, int(number), digest) for number, digest in _LINE.findall(text)]
    return lines + [Receipt(found["log"], int(found["n"]), found["digest"]) for found in _FIELD.finditer(text)]
