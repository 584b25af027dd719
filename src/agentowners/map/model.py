"""A map: files in classes that are decided alike, and the decision about each class for everybody who looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from agentowners.engine.prepared import ref_matches
from agentowners.engine.verdict import AppliedRule
from agentowners.identity.index import index_of, named
from agentowners.identity.match import Names
from agentowners.identity.model import Group
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Action, Decision, Policy
from agentowners.policy.patterns import PrincipalPattern
from agentowners.proof.demands import Demands
from agentowners.proof.difference import Direction, direction

_ANYBODY: Final = "@agents"
_SHOWN_GROUPS: Final = frozenset({Group.AGENTS, Group.BOTS})
_WILD: Final = frozenset("*?[\\")


class Standpoint(Struct, frozen=True):
    """A contributor to a ref, for whom everything is decided."""

    principal: str
    """With an at-sign."""
    ref: str
    """Full name."""


class Shade(Struct, frozen=True):
    """A decision with the rules behind it; all files of one shade are decided alike by the same rules."""

    decision: Decision
    demands: Demands
    rules: tuple[AppliedRule, ...]
    """Those that carry the decision, in file order; none where nothing restricts and no rule allows."""
    observed: bool = False
    """True if layers that only observe decide so, and nothing is enforced."""


class DecisionMap(Struct, frozen=True):
    """Decisions of a policy, and of one that it is compared with, about the files of a repository."""

    paths: Sequence[str]
    """Sorted; bytes that are not UTF-8 are lone surrogates."""
    classes: Sequence[int]
    """For each path its class."""
    action: Action
    """Done to every file."""
    standpoints: tuple[Standpoint, ...]
    shades: tuple[Shade, ...]
    now: tuple[tuple[int, ...], ...]
    """For each standpoint, for each class, the place of its shade."""
    before: tuple[tuple[int, ...], ...] | None = None
    """By the policy that it is compared with; None where there is none."""

    def directions(self, standpoint: int) -> tuple[Direction, ...]:
        """For each class, the direction in which it differs from the policy that is compared; the same where there is none."""
        before = self.now if self.before is None else self.before
        pairs = zip(before[standpoint], self.now[standpoint], strict=True)
        return tuple([direction(self.shades[old].demands, self.shades[new].demands) for old, new in pairs])


def principals_of(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Agents and other automation that policies name, after an unnamed agent."""
    names = {_ANYBODY: None}
    for policy in policies:
        known = definitions(policy)
        index, identities = index_of(known), Names(known, None)
        for pattern in _principals(policy):
            is_team = "/" in pattern.text and not identities.is_defined(pattern.key)
            if pattern.negative or pattern.is_wildcard or is_team or pattern.group in ("anyone", "humans", "unattributed"):
                continue
            if named(pattern.text, index).group in _SHOWN_GROUPS:
                names.setdefault(f"@{pattern.key}")
    return tuple(names)


def refs_of_interest(policies: Iterable[Policy], standard: str, branches: Sequence[str]) -> tuple[str, ...]:
    """The default branch, and the refs that policies name, of a pattern the first branch in it."""
    refs = {standard: None}
    for policy in policies:
        for pattern in (each for layer in policy.layers for rule in layer.rules for each in rule.refs if not each.negative):
            if _WILD.isdisjoint(pattern.text) and not pattern.text.endswith("/"):
                refs.setdefault(pattern.text)
            else:
                refs.update(dict.fromkeys([ref for ref in branches if ref_matches(pattern.text, ref)][:1]))
    return tuple(refs)


def _principals(policy: Policy) -> Iterator[PrincipalPattern]:
    for layer in (each for each in policy.layers if each.source is not None):
        yield from (principal for rule in layer.rules for principal in rule.principals)
        yield from (principal for mode in layer.modes for principal in mode.principals)
        yield from (default.principal for default in layer.defaults)
