"""Policy files, from the ref that a change goes to."""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.diagnostics import AgentownersError, Source
from agentowners.github.trees import Tree, TreeEntry, Trees
from agentowners.policy.builtin import is_nested_policy
from agentowners.policy.load import is_meant_as_policy


class PolicyFiles:
    """Finds the policy files. Directories are read once per ref, and only those that may hold a policy."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._roots: dict[str, Tree] = {}
        """Files of each branch, as last looked at."""
        self._tips: dict[str, str] = {}
        """Ids of these."""
        self._nested: dict[str, tuple[str, ...]] = {}
        """Misplaced policies below a root directory, by its id."""

    def on_branch(self, branch: str, names: Sequence[str]) -> tuple[Source, ...]:
        """The files of the given names that a branch has at its tip, in that order.

        Raises:
            AgentownersError: what stands there is no file, or too large.
            PlatformError: the branch cannot be read.
        """
        self._tips[branch], self._roots[branch] = self._trees.branch(branch)
        return self._read(self._roots[branch], names, f"refs/heads/{branch}")

    def meant(self, branch: str) -> tuple[str, ...]:
        """Paths of files that are surely meant as policies, and are not found as such, in the directories of a branch that were
        looked at before.

        Raises:
            PlatformError: a directory cannot be read.
        """
        root = self._roots.get(branch, {})
        paths = [name for name, here in root.items() if not here[0].is_tree]
        for folder in (".github", "docs"):
            here = root.get(folder, ())
            if here and here[0].is_tree:
                paths += [f"{folder}/{name}" for name, found in self._trees.tree(here[0].sha).items() if not found[0].is_tree]
        return tuple(sorted(path for path in paths if is_meant_as_policy(path)))

    def nested(self, branch: str) -> tuple[str, ...]:
        """Paths of files that are called like a policy where none is looked for, on a branch that was looked at before.

        All files are listed once for each state of a branch, with one attempt, since nothing is decided by it: there are none
        where GitHub does not answer, or lists only a part.
        """
        tip, root = self._tips.get(branch), self._roots.get(branch, {})
        if tip is None or not any(here[0].is_tree for name, here in root.items() if name != ".github"):
            return ()
        if tip not in self._nested:
            try:
                every = self._trees.whole(tip, attempts=1) or {}
            except AgentownersError:
                every = {}
            self._nested[tip] = tuple(sorted(path for path in every if is_nested_policy(path) and not every[path][0].is_tree))
        return self._nested[tip]

    def at_commit(self, commit: str, names: Sequence[str], ref: str) -> tuple[Source, ...]:
        """The same in a commit, shown as read from ``ref``."""
        return self._read(self._trees.tree(commit), names, ref)

    def _read(self, root: Tree, names: Sequence[str], ref: str) -> tuple[Source, ...]:
        sources = []
        for name in names:
            entry = self._find(root, name)
            if entry is not None:
                sources.append(Source(name, self._trees.blob(_checked(name, entry, ref).sha), ref))
        return tuple(sources)

    def _find(self, tree: Tree, name: str) -> TreeEntry | None:
        *folders, base = name.split("/")
        for folder in folders:
            entries = tree.get(folder, ())
            if not entries or not entries[0].is_tree:
                return None
            tree = self._trees.tree(entries[0].sha)
        found = tree.get(base, ())
        return found[0] if found else None


def _checked(name: str, entry: TreeEntry, ref: str) -> TreeEntry:
    if not entry.mode.startswith("100"):
        what = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a directory"}.get(entry.mode, "no file")
        raise AgentownersError(f"`{name}` on {ref} is {what}, not a file", help="put the policy itself there")
    return entry
