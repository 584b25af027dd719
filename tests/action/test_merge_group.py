"""The merge queue: the strictest verdict of the pull requests in the group, on the group's head."""

from __future__ import annotations

import pytest

from tests.action.world import World
from tests.github_server.model import MergeGroup, Pull

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
WAITING = {"infra/main.tf": "b\n"}
WEB_FLOW = ("GitHub", "noreply@github.com")


def queue(world: World, *pulls: Pull) -> MergeGroup:
    return world.server.queue(world.repo, list(pulls))


def run(world: World, group: MergeGroup) -> int:
    return world.run("merge_group", "checks_requested", group=group)


def built_by_hand(
    world: World, named: Pull, commits: list[tuple[dict[str, str], str, tuple[str, str], tuple[str, str], bool]]
) -> MergeGroup:
    """A group as a queue with another merge method makes it; of each commit files, message, author, committer, signed."""
    base = world.repo.tip("main")
    name = f"gh-readonly-queue/main/pr-{named.number}-{base}"
    world.repo.branch(name, base)
    for files, message, author, committer, verified in commits:
        world.repo.commit(name, files, message=message, author=author, committer=committer, verified=verified)
    return MergeGroup(world.repo, world.repo.tip(name), f"refs/heads/{name}", base, "refs/heads/main", [named])


def test_one_pull_request(world: World) -> None:
    group = queue(world, world.pull(ALLOWED))
    assert run(world, group) == 0
    check = world.check(group.head_sha)
    assert (check.conclusion, check.title) == ("success", "Allowed")
    assert check.external_id == "agentowners/merge-group/1001-1"


def test_threat_22_the_strictest_of_the_group(world: World) -> None:
    good, bad = world.pull(ALLOWED, branch="copilot/a"), world.pull(BLOCKED, branch="copilot/b")
    for group in (queue(world, good, bad), queue(world, bad, good)):
        assert run(world, group) == 1
        assert world.check(group.head_sha).title == "Blocked: 1 file"
        assert "#1, #2" in (world.check(group.head_sha).summary or "").replace("`", "") or "judged for the merge queue" in (
            world.check(group.head_sha).summary or ""
        )


def test_reviews_were_given_on_the_pull_requests_own_head(world: World) -> None:
    pull = world.pull(WAITING)
    for login in ("octocat", "hubot"):
        world.repo.review(pull, login, "APPROVED")
    group = queue(world, pull)
    assert run(world, group) == 0
    assert world.check(group.head_sha).title == "Approved (2 of 2)"


def test_the_policy_is_that_of_the_groups_base(world: World) -> None:
    pull = world.pull(ALLOWED)
    world.repo.commit("main", {".github/AGENTOWNERS": "docs/** @agents block\n"}, message="tighten")
    group = queue(world, pull)
    assert run(world, group) == 1


def test_check_name_with_the_groups_base(world: World) -> None:
    world.inputs["check-name"] = "AGENTOWNERS ({base})"
    group = queue(world, world.pull(ALLOWED))
    assert run(world, group) == 0
    assert world.check(group.head_sha, "AGENTOWNERS (main)").conclusion == "success"


def test_a_group_that_stands_on_another_group(world: World) -> None:
    bad, good = world.pull(BLOCKED, branch="copilot/a"), world.pull(ALLOWED, branch="copilot/b")
    first = queue(world, bad)
    name = f"gh-readonly-queue/main/pr-{good.number}-{first.head_sha}"
    world.repo.branch(name, first.head_sha)
    head = world.repo.commit(
        name, ALLOWED, message=f"Merge pull request #{good.number} from acme/copilot/b", author=WEB_FLOW, verified=True,
        parents=[first.head_sha, good.head_sha],
    )  # fmt: skip
    group = MergeGroup(world.repo, head, f"refs/heads/{name}", first.head_sha, "refs/heads/main", [good])
    assert run(world, group) == 1
    assert world.check(head).title == "Blocked: 1 file"


def test_squashed(world: World) -> None:
    good, bad = world.pull(ALLOWED, branch="copilot/a"), world.pull(BLOCKED, branch="copilot/b")
    author = ("Copilot", "198982749+Copilot@users.noreply.github.com")
    group = built_by_hand(
        world,
        good,
        [
            (BLOCKED, f"Change (#12) (#{bad.number})\n\nbody", author, WEB_FLOW, True),
            (ALLOWED, f"Change (#{good.number})", author, WEB_FLOW, True),
        ],
    )
    assert run(world, group) == 1
    assert world.check(group.head_sha).title == "Blocked: 1 file"


def rebased(world: World, named: Pull, *parts: tuple[Pull, dict[str, str]]) -> MergeGroup:
    base = world.repo.tip("main")
    name = f"gh-readonly-queue/main/pr-{named.number}-{base}"
    world.repo.branch(name, base)
    for pull, files in parts:
        original = world.repo.store.read_commit(pull.head_sha)
        world.repo.commit(name, files, message=original.message, author="Copilot", committer=WEB_FLOW, date=original.author.date)
    return MergeGroup(world.repo, world.repo.tip(name), f"refs/heads/{name}", base, "refs/heads/main", [named])


def test_rebased(world: World) -> None:
    good, bad = world.pull(ALLOWED, branch="copilot/a"), world.pull(BLOCKED, branch="copilot/b")
    group = rebased(world, good, (good, ALLOWED))
    assert run(world, group) == 0
    assert world.check(group.head_sha).title == "Allowed"
    # nothing names the second pull request: it is found among the open ones by its commits
    group = rebased(world, good, (bad, BLOCKED), (good, ALLOWED))
    assert run(world, group) == 1
    assert world.check(group.head_sha).title == "Blocked: 1 file"


def test_a_rebased_commit_explains_one_commit_only(world: World) -> None:
    pull = world.pull(ALLOWED)
    group = rebased(world, pull, (pull, ALLOWED), (pull, BLOCKED))
    assert run(world, group) == 1
    assert world.check(group.head_sha).title == "Facts are incomplete"


def test_a_squash_that_claims_a_rebased_pull_request(world: World) -> None:
    pull = world.pull(ALLOWED)
    group = rebased(world, pull, (pull, ALLOWED))
    name = group.head_ref.removeprefix("refs/heads/")
    group.head_sha = world.repo.commit(name, BLOCKED, message="Change (#1)", author=WEB_FLOW, verified=True)
    assert run(world, group) == 1
    assert world.check(group.head_sha).title == "Facts are incomplete"


@pytest.mark.parametrize(
    ("message", "committer", "verified"),
    [
        ("sneaked in", WEB_FLOW, True),
        ("Change (#1)", ("Somebody", "somebody@example.com"), True),
        ("Change (#1)", WEB_FLOW, False),
        ("Change (#1) and more", WEB_FLOW, True),
        ("Merge pull request #1 from acme/copilot/fix", WEB_FLOW, True),
    ],
)
def test_a_commit_that_no_pull_request_explains(world: World, message: str, committer: tuple[str, str], verified: bool) -> None:
    pull = world.pull(ALLOWED)
    group = built_by_hand(world, pull, [(BLOCKED, message, ("Somebody", "somebody@example.com"), committer, verified)])
    assert run(world, group) == 1
    check = world.check(group.head_sha)
    assert check.title == "Facts are incomplete"
    assert "belongs to none of its pull requests" in (check.summary or "")


def test_two_commits_for_one_squashed_pull_request(world: World) -> None:
    pull = world.pull(ALLOWED)
    squash = (ALLOWED, "Change (#1)", ("x", "x@example.com"), WEB_FLOW, True)
    group = built_by_hand(world, pull, [squash, (BLOCKED, *squash[1:])])
    assert run(world, group) == 1
    assert world.check(group.head_sha).title == "Facts are incomplete"


def test_a_merge_that_is_not_of_the_pull_requests_head(world: World) -> None:
    pull = world.pull(ALLOWED)
    world.repo.branch("evil")
    evil = world.repo.commit("evil", BLOCKED, author="Copilot", message="evil")
    base = world.repo.tip("main")
    name = f"gh-readonly-queue/main/pr-1-{base}"
    world.repo.branch(name, base)
    head = world.repo.commit(
        name, BLOCKED, message="Merge pull request #1 from acme/x", author=WEB_FLOW, verified=True, parents=[base, evil]
    )
    assert run(world, MergeGroup(world.repo, head, f"refs/heads/{name}", base, "refs/heads/main", [pull])) == 1
    assert world.check(head).conclusion == "failure"


def test_a_ref_that_names_no_pull_request(world: World) -> None:
    pull = world.pull(ALLOWED)
    group = queue(world, pull)
    group.head_ref = "refs/heads/gh-readonly-queue/main/mystery"
    assert run(world, group) == 1
    assert world.check(group.head_sha).title == "Unknown merge group"


def test_a_group_that_is_gone(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    group = queue(world, world.pull(ALLOWED))
    payload = world.server.payload("merge_group", "checks_requested", group=group) | {"action": "destroyed"}
    from agentowners.action.run import main
    from tests.action.world import PATIENCE

    assert main(world.environ("merge_group", payload), patience=PATIENCE) == 0
    assert world.checks(group.head_sha) == []
    assert "the merge group is gone" in capfd.readouterr().out


@pytest.mark.parametrize("path", [r"/compare/", r"/branches/", r"/pulls/1$", r"/pulls/1/commits$"])
def test_what_cannot_be_fetched_is_no_pass(world: World, path: str) -> None:
    group = queue(world, world.pull(ALLOWED))
    world.server.faults.add("500", method="GET", path=path, times=1000)
    assert run(world, group) == 1
    assert world.check(group.head_sha).conclusion == "failure"


def test_more_commits_than_are_listed(world: World) -> None:
    group = queue(world, world.pull(ALLOWED))
    world.server.faults.add("empty-page", method="GET", path="/compare/", times=1000)
    assert run(world, group) == 1
    assert world.check(group.head_sha).title == "Facts are incomplete"


def landed_in_dev(world: World, path: str) -> None:
    """A small pull request that GitHub squashed into `dev`, as `Add (#N)`."""
    world.repo.branch("work", world.repo.tip("dev"), by="octocat")
    world.repo.commit("work", {path: "a\n"}, author="octocat")
    small = world.repo.open_pull("work", base="dev", author="octocat", title="Add", body="")
    world.repo.merge(small, "hubot", method="squash")
    world.repo.delete_branch("work")


def test_a_release_of_squashed_pull_requests_passes_the_queue(world: World) -> None:
    world.repo.branch("dev", by="hubot")
    for path in ("docs/a.md", "docs/b.md"):
        landed_in_dev(world, path)
    release = world.repo.open_pull("dev", base="main", author="hubot", title="Release", body="")
    group = queue(world, release)
    assert run(world, group) == 0
    assert world.check(group.head_sha).title == "Allowed"


@pytest.mark.parametrize("subject", ["typo (#4711)", "Merge pull request #4711 from acme/x", "typo (#3)", "typo (#4)"])
def test_a_number_in_a_members_own_commit_fails_nobody(world: World, subject: str) -> None:
    own = world.pull(ALLOWED)
    world.repo.commit("copilot/fix", {"docs/b.md": "b\n"}, author="Copilot", committer=WEB_FLOW, verified=True, message=subject)
    fine = world.pull({"docs/c.md": "c\n"}, branch="fine", author="hubot")
    elsewhere = world.pull(BLOCKED, branch="copilot/elsewhere", base="fine")
    world.repo.close(world.pull(BLOCKED, branch="copilot/closed"))
    for group in (queue(world, own, fine), queue(world, fine, own)):
        assert run(world, group) == 0
        assert world.check(group.head_sha).title == "Allowed"
    assert elsewhere.number == 3


def test_a_squash_of_what_is_closed_or_goes_elsewhere_explains_nothing(world: World) -> None:
    pull = world.pull(ALLOWED)
    world.repo.branch("dev")
    elsewhere = world.pull(ALLOWED, branch="copilot/elsewhere", base="dev")
    closed = world.pull(ALLOWED, branch="copilot/closed")
    world.repo.close(closed)
    for number in (elsewhere.number, closed.number, 4711):
        squash = (BLOCKED, f"Change (#{number})", ("x", "x@example.com"), WEB_FLOW, True)
        group = built_by_hand(world, pull, [squash])
        assert run(world, group) == 1
        assert world.check(group.head_sha).title == "Facts are incomplete"


def test_a_group_before_that_is_merged_while_this_one_is_judged(world: World) -> None:
    first, second = world.pull(ALLOWED, branch="copilot/a"), world.pull({"docs/b.md": "b\n"}, branch="copilot/b")
    group = queue(world, first, second)
    landed: list[str] = []

    def lands_meanwhile(_: str) -> None:
        if not landed and any(request.path.endswith(f"/pulls/{second.number}/commits") for request in world.server.requests):
            landed.append(group.head_sha)
            world.repo.force_push("main", world.repo.store.read_commit(group.head_sha).parents[0], by="web-flow")
            world.repo.close(first)

    world.server.gate = lands_meanwhile
    assert run(world, group) == 0
    assert landed
    assert world.check(group.head_sha).title == "Allowed"


def test_looking_for_members_takes_no_more_requests_for_many_commits(world: World) -> None:
    counts = []
    for commits in (5, 40):
        pull = world.pull(ALLOWED, branch=f"copilot/{commits}")
        for number in range(commits):
            message = f"typo (#{number + 9000})"
            world.repo.commit(
                pull.head_ref,
                {"docs/index.md": f"{number}\n"},
                author="Copilot",
                committer=WEB_FLOW,
                verified=True,
                message=message,
            )
        group = queue(world, pull)
        assert run(world, group) == 0
        counts.append(len(world.requests))
        world.repo.close(pull)
    assert counts[0] == counts[1]
