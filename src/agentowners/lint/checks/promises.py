"""An ``assert`` that does not hold of the policy."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.proof.compare import Terms
from agentowners.proof.promises import prove_assert
from agentowners.text.wording import quote


@check("refuted-assert", "an `assert` does not hold of the policy")
def refuted_assert(subject: LintSubject) -> Iterator[LintFinding]:
    """Each assert for which there is a path at which the engine decides otherwise."""
    terms = Terms(owner=subject.facts.owner)
    for layer in subject.layers:
        for promise in layer.asserts:
            witness = prove_assert(promise, subject.policy, terms).witness
            if witness is None or promise.span is None:
                continue
            cell = witness.cell
            example = f"{quote(witness.path)}, {cell.action.value} by `{cell.actor.name}` on `{cell.ref}`"
            deciding = [rule.id for rule in witness.new_rules[:2]]
            by = f", decided by {' and '.join(map(quote, deciding))}" if deciding else ", which nothing restricts"
            message = f"this promise does not hold, for example for {example}{by}"
            yield refuted_assert.finding(message, promise.span, "make the policy keep it, or take it back")
