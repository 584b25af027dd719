"""The bearer of a token in a long session: looked at once, and again when the token ends or the policy changes."""

from __future__ import annotations

import time

from agentowners.change.model import Evidence
from agentowners.cli.hook_policies import RepositoryPolicies
from agentowners.cli.hook_token import verified_bearer
from agentowners.cli.shell import TokenRefusedError
from agentowners.cli.tokens import read_token
from agentowners.dispatch.denial import digest_of
from agentowners.issuers.keys import Fetcher, IssuerKeys
from agentowners.tokens.bearer import Bearer, unproved
from agentowners.tokens.verify import Refused


class TokenSession:
    """Holds a token's bearer."""

    def __init__(self, path: str, issuers: IssuerKeys | None = None) -> None:
        """Name the token's file; its issuer is asked without the proxies that variables name."""
        self._path = path
        self._issuers = issuers or IssuerKeys(Fetcher(proxies=dict))
        self._held: tuple[str, Bearer] | None = None

    def bearer(self, policies: RepositoryPolicies) -> Bearer:
        """The bearer, by the policies of a repository.

        Raises:
            AgentownersError: as of ``verified_bearer``.
        """
        digest = digest_of(policies.sources)
        if self._held is None or self._held[0] != digest or self._held[1].verified.expires <= time.time():
            self._held = None
            self._held = digest, verified_bearer(self._path, policies, self._issuers)
        return self._held[1]

    def claimed(self, policies: RepositoryPolicies) -> Evidence:
        """Claims of the token, for where the issuer's keys cannot be had: they can only restrict.

        Raises:
            AgentownersError: there are none, or the file cannot be read.
        """
        claims = unproved(policies.base, read_token(self._path))
        if isinstance(claims, Refused):
            raise TokenRefusedError(f"the token is refused: {claims.why}")
        return claims
