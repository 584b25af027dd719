"""Refs as policies can tell them apart: one of each kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agentowners.policy.model import Policy
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet, Prover
from agentowners.proof.search import Domain, Witness

MAIN: Final = "refs/heads/main"
_WILD: Final = frozenset("*?[\\")
_MOST: Final = 64
"""Kinds of refs that are told apart by wildcards."""


def refs_of(policies: Iterable[Policy], prover: Prover) -> tuple[tuple[str, ...], bool]:
    """A ref of each kind, the main branch first, and whether these are all kinds."""
    rules = [rule for policy in policies for layer in policy.layers for rule in layer.rules]
    rules += [promise.claim for policy in policies for layer in policy.layers for promise in layer.asserts]
    texts = dict.fromkeys(ref.text for rule in rules for ref in rule.refs)
    wild = [text for text in texts if text.endswith("/") or not _WILD.isdisjoint(text)]
    names = [text for text in texts if text not in set(wild)]
    kinds: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())]
    known = True
    for text in wild:
        split = [kind for one, other in kinds for kind in (((*one, text), other), (one, (*other, text)))]
        answers = [(kind, _find(kind, (), prover)) for kind in split]
        known = known and all(answer is not Doubt.NOT_KNOWN for _, answer in answers)
        kinds = [kind for kind, answer in answers if isinstance(answer, Witness)]
        if len(kinds) > _MOST:
            return (MAIN, *names), False
    found = [MAIN, *names]
    for kind in kinds:
        answer = _find(kind, tuple(names), prover)
        if isinstance(answer, Witness):
            found.append(answer.text)
        known = known and answer is not Doubt.NOT_KNOWN
    return tuple(dict.fromkeys(found)), known


def _find(kind: tuple[tuple[str, ...], tuple[str, ...]], names: tuple[str, ...], prover: Prover) -> Witness | Doubt:
    inside, outside = kind
    heads = [] if any(text.startswith("refs/heads/") for text in inside) else [PatternSet(("refs/heads/*",))]
    sets = [ALL_REFS, *(PatternSet((text,)) for text in inside)]
    without = [PatternSet((text,)) for text in (*outside, *names)]
    answer = prover.find([*sets, *heads], without, Domain.REFS)
    return answer if isinstance(answer, Witness) or not heads else prover.find(sets, without, Domain.REFS)
