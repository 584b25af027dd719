"""Who did it, by GitHub's own record: what was tried to make a push, a pull request or an account look like somebody else's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.action.world import POLICY, World
from tests.github_server.faults import Action
from tests.github_server.model import Pull

BLOCKED = {"security/keys.py": "KEY = 2\n"}
DOCS = {"docs/index.md": "new\n"}
WAITING = {"src/app.py": "x = 2\n"}
LONG = [f"{n}\n" for n in range(20)]
MET, UNMET = "Approved (1 of 1)", "Waiting for approval (0 of 1)"


def title(world: World, pull: Pull, **facts: Any) -> str:
    world.run(action=facts.pop("action", "edited"), pull=pull, **facts)
    return world.check(pull.head_sha).title or ""


def said(world: World, pull: Pull) -> str:
    return world.check(pull.head_sha).summary or ""


def opened(world: World, branch: str = "fix", author: str = "hubot") -> Pull:
    return world.repo.open_pull(branch, base="main", author=author, title="Fix", body="")


# --- the record of the branch ---


@pytest.mark.parametrize("deleted", [False, True])
def test_threat_37_an_agents_push_that_is_set_back_or_deleted_and_pushed_again_by_the_person(world: World, deleted: bool) -> None:
    world.repo.branch("fix", by="hubot")
    evil = world.repo.commit("fix", BLOCKED, author="hubot", pushed_by="claude[bot]")
    pull = opened(world)
    assert title(world, pull) == "Blocked: 1 file"
    if deleted:
        world.repo.delete_branch("fix", by="claude[bot]")
        world.repo.branch("fix", by="hubot")
    else:
        world.repo.force_push("fix", world.repo.tip("main"), by="claude[bot]")
    world.repo.commit("fix", DOCS, author="hubot", parents=[evil])
    pull = opened(world, author="hubot") if deleted else pull
    assert title(world, pull) == "Blocked: 1 file"


def noise(world: World, one: str, other: str, moves: int, who: str) -> None:
    """A branch that is pushed away and back, for long."""
    bot = world.server.account(who)
    for number in range(moves):
        old, new = (one, other) if number % 2 == 0 else (other, one)
        kind = "force_push" if new == other else "push"
        world.repo.activity.append((world.server.next_id(), old, new, "refs/heads/fix", kind, bot, world.server.now()))


def test_threat_37_a_record_that_is_moved_until_it_is_cut_off(world: World) -> None:
    world.repo.branch("fix", by="hubot")
    before = world.repo.commit("fix", {"src/x.py": "1\n"}, author="hubot")
    pull = opened(world)
    after = world.repo.commit("fix", BLOCKED, author="hubot", pushed_by="claude[bot]")
    noise(world, after, before, 500, "claude[bot]")
    assert title(world, pull) == "Blocked: 1 file"


def test_threat_37_one_that_is_cut_off_among_commits_of_the_base(world: World) -> None:
    """Everything that the agent did and that is still told brought nothing: it set the branch back, and that counts then."""
    world.repo.branch("fix", by="hubot")
    older = world.repo.tip("main")
    newer = world.repo.commit("main", {"README.md": "more\n"}, author="octocat")
    world.repo.force_push("fix", newer, by="hubot")
    evil = world.repo.commit("fix", BLOCKED, author="hubot", pushed_by="claude[bot]")
    world.repo.force_push("fix", newer, by="claude[bot]")
    noise(world, newer, older, 500, "claude[bot]")
    world.repo.commit("fix", DOCS, author="hubot", parents=[evil])
    pull = opened(world)
    assert title(world, pull) == "Blocked: 1 file"
    assert "the branch was moved more than 500 times" in said(world, pull)


def test_threat_37_who_brought_a_commit_is_not_told_any_more(world: World) -> None:
    """A gap in the record: everybody who moved the branch may have done it, and somebody unknown."""
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", BLOCKED, author="hubot", pushed_by="claude[bot]")
    world.repo.commit("fix", DOCS, author="hubot")
    pull = opened(world)
    del world.repo.activity[-2]
    assert title(world, pull) == "Blocked: 1 file"
    assert "not everybody who pushed to the head branch is known" in said(world, pull)


def test_who_pushed_is_judged_on_what_the_push_brought(world: World) -> None:
    """A person's work beside an agent's is two people's work."""
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", BLOCKED, author="hubot")
    world.repo.commit("fix", DOCS, author="claude[bot]")
    pull = opened(world)
    assert title(world, pull) == "Allowed"
    # setting it back to what it was before takes part in all of it
    world.repo.force_push("fix", world.repo.store.read_commit(pull.head_sha).parents[0], by="claude[bot]")
    assert title(world, pull) == "Blocked: 1 file"


def test_a_push_by_a_bot_to_a_long_lived_branch_is_judged_on_its_own_paths(world: World) -> None:
    policy = POLICY + b"security/** @bots block\n"
    world.repo.commit("main", {".github/AGENTOWNERS": policy})
    world.repo.branch("dev", by="octocat")
    world.repo.commit("dev", {"docs/deps.md": "1\n"}, author="renovate[bot]")
    world.repo.commit("dev", BLOCKED, author="hubot")
    pull = opened(world, "dev", "octocat")
    assert title(world, pull) == "Allowed"


# --- pull requests that were merged into the branch ---


def stacked(world: World, *, pushed_by: str = "Copilot", author: str = "Copilot", method: str = "merge", **facts: Any) -> Pull:
    """A person's branch that took another pull request in, whose commits bear a person's address."""
    world.repo.branch("feature", by="hubot")
    world.repo.commit("feature", WAITING, author="hubot")
    world.repo.branch("help", world.repo.tip("feature"), by=author)
    world.repo.commit("help", BLOCKED, author="octocat", committer="octocat", pushed_by=pushed_by)
    inner = world.repo.open_pull("help", base="feature", author=author, title="Help", body="", **facts)
    world.repo.merge(inner, "hubot", method=method)
    return opened(world, "feature")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_threat_38_a_persons_branch_that_took_an_agents_pull_request_in(world: World, method: str) -> None:
    assert title(world, stacked(world, method=method)) == "Blocked: 1 file"


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_threat_38_a_merge_that_the_record_does_not_have_yet_is_not_the_mergers_own_push(world: World, method: str) -> None:
    pull = stacked(world, method=method)
    world.repo.activity.pop()
    before = world.repo.store.read_commit(pull.head_sha).parents[0]
    world.run(action="synchronize", pull=pull, before=before, after=pull.head_sha, sender="hubot")
    assert world.check(pull.head_sha).title == "Blocked: 1 file"
    assert "not everybody who pushed to the head branch is known" in said(world, pull)


def test_threat_38_one_that_an_agent_only_pushed_to(world: World) -> None:
    assert title(world, stacked(world, author="octocat", pushed_by="claude[bot]")) == "Blocked: 1 file"


def test_threat_38_one_that_an_agents_app_opened_for_a_person(world: World) -> None:
    app = world.server.add_app("chatgpt-codex-connector")
    assert title(world, stacked(world, author="octocat", pushed_by="octocat", via_app=app)) == "Blocked: 1 file"


def test_one_that_people_made_is_theirs_also_after_its_branch_is_gone(world: World) -> None:
    pull = stacked(world, author="octocat", pushed_by="octocat")
    world.repo.delete_branch("help", by="octocat")
    assert title(world, pull) == "Allowed"


def test_who_merged_it_pushed_nothing_of_it(world: World) -> None:
    world.repo.branch("feature", by="octocat")
    world.repo.commit("feature", DOCS, author="octocat")
    world.repo.branch("help", world.repo.tip("feature"), by="octocat")
    world.repo.commit("help", BLOCKED, author="octocat")
    inner = world.repo.open_pull("help", base="feature", author="octocat", title="Help", body="")
    world.repo.merge(inner, "claude[bot]")
    assert title(world, opened(world, "feature", "octocat")) == "Allowed"


def test_threat_38_an_agents_pull_request_two_branches_further(world: World) -> None:
    world.repo.branch("feature", by="hubot")
    world.repo.branch("middle", by="hubot")
    world.repo.branch("help", by="Copilot")
    world.repo.commit("help", BLOCKED, author="octocat", pushed_by="Copilot")
    first = world.repo.open_pull("help", base="middle", author="Copilot", title="Help", body="")
    world.repo.merge(first, "hubot")
    second = world.repo.open_pull("middle", base="feature", author="octocat", title="Middle", body="")
    world.repo.merge(second, "hubot")
    assert title(world, opened(world, "feature")) == "Blocked: 1 file"


@pytest.mark.parametrize(
    "path", ["/pulls$", "/activity$", r"/pulls/[0-9]+/commits$", r"/issues/1$"], ids=["list", "record", "commits", "app"]
)
@pytest.mark.parametrize("fault", ["403", "404", "500", "empty-page"])
def test_threat_38_a_merged_pull_request_about_which_something_is_not_told(world: World, path: str, fault: Action) -> None:
    pull = stacked(world, author="octocat", pushed_by="claude[bot]", method="squash")
    struck = world.server.faults.add(
        fault, method="GET", path=path, after=0 if path in ("/pulls$", r"/issues/1$") else 1, times=99
    )
    if title(world, pull) == "Allowed":
        # an empty answer of one object is no answer about anything
        assert (path, fault) == (r"/issues/1$", "empty-page") or not struck.hits


@pytest.mark.parametrize(("merged", "expected"), [(30, "Allowed"), (31, "Blocked: 1 file")])
def test_thirty_merged_pull_requests_are_looked_into(world: World, merged: int, expected: str) -> None:
    world.repo.branch("feature", by="hubot")
    for number in range(merged):
        branch = f"part-{number}"
        world.repo.branch(branch, world.repo.tip("feature"), by="octocat")
        files = {f"security/{number}.py": "x\n"} if number == 0 else {f"docs/{number}.md": "x\n"}
        world.repo.commit(branch, files, author="octocat")
        inner = world.repo.open_pull(branch, base="feature", author="octocat", title="Part", body="")
        world.repo.merge(inner, "hubot", method="squash")
    assert title(world, opened(world, "feature")) == expected


def test_no_merged_pull_request_is_looked_into_with_few_requests_left(world: World) -> None:
    pull = stacked(world, author="octocat", pushed_by="octocat")
    world.server.limits.rate = 290
    assert title(world, pull) == "Blocked: 1 file"
    assert "which pull request was merged into `feature`" in said(world, pull).replace("\\", "")


# --- accounts ---


def test_threat_38_an_agents_account_that_is_deleted_after_it_opened_the_pull_request(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": POLICY + b"agent robo login=acme-robo\n"})
    world.server.add_user("acme-robo")
    world.repo.set_permission("acme-robo", "write")
    world.repo.branch("fix", by="acme-robo")
    world.repo.commit("fix", BLOCKED, author=("dev", "dev@corp.example"), pushed_by="acme-robo")
    pull = opened(world, author="acme-robo")
    assert title(world, pull) == "Blocked: 1 file"
    pull.user = world.server.ghost
    world.repo.activity[:] = [
        (*move[:5], world.server.ghost if move[5].login == "acme-robo" else move[5], move[6]) for move in world.repo.activity
    ]
    assert title(world, pull) == "Blocked: 1 file"


def test_threat_19_and_38_a_machine_user_that_renames_itself_is_told_of(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": POLICY + b"agent robo login=acme-robo\n"})
    bot = world.server.add_user("acme-robo")
    world.repo.set_permission("acme-robo", "write")
    world.repo.branch("fix", by="acme-robo")
    world.repo.commit("fix", DOCS, author="acme-robo")
    pull = opened(world, author="acme-robo")
    assert title(world, pull) == "Allowed"
    assert "nobody has the login" not in said(world, pull)
    world.server.accounts["acme-robo2"] = world.server.accounts.pop("acme-robo")
    bot.login = "acme-robo2"
    assert title(world, pull) == "Allowed"
    assert "nobody has the login `acme-robo` now" in said(world, pull).replace("\\", "")
    world.server.faults.add("500", path="/collaborators/acme-robo/", times=99)
    assert title(world, pull) == "Allowed"
    assert "nobody has the login" not in said(world, pull)


def test_threat_44_a_footer_that_is_edited_out_after_the_verdict_that_saw_it(world: World) -> None:
    """The description is judged as it is now; what an earlier verdict saw there is said."""
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", BLOCKED, author="hubot")
    pull = opened(world)
    pull.body = "Fix\n\nGenerated with [Claude Code](https://claude.com/claude-code)"
    assert title(world, pull) == "Blocked: 1 file"
    assert "saw what is not there any more" not in said(world, pull)
    pull.body = "Fix"
    for _ in range(2):
        assert title(world, pull) == "Allowed"
        assert "saw what is not there any more: `@claude: footer in the description" in said(world, pull).replace("\\", "")


@pytest.mark.parametrize("unjudged", [0, 9, 10])
@pytest.mark.parametrize("forced", [False, True])
def test_threat_44_a_footer_that_is_edited_out_before_another_head(world: World, unjudged: int, forced: bool) -> None:
    """Of heads that were pushed since and never judged ten are gone through; what was seen is handed on from head to head."""
    start = world.repo.branch("fix", by="hubot")
    first = world.repo.commit("fix", BLOCKED, author="hubot")
    pull = opened(world)
    pull.body = "Fix\n\nGenerated with [Claude Code](https://claude.com/claude-code)"
    assert title(world, pull) == "Blocked: 1 file"
    pull.body = "Fix"
    for number in range(unjudged + 1):
        parents = [start if forced and not number else world.repo.tip("fix")]
        world.repo.commit("fix", BLOCKED | {"README.md": f"{number}\n"}, author="hubot", parents=parents)
    assert title(world, pull) == "Allowed"
    known = "an earlier verdict of this pull request saw what is not there any more: `@claude: footer in the description"
    assert (known in said(world, pull).replace("\\", "")) is (unjudged < 10)
    assert (f"GET /commits/{first}/check-runs" in world.requests) is (unjudged < 10)
    world.repo.commit("fix", {"README.md": "more\n"}, author="hubot")
    assert title(world, pull) == "Allowed"
    assert (known in said(world, pull).replace("\\", "")) is (unjudged < 10)


def test_threat_44_heads_from_before_it_was_opened_are_not_looked_at(world: World) -> None:
    world.repo.branch("fix", by="hubot")
    for number in range(3):
        world.repo.commit("fix", {"README.md": f"{number}\n"}, author="hubot")
    assert title(world, opened(world)) == "Allowed"
    assert sum("/check-runs" in request and request.startswith("GET") for request in world.requests) == 1


# --- what an issue says ---


@pytest.mark.parametrize("text", [("@copilot please", ""), ("Fix it", "@copilot implement this")])
def test_threat_39_who_called_the_agent_in_the_issues_own_text(world: World, text: tuple[str, str]) -> None:
    issue = world.repo.open_issue("octocat", *text)
    pull = world.pull(WAITING)
    pull.body = f"Fixes #{issue.number}"
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == UNMET
    assert "set the agent to work" in said(world, pull)
    world.repo.review(pull, "hubot", "APPROVED")
    assert title(world, pull) == MET


def test_threat_39_more_closed_issues_than_are_looked_at_are_told_of(world: World) -> None:
    issues = [world.repo.open_issue("octocat", "Broken", "it is") for _ in range(4)]
    pull = world.pull(WAITING)
    pull.body = "\n".join(f"Fixes #{issue.number}" for issue in issues)
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == MET
    assert "the description says that 4 issues are closed" in said(world, pull)


@pytest.mark.parametrize("fault", ["403", "404", "500"])
def test_threat_39_an_issue_that_cannot_be_read_is_told_of(world: World, fault: Action) -> None:
    issue = world.repo.open_issue("octocat", "Broken", "it is")
    pull = world.pull(WAITING)
    pull.body = f"Fixes #{issue.number}"
    world.repo.review(pull, "octocat", "APPROVED")
    world.server.faults.add(fault, method="GET", path=f"/issues/{issue.number}$", times=99)
    found = title(world, pull)
    if fault == "500":
        assert found != MET
    else:
        assert found == MET
        assert f"`#{issue.number}`, which the description says is closed, cannot be read" in said(world, pull)


# --- bringing a branch up to date ---


def rebased(world: World, by: str, *, files: dict[str, str] | None = None, message: str = "change") -> Pull:
    """A pull request of an agent that somebody set on a newer base."""
    pull = world.pull(WAITING)
    old = world.repo.store.read_commit(pull.head_sha)
    base = world.repo.commit("main", {"README.md": "on main since\n"}, author="hubot")
    made = old.author
    world.repo.commit(
        "copilot/fix",
        files or WAITING,
        author="Copilot",
        committer=by,
        parents=[base],
        pushed_by=by,
        date=made.date,
        message=message,
    )
    return pull


def test_who_sets_the_same_commits_on_a_newer_base_may_approve_them(world: World) -> None:
    pull = rebased(world, "octocat")
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == MET


@pytest.mark.parametrize("facts", [{"files": {"src/app.py": "x = 3\n"}}, {"message": "another"}])
def test_threat_09_who_sets_other_commits_on_a_newer_base_made_them(world: World, facts: dict[str, Any]) -> None:
    pull = rebased(world, "octocat", **facts)
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == UNMET


@pytest.mark.parametrize(("commits", "expected"), [(20, MET), (21, UNMET)])
def test_twenty_commits_that_somebody_sets_on_a_newer_base_are_held_against_the_old_ones(
    world: World, commits: int, expected: str
) -> None:
    pull = world.pull(WAITING)
    for number in range(commits - 1):
        world.repo.commit("copilot/fix", {"src/app.py": f"x = {number + 3}\n"}, author="Copilot")
    world.repo.commit("main", {"README.md": "on main since\n"}, author="hubot")
    world.repo.update_branch(pull, "octocat", method="rebase")
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == expected


def test_a_persons_change_that_a_bot_rebased_is_not_the_bots(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": POLICY + b"security/** @bots block\n"})
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", BLOCKED, author="hubot")
    pull = opened(world)
    world.repo.commit("main", {"README.md": "on main since\n"}, author="octocat")
    world.repo.update_branch(pull, "renovate[bot]", method="rebase")
    assert title(world, pull) == "Allowed"


def test_files_that_a_merge_of_the_base_brings_together_count_once(world: World) -> None:
    """An agent brings a person's branch up to date, twenty files of which both sides changed, and writes documentation."""
    paths = [f"src/{number}.py" for number in range(20)]
    policy = {".github/AGENTOWNERS": "src/** @agents block\n"}
    world.repo.commit("main", policy | {path: "".join([*LONG, path]) for path in paths})
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", {path: "".join(["first\n", *LONG[1:], path]) for path in paths}, author="hubot")
    world.repo.commit("main", {path: "".join([*LONG[:-1], "last\n", path]) for path in paths})
    pull = opened(world)
    world.repo.update_branch(pull, "claude[bot]")
    world.repo.commit("fix", DOCS, author="claude[bot]")
    assert title(world, pull) == "Allowed"


@pytest.mark.parametrize("path", ["/compare/", "/git/trees/"])
def test_threat_09_where_it_cannot_be_told_whoever_rebased_it_made_it(world: World, path: str) -> None:
    pull = rebased(world, "octocat")
    world.repo.review(pull, "octocat", "APPROVED")
    after = 4 if path == "/git/trees/" else 0
    world.server.faults.add("403", method="GET", path=path, after=after, times=99)
    assert title(world, pull) != MET


# --- the paths of single commits ---


def two_peoples(world: World, commits: int = 1) -> Pull:
    """A person's pull request with documentation by an agent, and a file that an agent may not change."""
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", BLOCKED, author="hubot")
    for number in range(commits):
        world.repo.commit("fix", {"docs/a.md": f"{number}\n"}, author="claude[bot]", pushed_by="hubot")
    return opened(world)


def test_no_more_than_a_hundred_commits_are_looked_into(world: World) -> None:
    assert title(world, two_peoples(world, 100)) == "Allowed"
    world.repo.commit("fix", {"docs/a.md": "more\n"}, author="claude[bot]", pushed_by="hubot")
    pull = world.repo.pulls[1]
    assert title(world, pull) == "Blocked: 1 file"


def test_threat_41_none_are_for_an_author_who_may_not_write(world: World) -> None:
    pull = two_peoples(world)
    world.repo.set_permission("hubot", "read")
    assert title(world, pull) == "Blocked: 1 file"
    assert not any(request.startswith(f"GET /commits/{pull.head_sha}") for request in world.requests[:-2])


def test_none_are_with_few_requests_left(world: World) -> None:
    pull = two_peoples(world)
    world.server.limits.rate = 290
    assert title(world, pull) == "Blocked: 1 file"


def test_threat_12_a_commit_that_seems_to_change_nothing_is_held_against_its_tree(world: World) -> None:
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", DOCS, author="hubot")
    world.repo.commit("fix", BLOCKED, author="claude[bot]", pushed_by="hubot")
    pull = opened(world)
    world.server.faults.add("empty-page", method="GET", path=r"/commits/[0-9a-f]{40}$", times=99)
    assert title(world, pull) == "Blocked: 1 file"


@pytest.mark.parametrize("fault", ["403", "404", "500", "not-json", "truncated"])
def test_a_commit_whose_files_are_not_told_counts_for_every_path(world: World, fault: Action) -> None:
    pull = two_peoples(world)
    world.server.faults.add(fault, method="GET", path=r"/commits/[0-9a-f]{40}$", times=99)
    assert title(world, pull) != "Allowed"
