"""The two policies of the proposals that started this: they parse verbatim and decide as their text says."""

from __future__ import annotations

import pytest

from agentowners.change.model import Account, AccountType, Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.diagnostics import Source
from agentowners.engine.settle import evaluate
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from tests.policy.reading import DATA


def seed(name: str, path: str) -> Policy:
    return load_policy([Source(path, (DATA / name).read_bytes())])


def decided(policy: Policy, path: str, who: str, ref: str, status: Status = Status.MODIFIED) -> tuple[str, int]:
    """The decision on one path, and how many approvals it asks for."""
    file = FileChange(path, status, before=Kind.FILE, after=Kind.FILE)
    author = Account("octocat", 1, AccountType.USER)
    evidence = Evidence(Signal.DECLARED, Strength.VERIFIED, name=who)
    verdict = evaluate(policy, Change(ref, (file,), (evidence,), author if who == "octocat" else None))
    return verdict.decision.value, verdict.approvals.required


@pytest.mark.parametrize(
    ("path", "ref", "wanted"),
    [
        ("security/keys.py", "refs/heads/main", ("block", 0)),
        ("security/a/b", "refs/heads/main", ("block", 0)),
        (".github/secrets/x", "refs/heads/main", ("block", 0)),
        ("src/security/x", "refs/heads/main", ("allow", 0)),
        ("src/main.rs", "refs/heads/main", ("allow", 0)),
        ("src/main.rs", "refs/heads/production", ("require_approval", 1)),
        ("src/main.rs", "refs/heads/production/x", ("allow", 0)),
        ("security/keys.py", "refs/heads/production", ("block", 0)),
        ("Cargo.toml", "refs/heads/main", ("require_approval", 1)),
        ("crates/a/Cargo.toml", "refs/heads/main", ("require_approval", 1)),
        ("web/package.json", "refs/heads/main", ("require_approval", 1)),
        ("package.json5", "refs/heads/main", ("allow", 0)),
    ],
)
def test_the_policy_for_operatives(path: str, ref: str, wanted: tuple[str, int]) -> None:
    policy = seed("smooth.agentowners", ".github/AGENTOWNERS")
    found = decided(policy, path, "smooth-operative/alpha", ref)
    assert (found[0], found[1] if found[0] != "block" else 0) == wanted


@pytest.mark.parametrize("who", ["@claude", "@humans", "@bots"])
def test_the_policy_for_operatives_is_about_nobody_else(who: str) -> None:
    policy = seed("smooth.agentowners", ".github/AGENTOWNERS")
    assert decided(policy, "security/keys.py", who, "refs/heads/production") == ("allow", 0)


@pytest.mark.parametrize(
    ("path", "status", "wanted"),
    [
        (".env", Status.MODIFIED, "block"),
        ("a/b/.env.local", Status.MODIFIED, "block"),
        (".env", Status.READ, "block"),
        (".env", Status.EXECUTED, "block"),
        ("a/secrets/b", Status.REMOVED, "block"),
        ("secrets/README.md", Status.ADDED, "block"),
        ("README.md", Status.ADDED, "allow"),
        ("a/docs/b.txt", Status.MODIFIED, "allow"),
        ("src/x.py", Status.MODIFIED, "allow"),
    ],
)
def test_the_policy_for_tools(path: str, status: Status, wanted: str) -> None:
    policy = seed("acp.yml", ".acp.yml")
    assert decided(policy, path, "@agents", "refs/heads/main", status)[0] == wanted


def test_the_policy_for_tools_says_why_and_is_about_agents_only() -> None:
    policy = seed("acp.yml", ".acp.yml")
    assert policy.layers[0].rules[0].reason == "Sensitive files must not be accessed by agents"
    assert decided(policy, ".env", "@humans", "refs/heads/main") == ("allow", 0)
