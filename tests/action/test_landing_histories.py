"""Random histories: whatever git makes of a pull request, by each merge method, was judged at every path that it changes.

Both sides edit, move, delete and take back; either merges commits of the other, the agent in its own way too, so that there are
several merge bases; GitHub's test merge is new or old. AGENTOWNERS_EXAMPLES=100 looks longer.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, event, example, given
from hypothesis import strategies as st

from tests.action.histories import differing
from tests.action.world import World
from tests.examples import examples
from tests.github_server import gitmerge, trials
from tests.github_server.gitstore import Files, Rename, Signature
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

POLICY = b"vault/** @agents block\n"
NAMES = ("a", "b", "c")
VAULT = "vault/"
DIRECTORIES = ("lib", "vault", "docs")
WHO = {"main": "hubot", "copilot/fix": "Copilot"}
GIT = Signature("GitHub", "noreply@github.com", 1_700_000_000)

Step = tuple[str, str, int, int]
"""What to do, on which branch, and two choices."""
ALONE = ("edit", "undo", "move", "delete", "add", "merge", "merge older", "take ours", "take theirs", "open")
TOGETHER = ("move what is edited", "both, and back", "taken back by both", "drop a side", "cross", "cross")
DEEDS = (*ALONE, *TOGETHER, *TOGETHER)
CHOICE = st.integers(0, 7)
steps = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.sampled_from(["main", "copilot/fix", "copilot/fix"]), CHOICE, CHOICE),
    min_size=2,
    max_size=12,
)


def content(name: str, changes: int = 0) -> str:
    """A file long enough to be known again after a change, in which changes far from each other do not touch."""
    lines = [f"{name} line {n}" for n in range(40)]
    for n in range(3):
        if changes >> n & 1:
            lines[5 + 14 * n] = f"changed {n}"
    return "\n".join(lines) + "\n"


@dataclass
class History:
    """A repository in the making."""

    world: World
    pull: Pull | None = None
    past: dict[str, list[str]] = field(default_factory=dict)
    """The commits at which each branch was."""

    def play(self, steps: Sequence[Step]) -> Pull:
        """Make the history; the pull request that comes of it."""
        repo = self.world.repo
        repo.branch("copilot/fix", repo.tip("main"))
        self.past = {branch: [repo.tip("main")] for branch in WHO}
        repo.commit("copilot/fix", {"docs/begin.md": "begin\n"}, author="Copilot", message="begin")
        self.past["copilot/fix"].append(repo.tip("copilot/fix"))
        for what, branch, one, other in steps:
            if what == "open":
                self.open()
            elif what in TOGETHER:
                self.together(what, one, other)
            elif what.startswith(("merge", "take")):
                self.merge(what, branch, one)
            elif paths := [path for path in self.files(repo.tip(branch)) if branch == "main" or not path.startswith(VAULT)]:
                # what the agent does in the vault by itself is listed, and blocks whatever else lands
                self.change(what, branch, paths[one % len(paths)], other)
            self.remember()
        return self.open()

    def remember(self) -> None:
        """Where the branches are now."""
        for branch, past in self.past.items():
            if self.world.repo.tip(branch) != past[-1]:
                past.append(self.world.repo.tip(branch))

    def together(self, what: str, one: int, other: int) -> None:
        """What takes both: a file moved by one and edited by the other, a fix made by both and taken back by one or by both, a
        criss-cross; and a merge of a branch of the agent's own that leaves out what it did."""
        tips = [self.world.repo.tip(branch) for branch in WHO]
        paths = sorted(set.intersection(*(set(self.files(tip)) for tip in tips)))
        if not paths:
            return
        kept = [path for path in paths if path.startswith(VAULT)]
        path, edit = (kept or paths)[one % len(kept or paths)], 1 + other % 7
        match what:
            case "move what is edited":
                path = paths[one % len(paths)]
                self.change("edit", "copilot/fix", path, edit)
                self.change("move", "main", path, other)
            case "both, and back":
                self.change("edit", "main", path, edit)
                self.change("edit", "copilot/fix", path, edit)
                self.world.repo.commit("copilot/fix", {path: self.at(tips[1], path)}, author="Copilot", message="and back")
            case "taken back by both":
                for branch, tip, more in zip(WHO, tips, ({}, {"docs/begin.md": f"{edit}\n"}), strict=True):
                    files: Files = {path: content(path.rpartition("/")[2], edit), **more}
                    self.world.repo.commit(branch, files, author=WHO[branch], message="there")
                    self.world.repo.commit(branch, {path: self.at(tip, path)}, author=WHO[branch], message="and back")
            case "drop a side":
                repo = self.world.repo
                past = self.past["copilot/fix"]
                repo.branch("side", past[one % len(past)])
                repo.commit("side", {path: content(path.rpartition("/")[2], edit)}, author="Copilot", message="aside")
                self.combine("copilot/fix", repo.store.read_commit(tips[1]).tree, tips[1], repo.tip("side"))
            case _:
                self.change("edit", "main", path, edit)
                self.remember()
                self.merge("merge", "main", one)
                self.merge("take ours" if other % 2 else "take theirs", "copilot/fix", len(self.past["main"]) - 1)

    def open(self) -> Pull:
        """The pull request, opened where it is not yet; GitHub looks at it now."""
        if self.pull is None:
            self.pull = self.world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Fix", body="")
        trials.current(self.pull)
        return self.pull

    def files(self, commit: str) -> list[str]:
        """The paths of a commit, the policy aside."""
        return sorted(
            entry.path.decode()
            for entry in self.world.repo.store.tree(commit, recursive=True)
            if entry.type == "blob" and not entry.path.startswith(b".github")
        )

    def change(self, what: str, branch: str, path: str, other: int) -> None:
        """Commit something to a file of the branch."""
        name = path.rpartition("/")[2]
        files: Files
        if what == "move":
            to = f"{DIRECTORIES[other % len(DIRECTORIES)]}/{name}"
            if branch != "main" and to.startswith(VAULT):
                return
            if to in self.files(self.world.repo.tip(branch)):
                return
            files = {to: Rename(path)}
        elif what == "delete":
            files = {path: None}
        elif what == "add":
            new = NAMES[other % len(NAMES)]
            files = {f"{path.partition('/')[0]}/{new}": content(new)}
        else:
            files = {path: content(name, 0 if what == "undo" else other)}
        self.world.repo.commit(branch, files, author=WHO[branch], message=f"{what} {path}")

    def merge(self, what: str, branch: str, one: int) -> None:
        """Merge a commit of the other branch: as git would, or with the tree of one of the two."""
        repo, store = self.world.repo, self.world.repo.store
        ours = repo.tip(branch)
        past = self.past["main" if branch != "main" else "copilot/fix"]
        theirs = past[-1] if what == "merge" else past[one % len(past)]
        bases = store.merge_bases(ours, theirs)
        if theirs in bases or ours in bases:
            return
        if branch == "main":
            what = "merge"
        tree = gitmerge.merge_tree(store, ours, theirs)
        if what.startswith("take"):
            tree = store.read_commit(ours if what == "take ours" else theirs).tree
        if tree is None:
            return
        self.combine(branch, tree, ours, theirs)

    def combine(self, branch: str, tree: str, ours: str, theirs: str) -> None:
        """Put a merge of two commits with a tree on a branch that is at the first."""
        repo, store = self.world.repo, self.world.repo.store
        who = repo._signature(WHO[branch], self.world.server.now())
        sha = store.commit_tree(tree, f"Merge {theirs[:7]}", who, who, (ours, theirs))
        self.world.server.verification[sha] = "unsigned"
        store.set_ref(f"refs/heads/{branch}", sha)
        repo.moved(branch, ours, sha, self.world.server.account(WHO[branch]))

    def at(self, commit: str, path: str) -> bytes:
        """What a file holds in a commit."""
        entry = self.world.repo.store.lookup(commit, path.encode())
        assert entry
        return self.world.repo.store.read(entry.sha)[1]


def landing(world: World, pull: Pull) -> dict[str, set[str]]:
    """By merge method, the paths that are different on the base afterwards; without those that git does not let merge."""
    store, tip = world.repo.store, world.repo.tip("main")
    found = {}
    tree = trials.merge_tree(pull)
    if tree is not None:
        found["merge"] = differing(world, tip, tree)
        head = gitmerge.rebase(store, gitmerge.to_rebase(store, pull.head_sha, tip), tip, GIT)
        if head is not None:
            found["rebase"] = differing(world, tip, head)
    return found


@given(steps=steps, renewed=st.booleans(), lags=st.booleans(), allowed=st.booleans())
@example(steps=[("both, and back", "main", 0, 0), ("edit", "main", 0, 1)], renewed=False, lags=False, allowed=True)
@example(steps=[("both, and back", "main", 0, 0), ("merge", "copilot/fix", 0, 0)], renewed=False, lags=False, allowed=True)
@example(steps=[("open", "main", 0, 0), ("move what is edited", "main", 1, 1)], renewed=False, lags=False, allowed=False)
@example(steps=[("move what is edited", "main", 1, 1), ("edit", "main", 0, 1)], renewed=True, lags=False, allowed=False)
@example(steps=[("cross", "main", 1, 1), ("edit", "main", 0, 1)], renewed=False, lags=False, allowed=False)
@example(steps=[("taken back by both", "main", 0, 0)], renewed=False, lags=False, allowed=True)
@example(steps=[("drop a side", "main", 0, 0)], renewed=False, lags=False, allowed=True)
@example(steps=[("drop a side", "main", 0, 0), ("edit", "main", 0, 1)], renewed=False, lags=False, allowed=True)
@examples(
    10,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_threat_35_every_path_that_merging_changes_was_judged(
    steps: list[Step], renewed: bool, lags: bool, allowed: bool
) -> None:
    with GitHubServer() as server, tempfile.TemporaryDirectory(prefix="landing-") as directory:
        files = {f"{place}/{name}": content(name) for place, name in zip(DIRECTORIES, NAMES, strict=True)}
        world = World.make(server, Path(directory), policy=POLICY, files=files)
        world.inputs["report-file"] = "verdict.json"
        world.repo.settings.allow_rebase_merge = allowed
        pull = History(world).play(steps)
        if pull.state != "open" or not world.repo.commits_of(pull):
            return
        pull.test_merge_kept = lags
        if renewed:
            world.repo.make_test_merge(pull)
        lands = landing(world, pull)
        listed = {path.decode() for file in world.repo.files_of(pull) for path in (file.path, file.previous or file.path)}
        if not allowed:
            lands.pop("rebase", None)
        world.judge(pull)
        check = world.check(pull.head_sha)
        if not lands:
            assert check.conclusion != "success"
        if check.title and not check.title.startswith(("Allowed", "Blocked", "Conflicts")):
            assert check.conclusion == "failure"
            assert check.title == "Facts are incomplete"
            event(f"{check.title}: {check.summary}")
            return
        report = json.loads((Path(directory) / "workspace" / "verdict.json").read_text())
        judged = {file["path"] for file in report["files"]}
        event(f"{check.title}, {sorted(lands)}, unlisted {bool(set().union(*lands.values()) - listed)}")
        for method, paths in lands.items():
            protected = {path for path in paths if path.startswith("vault/")}
            assert not protected or check.conclusion == "failure", f"{method} changes {protected}"
            missed = paths - judged if method == "merge" else protected - judged
            assert not missed or (method == "rebase" and check.conclusion == "failure"), f"{method} changes {missed}"
        assert not server.violations, "\n".join(map(str, server.violations))
