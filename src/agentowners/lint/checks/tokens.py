"""Entries under ``oidc`` whose tokens are not those, or not only those, that were meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import token_entries
from agentowners.policy.agent_names import is_github_issuer
from agentowners.text.wording import quote

_OWNER_FIRST: Final = frozenset({"repository", "repository_owner", "workflow_ref", "job_workflow_ref"})
_NAMES: Final = re.compile(r"repo:(?P<owner>[^/:]+)/(?P<name>[^:]*)")
_NUMBERED: Final = re.compile(r".*[@-][0-9]+")
_SERVER: Final = "/_services/token"
"""End of the issuer of a server of one's own, whose subjects have no numbers."""


@check("issuer-slash", "two token issuers differ only by a slash at the end")
def issuer_slash(subject: LintSubject) -> Iterator[LintFinding]:
    """Each entry whose issuer another entry names without the slash."""
    names = {oidc.issuer for _, oidc in token_entries(subject)}
    for at, oidc in token_entries(subject):
        bare = oidc.issuer.removesuffix("/")
        if bare != oidc.issuer and bare in names:
            help = f"an issuer is compared exactly: write it as the `issuer` in `{bare}/.well-known/openid-configuration`"
            yield issuer_slash.finding(f"`{oidc.issuer}` and `{bare}` are two issuers", at.span(subject), help)


@check("token-from-any-branch", "a token of GitHub's workflows is taken from any branch")
def token_from_any_branch(subject: LintSubject) -> Iterator[LintFinding]:
    """Each entry for GitHub's issuer that names no workflow up to its branch."""
    for at, oidc in token_entries(subject):
        workflows = [pattern for name, pattern in oidc.claims if name in ("workflow_ref", "job_workflow_ref")]
        if is_github_issuer(oidc.issuer) and not any("@" in pattern for pattern in workflows):
            message = f"a workflow on any branch can get a token of `{at.entry.name}`"
            help = "add `workflow_ref`, such as `acme/shop/.github/workflows/release.yml@refs/heads/main`"
            yield token_from_any_branch.finding(message, at.span(subject), help)


@check("token-of-any-owner", "a wildcard in a token's claim touches an owner's name")
def token_of_any_owner(subject: LintSubject) -> Iterator[LintFinding]:
    """Each claim of GitHub's tokens in which that is so."""
    for at, oidc in token_entries(subject):
        if not is_github_issuer(oidc.issuer):
            continue
        for name, pattern in oidc.claims:
            owner = pattern.partition("/")[0]
            if name == "sub":
                owner = owner.removeprefix("repo:") if re.match(r"repo:|\*", owner) else ""
            elif name not in _OWNER_FIRST:
                continue
            if "*" in owner:
                help = "write the owner's name out: whoever registers a name that fits gets such tokens"
                yield token_of_any_owner.finding(f"`*` in the owner's name of {name} {quote(pattern)}", at.span(subject), help)


@check("token-legacy-subject", "a token's subject is named in a form that new repositories do not have")
def token_legacy_subject(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern for ``sub`` of which that is so."""
    for at, oidc in token_entries(subject):
        pattern = dict(oidc.claims).get("sub", "")
        issuer = oidc.issuer.rstrip("/")
        if is_github_issuer(issuer) and not issuer.endswith(_SERVER) and _is_legacy(pattern):
            help = "leave `sub` out: `repository_id` and `workflow_ref` say the same in either form"
            message = f"{quote(pattern)} fits no repository that was made, renamed or moved after July 15, 2026"
            yield token_legacy_subject.finding(message, at.span(subject), help)


def _is_legacy(pattern: str) -> bool:
    """True if an owner or a repository is named without its number, and no wildcard can stand for it."""
    match = _NAMES.match(pattern)
    return match is not None and any("*" not in part and not _NUMBERED.fullmatch(part) for part in match.groups())
