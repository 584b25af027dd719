"""The organisation's policy: a further layer, from a repository of its own."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from agentowners.action.failure import JudgementError
from agentowners.action.inputs import OrganisationPolicy
from agentowners.diagnostics import PolicyError, Severity, Source
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.policy_files import PolicyFiles
from agentowners.policy.load import parse_source
from agentowners.policy.model import Layer, Policy
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import Enforcement

_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class OrganisationLayer:
    """The layer, read once for a run."""

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
            self._layer = self._read()
        *own, builtin = policy.layers
        return replace(policy, layers=(*own, self._layer, builtin))

    def _read(self) -> Layer:
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
        if any(one.severity is Severity.ERROR for one in diagnostics):
            raise PolicyError(diagnostics)
        return replace(layer, organisation=True)

    def _sources(self) -> tuple[Source, ...]:
        wanted = self._wanted
        if not _COMMIT.fullmatch(wanted.ref):
            try:
                return self._files.on_branch(wanted.ref.removeprefix("refs/heads/"), [wanted.path])
            except PlatformError as error:
                if error.trouble is not Trouble.NOT_FOUND:
                    raise
        return self._files.at_commit(wanted.ref, [wanted.path], wanted.ref)
