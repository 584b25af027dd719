"""A wildcard in the name of a repository's owner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import token_entries
from agentowners.policy.agent_names import is_github_issuer
from agentowners.text.wording import quote

_OWNER_FIRST: Final = frozenset({"repository", "repository_owner", "workflow_ref", "job_workflow_ref"})


@check("token-of-any-owner", "a wildcard in a token's claim touches an owner's name")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each claim of GitHub's tokens in which that is so."""
    for at in token_entries(subject):
        if not is_github_issuer(at.oidc.issuer):
            continue
        for name, pattern in at.oidc.claims:
            owner = pattern.partition("/")[0]
            if name == "sub":
                owner = owner.removeprefix("repo:") if re.match(r"repo:|\*", owner) else ""
            elif name not in _OWNER_FIRST:
                continue
            if "*" in owner:
                help = "write the owner's name out: whoever registers a name that fits gets such tokens"
                yield mistake.finding(f"`*` in the owner's name of {name} {quote(pattern)}", at.span(subject), help)
