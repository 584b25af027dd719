"""``--token-file``: who acts, by a token that its issuer signed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from agentowners.cli.inputs import read_input
from agentowners.cli.shell import TokenRefusedError, UsageError
from agentowners.cli.work_tree import find_work_tree
from agentowners.diagnostics import AgentownersError, Source
from agentowners.git.clone import origin_host, origin_repository
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, policy_sources
from agentowners.git.run import Git, NoRepositoryError
from agentowners.policy.model import Layer, OidcClaims, Policy
from agentowners.tokens.bearer import Bearer, bearer, standard_audiences
from agentowners.tokens.keys import KeySet, read_keys
from agentowners.tokens.verify import MAX_TOKEN, Refused, key_id

if TYPE_CHECKING:
    from agentowners.issuers.keys import IssuerKeys

_LOOKS_LIKE_ONE: Final = "eyJ"
_HOW: Final = "it has to be one that an entry under `oidc`, in the policy's `agents`, takes"


def present(path: str, policy: Policy) -> Bearer:
    """The bearer of the token in a file, by a policy.

    Raises:
        TokenRefusedError: it proves nothing.
        KeysUnavailableError: its issuer's keys cannot be had.
    """
    token = read_token(path)
    git = Git()
    issuers: list[IssuerKeys] = []

    def keys_of(layer: Layer, entry: OidcClaims) -> KeySet:
        if entry.keys is not None and layer.source is not None:
            return keys_in(git, layer.source, entry.keys)
        if not issuers:
            from agentowners.issuers.keys import IssuerKeys  # only where somebody is asked: it brings TLS and HTTP along

            issuers.append(IssuerKeys())
        return issuers[0].of(entry.issuer, key_id(token))

    holder = bearer(policy, token, keys_of, _audiences(git), int(time.time()))
    if isinstance(holder, Refused):
        raise TokenRefusedError(f"the token is refused: {holder.why}", help=_HOW)
    return holder


def read_token(path: str) -> str:
    """The text of the token in a file, or on standard input for ``-``; a ``UsageError`` where the token itself was given."""
    if path.startswith(_LOOKS_LIKE_ONE):
        raise UsageError("`--token-file` looks like a token itself, which others may see now", help="put it into a file")
    data = read_input(path, "token" if path == "-" else "token file", MAX_TOKEN + 2)
    return data.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def keys_in(git: Git, source: Source, path: str) -> KeySet:
    """The keys in a file beside a policy: on the same commit, or in the work tree where the policy came from disk."""
    try:
        if source.commit is None:
            return read_keys(find_work_tree(git).read(path).data)
        with Objects.of(git) as objects:
            sources = policy_sources(objects, Revision(path, source.commit), (path,))
        if not sources:
            raise AgentownersError(f"there is no such file on `{source.ref}`")
        return read_keys(sources[0].data)
    except AgentownersError as error:
        raise AgentownersError(f"the keys in `{path}` cannot be used: {error.message}", help=error.help) from None


def _audiences(git: Git) -> tuple[str, ...]:
    """This repository's, by name, and by number in a workflow of its own."""
    try:
        host, repository = origin_host(git), origin_repository(git)
    except NoRepositoryError:
        return ()
    if host is None or repository is None:
        return ()
    number = os.environ.get("GITHUB_REPOSITORY_ID", "")
    own = number.isdecimal() and os.environ.get("GITHUB_REPOSITORY", "").lower() == repository.lower()
    return standard_audiences(host, repository, int(number) if own else None)
