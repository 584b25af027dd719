"""Merges and rebases that git itself makes in a bare store: no work tree, no index, no network.

`git merge-tree --write-tree` does the three-way merges, renames and several merge bases included. A commit is picked onto another
by merging against its parent: git 2.39 takes no merge base from the command line, so the two sides stand on a commit of the
parent's tree, which is then their only merge base.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from tests.github_server.gitstore import EMPTY_TREE, GitStore, Signature

_NOBODY = Signature("git", "git@localhost", 0)


def merge_tree(store: GitStore, ours: str, theirs: str) -> str | None:
    """The tree of the merge of two commits; None where git finds a conflict or no common ancestor."""
    bases = store.merge_bases(ours, theirs)
    if not bases:
        return None
    if bases == (ours,):
        return store.read_commit(theirs).tree
    if bases == (theirs,):
        return store.read_commit(ours).tree
    return _merge(store, ours, theirs)


def _merge(store: GitStore, ours: str, theirs: str) -> str | None:
    try:
        written = store.git("merge-tree", "--write-tree", "--no-messages", ours, theirs)
    except subprocess.CalledProcessError as error:
        if error.returncode != 1:
            raise
        return None
    return written.decode().strip()


def pick(store: GitStore, sha: str, onto: str) -> str | None:
    """The tree of a commit's change applied to another commit, as `git cherry-pick` does; None where there is a conflict."""
    commit, target = store.read_commit(sha), store.read_commit(onto).tree
    before = store.read_commit(commit.parents[0]).tree if commit.parents else EMPTY_TREE
    if target == before:
        return commit.tree
    if target == commit.tree or before == commit.tree:
        return target
    base = store.commit_tree(before, "base", _NOBODY, _NOBODY, ())
    ours, theirs = (store.commit_tree(tree, "side", _NOBODY, _NOBODY, (base,)) for tree in (target, commit.tree))
    return _merge(store, ours, theirs)


def to_rebase(store: GitStore, head: str, onto: str) -> list[str]:
    """The commits that `git rebase` applies, oldest first: no merges, and none whose patch the other side already has."""
    options = ("--reverse", "--topo-order", "--no-merges", "--cherry-pick", "--right-only")
    return store.git("rev-list", *options, f"{onto}...{head}").decode().split()


def rebase(store: GitStore, commits: Sequence[str], onto: str, committer: Signature) -> str | None:
    """Apply commits onto another one by one; the last one's id, or None where one conflicts.

    As with `git rebase`, a commit that becomes empty is dropped, one that always was stays. All are made anew, also where nothing
    lies between, with their authors and messages and the committer that is given.
    """
    tip = onto
    for sha in commits:
        tree = pick(store, sha, tip)
        if tree is None:
            return None
        if tree == store.read_commit(tip).tree and not _is_empty(store, sha):
            continue
        tip = _again(store, sha, tree, tip, committer)
    return tip


def _is_empty(store: GitStore, sha: str) -> bool:
    commit = store.read_commit(sha)
    return bool(commit.parents) and store.read_commit(commit.parents[0]).tree == commit.tree


def _again(store: GitStore, sha: str, tree: str, parent: str, committer: Signature) -> str:
    # author and message byte for byte, whatever encoding they are in
    head, _, message = store.read(sha)[1].partition(b"\n\n")
    author = next(line for line in head.split(b"\n") if line.startswith(b"author "))
    lines = [b"tree " + tree.encode(), b"parent " + parent.encode(), author, b"committer " + committer.line()]
    return store.write("commit", b"\n".join(lines) + b"\n\n" + message)
