"""A subject in the form that GitHub's tokens of new repositories do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import token_entries
from agentowners.policy.agent_names import is_github_issuer
from agentowners.text.wording import quote

_NAMES: Final = re.compile(r"repo:(?P<owner>[^/:]+)/(?P<name>[^:]*)")
_NUMBERED: Final = re.compile(r".*[@-][0-9]+")
_SERVER: Final = "/_services/token"
"""End of the issuer of a server of one's own, whose subjects have no numbers."""


@check("token-legacy-subject", "a token's subject is named in a form that new repositories do not have")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern for ``sub`` of which that is so."""
    for at in token_entries(subject):
        pattern = dict(at.oidc.claims).get("sub", "")
        issuer = at.oidc.issuer.rstrip("/")
        if is_github_issuer(issuer) and not issuer.endswith(_SERVER) and _is_legacy(pattern):
            help = "leave `sub` out: `repository_id` and `workflow_ref` say the same in either form"
            message = f"{quote(pattern)} fits no repository that was made, renamed or moved after July 15, 2026"
            yield mistake.finding(message, at.span(subject), help)


def _is_legacy(pattern: str) -> bool:
    """True if an owner or a repository is named without its number, and no wildcard can stand for it."""
    found = _NAMES.match(pattern)
    return found is not None and any("*" not in part and not _NUMBERED.fullmatch(part) for part in found.groups())
