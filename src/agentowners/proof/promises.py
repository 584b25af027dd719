"""Promises about a policy: asserts, ceilings and modes, each proved or refuted by a point that the engine confirms."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.diagnostics import Source
from agentowners.engine.verdict import members
from agentowners.policy.builtin import NAME
from agentowners.policy.model import Assertion, Bound, Layer, Mode, ModeLine, Policy, Rule
from agentowners.policy.statement_text import assert_text
from agentowners.proof.cast import Trust
from agentowners.proof.cells import Cell, Space, Terms
from agentowners.proof.demands import least, loses
from agentowners.proof.difference import Counterexample, OpenQuestion, UnknownReason
from agentowners.proof.losses import LossSearch
from agentowners.proof.prover import EVERYTHING
from agentowners.proof.search import Witness

_MANY_QUESTIONS: Final = 20_000
"""Paths that are looked for to name the rules that a ceiling overrules."""
_MANY_RULES: Final = 200
_NOWHERE: Final = Source("promise", b"")


class ProofStatus(Enum):
    """Outcome of a proof."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class OverruledRule(Struct, frozen=True):
    """A rule or a default that a ceiling is stricter than, somewhere."""

    id: str
    witness: Counterexample
    """A point at which it applies and the ceiling asks for more."""


class ProofResult(Struct, frozen=True):
    """Outcome for one promise."""

    id: str
    text: str
    """As a line."""
    status: ProofStatus
    witness: Counterexample | None = None
    """A point that refutes it."""
    unknown: tuple[OpenQuestion, ...] = ()
    reason: str | None = None
    """Reason why it was promised, in its author's words."""
    overrules: tuple[OverruledRule, ...] = ()
    """Rules that an undercut ceiling overrules, in file order; the first ones, where there are many."""


class Compatibility(Enum):
    """Outcome for a mode that was declared."""

    COMPATIBLE = "compatible"
    BROADENS = "broadens"
    """It does not hold any more, and another mode that does is declared for the same principals."""
    VIOLATES = "violates"
    UNKNOWN = "unknown"


class ModeResult(Struct, frozen=True):
    """True if a mode still holds."""

    line: ModeLine
    status: Compatibility
    witness: Counterexample | None = None
    unknown: tuple[OpenQuestion, ...] = ()


def asserts_of(policy: Policy) -> tuple[Assertion, ...]:
    """The asserts of all layers, in order."""
    return tuple(promise for layer in policy.layers for promise in layer.asserts)


def prove_assert(promise: Assertion, policy: Policy, terms: Terms) -> ProofResult:
    """True if an assert holds of a policy."""
    claim = replace(promise.claim, reason=None)
    if promise.bound is Bound.AT_LEAST:
        # an empty layer decides nothing: with it, nothing but the claim tells the two apart
        outcome = _lost(_beside(policy, claim), _beside(policy), terms)
    else:
        own = Policy(tuple(layer for layer in policy.layers if layer.source is not None))
        alone = Policy((_alone(policy, rules=(claim,)),))
        outcome = _lost(own, alone, terms, claim=claim)
    return _result(promise.id, assert_text(promise), outcome, promise.reason)


def prove_ceiling(ceiling: Policy, policy: Policy, name: str, terms: Terms) -> ProofResult:
    """True if a policy is at least as strict as another at every point; if not, which of its rules the other one overrules."""
    result = _result(name, f"ceiling {name}", _lost(ceiling, policy, terms))
    if result.status is not ProofStatus.FAILED:
        return result
    return replace(result, overrules=_overruled(ceiling, policy, terms))


def _overruled(ceiling: Policy, policy: Policy, terms: Terms) -> tuple[OverruledRule, ...]:
    """Rules and defaults of a policy that apply where something of the ceiling is lost."""
    space = Space(ceiling, policy, terms)
    universe = space.universe
    search = LossSearch(universe, space.prover)
    examples: dict[str, Counterexample] = {}
    for cell_class in space.classes:
        rules = dict.fromkeys(number for seat in cell_class.new if not seat.builtin for number in members(seat.rules))
        for within in (None, *rules):
            if search.questions > _MANY_QUESTIONS or len(examples) >= _MANY_RULES:
                break
            if within is not None and space.sides[1].rules[within][0].id in examples:
                continue
            area = EVERYTHING if within is None else universe.sets[within].paths
            for loss in search.losses(cell_class.old, cell_class.new, area):
                example = None if loss.path is None else _confirmed(cell_class.cells[0], loss.path, space)
                for rule in () if example is None else example.new_rules:
                    if example is not None and rule.source != NAME:
                        examples.setdefault(rule.id, example)
    order = {rule.id: number for number, rule in enumerate(rule for layer in policy.layers for rule in layer.rules)}
    return tuple(OverruledRule(id, examples[id]) for id in sorted(examples, key=lambda id: order.get(id, len(order))))


def _confirmed(cell: Cell, path: Witness, space: Space) -> Counterexample | None:
    """A point at which the engine, too, decides that something is lost."""
    (before,), (after,) = space.replay([(cell, path)])
    lost = loses(before.demands, least(after.demands))
    return Counterexample(path.text, path.as_link, cell, False, before.rules, after.rules) if lost else None


def prove_mode(line: ModeLine, before: Policy, policy: Policy, terms: Terms) -> ModeResult:
    """True if a mode that another policy declares still holds: as that one resolves names, and under what the mode is there.

    Args:
        line: the mode.
        before: the policy that declares it.
        policy: the one that is looked at.
        terms: what else to go by.
    """
    outcome = _lost(_only(line, before), policy, terms)
    if isinstance(outcome, Counterexample):
        wider = [
            other
            for layer in policy.layers
            for other in layer.modes
            if {principal.key for principal in line.principals} <= {principal.key for principal in other.principals}
            and other.mode is not Mode.OBSERVE_ONLY
            and (other.mode, other.workspace, other.approved) != (line.mode, line.workspace, line.approved)
        ]
        openly = any(_lost(_only(other, policy), policy, terms) == () for other in wider)
        return ModeResult(line, Compatibility.BROADENS if openly else Compatibility.VIOLATES, outcome)
    return ModeResult(line, Compatibility.UNKNOWN if outcome else Compatibility.COMPATIBLE, unknown=outcome)


def _only(line: ModeLine, policy: Policy) -> Policy:
    """The policy with nothing but a mode; who is who, and what is protected by default, stays."""
    return Policy((_alone(policy, modes=(line,)), *(layer for layer in policy.layers if layer.source is None)))


def _beside(policy: Policy, *claims: Rule) -> Policy:
    return Policy((*policy.layers[:-1], _alone(Policy(()), rules=claims), *policy.layers[-1:]))


def _alone(policy: Policy, rules: tuple[Rule, ...] = (), modes: tuple[ModeLine, ...] = ()) -> Layer:
    """A layer of these statements, and of those by which a policy says who is who."""
    agents = tuple(entry for layer in policy.layers for entry in layer.agents)
    return Layer(rules=rules, modes=modes, agents=agents, source=_NOWHERE, name=_NOWHERE.path)


def _result(id: str, text: str, outcome: Counterexample | tuple[OpenQuestion, ...], reason: str | None = None) -> ProofResult:
    if isinstance(outcome, Counterexample):
        return ProofResult(id, text, ProofStatus.FAILED, outcome, reason=reason)
    return ProofResult(id, text, ProofStatus.UNKNOWN if outcome else ProofStatus.PASSED, unknown=outcome, reason=reason)


def _lost(old: Policy, new: Policy, terms: Terms, claim: Rule | None = None) -> Counterexample | tuple[OpenQuestion, ...]:
    """A point at which something of ``old`` is lost in ``new``, the plainest contributor first; else what was not found out, or
    nothing.

    With ``claim``, the only rule of ``new``, only points of that rule are looked at, and only verified contributors.
    """
    space = Space(old, new, terms, claim=claim)
    universe = space.universe
    search = LossSearch(universe, space.prover)
    number = None if claim is None else universe.add_rule(claim, builtin=False)
    within = EVERYTHING if number is None else universe.sets[number].paths
    unknown: dict[OpenQuestion, None] = {}
    for cell_class in space.classes:
        if number is not None and not any(seat.rules >> number & 1 for seat in cell_class.new):
            continue  # the claim is for others
        cell = next((cell for cell in cell_class.cells if claim is None or cell.actor.trust is Trust.VERIFIED), None)
        if cell is None:
            continue
        for loss in search.losses(cell_class.old, cell_class.new, within):
            if loss.path is None:
                question = "whether everything that is asked for is covered"
                rules = space.sides[0].rules.get(loss.question.number)
                id = None if rules is None else rules[0].id
                unknown[OpenQuestion(UnknownReason.EFFORT, question, id, loss.steps)] = None
                continue
            example = _confirmed(cell, loss.path, space)
            if example is not None:
                return example
            unknown[OpenQuestion(UnknownReason.EXPRESSION, f"`{loss.path.text}`: the engine does not confirm it")] = None
    if not space.all_refs:
        unknown[OpenQuestion(UnknownReason.NAMES, "more kinds of refs than are looked at")] = None
    return tuple(unknown) + tuple(OpenQuestion(UnknownReason.NAMES, doubt) for doubt in space.cast.doubts)
