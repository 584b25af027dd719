"""The classes of files and the vocabulary of the other AGENTOWNERS, version 1.

Source: https://github.com/streamentry/AGENTOWNERS, ``docs/policy-reference.md`` and ``packages/core``.
"""

from __future__ import annotations

from typing import Final

from agentowners.policy.patterns import PathPattern


def _patterns(texts: str) -> tuple[PathPattern, ...]:
    return tuple(PathPattern(text) for text in texts.split())


DOCS: Final = _patterns("/*.md /docs /*.rst /*.adoc")
TESTS: Final = _patterns("**/*.test.* **/*.spec.* /tests /__tests__")
DEPENDENCIES: Final = _patterns(
    "/package.json /package-lock.json /pnpm-lock.yaml /yarn.lock /bun.lockb /requirements.txt /uv.lock /poetry.lock /Pipfile"
    " /Pipfile.lock /Cargo.toml /Cargo.lock /go.mod /go.sum /pom.xml /build.gradle /composer.json /composer.lock /Gemfile"
    " /Gemfile.lock"
)
WORKFLOWS: Final = _patterns("/.github/workflows /.github/actions")
INFRA: Final = _patterns("/infra /terraform /k8s /helm /deploy /Dockerfile /docker-compose.yml /*.tf /*.tfvars")
AUTH: Final = _patterns("**/auth **/security **/permissions **/roles **/policy **/rbac")
SECRETS: Final = _patterns("/.env /.env.* /*.pem /*.key /id_rsa /id_ed25519 /secrets.*")
"""The last of the classes of ``classifier.ts``; most of their patterns match from the root on."""

OPENING: Final = ("open_pr", "update_pr")
"""Actions of every pull request: the first of its opening, the second of each push to it."""
BY_ACTION: Final = {
    "edit_workflows": WORKFLOWS,
    "modify_tests": TESTS,
    "modify_docs": DOCS,
    "modify_dependencies": DEPENDENCIES,
    "modify_auth": AUTH,
    "modify_infra": INFRA,
    "touch_secrets": SECRETS,
}
"""Actions that changed files are taken for."""
NEVER: Final = ("change_permissions", "merge_pr")
"""Actions that nothing is taken for."""
OTHERS: Final = (
    *("comment", "review_comment", "approve_pr", "request_changes", "label_issue", "close_issue", "reopen_issue", "assign_issue"),
)
"""Actions that are no change of a file."""
ACTIONS: Final = frozenset((*OPENING, *BY_ACTION, *NEVER, *OTHERS))
BY_FLAG: Final = {
    "changes_package_files": DEPENDENCIES,
    "changes_workflows": WORKFLOWS,
    "changes_permissions": AUTH,
    "changes_auth": AUTH,
    "changes_infra": INFRA,
    "docs_only": DOCS,
    "tests_only": TESTS,
}
KNOWN_ACTORS: Final = ("github-copilot[bot]", "copilot-swe-agent[bot]", "dependabot[bot]", "renovate[bot]")
"""Accounts that are agents without being named."""
DEFAULTS: Final = {
    "unknown_agent": "require_approval",
    "known_agent": "require_approval",
    "docs_only": "allow",
    "workflows": "block",
    "secrets": "block",
}
