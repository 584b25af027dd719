"""Any events in any order, and the runs that they start in any interleaving: nothing merges that the facts do not let through.

The invariant: once the run for the last event about a pull request has finished, and those for the pushes to its base since, that
pull request's head does not merge unless its current facts pass, whatever other runs were doing meanwhile or are still doing, and
whichever of a commit's check runs GitHub takes for the one that counts. What conflicts does not merge in any case.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agentowners.action.facts import JobFacts
from agentowners.action.judge import Judge
from agentowners.action.policies import BranchPolicies
from agentowners.github.host import GitHubHost
from agentowners.report.verdict.conclusion import Enforcement, conclude
from tests.action.interleaving import Crossing, Run
from tests.action.world import PATIENCE, PERMISSIONS, World
from tests.examples import examples
from tests.github_server.merging import merge_tree, missing_checks
from tests.github_server.model import MergeRefused, Pull
from tests.github_server.server import GitHubServer

BASES = ("main", "weak")
HEADS = ("copilot/fix", "topic")
MAKERS = {"copilot/fix": "Copilot", "topic": "hubot"}
PEOPLE = ("octocat", "hubot", "monalisa")
CHANGES = {
    "blocked": {"security/keys.py": "KEY = {}\n"},
    "waiting": {"infra/main.tf": "{}\n"},
    "asking": {"src/app.py": "x = {}\n"},
    "allowed": {"docs/index.md": "{}\n"},
    "harmless": {"README.md": "{}\n"},
}
MOST_RUNS = 5

ON_BASES: dict[str, dict[str, str | None]] = {
    "conflicting": {"infra/main.tf": "of the base {}\n", "src/app.py": "x = {}  # of the base\n"},
    "undone": {"infra/main.tf": "a\n", "src/app.py": "x = 1\n"},
    "removed": {"docs/index.md": None},
    "elsewhere": {"other/{}.md": "x\n"},
}
"""What people push to a base branch; undone is what everybody began with."""
METHODS = ("merge", "squash", "rebase")

STATES = ("APPROVED", "APPROVED", "CHANGES_REQUESTED", "COMMENTED")
LABELS = ("agentowners/blocked", "agentowners/approvals-required-1", "codex")

ALL_THE_WAY = 18
"""More requests than a run makes."""

indices = st.integers(0, 20)
progress = st.integers(0, 2 * ALL_THE_WAY)


@dataclass
class Event:
    """Something that started a run, and the pull request that it was about."""

    run: Run
    pull: Pull | None
    """None where it was a push to a base branch."""
    environ: dict[str, str]


class Repository(RuleBasedStateMachine):
    """A repository, its pull requests, and the runs that are on their way."""

    @initialize(
        agents=st.sampled_from(["waiting", "blocked", "asking", "allowed"]), peoples=st.sampled_from(["asking", "harmless"])
    )
    def begin(self, agents: str, peoples: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="model-"))
        self.server = GitHubServer().__enter__()
        self.server.limits.rate = self.server.limits.graphql_rate = 10**9
        self.world = World.make(self.server, self.directory)
        self.repo = self.world.repo
        self.count = 0
        self.repo.set_permission("monalisa", "write")
        self.repo.branch("weak")
        self.repo.commit("weak", {".github/AGENTOWNERS": "infra/** @agents require_approval\n"}, message="weaker")
        for base in BASES:
            self.repo.protect(base, checks=["AGENTOWNERS"])
        for head in HEADS:
            self.repo.branch(head, self.repo.tip("main"))
            self.commit(head, agents if head == "copilot/fix" else peoples, "Copilot")
        self.crossing = Crossing(self.server)
        self.events: list[Event] = []
        self.last: dict[int, list[Event]] = {}
        """Of each pull request the last event about it, and the pushes to its base since."""
        self.pasts: dict[str, list[str]] = {head: [self.repo.tip(head)] for head in HEADS}
        for head, base in (("copilot/fix", "main"), ("copilot/fix", "weak"), ("topic", "main")):
            self.open(head, base)
        oracle = self.server.token("actions", permissions=PERMISSIONS, repository=self.repo)
        self.oracle = GitHubHost(oracle, self.server.url, self.repo.full_name, PATIENCE, lambda _: None)

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        try:
            for event in self.events:
                event.run.finish()
            self.nothing_merges_that_must_not()
            self.everything_merges_that_may()
            assert self.server.violations == []
        finally:
            for event in self.events:
                event.run.let_go()
            self.oracle.close()
            self.server.__exit__(None, None, None)
            shutil.rmtree(self.directory, ignore_errors=True)

    # --- what people and agents do ---

    def opened(self) -> list[Pull]:
        return [pull for pull in self.repo.pulls.values() if pull.state == "open"]

    def starts(self, name: str, action: str, pull: Pull | None, *, attempt_of: Event | None = None, **facts: Any) -> None:
        """An event: its payload as of now, and a run that has not begun."""
        if attempt_of is None:
            payload = facts.get("payload") or self.server.payload(name, action, pull=pull, **facts)
            environ = self.world.environ(name, payload)
        else:
            environ = attempt_of.environ | {"GITHUB_RUN_ATTEMPT": "2"}
        environ["INPUT_TOKEN"] = self.server.token("actions", permissions=PERMISSIONS, repository=self.repo)
        subject = "" if pull is None else f" #{pull.number}"
        event = Event(self.crossing.run(environ, f"{name} {action}{subject}"), pull, environ)
        self.events.append(event)
        if attempt_of is None and pull is not None:
            for each in self.about(pull, action):
                self.last[each.number] = [event]
        waiting = self.waiting()
        if len(waiting) > MOST_RUNS:
            waiting[0].run.finish()

    def about(self, pull: Pull, action: str) -> list[Pull]:
        """The pull requests that an event is about: of a closed one those that share its head."""
        return [each for each in self.opened() if each.head_sha == pull.head_sha] if action == "closed" else [pull]

    def base_moved(self, base: str, before: str) -> None:
        """A push to a base branch wakes the gate too, for the pull requests that it may have changed."""
        facts = {"repo": self.repo, "ref": f"refs/heads/{base}", "before": before, "after": self.repo.tip(base)}
        payload = self.server.payload("push", None, pusher="octocat", sender="octocat", **facts)
        self.starts("push", base, None, payload=payload)
        for pull in self.opened():
            if pull.base_ref == base:
                self.last[pull.number].append(self.events[-1])

    def goes_on(self, requests: int) -> None:
        """What becomes of the run that was started last: it is finished, goes a part of its way, or does not begin yet."""
        if requests > ALL_THE_WAY:
            self.events[-1].run.finish()
        else:
            self.events[-1].run.step(requests)

    def pushed(self, head: str) -> None:
        self.pasts[head].append(self.repo.tip(head))
        for pull in self.opened():
            if pull.head_ref == head:
                self.starts("pull_request_target", "synchronize", pull)

    def reviewed(self, pull: Pull) -> None:
        """A review wakes the gate through a workflow that has no permissions."""
        run = self.repo.add_workflow_run(
            event="pull_request_review", head_branch=pull.head_ref, head_sha=pull.head_sha, head_repo=pull.head_repo
        )
        self.starts(
            "workflow_run", "completed", pull, payload=self.server.payload("workflow_run", "completed", repo=self.repo, run=run)
        )

    @precondition(lambda self: len(self.repo.pulls) < 6)
    @rule(head=st.sampled_from(HEADS), base=st.sampled_from(BASES))
    def open_another(self, head: str, base: str) -> None:
        self.open(head, base)

    def open(self, head: str, base: str) -> None:
        if any((pull.head_ref, pull.base_ref) == (head, base) for pull in self.opened()):
            return
        pull = self.repo.open_pull(head, base=base, author=MAKERS[head], title="Change", body="")
        self.starts("pull_request_target", "opened", pull)

    @rule(
        head=st.sampled_from(HEADS),
        what=st.sampled_from(sorted(CHANGES)),
        who=st.sampled_from(("Copilot", *PEOPLE)),
        requests=progress,
    )
    def push(self, head: str, what: str, who: str, requests: int) -> None:
        self.commit(head, what, who)
        self.pushed(head)
        self.goes_on(requests)

    def commit(self, head: str, what: str, who: str) -> None:
        self.count += 1
        files = {path: text.format(self.count) for path, text in CHANGES[what].items()}
        self.repo.commit(head, files, author=who, message="more")

    @rule(head=st.sampled_from(HEADS), index=indices, requests=progress)
    def push_back(self, head: str, index: int, requests: int) -> None:
        past = self.pasts[head][index % len(self.pasts[head])]
        if past != self.repo.tip(head):
            self.repo.force_push(head, past, by=MAKERS[head])
            self.pushed(head)
            self.goes_on(requests)

    @precondition(lambda self: self.opened())
    @rule(
        requests=progress,
        index=indices,
        who=st.sampled_from(PEOPLE),
        state=st.sampled_from(STATES),
    )
    def review(self, index: int, who: str, state: str, requests: int) -> None:
        pull = self.opened()[index % len(self.opened())]
        self.repo.review(pull, who, state)
        self.reviewed(pull)
        self.goes_on(requests)

    @precondition(lambda self: any(pull.reviews for pull in self.opened()))
    @rule(index=indices, requests=progress)
    def dismiss(self, index: int, requests: int) -> None:
        reviews = [(pull, review) for pull in self.opened() for review in pull.reviews if review.state == "APPROVED"]
        if reviews:
            pull, review = reviews[index % len(reviews)]
            self.repo.dismiss(review)
            self.reviewed(pull)
            self.goes_on(requests)

    @precondition(lambda self: self.opened())
    @rule(index=indices, base=st.sampled_from(BASES), requests=progress)
    def retarget(self, index: int, base: str, requests: int) -> None:
        pull = self.opened()[index % len(self.opened())]
        if any((other.head_ref, other.base_ref) == (pull.head_ref, base) for other in self.opened()):
            return
        changes = {"base": {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}}
        self.repo.retarget(pull, base)
        self.starts("pull_request_target", "edited", pull, changes=changes)
        self.goes_on(requests)

    @rule(base=st.sampled_from(BASES), what=st.sampled_from(sorted(ON_BASES)), requests=progress)
    def push_to_the_base(self, base: str, what: str, requests: int) -> None:
        self.count += 1
        files = {
            path.format(self.count): None if text is None else text.format(self.count) for path, text in ON_BASES[what].items()
        }
        before = self.repo.tip(base)
        if what == "removed" and self.repo.store.lookup(before, b"docs/index.md") is None:
            return
        self.repo.commit(base, files, author="octocat", message="work")
        self.base_moved(base, before)
        self.goes_on(requests)

    @precondition(lambda self: self.opened())
    @rule(index=indices, method=st.sampled_from(METHODS), requests=progress)
    def merge(self, index: int, method: str, requests: int) -> None:
        """Somebody presses the button, which GitHub shows where the checks pass and nothing conflicts."""
        pull = self.opened()[index % len(self.opened())]
        before = self.repo.tip(pull.base_ref)
        try:
            self.repo.merge(pull, "octocat", method=method)
        except MergeRefused:
            return
        self.base_moved(pull.base_ref, before)
        self.starts("pull_request_target", "closed", pull)
        self.goes_on(requests)

    @precondition(lambda self: self.opened())
    @rule(
        requests=progress,
        index=indices,
        label=st.sampled_from(LABELS),
        on=st.booleans(),
    )
    def label(self, index: int, label: str, on: bool, requests: int) -> None:
        pull = self.opened()[index % len(self.opened())]
        if on == (label in pull.labels):
            return
        if on:
            self.repo.add_label(label)
            self.repo.label(pull, label)
        else:
            self.repo.unlabel(pull, label)
        self.starts("pull_request_target", "labeled" if on else "unlabeled", pull, label=label)
        self.goes_on(requests)

    @precondition(lambda self: self.repo.pulls)
    @rule(index=indices, really=st.integers(0, 3))
    def close_or_reopen(self, index: int, really: int) -> None:
        if really:
            return
        pull = list(self.repo.pulls.values())[index % len(self.repo.pulls)]
        if pull.merged_at is not None:
            return
        if pull.state == "open":
            self.repo.close(pull)
            self.starts("pull_request_target", "closed", pull)
            return
        if any((other.head_ref, other.base_ref) == (pull.head_ref, pull.base_ref) for other in self.opened()):
            return
        pull.head_sha = self.repo.tip(pull.head_ref)
        self.repo.reopen(pull)
        self.starts("pull_request_target", "reopened", pull)

    # --- what the runs do ---

    def waiting(self) -> list[Event]:
        return [event for event in self.events if not event.run.done]

    @precondition(lambda self: self.waiting())
    @rule(index=indices, requests=st.integers(1, 12))
    def step(self, index: int, requests: int) -> None:
        self.waiting()[index % len(self.waiting())].run.step(requests)

    @precondition(lambda self: self.waiting())
    @rule(index=indices)
    def finish(self, index: int) -> None:
        self.waiting()[index % len(self.waiting())].run.finish()

    @precondition(lambda self: self.waiting())
    @rule()
    def finish_the_newest(self) -> None:
        self.waiting()[-1].run.finish()

    @precondition(lambda self: any(event.run.done for event in self.events))
    @rule(index=indices)
    def run_again(self, index: int) -> None:
        old = [event for event in self.events if event.run.done]
        event = old[index % len(old)]
        self.starts("again", event.run.label, event.pull, attempt_of=event)

    # --- what must hold ---

    @invariant()
    def nothing_merges_that_must_not(self) -> None:
        if not hasattr(self, "last"):
            return
        for number, events in self.last.items():
            pull = self.repo.pulls[number]
            if pull.state == "open" and all(event.run.done for event in events) and self.could_merge(pull):
                assert self.passes(number), f"#{number} into {pull.base_ref} at {pull.head_sha[:7]} would merge"

    def could_merge(self, pull: Pull) -> bool:
        """By any reading of which check run counts: all of them, the one made last, or the one completed last."""
        if merge_tree(pull) is None:
            return False
        runs = self.world.checks(pull.head_sha)
        completed = sorted((run for run in runs if run.completed_at is not None), key=lambda run: run.completed_at or 0)
        latest = [*runs[-1:], *completed[-1:]]
        return any(run.passing for run in latest) or not missing_checks(self.repo, pull.base_ref, pull.head_sha)

    def everything_merges_that_may(self) -> None:
        """When all has come to rest, a head whose pull requests all pass is not held up, by any reading."""
        for pull in self.opened():
            sharing = [other for other in self.opened() if other.head_sha == pull.head_sha]
            if all(self.passes(other.number) for other in sharing):
                assert not missing_checks(self.repo, pull.base_ref, pull.head_sha), f"#{pull.number} is held up"

    def passes(self, number: int) -> bool:
        """Whether a pull request passes by the facts as they are, with nothing going on."""
        facts = JobFacts(self.oracle)
        judge = Judge(self.oracle, BranchPolicies(self.oracle.policies, ()), facts, "agentowners")
        return conclude(judge.judge(self.oracle.pulls.get(number)).outcome, Enforcement.ACTIVE).conclusion.passes


TestAnyOrder = Repository.TestCase
TestAnyOrder.settings = examples(
    8,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
