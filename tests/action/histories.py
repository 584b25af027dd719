"""Histories in which what lands is not what a pull request lists, made by git on the loopback server."""

from __future__ import annotations

from collections.abc import Sequence

from tests.action.world import FILES, World
from tests.github_server.gitstore import Rename, Signature
from tests.github_server.model import MergeGroup, Pull

OLD = "".join(f"line {n}\n" for n in range(30))
BACKDOOR = "".join(f"line {n}\n" for n in range(29)) + "BACKDOOR = True\n"
FIXED = "KEY = load()  # fixed\n"
MOVABLE = FILES | {"lib/auth.py": OLD, "ci/build.yml": OLD}
WEB = Signature("GitHub", "noreply@github.com", 1_700_000_000)


def agents(world: World, branch: str = "copilot/fix", author: str = "Copilot", base: str = "main") -> Pull:
    """The pull request of a branch as it is."""
    return world.repo.open_pull(branch, base=base, author=author, title="Tidy", body="")


def moved_under_protection(world: World, path: str = "lib/auth.py", to: str = "security/auth.py") -> Pull:
    """People have moved a file to where an agent may not write; the agent edits it where it was before."""
    before = world.repo.tip("main")
    world.repo.commit("main", {to: Rename(path)}, author="hubot", message="move it")
    world.repo.branch("copilot/fix", before)
    world.repo.commit("copilot/fix", {path: BACKDOOR}, author="Copilot", message="tidy")
    return agents(world)


def criss_cross(world: World, docs: dict[str, str] | None = None) -> Pull:
    """The agent merges two commits of the base into one that has an older file, so that merging it takes a fix back.

    Neither is an ancestor of the other, so both are merge bases; of one of them nothing of it shows.
    """
    repo = world.repo
    first = repo.tip("main")
    fix = repo.commit("main", {"security/keys.py": FIXED}, author="hubot", message="fix the key")
    repo.branch("docs-work", first)
    guide = repo.commit("docs-work", {"docs/guide.md": "guide\n"}, author="octocat", message="guide")
    repo.merge(repo.open_pull("docs-work", base="main", author="octocat", title="Guide", body=""), "hubot")
    repo.branch("copilot/fix", guide)
    merged(world, "copilot/fix", repo.store.read_commit(guide).tree, (guide, fix))
    if docs:
        repo.commit("copilot/fix", docs, author="Copilot", message="typo")
    return agents(world)


def sum_of_nothing(world: World) -> Pull:
    """The agent makes a fix that the base has too, and takes it back: a rebase drops the one and keeps the other."""
    repo = world.repo
    before = repo.tip("main")
    repo.commit("main", {"security/keys.py": FIXED}, author="hubot", message="fix the key")
    repo.branch("copilot/fix", before)
    repo.commit("copilot/fix", {"security/keys.py": FIXED}, author="Copilot", message="same fix")
    repo.commit("copilot/fix", {"security/keys.py": "KEY = 1\n", "docs/index.md": "typo\n"}, author="Copilot", message="back")
    return agents(world)


def merged(
    world: World, branch: str, tree: str, parents: Sequence[str], author: str = "Copilot", pushed_by: str | None = None
) -> str:
    """Put a commit of any tree and any parents on a branch, as whoever pushes can."""
    repo, server = world.repo, world.server
    who = Signature(author, f"{author}@users.noreply.github.com", server.now())
    sha = repo.store.commit_tree(tree, "Merge main", who, who, parents)
    server.verification[sha] = "unsigned"
    before = repo.tip(branch)
    repo.store.set_ref(f"refs/heads/{branch}", sha)
    repo.moved(branch, before, sha, server.account(pushed_by or author))
    return sha


def git_merge(world: World, pull: Pull, base: str = "main") -> str:
    """The tree that git makes of the base and a pull request."""
    return world.repo.store.git("merge-tree", "--write-tree", world.repo.tip(base), pull.head_sha).decode().split("\n")[0]


def git_rebase(world: World, pull: Pull) -> str:
    """The tree that a rebase of its commits, one by one, makes where git drops what the base has already."""
    store = world.repo.store
    tip = world.repo.tip("main")
    commits = store.git(
        "rev-list", "--reverse", "--topo-order", "--no-merges", "--cherry-pick", "--right-only", f"{tip}...{pull.head_sha}"
    )
    for sha in commits.decode().split():
        commit = store.read_commit(sha)
        base, ours, theirs = (store.read_commit(each).tree for each in (commit.parents[0], tip, sha))
        root = store.commit_tree(base, "base", WEB, WEB, ())
        sides = [store.commit_tree(tree, "side", WEB, WEB, (root,)) for tree in (ours, theirs)]
        tree = store.git("merge-tree", "--write-tree", *sides).decode().split("\n")[0]
        tip = store.commit_tree(tree, commit.message, commit.author, WEB, (tip,))
    return store.read_commit(tip).tree


def group_of(world: World, pull: Pull, tree: str, *, squash: bool = False, onto: str | None = None) -> MergeGroup:
    """A merge queue's group of the tree that merging a pull request makes: on the base, or on another group's commit."""
    base = world.repo.tip("main")
    below = onto or base
    parents = (below,) if squash else (below, pull.head_sha)
    message = f"{pull.title} (#{pull.number})" if squash else f"Merge pull request #{pull.number} from acme/{pull.head_ref}"
    sha = world.repo.store.commit_tree(tree, message, WEB, WEB, parents)
    world.server.verification[sha] = "valid"
    name = f"gh-readonly-queue/main/pr-{pull.number}-{base}"
    world.repo.store.set_ref(f"refs/heads/{name}", sha)
    return MergeGroup(world.repo, sha, f"refs/heads/{name}", base, "refs/heads/main", [pull])


def differing(world: World, one: str, other: str) -> set[str]:
    """The paths at which two commits or trees are different."""
    found = world.repo.store.git("diff", "--name-only", "--no-renames", "-z", one, other)
    return {path.decode() for path in found.split(b"\0")[:-1]}
