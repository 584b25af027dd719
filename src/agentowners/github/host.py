"""Everything of GitHub that the action needs, for one repository and one token."""

from __future__ import annotations

from collections.abc import Callable

from agentowners.github.checks import Checks
from agentowners.github.client import Api
from agentowners.github.commits import Commits
from agentowners.github.conversation import Conversation
from agentowners.github.model import Budget, Patience
from agentowners.github.people import People
from agentowners.github.policy_files import PolicyFiles
from agentowners.github.pulls import Pulls
from agentowners.github.tree_changes import TreeChanges
from agentowners.github.trees import Trees


class GitHubHost:
    """The platform, for one repository and one token."""

    def __init__(self, token: str, url: str, repository: str, patience: Patience, say: Callable[[str], None]) -> None:
        """Begin to speak to GitHub; ``say`` takes a line about something that takes long."""
        self.repository = repository
        """``owner/name``."""
        self._api = Api(token, url, repository, patience)
        self.commits = Commits(self._api)
        self.trees = Trees(self._api)
        self.changes = TreeChanges(self.trees, say)
        self.pulls = Pulls(self._api, self.commits, self.changes)
        self.timelines = self.pulls.timelines
        self.policies = PolicyFiles(self.trees)
        self.people = People(self._api)
        self.checks = Checks(self._api)
        self.conversation = Conversation(self._api)

    @property
    def budget(self) -> Budget | None:
        """Requests left to the token, as of the last answer; None where GitHub does not count them."""
        return self._api.budget

    @property
    def requests(self) -> int:
        """Requests that were made so far, repeated ones too."""
        return self._api.requests

    @property
    def waited(self) -> float:
        """Seconds that were spent waiting for GitHub so far."""
        return self._api.waited

    def hurry(self, patience: Patience) -> None:
        """Go on over a new connection, with another patience."""
        self._api.hurry(patience)

    def close(self) -> None:
        """Let go of the connection."""
        self._api.close()
