"""The child process that compares two policies: what a pull request brings is read as data, within bounds of its own.

It reads one JSON document on standard input and writes one on standard output.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from agentowners import __version__
from agentowners.diagnostics import PolicyError, Source, Span
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from agentowners.proof.advice import reviewers_of
from agentowners.proof.compare import Terms
from agentowners.proof.difference import Direction
from agentowners.proof.promises import ProofStatus, prove_ceiling
from agentowners.proof.signals import Advice, PolicySignals, ReviewerAdvice, signals
from agentowners.report.diff.json import policy_digest
from agentowners.report.diff.markdown import diff_markdown
from agentowners.report.diff.words import change_words
from agentowners.report.shared.escape import for_markdown

MAX_RULES: Final = 5_000
"""Rules of each side; of more it is said that they are too many."""
_MEMORY: Final = 512 << 20
_ANNOTATIONS: Final = 50


def main() -> int:
    """Answer the question on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(answer(asked)))
    return 0


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The section, and annotations as paths, lines, titles and messages."""
    old_sources, new_sources = _sources(asked["old"]), _sources(asked["new"])
    names = [source.path for source in (*old_sources, *new_sources)]
    old = load_policy(old_sources, named=names)
    try:
        new = load_policy(new_sources, named=names)
    except PolicyError as error:
        first = error.diagnostics[0]
        said = f"| Prover | failed: does not parse, {len(error.diagnostics)} errors |"
        notes = [[_place(one.span), "Policy does not parse", one.message] for one in error.diagnostics[:_ANNOTATIONS]]
        title = f"### Policy change: {for_markdown(first.span.path)}"
        proof = {"prover": ProofStatus.FAILED.value, "errors": len(error.diagnostics)}
        return {"section": f"{title}\n\n| signal | says |\n|---|---|\n{said}\n", "annotations": notes, "proof": proof}
    if max(_size(old), _size(new)) > MAX_RULES:
        section = _unknown(f"size: more than {MAX_RULES:,} rules")
        return {"section": section, "annotations": [], "proof": {"prover": ProofStatus.UNKNOWN.value}}
    terms = Terms(files=asked["files"], owner=asked["owner"])
    advice = tuple(
        ReviewerAdvice(one["name"], Advice(one["advice"]), one["head"], one["why"], one["words"], one["counts"])
        for one in asked["reviewers"]
    )
    named = bool(reviewers_of(old))
    found = signals(old, new, terms, changed=asked["changed"], reviewers=advice, named=named, setup=asked["setup"])
    digests = (policy_digest(old_sources, __version__), policy_digest(new_sources, __version__))
    section = diff_markdown(found, asked["paths"], digests=digests if named else None)
    for source in _sources(asked["ceiling"]):
        section += f"\n{_under(source, new, terms)}\n"
    places = dict(_places(new))
    notes = []
    for region in found.difference.regions:
        if region.direction is Direction.STRICTER:
            continue
        place = next((places[id] for id in (*region.new_cause, *region.old_cause) if id in places), None)
        if place is not None and len(notes) < _ANNOTATIONS:
            notes.append([place, f"Policy: {region.direction.value}", change_words(region)])
    return {"section": section, "annotations": notes, "proof": _proof(found)}


def _proof(found: PolicySignals) -> dict[str, Any]:
    """The signals in a few words, for the audit trail."""
    regions = [region.direction.value for region in found.difference.regions]
    return {
        "prover": found.prover.value,
        "direction": found.difference.direction.value,
        "looser": regions.count(Direction.LOOSER.value),
        "stricter": regions.count(Direction.STRICTER.value),
        "not_decided": len(found.unknown),
        "promises": [{"text": one.text, "status": one.status.value} for one in found.promises[:_ANNOTATIONS]],
        "modes": [{"mode": one.line.mode.value, "status": one.status.value} for one in found.modes[:_ANNOTATIONS]],
        "reviewers": [{"name": one.name, "advice": one.advice.value} for one in found.reviewers[:_ANNOTATIONS]],
        "eligible": found.eligibility.eligible,
        "because": list(found.eligibility.because),
    }


def _under(source: Source, new: Policy, terms: Terms) -> str:
    """A sentence about what the organisation's policy, which holds by itself, overrules of a repository's."""
    ceiling = load_policy([source])
    ceiling = replace(ceiling, layers=(*ceiling.layers[:-1], new.layers[-1]))
    result = prove_ceiling(ceiling, new, source.path, terms)
    name = for_markdown(source.path)
    if result.status is ProofStatus.PASSED:
        return f"{name}, the organisation's policy, is undercut nowhere."
    if result.witness is None:
        return f"Whether {name}, the organisation's policy, overrules anything is not known."
    rules = ", ".join(for_markdown(rule.id) for rule in result.witness.new_rules[:2])
    where = f"{for_markdown(result.witness.path)}{f', which {rules} decides here' if rules else ''}"
    return f"{name}, the organisation's policy, overrules this one, for example for {where}."


def _sources(given: list[list[str]]) -> tuple[Source, ...]:
    return tuple(Source(path, base64.b64decode(data), ref) for path, data, ref in given)


def _size(policy: Policy) -> int:
    return sum(len(layer.rules) for layer in policy.layers)


def _places(policy: Policy) -> Iterator[tuple[str, list[Any]]]:
    for layer in policy.layers:
        for rule in layer.rules:
            if rule.span is not None:
                yield rule.id, _place(rule.span)
        for default in layer.defaults:
            if default.span is not None:
                yield default.id, _place(default.span)
        for line in layer.unprotects:
            if line.span is not None:
                yield line.id, _place(line.span)


def _place(span: Span) -> list[Any]:
    return [span.path, span.line, span.end_line]


def _unknown(why: str) -> str:
    return f"### Policy change\n\n| signal | says |\n|---|---|\n| Prover | unknown: {why} |\n"


if __name__ == "__main__":
    sys.exit(main())
