"""A name with a slash that nothing explains."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Final

from agentowners.diagnostics import Severity
from agentowners.engine.warnings import is_undefined
from agentowners.identity.match import Names
from agentowners.lint.model import Check, Finding, Subject
from agentowners.lint.walk import by_key
from agentowners.policy.expressions import ascii_lower
from agentowners.policy.words import quote

_GUESSES: Final = 10
_HELD_AGAINST: Final = 1000
_LENGTH: Final = 64
"""Bounds on what is held against what to find the name that was meant."""


def run(subject: Subject) -> Iterator[Finding]:
    """Each principal that is no identity, lies in no namespace, and can be no team of the repository's owner."""
    names = subject.names
    guesses = _GUESSES
    for key, places in by_key(subject).items():
        if is_undefined(places[0].pattern, names):
            near = _near(key, names) if guesses else None
            guesses -= guesses > 0
            help = _help(names) if near is None else f"did you mean {quote(f'@{near}')}?"
            for at in places:
                yield CHECK.finding(f"nothing defines {quote(str(at.pattern))}", at.span(subject), help)


def _near(key: str, names: Names) -> str | None:
    """The name that was most likely meant."""
    owner, _, rest = key.partition("/")
    near = get_close_matches(owner[:_LENGTH], _owners(names), n=1, cutoff=0.75)
    if near and near[0] != owner:
        return f"{near[0]}/{rest}"
    known = (name for name in sorted(names.identities) if "/" in name)
    return next(iter(get_close_matches(key[:_LENGTH], list(islice(known, _HELD_AGAINST)), n=1, cutoff=0.75)), None)


def _owners(names: Names) -> list[str]:
    """What may stand before the slash: a namespace, or the owner of the repository."""
    spaces = [namespace.removesuffix("/") for namespace in sorted(names.namespaces)[:_HELD_AGAINST]]
    return [*spaces, *([ascii_lower(names.owner)] if names.owner is not None else [])]


def _help(names: Names) -> str:
    help = "define it with an `agent` line or under `agents:`"
    return f"{help}; a team of this repository is `@{names.owner}/<team>`" if names.owner is not None else help


CHECK = Check("undefined-name", Severity.WARNING, "nothing defines a name with a slash", run)
