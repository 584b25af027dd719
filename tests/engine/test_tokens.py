"""Whom a verified token lets in, through the real evaluation: the issuer says so and the policy, never the agent itself."""

from __future__ import annotations

import json

import pytest

from agentowners.change.model import Change, Evidence, Signal, Strength
from agentowners.diagnostics import Source
from agentowners.engine.settle import evaluate
from agentowners.policy.load import load_policy
from agentowners.policy.model import Decision, Policy
from tests.engine.build import change, facts, rules

GITHUB = "https://token.actions.githubusercontent.com"


def policy(oidc: str, *statements: str) -> Policy:
    agents = f"agents: {{smooth-operative/*: {{oidc: [{oidc}]}}}}\n"
    written = "".join(f"  - {rule}\n" for rule in statements)
    text = f"{agents}defaults: {{agents: block}}\n" + (f"rules:\n{written}" if statements else "")
    return load_policy([Source(".agentowners.yml", text.encode())])


def bearer(claims: object, strength: Strength = Strength.VERIFIED) -> Change:
    """A change of a file by whoever holds a token, and nobody else."""
    return change("src/a.py", author=None, evidence=[Evidence(Signal.TOKEN, strength, text=json.dumps(claims))])


def decision(of: Policy, claims: object, strength: Strength = Strength.VERIFIED) -> Decision:
    request = bearer(claims, strength)
    return evaluate(of, request, facts()).decision


def names(of: Policy, claims: object) -> list[tuple[str, str]]:
    request = bearer(claims)
    return [(p.name, p.strength.value) for p in evaluate(of, request, facts()).principals]


BRANCHES = policy(
    f'{{issuer: "{GITHUB}", claims: {{sub: "repo:acme/shop:**", repository_id: "5"}}}}',
    '{patterns: ["**"], principals: ["@smooth-operative/release"], decision: allow}',
)


def on_branch(branch: str, repository: str = "acme/shop") -> dict[str, str]:
    return {"iss": GITHUB, "sub": f"repo:{repository}:ref:refs/heads/{branch}", "repository_id": "5"}


def test_a_branch_does_not_choose_its_name_in_a_namespace() -> None:
    assert decision(BRANCHES, on_branch("release")) is Decision.BLOCK
    assert names(BRANCHES, on_branch("release")) == [("@smooth-operative/unnamed", "verified")]


def test_a_namespaces_own_rules_hold_for_whom_nothing_names() -> None:
    source = f'{{issuer: "{GITHUB}", claims: {{sub: "repo:acme/shop:*", repository_id: "5"}}}}'
    assert (
        decision(policy(source, '{patterns: ["**"], principals: ["@smooth-operative/*"], decision: allow}'), on_branch("release"))
        is Decision.ALLOW
    )
    for other in ("release", "r*", "unnamed", "u*"):
        named = policy(source, f'{{patterns: ["**"], principals: ["@smooth-operative/{other}"], decision: allow}}')
        assert decision(named, on_branch("release")) is Decision.BLOCK


@pytest.mark.parametrize(
    ("claims", "pattern"),
    [
        (on_branch("RELEASE", "ACME/shop"), "repo:acme/shop:ref:refs/heads/release"),
        (on_branch("RELEASE"), "repo:acme/shop:ref:refs/heads/release"),
        (on_branch("release", "ACME/shop"), "repo:acme/shop:*"),
    ],
)
def test_letter_case_of_a_claim_counts(claims: dict[str, str], pattern: str) -> None:
    allowed = '{patterns: ["**"], principals: ["@agents"], decision: allow}'
    of = policy(f'{{issuer: "{GITHUB}", claims: {{sub: "{pattern}", repository_id: "5"}}}}', allowed)
    assert decision(of, claims) is Decision.BLOCK


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example", "sub": "operative:alpha"},
        {"iss": "https://issuer.example/", "sub": "operative:alpha"},
        {"iss": "https://issuer.example", "sub": "other:alpha"},
        {"iss": "https://issuer.example", "sub": ["operative:alpha"], "team": "x"},
        {"iss": "https://issuer.example", "sub": "operative:alpha", "env": True},
        {},
        [],
    ],
)
def test_a_token_that_nothing_lists_proves_nothing(claims: object) -> None:
    of = policy(
        '{issuer: "https://issuer.example", claims: {sub: "operative:*", env: "prod*"}}',
        '{patterns: ["**"], principals: ["@agents"], decision: allow}',
    )
    assert decision(of, claims) is Decision.BLOCK
    assert names(of, claims) == [("@agents", "asserted")]


def test_a_token_that_nothing_lists_is_still_an_agents() -> None:
    of = load_policy([Source("AGENTOWNERS", b"src/ @agents block\n")])
    assert decision(of, {"iss": "x"}) is Decision.BLOCK


@pytest.mark.parametrize(
    ("pattern", "subject", "name"),
    [
        ("operative:*", "operative:alpha", "alpha"),
        ("operative:*", "operative:Alpha", "alpha"),
        ("operative:*", "operative:", "unnamed"),
        ("operative:*", "operative:a/b", "unnamed"),
        ("operative:*", "operative:a:b", "unnamed"),
        ("operative:*", "operative:a[bot]", "unnamed"),
        ("operative:*", "operative:a*", "unnamed"),
        ("operative:*", "operative:" + "a" * 101, "unnamed"),
        ("operative:*", "operative:a\nb", "unnamed"),
        ("team:*:*", "team:red:alpha", "alpha"),
        ("team:*:*", "team:red:x:alpha", "unnamed"),
        ("team-*-*", "team-red-x-alpha", "x-alpha"),
        ("*", "alpha", "alpha"),
        ("*:alpha", "x:alpha", "unnamed"),
        ("operative:alpha", "operative:alpha", "unnamed"),
    ],
)
def test_only_a_plain_text_under_the_last_star_is_a_name(pattern: str, subject: str, name: str) -> None:
    of = policy(f'{{issuer: "i", claims: {{sub: "{pattern}"}}}}')
    assert names(of, {"iss": "i", "sub": subject}) == [(f"@smooth-operative/{name}", "verified")]


def test_a_star_is_any_run_of_characters() -> None:
    of = policy(
        '{issuer: "i", claims: {sub: "a*z", ref: "refs/*/x"}}',
        '{patterns: ["**"], principals: ["@smooth-operative/*"], decision: allow}',
    )
    for claims in ({"sub": "a:/z", "ref": "refs/heads/y/x"}, {"sub": "az", "ref": ["nothing", "refs//x"]}):
        assert decision(of, {"iss": "i"} | claims) is Decision.ALLOW
    for claims in ({"sub": "a", "ref": "refs/heads/x"}, {"sub": "abz", "ref": "refs/x"}, {"sub": "abz"}):
        assert decision(of, {"iss": "i"} | claims) is Decision.BLOCK


def test_a_pattern_takes_time_in_proportion_to_the_claim() -> None:
    of = policy(
        '{issuer: "i", claims: {sub: "' + "a*" * 200 + 'b"}}', '{patterns: ["**"], principals: ["@agents"], decision: allow}'
    )
    assert decision(of, {"iss": "i", "sub": "a" * 1_000_000}) is Decision.BLOCK


def test_what_is_only_asserted_of_a_token_allows_nothing() -> None:
    of = policy('{issuer: "i", claims: {sub: "a"}}', '{patterns: ["**"], principals: ["@smooth-operative/*"], decision: allow}')
    assert decision(of, {"iss": "i", "sub": "a"}) is Decision.ALLOW
    assert decision(of, {"iss": "i", "sub": "a"}, Strength.ASSERTED) is Decision.BLOCK


def test_the_file_with_an_issuers_keys_is_protected() -> None:
    of = policy(
        '{issuer: "i", claims: {sub: "a"}, keys: .github/keys.json}',
        '{patterns: ["**"], principals: ["@agents"], decision: allow}',
    )
    token = [Evidence(Signal.TOKEN, Strength.VERIFIED, text='{"iss": "i", "sub": "a"}')]
    request = change(".github/keys.json", author=None, evidence=token)
    verdict = evaluate(of, request, facts())
    assert verdict.decision is Decision.REQUIRE_APPROVAL
    assert rules(verdict) == {".github/keys.json": ("builtin:policy",)}
