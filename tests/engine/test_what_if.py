"""What would change a decision is carried out by hand, on the policy's text and on the change, and is as it was said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.change.model import Change, Evidence, Signal, Strength
from agentowners.cli.offline import answer
from agentowners.diagnostics import Source
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.settle import inquire
from agentowners.explain.explain import explain
from agentowners.explain.model import Edit, EditKind, Explanation, WhatIf, carrying
from agentowners.policy.load import load_policy
from agentowners.policy.model import Action, Decision
from tests.engine.build import COPILOT, by, change, declared, file
from tests.engine.test_explain import modes, questions
from tests.engine.test_properties import defaults, extras, rule
from tests.examples import examples

Texts = dict[str, list[str]]


def explained(texts: Texts, subject: Change) -> Explanation:
    return explain(load_policy(sources(texts)), subject, answer)


def sources(texts: Texts) -> list[Source]:
    return [Source(name, "\n".join(lines).encode()) for name, lines in texts.items()]


def carried_out(step: Edit, texts: Texts, subject: Change) -> tuple[Texts, Change]:
    """A step as a person would take it, knowing nothing but what the step says."""
    texts = {name: list(lines) for name, lines in texts.items()}
    match step.kind:
        case EditKind.WITHOUT:
            assert step.source is not None
            assert step.line is not None
            texts[step.source][step.line - 1] = ""
        case EditKind.EXCEPT:
            assert step.source is not None
            assert step.line is not None
            texts[step.source][step.line - 1] = f"{step.text} {texts[step.source][step.line - 1]}"
        case EditKind.WRITE:
            assert step.source is not None
            texts.setdefault(step.source, []).append(step.text)
        case EditKind.AS:
            evidence = (Evidence(Signal.DECLARED, Strength.VERIFIED, name=step.text.removeprefix("@")),)
            subject = replace(subject, evidence=evidence, author=None)
        case EditKind.VERIFIED:
            subject = replace(subject, evidence=tuple(replace(e, strength=Strength.VERIFIED) for e in subject.evidence))
        case EditKind.REF:
            subject = replace(subject, ref=step.text)
        case EditKind.ACTION:
            (one,) = subject.files
            subject = replace(subject, files=(replace(one, status=STATUS_OF[Action(step.text)]),))
    return texts, subject


def holds(claim: WhatIf, texts: Texts, subject: Change) -> None:
    before = inquire(load_policy(sources(texts)), subject, answer)
    for step in claim.edits:
        texts, subject = carried_out(step, texts, subject)
    verdict = inquire(load_policy(sources(texts)), subject, answer)
    assert (claim.decision, claim.observed_only) == (verdict.decision, verdict.observed_only)
    assert claim.required == verdict.approvals.required
    lines = {step.text for step in claim.edits if step.kind is EditKind.WRITE}
    assert [rule.id for rule in claim.rules] == [rule.id for rule in carrying(verdict) if rule.text not in lines]
    asks = [0 if one.decision is Decision.BLOCK else one.approvals.required for one in (before, verdict)]
    same = (before.decision, before.observed_only) == (verdict.decision, verdict.observed_only)
    changed = not same or asks[0] != asks[1]
    assert claim.changes is changed


@given(st.lists(rule(), max_size=5), st.lists(rule(), max_size=3), defaults, extras, modes, questions())
@examples(40)
def test_every_claim_is_true(
    first: list[str], second: list[str], given: list[str], more: list[str], observing: list[str], subject: Change
) -> None:
    texts = {"AGENTOWNERS": [*first, *more], "layer1": [*second, *given, *observing]}
    found = explained(texts, subject).what_ifs
    assert len(found) <= 4
    for claim in found:
        holds(claim, texts, subject)


def said(lines: Sequence[str], path: str, **others: object) -> list[tuple[list[str], str]]:
    subject = replace(change(file(path), evidence=by(COPILOT), author=COPILOT), **others)
    texts = {"AGENTOWNERS": list(lines)}
    found = explained(texts, subject).what_ifs
    for claim in found:
        holds(claim, texts, subject)
    return [([f"{step.kind.value} {step.text}" for step in claim.edits], claim.decision.value) for claim in found]


@pytest.mark.parametrize(
    ("lines", "path", "claims"),
    [
        pytest.param(
            ["security/ @agents block", "default @agents require_approval"],
            "security/k",
            [
                (["without security/ @agents block"], "require_approval"),
                (["except !/security/k"], "require_approval"),
                (["as @humans"], "allow"),
            ],
            id="a rule",
        ),
        pytest.param(
            ["default @agents require_approval"],
            "a b",
            [(["write /a\\ b @copilot allow"], "allow"), (["as @humans"], "allow")],
            id="a default",
        ),
        pytest.param(
            [],
            "AGENTS.md",
            [(["write unprotect /AGENTS.md @copilot"], "allow"), (["as @humans"], "allow")],
            id="the built-in layer",
        ),
        pytest.param(
            ["unprotect AGENTS.md @copilot"],
            "AGENTS.md",
            [(["without unprotect AGENTS.md @copilot"], "require_approval")],
            id="an unprotect line",
        ),
        pytest.param(
            ["*.md @agents block"],
            "AGENTS.md",
            [
                (["without *.md @agents block"], "require_approval"),
                (["except !/AGENTS.md"], "require_approval"),
                (["as @humans"], "allow"),
            ],
            id="a rule over the built-in layer",
        ),
        pytest.param(
            ["mode read-only @copilot", "a @copilot block"],
            "a",
            [
                (["without mode read-only @copilot", "without a @copilot block"], "allow"),
                (["without mode read-only @copilot", "except !/a"], "allow"),
                (["as @humans"], "allow"),
            ],
            id="a mode and a rule",
        ),
        pytest.param(["a @agents block", "a @agents block"], "b", [(["write /b @copilot block"], "block")], id="nothing"),
        pytest.param(
            ["a refs/heads/release/* @agents block", "a refs/heads/dev @agents require_approval"],
            "a",
            [
                (["ref refs/heads/release/x"], "block"),
                (["ref refs/heads/dev"], "require_approval"),
                (["write /a @copilot block"], "block"),
            ],
            id="rules about other refs",
        ),
        pytest.param(
            ["a @claude block"], "a", [(["as @claude"], "block"), (["write /a @copilot block"], "block")], id="rules about others"
        ),
        pytest.param(
            ["a @agents block actions=file_delete"],
            "a",
            [(["action file_delete"], "block"), (["write /a @copilot block"], "block")],
            id="another action",
        ),
        pytest.param(
            ["** @agents block", "default @agents block"],
            "a",
            [(["without ** @agents block"], "block"), (["as @humans"], "allow")],
            id="what changes nothing",
        ),
    ],
)
def test_what_is_said(lines: list[str], path: str, claims: list[tuple[list[str], str]]) -> None:
    assert said(lines, path) == claims


def test_what_would_be_if_it_were_proved() -> None:
    lines = ["default @agents block", "a @claude allow"]
    evidence = (declared("claude", Strength.ASSERTED),)
    assert (["verified @claude"], "allow") in said(lines, "a", evidence=evidence, author=None)


@pytest.mark.parametrize("path", ["a\nb", "a\udcffb", "a\u202eb", "a*b", "[a]", "!a", "#a", "refs/heads/x", "mode", "a\\b", " "])
def test_hostile_paths_are_written_so_that_they_can_be_read(path: str) -> None:
    assert said(["default @agents block"], path)[0][1] == "allow"
    assert said(["** @agents block"], path)[1][1] == "allow"


def test_a_yaml_policy_gets_yaml() -> None:
    text = "rules:\n  - patterns: ['a b']\n    decision: block\ndefaults: {agents: require_approval}\n"
    subject = change(file("a b"), evidence=by(COPILOT), author=COPILOT)
    policy = load_policy([Source(".agentowners.yml", text.encode())])
    (_, exception, *_) = explain(policy, subject, answer).what_ifs
    assert [step.text for step in exception.edits] == ['"!/a b"']
    (line, *_) = explain(policy, replace(subject, files=(file('b"c'),)), answer).what_ifs
    (step,) = line.edits
    assert (step.section, step.text) == ("rules", r'{patterns: ["/b\"c"], principals: ["@copilot"], decision: allow}')
    assert line.decision.value == "allow"
    written = load_policy([Source(".agentowners.yml", text.replace("rules:\n", f"rules:\n  - {step.text}\n").encode())])
    assert inquire(written, replace(subject, files=(file('b"c'),)), answer).decision.value == "allow"
