"""What is judged while faults strike: one scenario for each way that a run can take, and what comes of it without a fault."""

from __future__ import annotations

import copy
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from agentowners.action.run import main
from agentowners.github.model import Patience
from tests.action.histories import OLD, criss_cross, moved_under_protection, sum_of_nothing
from tests.action.world import PATIENCE, PERMISSIONS, POLICY, World
from tests.github_server.gitstore import Symlink
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

BLOCKED = {"security/keys.py": "KEY = 2\n"}
WAITING = {"infra/main.tf": "b\n"}
ALLOWED = {"docs/index.md": "new\n"}
WEAK = {".github/AGENTOWNERS": "security/** @humans block\n"}
TEAM = POLICY + b"ops/** @agents require_approval @acme/sre\n"
LINKS = POLICY + b"vault/** @agents block\n"
PUSH = "AGENTOWNERS (push)"
CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"


@dataclass
class Stage:
    """A scenario set up on a server: the event, the commits with the check's name that its run speaks about, pull requests."""

    world: World
    event: str
    facts: dict[str, Any]
    heads: list[tuple[str, str]]
    pulls: list[Pull]
    start: dict[str, Any] = field(default_factory=dict)

    def remember(self) -> None:
        """Come back to this state at each `rewind`."""
        repo = self.world.repo
        self.start = {
            "runs": {id: copy.copy(run) for id, run in repo.runs.items()},
            "pulls": [(pull, list(pull.labels), [copy.copy(comment) for comment in pull.comments]) for pull in self.pulls],
            "labels": {name: copy.copy(label) for name, label in repo.labels.items()},
        }

    def rewind(self) -> None:
        """The state that was remembered: check runs, labels, comments; no faults."""
        repo, server = self.world.repo, self.world.server
        repo.runs.clear()
        repo.runs.update({k: copy.copy(run) for k, run in self.start["runs"].items()})
        for run in repo.runs.values():
            run.annotations, run.history = list(run.annotations), list(run.history)
        for pull, labels, comments in self.start["pulls"]:
            pull.labels[:], pull.comments[:] = labels, [copy.copy(comment) for comment in comments]
        repo.labels.clear()
        repo.labels.update({name: copy.copy(label) for name, label in self.start["labels"].items()})
        server.faults.all.clear()
        server.used.clear()
        server.requests.clear()

    def environ(self) -> dict[str, str]:
        """The variables of the next run."""
        return self.world.environ(self.event, self.world.server.payload(self.event, **({"action": None} | self.facts)))

    def run(self, patience: Patience = PATIENCE) -> tuple[int, float]:
        """Run the action; its exit code, and the seconds it took."""
        self.world.server.requests.clear()
        began = time.monotonic()
        code = main(self.environ(), patience=patience)
        return code, time.monotonic() - began

    def passing(self, sha: str, name: str) -> bool:
        """Whether GitHub might take the check for passed: sources disagree on whether the newest run counts or every one."""
        runs = self.world.checks(sha, name)
        return bool(runs) and (runs[-1].passing or all(run.passing for run in runs))

    def told(self, sha: str) -> bool:
        """Whether the last run got a word through about a commit."""
        done = [r for r in self.world.server.requests if r.status in (200, 201)]
        ids = {f"/check-runs/{run.id}" for run in self.world.repo.check_runs(sha)}
        created = any(r.operation == "checks/create" and r.body["head_sha"] == sha for r in done)
        return created or any(r.operation == "checks/update" and r.path.endswith(tuple(ids)) for r in done)

    def shown(self) -> dict[str, Any]:
        """What is to be seen: on each head the words of all runs, which are one; the newest title; labels and comments."""
        found: dict[str, Any] = {}
        for place, (sha, name) in enumerate(self.heads):
            runs = self.world.checks(sha, name)
            found[f"{place}: {name}"] = ({(run.status, run.conclusion) for run in runs}, runs[-1].title if runs else None)
        for pull in self.pulls:
            found[f"#{pull.number}"] = (sorted(pull.labels), {comment.body for comment in pull.comments})
        return found


def _judged(world: World, pull: Pull, *others: Pull) -> Stage:
    heads = list(dict.fromkeys((each.head_sha, "AGENTOWNERS") for each in (pull, *others)))
    return Stage(world, "pull_request_target", {"action": "synchronize", "pull": pull}, heads, [pull, *others])


def _hubots(world: World, branch: str) -> Pull:
    return world.repo.open_pull(branch, base="main", author="hubot", title="Change", body="")


def _approve(world: World, pull: Pull, *logins: str) -> Pull:
    for login in logins:
        world.repo.review(pull, login, "APPROVED")
    return pull


def blocked(world: World) -> Stage:
    """A pull request that must not pass, with old labels and a comment to bring up to date."""
    world.inputs |= {"comment": "true"}
    pull = world.pull(BLOCKED | WAITING)
    world.judge(pull)
    world.repo.commit("copilot/fix", {"src/app.py": "x = 2\n"}, author="Copilot", message="more")
    world.repo.label(pull, "agentowners/approvals-required-7", by="octocat")
    pull.labels.remove("agentowners/blocked")
    return _judged(world, pull)


def waiting(world: World) -> Stage:
    """One approval of two."""
    return _judged(world, _approve(world, world.pull(WAITING), "octocat"))


def taken_back(world: World) -> Stage:
    """It passed, until an approval was dismissed."""
    pull = world.pull(WAITING)
    review = world.repo.review(pull, "octocat", "APPROVED")
    _approve(world, pull, "hubot")
    world.judge(pull)
    world.repo.dismiss(review, by="octocat")
    return _judged(world, pull)


def approved(world: World) -> Stage:
    """A person's pull request with an agent's commit, and the two approvals that it needs."""
    world.server.add_user("monalisa")
    world.repo.set_permission("monalisa", "write")
    world.repo.branch("fix")
    message = "change\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    world.repo.commit("fix", WAITING, author="monalisa", message=message)
    pull = world.repo.open_pull("fix", base="main", author="monalisa", title="Fix", body="")
    return _judged(world, _approve(world, pull, "octocat", "hubot"))


def retargeted(world: World) -> Stage:
    """Approved as it goes to a weak base, and not since it goes to another."""
    world.repo.commit("weak", WEAK, message="weak", author="monalisa")
    pull = _approve(world, world.pull(WAITING, base="weak"), "octocat", "hubot")
    world.judge(pull)
    world.repo.retarget(pull, "main")
    return _judged(world, pull)


def passes(world: World) -> Stage:
    """Nothing is asked for."""
    return _judged(world, world.pull(ALLOWED))


def shared(world: World) -> Stage:
    """The one that is judged passes, and another with its head must not."""
    world.repo.commit("weak", WEAK, message="weak")
    lax = world.pull(BLOCKED, base="weak")
    strict = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Same", body="")
    return _judged(world, lax, strict)


def group(world: World) -> Stage:
    """A merge group of two, of which one waits."""
    one, two = world.pull(ALLOWED, branch="copilot/a"), _approve(world, world.pull(WAITING, branch="copilot/b"), "hubot")
    made = world.server.queue(world.repo, [one, two])
    return Stage(
        world, "merge_group", {"action": "checks_requested", "group": made}, [(made.head_sha, "AGENTOWNERS")], [one, two]
    )


def good_group(world: World) -> Stage:
    """A merge group of two that passes."""
    one = world.pull(ALLOWED, branch="copilot/a")
    two = _approve(world, world.pull(WAITING, branch="copilot/b"), "hubot", "octocat")
    made = world.server.queue(world.repo, [one, two])
    return Stage(
        world, "merge_group", {"action": "checks_requested", "group": made}, [(made.head_sha, "AGENTOWNERS")], [one, two]
    )


def push(world: World) -> Stage:
    """A push that tightens the policy, by an agent, with an open pull request that passed."""
    pull = world.pull(ALLOWED)
    world.judge(pull)
    before = world.repo.tip("main")
    after = world.repo.commit("main", {".github/AGENTOWNERS": "docs/** @agents block\n"}, author="Copilot", message="tighten")
    facts = {
        "repo": world.repo,
        "ref": "refs/heads/main",
        "before": before,
        "after": after,
        "pusher": "Copilot",
        "sender": "Copilot",
    }
    return Stage(world, "push", facts, [(after, PUSH), (pull.head_sha, "AGENTOWNERS")], [pull])


def conflicted(world: World) -> Stage:
    """A push that makes a conflict for an open pull request which passed by approvals."""
    pull = _approve(world, world.pull(WAITING), "octocat", "hubot")
    world.judge(pull)
    before = world.repo.tip("main")
    after = world.repo.commit("main", {"infra/main.tf": "c\n"}, author="octocat", message="conflict")
    facts = {"repo": world.repo, "ref": "refs/heads/main", "before": before, "after": after}
    facts |= {"pusher": "octocat", "sender": "octocat"}
    return Stage(world, "push", facts, [(after, PUSH), (pull.head_sha, "AGENTOWNERS")], [pull])


def closed(world: World) -> Stage:
    """The stricter of two with one head was closed, and the other passes by now."""
    world.repo.commit("weak", WEAK, message="weak")
    lax = world.pull(BLOCKED, base="weak")
    strict = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Same", body="")
    world.judge(lax)
    world.repo.close(strict)
    heads = [(lax.head_sha, "AGENTOWNERS")]
    return Stage(world, "pull_request_target", {"action": "closed", "pull": strict}, heads, [lax])


def commented(world: World) -> Stage:
    """Somebody speaks to the gate on a pull request whose approval was taken back unheard."""
    pull = world.pull(WAITING)
    review = world.repo.review(pull, "octocat", "APPROVED")
    _approve(world, pull, "hubot")
    world.judge(pull)
    world.repo.dismiss(review, by="octocat")
    comment = world.repo.comment(pull, "octocat", "/agentowners unapprove")
    facts = {"action": "created", "pull": pull, "comment": comment}
    return Stage(world, "issue_comment", facts, [(pull.head_sha, "AGENTOWNERS")], [pull])


def large(world: World) -> Stage:
    """More files and commits than GitHub lists, and trees that it cuts; what must not pass lies behind the end."""
    pull = world.pull({f"docs/{n}.md": "x\n" for n in range(4)} | BLOCKED)
    for number in range(3):
        world.repo.commit("copilot/fix", {"docs/index.md": f"{number}\n"}, author="Copilot", message="more")
    world.server.limits.files, world.server.limits.commits, world.server.limits.tree_entries = 3, 2, 12
    return _judged(world, pull)


def large_approved(world: World) -> Stage:
    """The same for one that passes."""
    pull = world.pull({f"docs/{n}.md": "x\n" for n in range(4)} | WAITING)
    world.repo.commit("copilot/fix", {"docs/index.md": "1\n"}, author="Copilot", message="more")
    world.server.limits.files, world.server.limits.commits = 3, 1
    return _judged(world, _approve(world, pull, "octocat", "hubot"))


def teams(world: World) -> Stage:
    """One approval by a member of a team, and one by nobody of it."""
    world.repo.commit("main", {".github/AGENTOWNERS": TEAM})
    world.server.add_team("acme/sre", members=("octocat",))
    world.token = world.server.token("app", permissions=PERMISSIONS | {"members": "read"})
    return _judged(world, _approve(world, world.pull({"ops/run": "x\n"}), "hubot", "octocat"))


def linked(world: World) -> Stage:
    """A link at a protected directory's name, which the trees alone tell."""
    world.repo.commit("main", {".github/AGENTOWNERS": LINKS})
    return _judged(world, world.pull({"vault": Symlink("docs")}))


def pages(world: World) -> Stage:
    """Lists that go on: what must not pass is on the second page, and so is an approval that was taken back."""
    pull = world.pull({f"docs/{n:03}.md": "x\n" for n in range(101)} | WAITING)
    _approve(world, pull, "octocat", "hubot")
    for _ in range(100):
        world.repo.review(pull, "octocat", "COMMENTED", body="hm")
    world.repo.review(pull, "hubot", "CHANGES_REQUESTED")
    return _judged(world, pull)


def moved(world: World) -> Stage:
    """The base has moved a file under protection that is edited where it was; GitHub's test merge is older than that."""
    world.repo.commit("main", {"lib/auth.py": OLD})
    pull = moved_under_protection(world)
    world.repo.make_test_merge(pull)
    world.repo.commit("main", {"README.md": "more\n"}, author="hubot")
    return _judged(world, pull)


def crossed(world: World) -> Stage:
    """Two merge bases, of which the list shows one."""
    return _judged(world, criss_cross(world))


def replayed(world: World) -> Stage:
    """Commits of which the sum is nothing, and a rebase that brings them out."""
    return _judged(world, sum_of_nothing(world))


def merged_only(world: World) -> Stage:
    """The same where the repository allows no rebase."""
    world.repo.settings.allow_rebase_merge = False
    return _judged(world, sum_of_nothing(world))


def conflicting(world: World) -> Stage:
    """It would pass, and conflicts with the base."""
    pull = world.pull(ALLOWED)
    world.repo.commit("main", {"docs/index.md": "else\n"}, author="hubot")
    return _judged(world, pull)


def divided(world: World) -> Stage:
    """A person's change beside an agent's: one of the agent's two commits is to what agents may not write."""
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", {"docs/index.md": "new\n"}, author="hubot", message=f"Docs\n\n{CLAUDE}")
    world.repo.commit("fix", BLOCKED, author="hubot", message=f"Keys\n\n{CLAUDE}")
    world.repo.commit("fix", {"src/app.py": "x = 2\n"}, author="hubot")
    return _judged(world, _hubots(world, "fix"))


def beside(world: World) -> Stage:
    """The same where the agent's part is allowed."""
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", {"docs/index.md": "new\n"}, author="hubot", message=f"Docs\n\n{CLAUDE}")
    world.repo.commit("fix", BLOCKED, author="hubot")
    return _judged(world, _hubots(world, "fix"))


def stacked(world: World) -> Stage:
    """A person's branch into which GitHub merged an agent's pull request, whose commit bears a person's address."""
    world.repo.branch("feature", by="hubot")
    world.repo.commit("feature", ALLOWED, author="hubot")
    world.repo.branch("help", world.repo.tip("feature"), by="Copilot")
    world.repo.commit("help", BLOCKED, author="octocat", committer="octocat", pushed_by="Copilot")
    inner = world.repo.open_pull("help", base="feature", author="Copilot", title="Help", body="")
    world.repo.merge(inner, "hubot")
    return _judged(world, _hubots(world, "feature"))


def spoken(world: World) -> Stage:
    """A comment that approved and was taken back; then somebody else edited what took it back."""
    world.repo.commit("main", {".github/AGENTOWNERS": POLICY + b"approvals by_comment=others\n"})
    pull = world.pull({"src/app.py": "x = 2\n"})
    world.repo.comment(pull, "octocat", f"/agentowners approve {pull.head_sha}")
    taken_back = world.repo.comment(pull, "octocat", "/agentowners unapprove")
    world.repo.edit_comment(taken_back, "nice", by="hubot")
    return _judged(world, pull)


def updated(world: World) -> Stage:
    """Whoever approves brought the branch up to date, and with it a line of their own into a file that both sides changed."""
    lines = [f"line {number}\n" for number in range(20)]
    world.repo.commit("main", {"src/long.py": "".join(lines)})
    pull = world.pull({"src/long.py": "".join(["first\n", *lines[1:]])})
    world.repo.commit("main", {"src/long.py": "".join([*lines[:-1], "last\n"])})
    world.repo.update_branch(pull, "octocat", files={"src/long.py": "".join(["first\n", *lines[1:-1], "last\n", "more\n"])})
    return _judged(world, _approve(world, pull, "octocat"))


def taken_in(world: World) -> Stage:
    """A person's branch that took in what an agent pushed, under that person's address, to the branch that it went to before."""
    world.repo.branch("dev", by="octocat")
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", ALLOWED, author="hubot")
    pull = world.repo.open_pull("fix", base="dev", author="hubot", title="Fix", body="")
    world.repo.commit("dev", BLOCKED, author="hubot", pushed_by="claude[bot]")
    world.repo.update_branch(pull, "hubot")
    world.repo.retarget(pull, "main", by="hubot")
    return _judged(world, pull)


def undone(world: World) -> Stage:
    """A change that the base has made and taken back, which the agent's commits make and take back."""
    before = world.repo.tip("main")
    new, old = {"security/keys.py": "KEY = 2\n"}, {"security/keys.py": "KEY = 1\n"}
    for files in (new, old):
        world.repo.commit("main", files, author="hubot")
    world.repo.branch("copilot/fix", before)
    for files in (new | ALLOWED, old, ALLOWED | {"docs/more.md": "more\n"}):
        world.repo.commit("copilot/fix", files, author="Copilot")
    return _judged(world, world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Fix", body=""))


SCENARIOS: dict[str, Callable[[World], Stage]] = {
    made.__name__: made
    for made in (
        blocked, waiting, taken_back, approved, retargeted, passes, shared, group, good_group, push, conflicted, closed,
        commented, large, large_approved, teams, linked, pages, moved, crossed, replayed, merged_only, conflicting,
        divided, beside, stacked, spoken, updated, taken_in, undone,
    )
}  # fmt: skip


@contextmanager
def staged(name: str) -> Iterator[Stage]:
    """A scenario on a server of its own."""
    directory = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        with GitHubServer() as server:
            stage = SCENARIOS[name](World.make(server, directory))
            stage.remember()
            yield stage
            assert not server.violations, "\n".join(map(str, server.violations))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@dataclass(frozen=True)
class Recording:
    """A run without a fault."""

    operations: tuple[str, ...]
    """GitHub's name of each request, in order."""
    requests: tuple[tuple[str, str], ...]
    """Its method and path, in order."""
    passes: tuple[bool, ...]
    """Of each head, whether it passes."""
    shown: dict[str, Any]
    code: int
    seconds: float
    """How long it took."""


@cache
def recorded(name: str) -> Recording:
    """What comes of a scenario without a fault."""
    with staged(name) as stage:
        return record(stage)


def record(stage: Stage) -> Recording:
    """Run a scenario without a fault."""
    stage.rewind()
    code, seconds = stage.run()
    operations = tuple(str(request.operation) for request in stage.world.server.requests)
    requests = tuple((request.method, request.path) for request in stage.world.server.requests)
    passes = tuple(stage.passing(*head) for head in stage.heads)
    return Recording(operations, requests, passes, stage.shown(), code, seconds)
