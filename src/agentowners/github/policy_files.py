"""Policy files, from the ref that a change goes to; and a pull request that changes them and nothing else."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from urllib.parse import quote

from msgspec import Struct

from agentowners.diagnostics import AgentownersError, Source
from agentowners.github.client import Api
from agentowners.github.reading import JsonNode
from agentowners.github.three_way import blob_id
from agentowners.github.trees import Tree, Trees
from agentowners.policy.builtin import is_nested_policy
from agentowners.policy.load import POLICY_NAMES, is_meant_as_policy


class PolicyFiles:
    """Finds the policy files. Directories are read once per ref, and only those that may hold a policy."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._roots: dict[str, tuple[str, Tree]] = {}
        """Id and files of each branch's root, as last looked at."""
        self._nested: dict[str, tuple[str, ...]] = {}
        """Misplaced policies below a root directory, by its id."""

    def on_branch(self, branch: str, names: Sequence[str]) -> tuple[Source, ...]:
        """The files of the given names that a branch has at its tip, in that order.

        Raises:
            AgentownersError: what stands there is no file, or too large.
        """
        self._roots[branch] = self._trees.branch(branch)
        return self._read_files(self._roots[branch][1], names, f"refs/heads/{branch}")

    def meant(self, branch: str) -> tuple[str, ...]:
        """Paths of files that are surely meant as policies, and are not found as such, in the directories of a branch that were
        looked at before.
        """
        _, root = self._roots.get(branch, ("", {}))
        paths = [name for name, here in root.items() if not here[0].is_tree]
        for folder in (".github", "docs"):
            here = self._trees.below(root, (folder,)) or {}
            paths += [f"{folder}/{name}" for name, entries in here.items() if not entries[0].is_tree]
        return tuple(sorted(path for path in paths if is_meant_as_policy(path)))

    def nested(self, branch: str) -> tuple[str, ...]:
        """Paths of files that are called like a policy where none is looked for, on a branch that was looked at before.

        All files are listed once for each state of a branch, with one attempt, since nothing is decided by it: there are none
        where GitHub does not answer, or lists only a part.
        """
        tip, root = self._roots.get(branch, ("", {}))
        if not any(here[0].is_tree for name, here in root.items() if name != ".github"):
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
        return self._read_files(self._trees.tree(commit), names, ref)

    def _read_files(self, root: Tree, names: Sequence[str], ref: str) -> tuple[Source, ...]:
        sources = []
        for name in names:
            *folders, base = name.split("/")
            entries = (self._trees.below(root, folders) or {}).get(base)
            if not entries:
                continue
            mode = entries[0].mode
            if not mode.startswith("100"):
                what = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a directory"}.get(mode, "no file")
                raise AgentownersError(f"`{name}` on {ref} is {what}, not a file", help="put the policy itself there")
            sources.append(Source(name, self._trees.blob(entries[0].sha), ref))
        return tuple(sources)


class PolicyPull(Struct, frozen=True):
    """A pull request that was opened."""

    number: int
    url: str
    branch: str


def open_policy_pull(
    api: Api, base: str, old: Sequence[Source], new: Sequence[Source], *, id: str, title: str, body: str
) -> PolicyPull:
    """Put new policy files onto a branch of their own, and ask to merge it.

    Args:
        api: the repository, with a token that may write contents and pull requests.
        base: full name of the branch to merge into.
        old: the policy files there, which GitHub has to have too.
        new: the same after the change.
        id: names the branch.
        title: of the pull request.
        body: its description, in Markdown.

    Raises:
        AgentownersError: GitHub has another policy there.
        PlatformError: GitHub refuses something; what was made before stays.
    """
    name = base.removeprefix("refs/heads/")
    tip = api.get(f"{api.root}/branches/{quote(name, safe='')}")["commit"]["sha"].text()
    there = PolicyFiles(Trees(api)).at_commit(tip, POLICY_NAMES, base)
    if [(source.path, source.data) for source in there] != [(source.path, source.data) for source in old]:
        raise AgentownersError(f"the policy on `{name}` is another on GitHub than here", help="`git fetch`, and propose again")
    branch = f"agentowners/{id}"
    path = f"{api.root}/branches/{quote(branch, safe='')}"
    api.send_once("POST", f"{api.root}/git/refs", {"ref": f"refs/heads/{branch}", "sha": tip}, lambda: api.find(path))
    before = {source.path: source.data for source in old}
    for source in new:
        if before.get(source.path) != source.data:
            _put(api, branch, source, before.get(source.path), id, tip)
    pull = api.send_once(
        "POST",
        f"{api.root}/pulls",
        {"title": title, "body": body, "head": branch, "base": name},
        lambda: next(iter(api.get(f"{api.root}/pulls", {"head": f"{api.owner}:{branch}", "base": name}).items()), None),
    )
    return PolicyPull(pull["number"].number(), pull["html_url"].text(), branch)


def _put(api: Api, branch: str, source: Source, before: bytes | None, id: str, tip: str) -> None:
    body = {
        "message": f"Change the policy as proposal {id} asks",
        "content": base64.b64encode(source.data).decode("ascii"),
        "branch": branch,
    }
    if before is not None:
        body["sha"] = blob_id(before, tip)
    path = f"{api.root}/contents/{quote(source.path)}"

    def done() -> JsonNode | None:
        node = api.get(path, {"ref": branch})
        return node if node["sha"].text() == blob_id(source.data, tip) else None

    api.send_once("PUT", path, body, done)
