"""Nodes of a policy in YAML."""

from __future__ import annotations

from agentowners.policy.draft import Draft
from agentowners.yamltext.nodes import Nodes


class PolicyNodes(Nodes):
    """Reads nodes for a draft, which also collects what they say."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self.draft = draft
