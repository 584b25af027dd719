"""GitHub's tokens that a workflow on any branch can get."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import token_entries
from agentowners.policy.agent_names import is_github_issuer

_WORKFLOWS = ("workflow_ref", "job_workflow_ref")


@check("token-from-any-branch", "a token of GitHub's workflows is taken from any branch")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each entry for GitHub's issuer that names no workflow up to its branch."""
    for at in token_entries(subject):
        claims = dict(at.oidc.claims)
        if is_github_issuer(at.oidc.issuer) and not any("@" in claims.get(name, "") for name in _WORKFLOWS):
            help = "add `workflow_ref`, such as `acme/shop/.github/workflows/release.yml@refs/heads/main`"
            yield mistake.finding(f"a workflow on any branch can get a token of `{at.agent.name}`", at.span(subject), help)
