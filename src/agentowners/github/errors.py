"""Failures between here and GitHub, in words for people. No header, no token and no URL with a host ever gets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.github.reading import JsonNode


class Trouble(Enum):
    """Kinds of failure that callers tell apart."""

    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    INVALID = "invalid"
    """GitHub understood the request and refuses its content."""
    LIMITED = "limited"
    """The rate limit is used up for longer than is worth waiting."""
    UNAVAILABLE = "unavailable"
    """No answer, an error of the server's own, or an answer that makes no sense, after all retries."""
    INCOMPLETE = "incomplete"
    """A list that GitHub does not give whole."""


_HELP = {
    Trouble.UNAUTHORIZED: "check the `token` input: GitHub does not accept it",
    Trouble.FORBIDDEN: "give the job the permissions that the Action reference lists",
    Trouble.NOT_FOUND: "check that it exists, and that the token may read it (`contents: read`, `pull-requests: write`)",
    Trouble.INVALID: "this is a mistake of agentowners or of the event: please report it with this message",
    Trouble.LIMITED: "run the job again once the limit is reset",
    Trouble.UNAVAILABLE: "run the job again; https://www.githubstatus.com tells whether GitHub has a problem",
    Trouble.INCOMPLETE: "split the change into smaller ones",
}


class PlatformError(AgentownersError):
    """A request that did not give what was asked for."""

    def __init__(self, trouble: Trouble, message: str, *, help: str | None = None) -> None:
        super().__init__(message, help=help or _HELP[trouble])
        self.trouble = trouble


UNTOLD: Final = (Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INCOMPLETE, Trouble.INVALID)
"""Troubles that mean that GitHub does not tell."""
NOT_WHOLE: Final = (Trouble.NOT_FOUND, Trouble.FORBIDDEN, Trouble.INCOMPLETE)
"""Those that mean that something is not there for this token, or not whole."""


class _Suppression(Struct, frozen=True):
    troubles: tuple[Trouble, ...]
    words: str

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, PlatformError) and error.trouble in self.troubles and self.words in error.message.lower()


def suppress_trouble(*troubles: Trouble, words: str = "") -> _Suppression:
    """Leave the block where a request fails in one of these ways, as with ``contextlib.suppress``; other failures come out.

    ``words`` have to be in the failure's message, in lower case.
    """
    return _Suppression(troubles, words)


@contextmanager
def other_help(helps: Mapping[Trouble, str]) -> Iterator[None]:
    """Let a failure of one of these kinds come out of the block with another way out."""
    try:
        yield
    except PlatformError as error:
        if error.trouble not in helps:
            raise
        raise PlatformError(error.trouble, error.message, help=helps[error.trouble]) from None


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
        kind = error.words("type").upper()
        if kind in _TROUBLES:
            return _TROUBLES[kind]
        if any(phrase in error.words("message").lower() for phrase in _LIMITS):
            return Trouble.LIMITED
        if kind or error.get("extensions") is not None:
            unknown = Trouble.INVALID
    return unknown
