"""Modes are presets: each is a handful of rules of the ordinary language, and what they compile to can be printed."""

from __future__ import annotations

import re
from typing import Final, Literal, assert_never

from agentowners.policy.model import ALLOW, BLOCK, Action, Decision, Layer, Mode, ModeLine, Outcome, Policy, Rule
from agentowners.policy.patterns import EVERYTHING, PathPattern, PrincipalPattern
from agentowners.policy.words import Problem

_ASK: Final = Outcome(Decision.REQUIRE_APPROVAL, 1)
_WRITE: Final = frozenset({Action.FILE_WRITE})
_NOWHERE: Final = 2**63
"""A line after the last of any file."""
_GENERATED: Final = re.compile(r"(.*:[0-9]+)(?:#([0-9]+))?", re.DOTALL)


def expand(layer: Layer, protected: tuple[PathPattern, ...]) -> tuple[Rule, ...]:
    """All rules of a layer in file order, those that its modes compile to among them.

    ``protected`` is what section 8 protects (see ``builtin.protected_patterns``): there the workspace of a mode ends that names
    none. A layer that was not read from a text has no file order; there the modes' rules come last.
    """
    if not layer.modes:
        return layer.rules
    compiled = [rule for mode in layer.modes for rule in compile_mode(mode, protected)]
    return tuple(sorted([*layer.rules, *compiled], key=place))


def expanded(policy: Policy) -> tuple[tuple[Layer, tuple[Rule, ...]], ...]:
    """Each layer of a policy with all of its rules, as ``expand`` has them."""
    protected = protected_in(policy)
    return tuple((layer, expand(layer, protected)) for layer in policy.layers)


def protected_in(policy: Policy) -> tuple[PathPattern, ...]:
    """Patterns of a policy's built-in layer."""
    return tuple(pattern for layer in policy.layers if layer.source is None for rule in layer.rules for pattern in rule.patterns)


def compile_mode(mode: ModeLine, protected: tuple[PathPattern, ...]) -> tuple[Rule, ...]:
    """The rules that a mode stands for: as many as ``rule_count`` says, with ids in sequence from the mode's own."""
    says: list[tuple[tuple[PathPattern, ...], Outcome]]
    match mode.mode:
        case Mode.READ_ONLY:
            says = [((EVERYTHING,), BLOCK)]
        case Mode.WORKSPACE_WRITE:
            says = _workspace(mode, protected)
        case Mode.REVIEWED_EGRESS | Mode.APPROVED_ONLINE:
            # Heavy only by its ninety patterns: imported where a policy asks for it.
            from agentowners.policy.egress import EGRESS

            approved = tuple(PathPattern(pattern.text, negative=True) for pattern in mode.approved)
            says = [*_workspace(mode, protected), ((*EGRESS, *approved), _ASK)]
        case Mode.OBSERVE_ONLY:
            says = []
        case _:
            assert_never(mode.mode)
    return tuple(
        Rule(patterns, (), mode.principals, outcome, _WRITE, id=id, span=mode.span)
        for (patterns, outcome), id in zip(says, _ids(mode.id, len(says)), strict=True)
    )


def rule_count(mode: Mode, workspace: tuple[PathPattern, ...]) -> int:
    """Number of rules that a mode compiles to."""
    if mode in (Mode.READ_ONLY, Mode.OBSERVE_ONLY):
        return 1 if mode is Mode.READ_ONLY else 0
    return len(_workspace_shape(workspace)) + (mode is not Mode.WORKSPACE_WRITE)


def list_problem(mode: Mode, list_name: Literal["workspace", "approved"], *, negative: bool) -> Problem | None:
    """Problem of a pattern in one of a mode's two lists, if there is one."""
    if mode in (Mode.READ_ONLY, Mode.OBSERVE_ONLY):
        return Problem(f"mode `{mode.value}` takes no patterns", "it holds for every path; write a rule for some of them")
    if list_name == "approved" and mode is not Mode.APPROVED_ONLINE:
        return Problem(f"mode `{mode.value}` takes no `approved`", f"use mode `{Mode.APPROVED_ONLINE.value}`")
    if list_name == "approved" and negative:
        return Problem("negative pattern among those approved", "list what is approved; restrict the rest with a rule")
    return None


def observers(layer: Layer) -> tuple[PrincipalPattern, ...]:
    """The principals for whom the layer only observes: nothing of it is enforced."""
    return tuple(principal for mode in layer.modes if mode.mode is Mode.OBSERVE_ONLY for principal in mode.principals)


def _workspace(mode: ModeLine, protected: tuple[PathPattern, ...]) -> list[tuple[tuple[PathPattern, ...], Outcome]]:
    workspace = mode.workspace or tuple(PathPattern(pattern.text, negative=True) for pattern in protected)
    if not workspace:
        return [((EVERYTHING,), ALLOW)]
    return [(patterns, ALLOW if inside else _ASK) for patterns, inside in _workspace_shape(workspace)]


def _workspace_shape(workspace: tuple[PathPattern, ...]) -> list[tuple[tuple[PathPattern, ...], bool]]:
    """The workspace, and what lies outside of it: everything but its positive patterns, and its negative patterns.

    Without patterns the workspace is everything but some protected paths, so it has the shape of one negative pattern.
    """
    positive = tuple(pattern for pattern in workspace if not pattern.negative)
    negative = tuple(pattern for pattern in workspace if pattern.negative)
    shape = [(workspace, True)]
    if positive:
        shape.append((tuple(PathPattern(pattern.text, negative=True) for pattern in positive), False))
    if negative or not positive:
        shape.append((tuple(PathPattern(pattern.text) for pattern in negative), False))
    return shape


def _ids(first: str, count: int) -> list[str]:
    """The ids that ``Draft`` took for a mode."""
    generated = _GENERATED.fullmatch(first)
    if generated is None:
        return [first if number == 1 else f"{first}#{number}" for number in range(1, count + 1)]
    start = int(generated[2] or 1)
    return [generated[1] if number == 1 else f"{generated[1]}#{number}" for number in range(start, start + count)]


def place(statement: Rule | ModeLine) -> tuple[int, int]:
    """Place of a statement in its file, to sort by; behind all others where it was not read from one."""
    return (_NOWHERE, 0) if statement.span is None else (statement.span.line, statement.span.column)
