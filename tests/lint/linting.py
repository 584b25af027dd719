"""Short ways to look at policies in tests of the checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import dedent

from agentowners.diagnostics import Source
from agentowners.lint.model import AccountStatus, LintFacts, LintFinding, LintSubject
from agentowners.lint.registry import CHECKS
from agentowners.lint.run import find
from agentowners.policy.load import load_policy

LINES = "AGENTOWNERS"
YAML = ".agentowners.yml"
BY_ID = {check.id: check for check in CHECKS}


def subject(
    text: str | bytes,
    files: Iterable[str] | None = None,
    *,
    name: str = LINES,
    against: bool = False,
    owner: str | None = None,
    standings: Mapping[str, AccountStatus] | None = None,
) -> LintSubject:
    """A policy of one file, and what is known beside it."""
    data = text if isinstance(text, bytes) else dedent(text).encode()
    listed = None if files is None else tuple(files)
    facts = LintFacts(None if listed is None else lambda: listed, against, owner, standings)
    return LintSubject(load_policy([Source(name, data)]), facts)


def findings(id: str, looked_at: LintSubject) -> tuple[LintFinding, ...]:
    """What one check finds."""
    return find(looked_at, checks=[BY_ID[id]])


def said(found: Iterable[LintFinding]) -> list[str]:
    """Each finding with its line and the text that it points at: ``3 `docs/*`: message``."""
    return [f"{f.diagnostic.span.line} `{pointed_at(f)}`: {f.diagnostic.message}" for f in found]


def helps(found: Iterable[LintFinding]) -> list[str | None]:
    """The ways out."""
    return [f.diagnostic.help for f in found]


def pointed_at(finding: LintFinding) -> str:
    """The text under the marker."""
    span = finding.diagnostic.span
    return span.text[span.column - 1 : span.end_column - 1 if span.end_line == span.line else None]


GITHUB = "https://token.actions.githubusercontent.com"


def token_policy(claims: str, issuer: str = GITHUB) -> LintSubject:
    """A policy in YAML with one agent, `a`, and the tokens that prove it."""
    return subject(f'agents: {{a: {{oidc: [{{issuer: "{issuer}", claims: {{{claims}}}}}]}}}}', name=YAML)
