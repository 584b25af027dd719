"""Which policy applies: that of the ref a change goes to, never that of the ref which carries the change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from agentowners.action.failure import JudgementError
from agentowners.action.inputs import OrganisationPolicy
from agentowners.change.model import FileChange, Status
from agentowners.diagnostics import AgentownersError, PolicyError, Severity, Source
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble
from agentowners.github.policy_files import PolicyFiles
from agentowners.policy.builtin import is_nested_policy
from agentowners.policy.load import POLICY_NAMES, load_policy, parse_source
from agentowners.policy.model import Layer, Policy
from agentowners.proof.compare import Terms, compare
from agentowners.proof.difference import Direction
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import Enforcement

_NESTED: Final = 3
"""As many nested policies are named in one check."""
_RULES: Final = 1_000
_STEPS: Final = 500_000
"""Bounds within which a pushed policy is held against the one before: most are small, and little is lost where it is not done."""


class BranchPolicies:
    """The policies of a repository's branches, each read once until asked to look again; an error where one cannot be read."""

    def __init__(self, files: PolicyFiles, named: Sequence[str], organisation: OrganisationLayer | None = None) -> None:
        self._files = files
        self.organisation = organisation
        self._named = tuple(named)
        self._names = self._named or POLICY_NAMES
        self._sources: dict[str, tuple[Source, ...]] = {}
        self._policies: dict[tuple[Source, ...], Policy] = {}

    def for_branch(self, branch: str, default_branch: str) -> Policy:
        """The policy for changes that go to a branch.

        A branch without any has the default branch's: one cut from before the policy is no way around it. A file that was named
        has to be on the branch itself.

        Raises:
            PolicyError: it does not parse.
            JudgementError: a file that was named is not there.
            AgentownersError: it cannot be read.
        """
        sources = self._on(branch)
        ref = f"refs/heads/{branch}"
        self._refuse_missing(sources, ref)
        looked = [branch]
        if not sources and branch != default_branch:
            looked.append(default_branch)
            sources = self._on(default_branch)
        misnamed = self._meant(looked)
        if misnamed and not sources:
            raise JudgementError(
                "Policy is not read",
                f"{quoted(misnamed[0])} is surely meant as a policy, and has no name under which one is found",
                help=f"call it {quoted(POLICY_NAMES[0])}, or name it in the input `policy-file`",
            )
        return self._load(sources)

    def remarks(self, branch: str) -> tuple[str, ...]:
        """Remarks for people on the files of a branch that were looked at."""
        return tuple(
            f"{quoted(path)} is surely meant as a policy, and is not read: it has no name under which one is found"
            for path in self._meant([branch])
        )

    def nested(self, files: Iterable[FileChange], branch: str) -> tuple[str, ...]:
        """Remarks for people on files that are called like a policy where none is looked for: those that a change brings, and
        those of a branch that was looked at."""
        if self._named:
            return ()
        brought = [file.path for file in files if file.status is not Status.REMOVED and is_nested_policy(file.path)]
        every = list(dict.fromkeys([*brought, *self._files.nested(branch)]))
        lines = [
            f"{quoted(path)} is called like a policy, and is not read: policies stand in the root, `.github` or `docs`"
            for path in every[:_NESTED]
        ]
        return (*lines, *([f"{len(every) - _NESTED:,} more such files are not read"] if len(every) > _NESTED else []))

    def _meant(self, branches: Sequence[str]) -> list[str]:
        """Files that are surely meant as policies; where the policy is named, nothing else is meant."""
        return [] if self._named else [path for branch in branches for path in self._files.meant(branch)]

    def sources_for(self, branch: str, default_branch: str) -> tuple[Source, ...]:
        """The policy files for changes that go to a branch, by ``for_branch``."""
        return self._on(branch) or self._on(default_branch)

    def sources_after(self, branch: str, default_branch: str, head: str, changed: Sequence[str]) -> tuple[Source, ...]:
        """The policy files for a branch once a head that changes some of them has landed."""
        brought = {source.path: source for source in self._files.at_commit(head, changed, f"refs/heads/{branch}")}
        rest = {source.path: source for source in self._on(branch) if source.path not in changed}
        after = rest | brought
        sources = tuple(after[name] for name in self._names if name in after)
        return sources if sources or branch == default_branch else self._on(default_branch)

    def for_push(self, commit: str, ref: str, default_branch: str) -> Policy:
        """The policy for what was pushed onto a commit.

        For any ref but the default branch, the default branch's is a further layer.

        Raises:
            As ``for_branch``.
        """
        sources = self._files.at_commit(commit, self._names, ref)
        if ref != f"refs/heads/{default_branch}":
            known = {(source.path, source.data) for source in sources}
            sources += tuple(source for source in self._on(default_branch) if (source.path, source.data) not in known)
        self._refuse_missing(sources, ref)
        return self._load(sources)

    def look_again(self) -> None:
        """Read every branch anew when it is next asked for; what has not changed there is not fetched a second time."""
        self._sources.clear()

    def same(self, before: str, after: str, ref: str) -> bool:
        """True if the policies of two commits of a ref compare equal, wherever and however they are written; False where one of
        them does not parse, or cannot be read.

        What only became less strict is another policy, too.
        """
        try:
            policy, other = (self._load(self._files.at_commit(commit, self._names, ref)) for commit in (before, after))
        except AgentownersError:
            return False
        return policy.layers == other.layers

    def only_loosens(self, before: str, after: str, ref: str) -> bool:
        """True if it is proved that what the policy of the first of two commits of a ref lets pass, that of the second does too.

        Where either has no policy of its own, does not parse, cannot be read or is large, that is not known here.
        """
        try:
            old, new = (self._files.at_commit(commit, self._names, ref) for commit in (before, after))
            if not old or not new:
                return False
            policies = self._load(old), self._load(new)
            if any(sum(len(layer.rules) for layer in policy.layers) > _RULES for policy in policies):
                return False
            difference = compare(*policies, Terms(limit=_STEPS))
        except AgentownersError:
            return False
        ways = {region.direction for region in difference.regions} | {shift.direction for shift in difference.everywhere}
        return not difference.unknown and ways <= {Direction.LOOSER, Direction.SAME}

    def is_policy(self, path: str) -> bool:
        """True if a path is one under which a policy is looked for."""
        return path in self._names

    def _on(self, branch: str) -> tuple[Source, ...]:
        if branch not in self._sources:
            self._sources[branch] = self._files.on_branch(branch, self._names)
        return self._sources[branch]

    def _refuse_missing(self, sources: Sequence[Source], ref: str) -> None:
        names = {source.path for source in sources}
        missing = [name for name in self._named if name not in names]
        if missing:
            raise JudgementError(
                "Policy file not found",
                f"the policy file {quoted(missing[0])} is not on {quoted(ref)}",
                help="add it there, or correct the input `policy-file`",
            )

    def _load(self, sources: tuple[Source, ...]) -> Policy:
        if sources not in self._policies:
            policy = load_policy(sources, named=self._named)
            above = self.organisation
            self._policies[sources] = above.above(policy) if above is not None and above.enforced else policy
        return self._policies[sources]

    def if_enforced(self, policy: Policy) -> Policy | None:
        """A policy with the organisation's layer, where that is only reported; else None.

        Raises:
            AgentownersError: the organisation's policy cannot be read.
        """
        above = self.organisation
        return None if above is None or above.enforced else above.above(policy)


_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class OrganisationLayer:
    """The organisation's policy: a further layer, from a repository of its own, read once for a run."""

    def __init__(self, wanted: OrganisationPolicy, files: PolicyFiles) -> None:
        """Remember which file is wanted; ``files`` are those of the repository that it is in."""
        self._wanted = wanted
        self._files = files
        self._layer: Layer | None = None

    @property
    def enforced(self) -> bool:
        """True if it is more than reported."""
        return self._wanted.enforcement is Enforcement.ACTIVE

    @property
    def source(self) -> Source | None:
        """The file, once it was read."""
        return None if self._layer is None else self._layer.source

    def above(self, policy: Policy) -> Policy:
        """A repository's policy with the organisation's layer beside its own.

        Raises:
            PolicyError: the organisation's policy does not parse.
            JudgementError: there is no such file, or it cannot be read.
        """
        if self._layer is None:
            self._layer = self._read_layer()
        *own, builtin = policy.layers
        return replace(policy, layers=(*own, self._layer, builtin))

    def _read_layer(self) -> Layer:
        wanted = self._wanted
        where = f"{quoted(wanted.path)} of {quoted(wanted.repository)} at {quoted(wanted.ref)}"
        try:
            sources = self._sources()
        except PlatformError as error:
            help = "let the App be installed there with `contents: read`; the Actions token reads no other private repository"
            raise JudgementError(
                "Organisation policy cannot be read", f"the organisation's policy, {where}: {error.message}", help=help
            ) from None
        if not sources:
            raise JudgementError(
                "Organisation policy not found", f"there is no {where}", help="correct the input `organisation-policy`"
            )
        source = Source(f"{wanted.repository}:{wanted.path}", sources[0].data, wanted.ref)
        layer, diagnostics = parse_source(source)
        if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
            raise PolicyError(diagnostics)
        return replace(layer, organisation=True)

    def _sources(self) -> tuple[Source, ...]:
        wanted = self._wanted
        if not _COMMIT.fullmatch(wanted.ref):
            with suppress_trouble(Trouble.NOT_FOUND):
                return self._files.on_branch(wanted.ref.removeprefix("refs/heads/"), [wanted.path])
        return self._files.at_commit(wanted.ref, [wanted.path], wanted.ref)
