"""People and teams whom another tool names, as approvers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from agentowners.convert.codeowners import AGENT_NAMES
from agentowners.policy.patterns import LOGIN_PREFIX, Approver, PatternError, PrincipalPattern

MAX_APPROVERS: Final = 500
"""Approvers of one rule."""
_SPECIAL: Final = re.compile(r"([*?\[\\])")


class NamedPeople(Struct, frozen=True):
    """Those of a list of names who may approve, and the others."""

    approvers: tuple[Approver, ...]
    agents: tuple[str, ...] = ()
    """No people, so their approval does not count."""
    unreadable: tuple[str, ...] = ()
    """Names that no platform gives out."""
    over: int = 0
    """Number of those for whom there is no room."""

    @property
    def words(self) -> tuple[str, ...]:
        """Remarks about the others; each makes the policy stricter."""
        said = []
        if self.agents:
            said.append(f"{_listed(self.agents)} cannot approve here: no person")
        if self.unreadable:
            said.append(f"{_listed(self.unreadable)} cannot be named in a policy")
        if self.over:
            said.append(f"{self.over:,} approvers more than one rule takes")
        return tuple(said)


def approvers_of(names: Iterable[str]) -> NamedPeople:
    """Sort out who of some names, with or without an at-sign, may approve."""
    approvers: dict[str, Approver] = {}
    agents: list[str] = []
    unreadable: list[str] = []
    for name in names:
        try:
            approver = Approver.parse(name)
        except PatternError:
            unreadable.append(name)
            continue
        if not approver.text.isascii() or approver.text.count("/") > 1:
            unreadable.append(name)
        elif approver.key in AGENT_NAMES or approver.key.endswith("[bot]"):
            agents.append(name)
        else:
            approvers.setdefault(approver.key, approver)
    kept = tuple(approvers.values())
    return NamedPeople(kept[:MAX_APPROVERS], tuple(agents), tuple(unreadable), max(0, len(kept) - MAX_APPROVERS))


def principals_of(names: Iterable[str]) -> tuple[PrincipalPattern, ...]:
    """Accounts and teams as a rule's principals; names that nobody can have are left out."""
    found: dict[str, PrincipalPattern] = {}
    for name in names:
        body = name.removeprefix("@")
        with suppress(PatternError):
            principal = PrincipalPattern.parse(body if "/" in body else f"{LOGIN_PREFIX}{body}")
            if not principal.is_wildcard:
                found.setdefault(principal.key, principal)
    return tuple(found.values())


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name[:80]}`" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3:,} more"


def literal(path: str) -> str:
    """A path's text in a pattern; characters that no pattern may hold become ``?``."""
    escaped = _SPECIAL.sub(r"\\\1", path)
    return "".join(char if char.isprintable() else "?" for char in escaped)
