"""A name with a slash that nothing explains."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain, islice
from typing import Final

from agentowners.engine.warnings import is_slip, is_undefined
from agentowners.identity.match import Names
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.slips import index, near
from agentowners.lint.walk import by_key
from agentowners.policy.expressions import ascii_lower
from agentowners.text.wording import quote

_SHORTEST: Final = 5
"""A shorter name is near too many: `@acme/sre` is a team beside an agent `acme/sra`."""
_GUESSES: Final = 10
_HELD_AGAINST: Final = 1000
_LENGTH: Final = 64
"""Bounds on what is held against what to find the name that was meant."""


@check("undefined-name", "nothing defines a name with a slash")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal that is no identity, lies in no namespace, and can be no team of the repository's owner; where the owner is
    not known, each that is one slip away from a name of the policy."""
    names = subject.names
    if names.owner is None:
        yield from _slips(subject)
        return
    guesses = _GUESSES
    for key, places in by_key(subject).items():
        if is_undefined(places[0].pattern, names):
            meant = _near(key, names) if guesses else None
            guesses -= guesses > 0
            help = _help(names) if meant is None else f"did you mean {quote(f'@{meant}')}?"
            for at in places:
                yield mistake.finding(f"nothing defines {quote(str(at.pattern))}", at.span(subject), help)


def _slips(subject: LintSubject) -> Iterator[LintFinding]:
    names = subject.names
    known = index({*(name for name in names.identities if "/" in name), *(space[:-1] for space in names.namespaces)})
    for key, places in by_key(subject).items():
        owner, slash, rest = key.partition("/")
        if not slash or names.is_defined(key):
            continue
        spaces = (f"{space}/{rest}" for space in near(owner, known) if "/" not in space and _is_slip(owner, space))
        whole = (name for name in near(key, known) if name.startswith(f"{owner}/") and _is_slip(rest, name[len(owner) + 1 :]))
        meant = next(chain(spaces, whole), None)
        if meant is not None:
            for at in places:
                help = f"did you mean {quote(f'@{meant}')}?"
                yield mistake.finding(f"nothing defines {quote(str(at.pattern))}", at.span(subject), help)


def _is_slip(name: str, known: str) -> bool:
    return len(known) >= _SHORTEST and is_slip(name, known)


def _near(key: str, names: Names) -> str | None:
    """The name that was most likely meant."""
    owner, _, rest = key.partition("/")
    owners = get_close_matches(owner[:_LENGTH], _owners(names), n=1, cutoff=0.75)
    if owners and owners[0] != owner:
        return f"{owners[0]}/{rest}"
    known = (name for name in sorted(names.identities) if "/" in name)
    return next(iter(get_close_matches(key[:_LENGTH], list(islice(known, _HELD_AGAINST)), n=1, cutoff=0.75)), None)


def _owners(names: Names) -> list[str]:
    """Names that may stand before the slash: a namespace, or the owner of the repository."""
    spaces = [namespace.removesuffix("/") for namespace in sorted(names.namespaces)[:_HELD_AGAINST]]
    return [*spaces, *([ascii_lower(names.owner)] if names.owner is not None else [])]


def _help(names: Names) -> str:
    help = "define it with an `agent` line or under `agents:`"
    return f"{help}; a team of this repository is `@{names.owner}/<team>`" if names.owner is not None else help
