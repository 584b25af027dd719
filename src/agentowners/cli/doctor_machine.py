"""Hooks, proposals and grants of the clone that ``doctor`` is called in, which an agent of the same user gets around."""

from __future__ import annotations

import os
from collections.abc import Iterator

from agentowners.cli.inputs import text_of
from agentowners.cli.moments import now
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.install import is_installed
from agentowners.git.clone import origin_repository
from agentowners.git.run import Git, GitError
from agentowners.proposals.fakes import FAKES, SAME_USER
from agentowners.proposals.model import ProposalState
from agentowners.report.shared.cut import count
from agentowners.store.machine import state_path
from agentowners.store.proposals import ProposalStore
from agentowners.store.repositories import Repositories


def same_user(repository: str) -> str | None:
    """Hooks, proposals and grants of the clone here, and what can be faked; None where there are none, or it is of another
    repository than ``owner/name``."""
    try:
        origin = origin_repository(Git())
    except GitError:
        return None
    clones = Repositories().holding(os.path.realpath(os.getcwd()))
    if not clones or origin is None or origin.lower() != repository.lower():
        return None
    clone = clones[0][0]
    here = [*_hooks(clone.root), *_kept(clone.common_dir)]
    if not here:
        return None
    return f"{', '.join(here)}; {SAME_USER} {', '.join(FAKES)}: `agentowners hook doctor` says what comes of each"


def _hooks(root: str) -> Iterator[str]:
    for client, facts in CLIENTS.items():
        text = text_of(os.path.join(root, facts.project))
        if text is not None and is_installed(text, client):
            yield f"a hook in {facts.name}"


def _kept(common_dir: str) -> Iterator[str]:
    path = state_path(common_dir)
    if path is None or not os.path.isdir(path):
        return
    try:
        store, moment = ProposalStore(common_dir), now()
        waiting = sum(each.state is ProposalState.PENDING for each in store.proposals())
        holding = sum(grant.holds(moment) for grant in store.grants())
    except AgentownersError:
        yield "proposals and grants that cannot be read"
        return
    if waiting:
        yield f"{count(waiting, 'proposal')} waiting"
    if holding:
        yield f"{count(holding, 'grant')} that may hold"
