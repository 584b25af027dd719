"""JSON documents as text."""

from __future__ import annotations

import json
from typing import Any


def encode(value: Any, *, indent: int | None = None) -> str:
    """A JSON document as ASCII text in which a job's log finds no workflow command: ``##[`` is written ``#\\u0023[``, which
    reads as the same."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, indent=indent).replace("##[", "#\\u0023[")
