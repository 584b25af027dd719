"""The repository's own policy says what it means to say."""

from __future__ import annotations

import pytest

from agentowners.git.listing import tracked_files
from agentowners.git.run import Git
from agentowners.lint.model import LintFacts, LintSubject
from agentowners.lint.run import look
from agentowners.policy.model import Decision, Policy
from tests.docs.pages import ROOT
from tests.docs.policies import judge, load

_PATH = ".github/AGENTOWNERS"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load({_PATH: (ROOT / _PATH).read_text(encoding="utf-8")})


def test_it_loads_without_a_warning(policy: Policy) -> None:
    assert policy.diagnostics == ()
    report = look(LintSubject(policy, LintFacts(files=lambda: tracked_files(Git(str(ROOT))))))
    assert [finding.diagnostic.message for finding in report.findings] == []


def test_what_it_names_is_there(policy: Policy) -> None:
    for rule in policy.layers[0].rules:
        for pattern in rule.patterns:
            path = pattern.text.strip("/")
            assert (ROOT / path).exists() or path in LATER, f"{rule.id}: there is no {path}"


LATER = {"tests/corpus"}


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/gate.yml",
        ".github/workflows/release.yml",
        ".github/AGENTOWNERS",
        "action.yml",
        "Dockerfile",
        "docker/entrypoint.sh",
        "requirements/runtime.txt",
        "tools/publish.sh",
        "SECURITY.md",
    ],
)
def test_agents_do_not_touch_the_gate(policy: Policy, path: str) -> None:
    for action in ("file_create", "file_modify", "file_delete"):
        assert judge(policy, path, "`@copilot`", action=action).decision is Decision.BLOCK
    assert judge(policy, f"{path} → docs/x.md", "`@claude`", action="file_rename").decision is Decision.BLOCK
    assert judge(policy, path, "`@claude` (asserted)").decision is Decision.BLOCK
    assert judge(policy, path, "`@octocat`").decision is Decision.ALLOW


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("src/agentowners/engine/decide.py", 2),
        ("src/agentowners/identity/catalogue_agents.py", 2),
        ("src/agentowners/policy/patterns.py", 2),
        ("src/agentowners/action/run.py", 2),
        ("pyproject.toml", 2),
        ("src/agentowners/report/verdict/text.py", 1),
        ("tests/engine/test_decide.py", 1),
        ("CONTRIBUTING.md", 1),
    ],
)
def test_agents_need_people(policy: Policy, path: str, count: int) -> None:
    verdict = judge(policy, path, "`@copilot`")
    assert (verdict.decision, verdict.approvals.required) == (Decision.REQUIRE_APPROVAL, count)


@pytest.mark.parametrize("path", ["docs/recipes.md", "README.md"])
def test_agents_may_write_documentation(policy: Policy, path: str) -> None:
    assert judge(policy, path, "`@copilot`").decision is Decision.ALLOW
    assert judge(policy, path, "`@claude` (asserted)").decision is Decision.REQUIRE_APPROVAL


def test_a_policy_in_docs_is_no_documentation(policy: Policy) -> None:
    assert judge(policy, "docs/AGENTOWNERS", "`@copilot`").decision is Decision.REQUIRE_APPROVAL


def test_dependabot_changes_locks_and_nothing_else(policy: Policy) -> None:
    for path in ("requirements/dev.txt", "package-lock.json", ".github/workflows/ci.yml"):
        verdict = judge(policy, path, "`@dependabot[bot]`")
        assert (verdict.decision, verdict.approvals.required) == (Decision.REQUIRE_APPROVAL, 1)
    assert judge(policy, "src/agentowners/cli/main.py", "`@dependabot[bot]`").decision is Decision.BLOCK


def test_nobody_but_people_moves_tags(policy: Policy) -> None:
    for who in ("`@copilot`", "`@dependabot[bot]`"):
        assert judge(policy, "README.md", who, ref="refs/tags/v1").decision is Decision.BLOCK
    assert judge(policy, "README.md", "`@octocat`", ref="refs/tags/v1").decision is Decision.ALLOW
