"""Errors of GraphQL, which come with status 200 and beside data that is not whole."""

from __future__ import annotations

from typing import Final

from agentowners.github.errors import Trouble
from agentowners.github.reading import JsonNode, maybe_text

_TROUBLES: Final = {
    "NOT_FOUND": Trouble.NOT_FOUND,
    "FORBIDDEN": Trouble.FORBIDDEN,
    "INSUFFICIENT_SCOPES": Trouble.FORBIDDEN,
    "RATE_LIMITED": Trouble.LIMITED,
    "RATE_LIMIT": Trouble.LIMITED,
}
"""The types that callers tell apart.
Source: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api"""
_LIMITS: Final = ("rate limit exceeded", "secondary rate limit", "please wait a few minutes")


def trouble_of(errors: JsonNode) -> Trouble:
    """The kind of failure of an answer that has errors: the first that is known. One without type or code is the server's own,
    and may be over the next time; any other means that the query is wrong.
    """
    unknown = Trouble.UNAVAILABLE
    for error in errors.items():
        kind = maybe_text(error.get("type")).upper()
        if kind in _TROUBLES:
            return _TROUBLES[kind]
        if any(phrase in maybe_text(error.get("message")).lower() for phrase in _LIMITS):
            return Trouble.LIMITED
        if kind or error.get("extensions") is not None:
            unknown = Trouble.INVALID
    return unknown
