"""``--token-file`` at a tool call: who calls, by a token whose issuer's keys stand in the repository. A hook asks no network."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from agentowners.cli.hook_policies import RepositoryPolicies
from agentowners.cli.shell import TokenRefusedError
from agentowners.cli.tokens import keys_in, read_token
from agentowners.diagnostics import AgentownersError
from agentowners.git.clone import origin_host, origin_repository
from agentowners.policy.model import Layer, OidcClaims
from agentowners.tokens.bearer import Bearer, bearer, standard_audiences
from agentowners.tokens.keys import KeySet
from agentowners.tokens.verify import Refused, key_id

if TYPE_CHECKING:
    from agentowners.issuers.keys import IssuerKeys


def verified_bearer(path: str, policies: RepositoryPolicies, issuers: IssuerKeys | None = None) -> Bearer:
    """The bearer of the token in a file, by the policy on the base of a repository.

    ``issuers`` asks those whose keys do not stand in the repository; without it these prove nothing.

    Raises:
        TokenRefusedError: the token proves nothing here.
        KeysUnavailableError: its issuer's keys cannot be had.
    """
    if path == "-":
        raise AgentownersError("the token cannot be read from standard input, where the call is", help="put it into a file")
    token = read_token(path)

    def keys_of(layer: Layer, entry: OidcClaims) -> KeySet:
        if entry.keys is None and issuers is not None:
            return issuers.of(entry.issuer, key_id(token))
        if entry.keys is None or layer.source is None or layer.source.commit is None:
            raise AgentownersError(
                f"the keys of `{entry.issuer}` are not in the repository", help="name their file with `keys`: no network is asked"
            )
        return keys_in(policies.git, layer.source, entry.keys)

    host, repository = origin_host(policies.git), origin_repository(policies.git)
    audiences = standard_audiences(host, repository) if host is not None and repository is not None else ()
    holder = bearer(policies.base, token, keys_of, audiences, int(time.time()))
    if isinstance(holder, Refused):
        raise TokenRefusedError(f"the token is refused: {holder.why}")
    return holder
