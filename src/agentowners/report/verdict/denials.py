"""The denial of each path of a change that may not land as it is: what an agent reads, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.denial import Denial, Remedy, denied_access
from agentowners.dispatch.model import Access
from agentowners.dispatch.remedies import remedies
from agentowners.engine.verdict import FileDecision, Verdict
from agentowners.identity.model import Principal
from agentowners.policy.load import load_policy
from agentowners.report.verdict.groups import reported

if TYPE_CHECKING:
    from agentowners.dispatch.document import DenialJson

_REPLAYED: Final = 10
"""Paths for which it is worked out what would allow them."""
_NEAREST: Final = 20
"""Paths that are named as the change without those that are denied."""


class Denials:
    """Makes the denials of one verdict, path by path."""

    def __init__(self, verdict: Verdict) -> None:
        """Work nothing out yet."""
        self._verdict = verdict
        self._digest = verdict.digest
        self._replayed = 0
        self._allowed: tuple[str, ...] | None = None

    def entry(self, file: FileDecision) -> DenialJson | None:
        """The denial of a path as data; None where it is allowed."""
        judged = reported(self._verdict, file)
        if not judged.decision.restricts:
            return None
        principal = judged.principal
        denial = Denial(
            boundary="change",
            digest=self._digest,
            principals=() if principal is None else (principal.name,),
            refs=(self._verdict.ref,),
            accesses=tuple(denied_access(action.value, file.path, judged.decision, judged.rules) for action in file.actions),
            remedies=() if principal is None else self._remedies(file, principal),
            allowed=self._nearest(),
        )
        return denial.as_json()

    def _remedies(self, file: FileDecision, principal: Principal) -> tuple[Remedy, ...]:
        self._replayed += 1
        if self._replayed > _REPLAYED or self._verdict.observed_only:
            return ()
        verified = principal.strength is Strength.VERIFIED
        evidence = Evidence(Signal.DECLARED, Strength.VERIFIED if verified else Strength.ASSERTED, name=principal.name[1:])
        accesses = [Access(action, file.path) for action in file.actions]
        try:
            policy = load_policy(self._verdict.sources)
            return remedies(policy, accesses, evidence, (self._verdict.ref,), lifts=True)
        except AgentownersError:
            return ()

    def _nearest(self) -> tuple[str, ...]:
        if self._allowed is None:
            verdict = self._verdict
            allowed = (file.path for file in verdict.files if not verdict.decision_of(file).restricts)
            self._allowed = tuple(path for _, path in zip(range(_NEAREST), allowed, strict=False))
        return self._allowed
