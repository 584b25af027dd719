"""JSON documents as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def encode(value: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """A JSON document as ASCII text in which a job's log finds no workflow command: ``##[`` is written ``#\\u0023[``, which
    reads as the same."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, indent=indent, sort_keys=sort_keys)
    return text.replace("##[", "#\\u0023[")


def json_document(value: Any) -> str:
    """A document that is written at once, as ASCII text that ends in a newline."""
    return encode(value, indent=2) + "\n"


def json_lines(document: Mapping[str, Any], lists: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """A document in pieces, so that a large one is never held as text: each member stands on a line, and so does each entry of
    the ``lists``, which are encoded already and take the place of the members of their names."""
    yield from json_object(document, lists, "\n ", "\n ")
    yield "\n"


def json_object(members: Mapping[str, Any], lists: Mapping[str, Iterable[str]], line: str, ending: str = "") -> Iterator[str]:
    """An object as in ``json_lines``: ``line`` begins each line but the first, ``ending`` the one that ends a list."""
    opening = "{"
    for name, value in members.items():
        yield f"{opening}{encode(name)}: "
        opening = f",{line}"
        if name not in lists:
            yield encode(value)
            continue
        separator = "["
        for entry in lists[name]:
            yield f"{separator}{line} {entry}"
            separator = ","
        yield f"{ending}]" if separator == "," else "[]"
    yield "}"
