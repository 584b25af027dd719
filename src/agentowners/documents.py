"""Words in which published JSON documents are typed: ``tools/schemas.py`` writes their JSON Schemas from the types.

A document is a ``TypedDict``, so that writing one costs what a dict costs. Types stand with their builder; those of a verdict, a
difference and an explanation apart from it, imported for the type checker alone.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Final

from msgspec import Meta

AT_NAME: Final = r"^@"
DIGEST: Final = r"^sha256:[0-9a-f]{64}$"

GROWS: Final = "Fields are only ever added, so a reader ignores the ones it does not know."
"""Ends the description of each document in its schema."""

Number = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]
AtName = Annotated[str, Meta(pattern=AT_NAME)]
Digest = Annotated[str, Meta(pattern=DIGEST)]


def says(description: str) -> Meta:
    """A member's description."""
    return Meta(description=description)


def one_of(*values: type[Enum] | str | None) -> Meta:
    """Choices of a member: texts, null, and all values of enums, in their order."""
    choices: list[Any] = []
    for value in values:
        choices += [each.value for each in value] if isinstance(value, type) else [value]
    return Meta(extra_json_schema={"enum": choices})


def one_shape(*types: type[object]) -> Meta:
    """Documents of which a member is exactly one; its own type has what they share, since no type may join several dicts."""
    return Meta(extra_json_schema={"oneOf": [{"$ref": f"#/$defs/{each.__name__}"} for each in types]})
