"""The policies that hold in a repository at a tool call: of the branch that changes go to, and of the work tree beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Evidence
from agentowners.cli.policies import misnamed_on_disk, unread_remarks
from agentowners.diagnostics import PolicyError, Source
from agentowners.dispatch.boundary import boundary_layer
from agentowners.dispatch.judging import AccessDecision, AccessJudge
from agentowners.dispatch.model import Access
from agentowners.git.run import Git
from agentowners.git.sealed import base_policy, sealed_git
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.policy.load import load_policy
from agentowners.policy.model import Action, AtCall, Decision, Opaque, Policy, ToolEntry
from agentowners.store.repositories import Repository, head_branch, origin_branch

_LIMIT: Final = 5 << 20
"""Most bytes of a policy file; one byte more is read, so that the parser can say that it is too large."""


Granting = Callable[[Repository, Sequence[Source], Policy], tuple[Policy, tuple[str, ...]]]
"""Puts grants into a repository's base policy, and names them."""


class JudgingPolicy(Struct, frozen=True):
    """One policy, ready to judge."""

    policy: Policy
    judge: AccessJudge
    trusted: bool
    """True if it is the base's or a named file's, and not the work tree's, which whoever calls may edit."""


class RepositoryPolicies(Struct, frozen=True):
    """Everything that judges accesses to one repository."""

    repository: Repository
    git: Git
    refs: tuple[str, ...]
    """Full names: the base, and the branch that is checked out."""
    policies: tuple[JudgingPolicy, ...]
    sources: tuple[Source, ...]
    """All policy files that were read."""
    base: Policy
    """The base's own policy, as it was read."""
    left_out: str | None = None
    """Why a policy of the work tree does not count: it does not parse, or has a name under which none is found."""
    grants: tuple[str, ...] = ()
    """Ids of the grants that the base's policy holds here beside what it says itself."""

    def decide(self, access: Access) -> AccessDecision:
        """The strictest decision of all policies; the rules of all that decide so."""
        root = self.repository.root
        decided = [each.judge.decision(access, root) for each in self.policies]
        if len(decided) == 1:
            return decided[0]
        strictest = max(decided, key=lambda decision: decision.rank)
        rules = {rule.id: rule for decision in decided if decision.decision is strictest.decision for rule in decision.rules}
        return replace(strictest, rules=tuple(rules.values()))

    def unknown_writes(self) -> Iterator[AccessDecision]:
        """Decisions of each policy's modes about a write to an unknown path."""
        return (each.judge.unknown_write() for each in self.policies)

    def may_block_reads(self) -> bool:
        """True if some rule or default blocks reading anything."""
        layers = [layer for each in self.policies for layer in each.policy.layers]
        rules = (rule for layer in layers for rule in layer.rules if not rule.actions or Action.FILE_READ in rule.actions)
        outcomes = (*(rule.outcome for rule in rules), *(default.outcome for layer in layers for default in layer.defaults))
        return any(outcome.decision is Decision.BLOCK for outcome in outcomes)

    def tools(self, *, trusted: bool) -> Iterator[ToolEntry]:
        """Tools that the policies define."""
        return (
            t for each in self.policies if each.trusted is trusted for layer in each.policy.layers for t in layer.dispatch.tools
        )

    def settings(self, *, trusted: bool) -> Iterator[tuple[Opaque | None, AtCall | None]]:
        """Settings of each layer for opaque calls, and for when approvals are asked for."""
        return (
            (layer.dispatch.opaque, layer.dispatch.at_call)
            for each in self.policies
            if each.trusted is trusted
            for layer in each.policy.layers
        )


def policies_of(
    repository: Repository,
    named: Sequence[Source],
    evidence: Evidence,
    *,
    lifts: bool,
    base_as: Policy | None = None,
    granting: Granting | None = None,
) -> RepositoryPolicies:
    """Read the policies of a repository.

    Args:
        repository: whose.
        named: policy files that the command line names; further layers.
        evidence: who calls.
        lifts: whether ``unprotect`` lines hold.
        base_as: the base's policy, where it is another to whoever holds a token.
        granting: puts into the base's policy what was granted on this machine; None where that does not count.

    Raises:
        PolicyError: the base's policy, or a named one, does not parse.
        GitError: the repository cannot be read.
    """
    git = sealed_git(repository.root, repository.git_dir)
    head = head_branch(repository)
    base = base_policy(git, origin_branch(repository), head)
    refs = tuple(dict.fromkeys([base.ref, *([head] if head is not None else [])]))
    work = work_tree_sources(repository.root)
    layers = [(named, True)] if named else []
    layers.append((base.sources, True))
    left_out = None
    if _bytes(work) != _bytes(base.sources):
        layers.append((work, False))
    elif not work and not named:
        left_out = next(iter(unread_remarks(misnamed_on_disk(repository.root))), None)
    policies: list[JudgingPolicy] = []
    plain = load_policy(base.sources)
    own = plain if base_as is None else base_as
    judging, grants = (own, ()) if granting is None else _granted(own, plain, granting(repository, base.sources, plain))
    for sources, trusted in layers:
        try:
            loaded = judging if sources is base.sources else load_policy(sources)
        except PolicyError as error:
            if trusted:
                raise
            left_out = f"the work tree's policy does not parse and is left out: {error.message}"
            continue
        policy = replace(loaded, layers=(*loaded.layers, boundary_layer()))
        policies.append(JudgingPolicy(policy, AccessJudge(policy, evidence, refs, None, lifts=lifts), trusted))
    sources = tuple(source for part, _ in layers for source in part)
    return RepositoryPolicies(repository, git, refs, tuple(policies), sources, own, left_out, grants)


def _granted(own: Policy, plain: Policy, granting: tuple[Policy, tuple[str, ...]]) -> tuple[Policy, tuple[str, ...]]:
    """The policy as it is to the caller, with the rules of the granted one."""
    policy, grants = granting
    if own is plain or not grants:
        return (policy if grants else own), grants
    identities = {layer.name: layer.agents for layer in own.layers}
    layers = tuple(replace(layer, agents=identities.get(layer.name, layer.agents)) for layer in policy.layers)
    return replace(policy, layers=layers), grants


def work_tree_sources(root: str) -> tuple[Source, ...]:
    """The policy files of a work tree; links are not followed, and what cannot be read is left out."""
    sources: list[Source] = []
    for name in POLICY_NAMES:
        path = os.path.join(root, name).encode("utf-8", "surrogateescape")
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        with open(descriptor, "rb") as file:
            try:
                sources.append(Source(name, file.read(_LIMIT + 1)))
            except OSError:
                continue
    return tuple(sources)


def _bytes(sources: Sequence[Source]) -> list[tuple[str, bytes]]:
    return [(source.path, source.data) for source in sources]
