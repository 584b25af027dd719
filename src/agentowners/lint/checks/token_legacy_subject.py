"""A subject in the form that GitHub's tokens of new repositories do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentowners.diagnostics import Severity
from agentowners.lint.model import Check, LintFinding, LintSubject
from agentowners.lint.tokens import token_entries
from agentowners.policy.agent_names import is_github_issuer
from agentowners.text.wording import quote

_LEGACY: Final = re.compile(r"repo:[^/*:]*[^/*:0-9]/|repo:[^/*:]+/[^:*]*[^:*0-9](?::|$)")
"""An owner, or a repository, without a number at the end of its name."""


def run(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern for ``sub`` of which that is so."""
    for at in token_entries(subject):
        pattern = dict(at.oidc.claims).get("sub", "")
        if is_github_issuer(at.oidc.issuer) and _LEGACY.match(pattern):
            help = "leave `sub` out: `repository_id` and `workflow_ref` say the same in either form"
            message = f"{quote(pattern)} fits no repository that was made, renamed or moved after July 15, 2026"
            yield CHECK.finding(message, at.span(subject), help)


CHECK = Check(
    "token-legacy-subject", Severity.WARNING, "a token's subject is named in a form that new repositories do not have", run
)
