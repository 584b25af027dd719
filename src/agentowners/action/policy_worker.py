"""The child process that compares two policies: what a pull request brings is read as data, within bounds of its own.

It reads one JSON document on standard input and writes one on standard output.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import convert
from msgspec.structs import replace

from agentowners import __version__
from agentowners.diagnostics import PolicyError, Source, Span
from agentowners.policy.load import load_policy
from agentowners.policy.model import Default, Layer, Policy, Rule, Unprotect
from agentowners.policy.statement_text import assert_text
from agentowners.proof.compare import Terms
from agentowners.proof.difference import Direction
from agentowners.proof.promises import ProofStatus, asserts_of, prove_ceiling
from agentowners.proof.signals import PolicySignals, ReviewerAdvice, reviewers_of, signals
from agentowners.report.diff import words
from agentowners.report.diff.json import policy_digest
from agentowners.report.diff.markdown import diff_markdown
from agentowners.report.shared.escape import for_markdown

MAX_RULES: Final = 5_000
"""Rules of each side; of more it is said that they are too many."""
_MEMORY: Final = 512 << 20
_ANNOTATIONS: Final = 50
_OVERRULED: Final = 20


def main() -> int:
    """Answer the question on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    question = json.loads(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(answer(question)))
    return 0


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The section, and annotations as paths, lines, titles and messages."""
    old_sources, new_sources, above_sources = (convert(question[key], tuple[Source, ...]) for key in ("old", "new", "ceiling"))
    names = [source.path for source in (*old_sources, *new_sources)]
    old = load_policy(old_sources, named=names)
    try:
        new = load_policy(new_sources, named=names)
    except PolicyError as error:
        first = error.diagnostics[0]
        row = f"| Prover | failed: does not parse, {len(error.diagnostics)} errors |"
        notes = [
            [_span_parts(diagnostic.span), "Policy does not parse", diagnostic.message]
            for diagnostic in error.diagnostics[:_ANNOTATIONS]
        ]
        title = f"### Policy change: {for_markdown(first.span.path)}"
        proof = {"prover": ProofStatus.FAILED.value, "errors": len(error.diagnostics)}
        return {"section": f"{title}\n\n| signal | says |\n|---|---|\n{row}\n", "annotations": notes, "proof": proof}
    if max(_size(old), _size(new)) > MAX_RULES:
        section = _unknown(f"size: more than {MAX_RULES:,} rules")
        return {"section": section, "annotations": [], "proof": {"prover": ProofStatus.UNKNOWN.value}}
    terms = Terms(files=question["files"], owner=question["owner"])
    named = bool(reviewers_of(old))
    above = [load_policy([source]) for source in above_sources]
    enforced = [policy.layers[0] for policy in above] if question["enforced"] else []
    ceilings = [replace(policy, layers=(policy.layers[0], new.layers[-1])) for policy in above]
    result = signals(
        _beside(old, enforced),
        _beside(new, enforced),
        terms,
        changed=question["changed"],
        reviewers=convert(question["reviewers"], tuple[ReviewerAdvice, ...]),
        named=named,
        setup=question["setup"],
        # of an enforced one the modes are among those of the policy that holds
        ceilings=() if enforced else ceilings,
    )
    digests = (policy_digest(old_sources, __version__), policy_digest(new_sources, __version__))
    section = diff_markdown(result, question["paths"], digests=digests if named else None)
    for source, ceiling in zip(above_sources, ceilings, strict=True):
        section += f"\n{_under(source.path, ceiling, new, terms)}\n"
    places = dict(_places(new))
    notes = []
    for region in result.difference.regions:
        if region.direction is Direction.STRICTER:
            continue
        place = next((places[id] for id in region.new_cause if id in places), None)
        if place is not None:
            notes.append([place, f"Policy: {region.direction.value}", words.change(region)])
    lines = {assert_text(promise): promise.span for promise in asserts_of(new)}
    for promise in result.promises:
        span = lines.get(promise.text)
        if span is not None and promise.status is not ProofStatus.PASSED:
            notes.append([_span_parts(span), f"Policy: promise {promise.status.value}", promise.text])
    return {"section": section, "annotations": notes[:_ANNOTATIONS], "proof": _proof(result)}


def _proof(result: PolicySignals) -> dict[str, Any]:
    """The signals in a few words, for the audit trail."""
    regions = [region.direction.value for region in result.difference.regions]
    return {
        "prover": result.prover.value,
        "direction": result.difference.direction.value,
        "looser": regions.count(Direction.LOOSER.value),
        "stricter": regions.count(Direction.STRICTER.value),
        "not_decided": len(result.unknown),
        "promises": [{"text": promise.text, "status": promise.status.value} for promise in result.promises[:_ANNOTATIONS]],
        "modes": [{"mode": mode.line.mode.value, "status": mode.status.value} for mode in result.modes[:_ANNOTATIONS]],
        "reviewers": [{"name": reviewer.name, "advice": reviewer.advice.value} for reviewer in result.reviewers[:_ANNOTATIONS]],
        "eligible": result.eligibility.eligible,
        "because": list(result.eligibility.because),
    }


def _beside(policy: Policy, layers: Sequence[Layer]) -> Policy:
    """A repository's policy with the organisation's layers, as the gate has them."""
    *own, builtin = policy.layers
    return replace(policy, layers=(*own, *(replace(layer, organisation=True) for layer in layers), builtin))


def _under(path: str, ceiling: Policy, new: Policy, terms: Terms) -> str:
    """Sentences about what the organisation's policy, which holds by itself, overrules of a repository's."""
    result = prove_ceiling(ceiling, new, path, terms)
    name = for_markdown(path)
    if result.status is ProofStatus.PASSED:
        return f"{name}, the organisation's policy, is undercut nowhere."
    if result.witness is None:
        return f"Whether {name}, the organisation's policy, overrules anything is not known."
    rules = ", ".join(for_markdown(rule.id) for rule in result.witness.new_rules[:2])
    where = f"{for_markdown(result.witness.path)}{f', which {rules} decides here' if rules else ''}"
    lines = [f"{name}, the organisation's policy, overrules this one, for example for {where}."]
    first = result.overrules[:_OVERRULED]
    if first:
        left = len(result.overrules) - len(first)
        lines += ["", "It overrules:", ""]
        lines += [f"- {for_markdown(rule.id)}, for example at {for_markdown(rule.witness.path)}" for rule in first]
        lines += [f"- and {left:,} more"] if left else []
    return "\n".join(lines)


def _size(policy: Policy) -> int:
    return sum(len(layer.rules) for layer in policy.layers)


def _places(policy: Policy) -> Iterator[tuple[str, list[Any]]]:
    for layer in policy.layers:
        statements: list[Rule | Default | Unprotect] = [*layer.rules, *layer.defaults, *layer.unprotects]
        for statement in statements:
            if statement.span is not None:
                yield statement.id, _span_parts(statement.span)


def _span_parts(span: Span) -> list[Any]:
    return [span.path, span.line, span.end_line]


def _unknown(why: str) -> str:
    return f"### Policy change\n\n| signal | says |\n|---|---|\n| Prover | unknown: {why} |\n"


if __name__ == "__main__":
    sys.exit(main())
