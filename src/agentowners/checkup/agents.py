"""Which accounts and Apps are agents, by the catalogue and the policy."""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.change.model import Account
from agentowners.checkup.facts import Fact
from agentowners.engine.facts import Known
from agentowners.identity.accounts import app_account, group_of
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.index import index_of
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Policy


class Agents:
    """Knows agents when it sees them."""

    def __init__(self, policy: Fact[Policy | None]) -> None:
        """Take the catalogue, and the policy's own agents where it could be read."""
        known = policy.value if isinstance(policy, Known) else None
        self._index = index_of(definitions(known) if known is not None else CATALOGUE)

    def is_agent(self, account: Account) -> bool:
        """True if an account is an agent's; a bot that nobody knows is."""
        return self._group([definition for definition, _ in self._index.by_account(account)], account) is Group.AGENTS

    def is_app(self, slug: str) -> bool:
        """True if an App is an agent's; one that nobody knows is."""
        return self._group([definition for definition, _ in self._index.by_app(slug)], app_account(slug)) is Group.AGENTS

    def _group(self, found: Sequence[AgentDefinition], account: Account) -> Group:
        groups = {self._index.group(definition) for definition in found}
        return group_of(account) if not groups else Group.AGENTS if Group.AGENTS in groups else groups.pop()
