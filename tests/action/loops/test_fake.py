"""The fake is asked as the real classes are, and what is published on it is what is published on the loopback server."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from agentowners.github.checks import Checks
from agentowners.github.commits import Commits
from agentowners.github.conversation import Conversation
from agentowners.github.host import GitHubHost
from agentowners.github.people import People
from agentowners.github.pulls import Pulls
from agentowners.github.timeline import Timelines
from agentowners.github.trees import Trees
from tests.action.loops.fake import FakeChecks, FakeConversation, FakeHost, FakePeople, FakePulls, FakeTimelines
from tests.action.loops.fake_commits import FakeCommits, FakeTrees
from tests.action.loops.stage import ALLOWED, APPROVED, BLOCKED, PUSH, WAITING, FakeStage, ServerStage, Shown, Stage
from tests.action.world import PATIENCE, World

PAIRS = {
    FakeChecks: Checks,
    FakeCommits: Commits,
    FakeConversation: Conversation,
    FakeHost: GitHubHost,
    FakePeople: People,
    FakePulls: Pulls,
    FakeTimelines: Timelines,
    FakeTrees: Trees,
}
OF_THE_FAKE = {(FakeCommits, "compared"), (FakeCommits, "changed"), (FakeCommits, "own")}
REAL = {(FakeCommits, "files_of"), (FakeTrees, "kind"), (FakeTrees, "below")}
"""Answered by the real code, out of other answers of the same object."""


@pytest.mark.parametrize("fake", PAIRS, ids=lambda fake: fake.__name__)
def test_every_method_is_called_as_the_real_one(fake: type) -> None:
    methods = {name: each for name, each in vars(PAIRS[fake]).items() if not name.startswith("_")}
    faked = {name: each for name, each in vars(fake).items() if not name.startswith("_")}
    assert methods.keys() - faked.keys() == {name for owner, name in REAL if owner is fake}
    assert faked.keys() - methods.keys() == {name for owner, name in OF_THE_FAKE if owner is fake}
    for name in methods.keys() & faked.keys():
        assert type(methods[name]) is type(faked[name])
        if inspect.isfunction(methods[name]):
            assert inspect.signature(faked[name]) == inspect.signature(methods[name]), name


def test_the_fake_host_has_what_the_real_one_has(stage: FakeStage, world: World) -> None:
    real = GitHubHost("t", world.server.url, "acme/shop", PATIENCE, lambda _: None)
    fake = FakeHost(stage.facts)
    for name, part in vars(real).items():
        if not name.startswith("_"):
            assert isinstance(getattr(fake, name), type(part)), name
    real.close()


Scenario = Callable[[Stage], tuple[object, ...]]


def allowed(stage: Stage) -> tuple[object, ...]:
    number = stage.pull(ALLOWED)
    return stage.judge(number), stage.shown(stage.tip("copilot/fix")), stage.labels(number)


def blocked(stage: Stage) -> tuple[object, ...]:
    number = stage.pull(BLOCKED | ALLOWED)
    return stage.judge(number), stage.shown(stage.tip("copilot/fix")), stage.labels(number)


def approved_by_and_by(stage: Stage) -> tuple[object, ...]:
    number = stage.pull(WAITING)
    found: list[object] = []
    for login in (None, "octocat", "hubot"):
        if login is not None:
            stage.review(number, login)
        found += [stage.judge(number), stage.shown(stage.tip("copilot/fix")), stage.labels(number)]
    stage.dismiss(number)
    return *found, stage.judge(number), stage.shown(stage.tip("copilot/fix")), stage.labels(number)


def a_second_commit(stage: Stage) -> tuple[object, ...]:
    number = stage.pull(APPROVED)
    stage.review(number, "octocat")
    first = stage.judge(number), stage.shown(stage.tip("copilot/fix"))
    stage.commit("copilot/fix", {"src/more.py": "y = 1\n"})
    return first, stage.judge(number), stage.shown(stage.tip("copilot/fix")), stage.labels(number)


def a_person(stage: Stage) -> tuple[object, ...]:
    number = stage.pull(BLOCKED, branch="fix", author="hubot")
    return stage.judge(number), stage.shown(stage.tip("fix")), stage.labels(number)


def another_pull_request_of_the_head(stage: Stage) -> tuple[object, ...]:
    number = stage.pull(ALLOWED)
    stage.commit("release", {".github/AGENTOWNERS": "docs/** @agents block\n"}, author="octocat")
    stage.pull({}, base="release")
    return stage.judge(number), stage.shown(stage.tip("copilot/fix"))


def a_push(stage: Stage) -> tuple[object, ...]:
    before = stage.tip("main")
    after = stage.commit("main", BLOCKED)
    return stage.push(before, after), stage.shown(after, PUSH), stage.push(None, after), stage.shown(after)


def a_push_of_a_policy(stage: Stage) -> tuple[object, ...]:
    stage.pull(ALLOWED)
    stage.judge(1)
    before = stage.tip("main")
    after = stage.commit("main", {".github/AGENTOWNERS": "docs/** @agents block\n"}, author="octocat")
    return stage.push(before, after), stage.shown(after, PUSH), stage.shown(stage.tip("copilot/fix")), stage.labels(1)


def a_sweep(stage: Stage) -> tuple[object, ...]:
    changes = (ALLOWED, BLOCKED, WAITING)
    numbers = [stage.pull(files, branch=f"copilot/{place}") for place, files in enumerate(changes)]
    found = [stage.sweep(), *(stage.shown(stage.tip(f"copilot/{place}")) for place in range(3))]
    return *found, *map(stage.labels, numbers)


def a_group(stage: Stage) -> tuple[object, ...]:
    good, bad = stage.pull(ALLOWED, branch="copilot/a"), stage.pull(BLOCKED, branch="copilot/b")
    heads = stage.queue(good), stage.queue(good, bad)
    return *map(stage.group, heads), *map(stage.shown, heads)


SCENARIOS: tuple[Scenario, ...] = (
    *(allowed, blocked, approved_by_and_by, a_second_commit, a_person, another_pull_request_of_the_head),
    *(a_push, a_push_of_a_policy, a_sweep, a_group),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_the_same_is_published_on_both(scenario: Scenario, stage: FakeStage, world: World) -> None:
    on_fake = scenario(stage)
    with pytest.MonkeyPatch.context() as real:
        real.setattr("agentowners.action.run.GitHubHost", GitHubHost)
        on_server = scenario(ServerStage(world))
    assert on_fake == on_server
    assert any(isinstance(each, Shown) for part in on_fake if isinstance(part, list | tuple) for each in part)
