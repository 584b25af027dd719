"""JSON documents as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def encode(value: Any, *, indent: int | None = None) -> str:
    """A JSON document as ASCII text in which a job's log finds no workflow command: ``##[`` is written ``#\\u0023[``, which
    reads as the same."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, indent=indent).replace("##[", "#\\u0023[")


def json_document(value: Any) -> str:
    """A document that is written at once, as ASCII text that ends in a newline."""
    return encode(value, indent=2) + "\n"


def members(entry: Mapping[str, Any], separator: str = "\n ") -> str:
    """Members of an object without its braces, one a line."""
    return f",{separator}".join(f"{encode(key)}: {encode(value)}" for key, value in entry.items())


def json_lines(head: Mapping[str, Any], lists: Mapping[str, Iterable[str]], tail: Mapping[str, Any]) -> Iterator[str]:
    """A document in pieces, so that a large one is never held as text: each of the lists has an encoded entry a line."""
    yield f"{{{members(head)}"
    for name, entries in lists.items():
        yield f',\n "{name}": ['
        separator = ""
        for entry in entries:
            yield f"{separator}\n  {entry}"
            separator = ","
        yield "\n ]" if separator else "]"
    yield (f",\n {members(tail)}" if tail else "") + "}\n"
