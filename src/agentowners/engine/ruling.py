"""The decisions about a change, and the facts that it takes to make a verdict of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from agentowners.change.model import Change
from agentowners.diagnostics import Diagnostic
from agentowners.engine.facts import Need
from agentowners.engine.obligations import Obligation
from agentowners.engine.scopes import Scopes
from agentowners.engine.verdict import FileDecisions, Judgement
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.policy.model import Decision, Policy


class Ruling(Struct, frozen=True):
    """Decisions, and what must be found out before they are a verdict."""

    policy: Policy
    change: Change
    principals: tuple[Principal, ...]
    definitions: tuple[AgentDefinition, ...]
    files: FileDecisions
    """Sorted by path."""
    scopes: Scopes
    """The principals who are judged on each path."""
    obligations: tuple[Obligation, ...]
    """Approvals asked for by layers that are enforced."""
    observed_obligations: tuple[Obligation, ...]
    """Approvals that would be asked for by layers that only observe."""
    needs: frozenset[Need]
    """Every one of them must be answered, ``Known`` or ``Unavailable``, for ``settle``."""
    diagnostics: tuple[Diagnostic, ...] = ()
    vouched: frozenset[int] = frozenset()
    """Indices of the asserted principals for whom the verdict is milder because the change's author answers for them."""

    @property
    def judgements(self) -> Sequence[Judgement]:
        """The judgement of each file."""
        return self.files.judgements


def strictest(decisions: Iterable[Decision]) -> Decision:
    """The strictest of decisions; allow where there are none."""
    return max(decisions, key=lambda decision: decision.strictness, default=Decision.ALLOW)
