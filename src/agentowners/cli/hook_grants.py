"""Grants that hold at a tool call; where there are none, that costs one look at a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from typing import Final

from agentowners import __version__
from agentowners.diagnostics import AgentownersError, Source
from agentowners.dispatch.denial import digest_of
from agentowners.policy.model import Policy
from agentowners.store.machine import state_directory
from agentowners.store.repositories import Repository

_MOST: Final = 100


def granted(
    repository: Repository, principal: str, session: str, sources: Sequence[Source], policy: Policy
) -> tuple[Policy, tuple[str, ...]]:
    """The base's policy with what was granted to a principal's session on this machine, and the ids of those grants.

    State that cannot be read grants nothing.
    """
    directory = state_directory(repository.common_dir)
    if directory is None or not os.path.isdir(os.path.join(directory, "grants")):
        return policy, ()
    from agentowners.cli.moments import now
    from agentowners.proposals.granting import with_grants
    from agentowners.store.proposals import ProposalStore

    base = digest_of(sources)
    try:
        moment, stored = now(), ProposalStore(repository.common_dir).grants()
    except AgentownersError:
        return policy, ()
    serving = (grant for grant in stored if grant.holds(moment) and grant.serves(f"@{principal}", session, base, __version__))
    grants = list(islice(serving, _MOST))
    return with_grants(policy, grants) if grants else (policy, ())
