"""A policy in YAML as it is going to be written: keys, scalars and comments, and how they are laid out."""

from __future__ import annotations

import json
import re
from typing import Final

from msgspec import Struct, field

from agentowners.policy.conversion import refuse_if
from agentowners.policy.document import trimmed

_WIDEST: Final = 100
"""A list or a mapping that would make its line longer than this stands on several."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON leaves as they are and a YAML policy must not hold."""


class Part(Struct):
    """A key with its value, or an item of a list: a scalar, or the parts below it."""

    key: str = ""
    """As it is written; empty for an item of a list."""
    scalar: str = ""
    """As it is written; empty where there are parts."""
    parts: list[Part] = field(default_factory=list)
    """Items of a list if they have no keys, else a mapping's pairs."""
    tall: bool = False
    """True if its parts have a line each, however short they are."""
    above: list[str] = field(default_factory=list)
    """Comments, and an empty line for a blank one."""
    beside: str = ""
    """The comment at the end of its first line."""
    below: list[str] = field(default_factory=list)
    """Comments behind the last of its parts, indented as they are."""


class Tree(Struct):
    """A whole file."""

    sections: list[Part] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Text written into the file."""
        lines = [line for section in self.sections for line in _lines(section, "")]
        return "".join(f"{line}\n" for line in trimmed([*lines, *self.below]))


def quoted(text: str) -> str:
    """A scalar in double quotes.

    Raises:
        ConversionRefused: it holds a byte that is not UTF-8 (nothing that was read from a policy does).
    """
    refuse_if(_SURROGATE.search(text), "a text", "YAML")
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def has_comments(part: Part) -> bool:
    """True if a comment stands at the part or below it."""
    return any(part.above) or bool(part.beside) or any(map(has_comments, part.parts))


def _lines(part: Part, indent: str) -> list[str]:
    above = [f"{indent}{comment}" if comment else "" for comment in part.above]
    head = f"{indent}{part.key}:" if part.key else f"{indent}-"
    if part.scalar:
        return [*above, _beside(f"{head} {part.scalar}", part.beside)]
    if not part.tall and not any(has_comments(inner) for inner in part.parts):
        flow = f"{head} {_flow(part)}"
        if len(flow) <= _WIDEST or (len(part.parts) == 1 and part.parts[0].scalar):
            return [*above, _beside(flow, part.beside)]
    if part.key:
        inside = [line for inner in part.parts for line in _lines(inner, f"{indent}  ")]
        inside += [f"{indent}  {comment}" if comment else "" for comment in part.below]
        return [*above, _beside(head, part.beside), *inside]
    # A mapping in a list: its first pair stands behind the dash, and what is above or beside the item goes there.
    first, *others = part.parts
    below = _lines(Part(first.key, first.scalar, first.parts, first.tall, [], first.beside or part.beside), f"{indent}  ")
    below[0] = f"{indent}- {below[0].lstrip(' ')}"
    extra = [*first.above, part.beside if first.beside else ""]
    above += [f"{indent}{comment}" for comment in extra if comment]
    return [*above, *below, *(line for other in others for line in _lines(other, f"{indent}  "))]


def _flow(part: Part) -> str:
    if part.scalar:
        return part.scalar
    if part.parts[0].key:
        return "{" + ", ".join(f"{inner.key}: {_flow(inner)}" for inner in part.parts) + "}"
    return "[" + ", ".join(map(_flow, part.parts)) + "]"


def _beside(line: str, comment: str) -> str:
    return f"{line}  {comment}" if comment else line
