"""Two issuers of which one has a slash more at its end."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import token_entries


@check("issuer-slash", "two token issuers differ only by a slash at the end")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each entry whose issuer another entry names without the slash."""
    names = {at.oidc.issuer for at in token_entries(subject)}
    for at in token_entries(subject):
        bare = at.oidc.issuer.removesuffix("/")
        if bare != at.oidc.issuer and bare in names:
            help = f"an issuer is compared exactly: write it as the `issuer` in `{bare}/.well-known/openid-configuration`"
            yield mistake.finding(f"`{at.oidc.issuer}` and `{bare}` are two issuers", at.span(subject), help)
