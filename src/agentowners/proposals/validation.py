"""Everything that can be found out about a proposal without a person: it is merged, read again, linted and proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.diagnostics import Diagnostic, Source
from agentowners.lint.model import LintFacts, LintSubject
from agentowners.lint.run import find
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from agentowners.proof.compare import Terms
from agentowners.proof.difference import OpenQuestion, UnknownReason
from agentowners.proof.promises import Compatibility, ProofStatus
from agentowners.proof.signals import PolicySignals, signals
from agentowners.proposals.merge import merge
from agentowners.proposals.model import Operation

MAX_RULES: Final = 5_000
"""Rules of the base; of more nothing is proved."""


class Validated(Struct, frozen=True):
    """Results for a proposal that can be merged."""

    old: tuple[Source, ...]
    new: tuple[Source, ...]
    findings: tuple[Diagnostic, ...]
    """Mistakes that the policy has only with the proposal."""
    signals: PolicySignals | None
    """None where there are too many rules to prove anything."""

    @property
    def prover(self) -> ProofStatus:
        """The prover's word."""
        return ProofStatus.UNKNOWN if self.signals is None else self.signals.prover

    @property
    def unknown(self) -> tuple[OpenQuestion, ...]:
        """Everything that was not found out."""
        if self.signals is None:
            return (OpenQuestion(UnknownReason.SIZE, f"more than {MAX_RULES:,} rules"),)
        return self.signals.unknown

    @property
    def compatibility(self) -> Compatibility | None:
        """The worst of all modes; None where the base declares none."""
        if self.signals is None:
            return Compatibility.UNKNOWN
        return max((mode.status for mode in self.signals.modes), key=_SEVERITY.index, default=None)


_SEVERITY: Final = [Compatibility.COMPATIBLE, Compatibility.UNKNOWN, Compatibility.BROADENS, Compatibility.VIOLATES]


def validate(base: Sequence[Source], operations: Sequence[Operation], terms: Terms) -> Validated:
    """Merge all operations or none on the base's policy files, and find out what would become of the policy.

    Raises:
        PolicyError: the base's policy does not parse.
        ProposalError: the operations cannot be carried out.
    """
    old = load_policy(base, named=[source.path for source in base])
    new_sources = merge(old, operations)
    names = [source.path for source in new_sources]
    old, new = load_policy(base, named=names), load_policy(new_sources, named=names)
    before = {source.path: source.data for source in base}
    changed = [source.path for source in new_sources if before.get(source.path) != source.data]
    signs = None if max(_size(old), _size(new)) > MAX_RULES else signals(old, new, terms, changed=changed)
    return Validated(tuple(base), new_sources, _new_findings(old, new, terms), signs)


def _size(policy: Policy) -> int:
    return sum(len(layer.rules) for layer in policy.layers)


def _new_findings(old: Policy, new: Policy, terms: Terms) -> tuple[Diagnostic, ...]:
    files = terms.files
    facts = LintFacts(files=None if files is None else lambda: tuple(files), owner=terms.owner)
    known = Counter(_without_line(finding.diagnostic) for finding in find(LintSubject(old, facts)))
    diagnostics: list[Diagnostic] = []
    for finding in find(LintSubject(new, facts)):
        key = _without_line(finding.diagnostic)
        known[key] -= 1
        if known[key] < 0:
            diagnostics.append(finding.diagnostic)
    return tuple(diagnostics)


def _without_line(diagnostic: Diagnostic) -> Diagnostic:
    """A finding apart from its line, which an operation above it moves."""
    span = diagnostic.span
    return replace(diagnostic, help=None, span=replace(span, line=1, end_line=1, column=1, end_column=1))
