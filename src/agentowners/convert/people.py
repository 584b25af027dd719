"""People and teams whom another tool names, as approvers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from agentowners.convert.codeowners import AGENT_NAMES, approver_of, is_no_person
from agentowners.policy.patterns import LOGIN_PREFIX, Approver, PatternError, PrincipalPattern
from agentowners.policy.patterns import literal as pattern_of

MAX_APPROVERS: Final = 500
"""Approvers of one rule."""


def approvers_of(names: Iterable[str]) -> tuple[tuple[Approver, ...], list[str]]:
    """Those of some names, with or without an at-sign, who may approve; and remarks about the others, each of whom makes the
    policy stricter."""
    approvers: dict[str, Approver] = {}
    agents: list[str] = []
    unreadable: list[str] = []
    for name in names:
        approver = approver_of(name)
        if approver is None:
            unreadable.append(name)
        elif is_no_person(approver, AGENT_NAMES):
            agents.append(name)
        else:
            approvers.setdefault(approver.key, approver)
    remarks: list[str] = []
    if agents:
        remarks.append(f"{_listed(agents)} cannot approve here: no person")
    if unreadable:
        remarks.append(f"{_listed(unreadable)} cannot be named in a policy")
    if len(approvers) > MAX_APPROVERS:
        remarks.append(f"{len(approvers) - MAX_APPROVERS:,} approvers more than one rule takes")
    return tuple(approvers.values())[:MAX_APPROVERS], remarks


def principals_of(names: Iterable[str]) -> tuple[PrincipalPattern, ...]:
    """Accounts and teams as a rule's principals; names that nobody can have are left out."""
    patterns: dict[str, PrincipalPattern] = {}
    for name in names:
        body = name.removeprefix("@")
        with suppress(PatternError):
            principal = PrincipalPattern.parse(body if "/" in body else f"{LOGIN_PREFIX}{body}")
            if not principal.is_wildcard:
                patterns.setdefault(principal.key, principal)
    return tuple(patterns.values())


def _listed(names: Sequence[str]) -> str:
    sample = ", ".join(f"`{name[:80]}`" for name in names[:3])
    return sample if len(names) <= 3 else f"{sample} and {len(names) - 3:,} more"


def literal(path: str) -> str:
    """A path's text in a pattern; characters that no pattern may hold become ``?``."""
    return "".join(char if char.isprintable() else "?" for char in pattern_of(path).removeprefix("/"))
