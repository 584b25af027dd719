"""What ``lint`` may ask about a policy's surroundings: the repository's files, and its owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from agentowners.cli.work_tree import WorkTree
from agentowners.diagnostics import AgentownersError
from agentowners.git.clone import home_repository
from agentowners.git.listing import files_at, tracked_files
from agentowners.git.run import Git
from agentowners.lint.model import LintFacts

_NO_REPOSITORY: Final = "`--against` needs a repository, and there is none here"


def local_facts(tree: WorkTree, against: str | None) -> LintFacts:
    """What the clone tells. Its files are listed when a check asks for them; a revision is looked up at once.

    Raises:
        AgentownersError: there is no such revision, or no repository to look for it.
    """
    if not tree.is_repository:
        if against is not None:
            raise AgentownersError(_NO_REPOSITORY, help="run it inside a clone")
        return LintFacts()
    git = Git(tree.root)
    repository = home_repository(git)
    return LintFacts(
        files=_listing(git, against),
        against=against is not None,
        owner=None if repository is None else repository.partition("/")[0],
    )


def _listing(git: Git, against: str | None) -> Callable[[], tuple[str, ...]]:
    if against is None:
        return cache(lambda: tracked_files(git))
    from agentowners.git.objects import Objects
    from agentowners.git.revisions import resolve

    with Objects.of(git) as objects:
        revision = resolve(objects, against)
    return cache(lambda: files_at(git, revision))
