"""Who counts as a person that may approve: pushers, makers of merges, requesters, members of teams, accounts of another name."""

from __future__ import annotations

import pytest

from agentowners.action.requesters import closed_by
from tests.action.world import World
from tests.github_server.model import Permission, Pull

WAITING = {"src/app.py": "x = 2\n"}
BLOCKED = {"security/keys.py": "KEY = 2\n"}
MET, UNMET = "Approved (1 of 1)", "Waiting for approval (0 of 1)"


def approved(world: World, pull: Pull, who: str = "octocat", permission: Permission = "write") -> str:
    """The title of the check once somebody has approved the head."""
    world.repo.set_permission(who, permission)
    world.repo.review(pull, who, "APPROVED")
    return title(world, pull)


def title(world: World, pull: Pull) -> str:
    world.judge(pull)
    return world.check(pull.head_sha).title or ""


def said(world: World, pull: Pull) -> str:
    return world.check(pull.head_sha).summary or ""


# --- everybody who pushed ---


def test_threat_10_who_pushed_an_agents_commit_is_a_contributor(world: World) -> None:
    pull = world.pull({"docs/a.md": "a\n"})
    world.repo.commit("copilot/fix", WAITING, author="Copilot", pushed_by="octocat")
    assert approved(world, pull) == UNMET
    assert "pushed to its branch" in said(world, pull)
    assert approved(world, pull, "hubot") == MET


@pytest.mark.parametrize("name", ["claude[bot]", "github-actions[bot]", "unheard-of[bot]"])
def test_threat_29_and_30_an_agent_that_pushes_under_a_persons_address(world: World, name: str) -> None:
    if name.startswith("unheard"):
        world.server.add_app("unheard-of")
    world.repo.branch("fix")
    world.repo.commit("fix", BLOCKED, author="hubot", pushed_by=name)
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_29_an_agent_that_pushed_before_the_branch_was_deleted_and_restored(world: World) -> None:
    world.repo.branch("fix")
    tip = world.repo.commit("fix", BLOCKED, author="hubot", pushed_by="claude[bot]")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    world.repo.delete_branch("fix")
    world.repo.branch("fix", tip, by="hubot")
    world.repo.reopen(pull)
    assert world.run(action="reopened", pull=pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_who_pushed_is_verified(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "default @humans block\ndocs/** @octocat @hubot allow\n"})
    # else the author would answer for what the commits say of others
    world.repo.set_permission("hubot", "read")
    world.repo.branch("fix")
    world.repo.commit("fix", {"docs/a.md": "a\n"}, author="octocat", pushed_by="hubot")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert title(world, pull) == "Blocked: 1 file"
    world.repo.commit("fix", {"docs/b.md": "a\n"}, author="octocat")
    assert title(world, pull) == "Allowed"


def test_who_made_the_branch_of_the_base_brought_nothing(world: World) -> None:
    world.repo.branch("copilot/fix", by="octocat")
    assert approved(world, world.pull(WAITING)) == MET


def test_nor_where_all_that_came_since_was_rebased(world: World) -> None:
    world.repo.branch("copilot/fix", by="octocat")
    pull = world.pull(WAITING)
    base = world.repo.commit("main", {"README.md": "on main since\n"})
    world.repo.commit("copilot/fix", WAITING, author="Copilot", parents=[base])
    assert approved(world, pull) == MET


def test_threat_09_and_10_what_was_pushed_and_replaced_counts(world: World) -> None:
    pull = world.pull(WAITING)
    first = world.repo.tip("copilot/fix")
    world.repo.commit("copilot/fix", {"src/b.py": "1\n"}, author="octocat")
    world.repo.force_push("copilot/fix", first, by="Copilot")
    assert approved(world, pull) == UNMET
    assert "pushed to its branch" in said(world, pull)


def test_what_has_landed_before_does_not(world: World) -> None:
    world.repo.branch("dev")
    world.repo.commit("dev", {"src/b.py": "1\n"}, author="octocat")
    earlier = world.repo.open_pull("dev", base="main", author="octocat", title="Earlier", body="")
    world.repo.merge(earlier, "hubot")
    pull = world.pull(WAITING, branch="dev")
    assert approved(world, pull) == MET


def test_threat_07_an_account_that_is_gone_is_nobody_known(world: World) -> None:
    world.repo.branch("fix")
    world.repo.commit("fix", {".github/workflows/x.yml": "on: push\n"}, author="hubot")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert title(world, pull) == "Allowed"
    number, before, after, ref, kind, _, when = world.repo.activity.pop()
    world.repo.activity.append((number, before, after, ref, kind, world.server.ghost, when))
    assert title(world, pull) == UNMET


def test_the_record_is_not_asked_for_where_nothing_was_changed(world: World) -> None:
    tip = world.repo.commit("main", WAITING)
    world.repo.branch("copilot/fix", tip)
    world.repo.commit("copilot/fix", {}, author="Copilot")
    pull = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Fix", body="")
    assert title(world, pull) == "Allowed"
    assert "GET /activity" not in world.requests


def from_fork(world: World, *, private: bool) -> Pull:
    fork = world.repo.fork("octofork")
    fork.branch("fix")
    fork.commit("fix", BLOCKED, author="hubot", pushed_by="claude[bot]")
    fork.private = private
    return world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="", fork=fork)


def test_a_forks_record_is_read_where_the_token_may(world: World) -> None:
    pull = from_fork(world, private=False)
    assert title(world, pull) == "Blocked: 1 file"
    assert "GET /repos/octofork/shop/activity" in world.requests


def test_threat_29_where_it_may_not_commits_are_taken_at_their_word_and_that_is_said(world: World) -> None:
    pull = from_fork(world, private=True)
    world.run(action="opened", pull=pull)
    assert world.check(pull.head_sha).title == "Allowed"
    assert "the token may not read the activity of `octofork/shop`" in said(world, pull)
    # what the event tells is known all the same
    before = world.repo.tip("main")
    assert synchronized(world, pull, "claude[bot]", before, pull.head_sha) == "Blocked: 1 file"


# --- what the event tells ---


def lagging(world: World, *, pusher: str) -> Pull:
    """A pull request of which GitHub's record does not have the last push yet."""
    pull = world.pull({"docs/a.md": "a\n"})
    world.repo.commit("copilot/fix", WAITING, author="Copilot", pushed_by=pusher)
    world.repo.activity.pop()
    return pull


def synchronized(world: World, pull: Pull, sender: str, before: str, after: str) -> str:
    world.run(action="synchronize", pull=pull, before=before, after=after, sender=sender)
    return world.check(pull.head_sha).title or ""


def test_the_events_sender_pushed_what_the_record_does_not_have_yet(world: World) -> None:
    pull = lagging(world, pusher="octocat")
    world.repo.review(pull, "octocat", "APPROVED")
    before = world.repo.store.read_commit(pull.head_sha).parents[0]
    assert synchronized(world, pull, "octocat", before, pull.head_sha) == UNMET
    assert "not everybody who pushed" not in said(world, pull)


def test_a_record_that_lags_is_said_to(world: World) -> None:
    pull = lagging(world, pusher="octocat")
    world.run(action="opened", pull=pull)
    assert "not everybody who pushed to the head branch is known" in said(world, pull)


def test_an_old_event_tells_of_an_old_push(world: World) -> None:
    pull = world.pull(WAITING)
    first = world.repo.tip("copilot/fix")
    parent = world.repo.store.read_commit(first).parents[0]
    world.repo.commit("copilot/fix", {"src/b.py": "1\n"}, author="Copilot")
    world.repo.review(pull, "octocat", "APPROVED")
    # true however late the job is run again, as long as the commit is there
    assert synchronized(world, pull, "octocat", parent, first) == UNMET
    world.repo.commit("copilot/fix", WAITING, author="Copilot", parents=[parent])
    world.repo.review(pull, "octocat", "APPROVED")
    assert synchronized(world, pull, "octocat", parent, first) == MET


# --- merges of the base ---


def moved_on(world: World) -> None:
    world.repo.commit("main", {"README.md": f"{world.repo.tip('main')}\n", "docs/new.md": "n\n"}, author="hubot")


def test_who_only_merges_the_base_may_approve(world: World) -> None:
    pull = world.pull(WAITING)
    moved_on(world)
    world.repo.update_branch(pull, "octocat")
    assert approved(world, pull) == MET


def test_threat_09_an_approval_outlives_merges_of_the_base_and_nothing_else(world: World) -> None:
    pull = world.pull(WAITING)
    assert approved(world, pull) == MET
    for _ in range(5):
        moved_on(world)
        world.repo.update_branch(pull, "hubot")
        assert title(world, pull) == MET
    world.repo.commit("copilot/fix", {"src/b.py": "1\n"}, author="Copilot")
    assert title(world, pull) == UNMET
    assert "gave it to an older commit" in said(world, pull)


def test_no_more_than_five_merges_are_looked_into(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    for _ in range(6):
        moved_on(world)
        world.repo.update_branch(pull, "Copilot")
    assert title(world, pull) == UNMET
    assert len(world.requests) <= 70  # former bases among them: who pushed to what was merged in


def test_approvals_outlive_an_agents_own_merge_too(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    base, mine = world.repo.commit("main", {"README.md": "2\n", "docs/new.md": "n\n"}), world.repo.tip("copilot/fix")
    world.repo.commit("copilot/fix", {"README.md": "2\n", "docs/new.md": "n\n"}, author="Copilot", parents=[mine, base])
    assert title(world, pull) == MET


@pytest.mark.parametrize(
    "files",
    [
        {"src/evil.py": "1\n"},
        {"src/app.py": "x = 3\n"},
        {"docs/new.md": "taken back\n"},
        {"docs/new.md": None},
        {"README.md": "hello\n"},
    ],
)
def test_threat_09_a_merge_that_adds_anything_is_a_contribution(world: World, files: dict[str, str | None]) -> None:
    """GitHub signs what is written in its editor for conflicts as it signs its own merges."""
    pull = world.pull(WAITING)
    world.repo.review(pull, "hubot", "APPROVED")
    moved_on(world)
    world.repo.update_branch(pull, "octocat", files=files)
    assert title(world, pull) == UNMET
    assert "gave it to an older commit" in said(world, pull)
    # who added something else may approve what was asked for
    asked_for = any(path.startswith("src/") for path in files)
    assert approved(world, pull) == (UNMET if asked_for else MET)
    summary = said(world, pull)
    assert not asked_for or "pushed to its branch" in summary or "is the author of a commit of it" in summary


LONG = [f"{n}\n" for n in range(20)]


def both_changed(world: World) -> Pull:
    """A pull request that hubot approved, and a base that changes another place of the same file."""
    world.repo.commit("main", {"src/long.py": "".join(LONG)})
    pull = world.pull({"src/long.py": "".join(["first\n", *LONG[1:]])})
    world.repo.review(pull, "hubot", "APPROVED")
    world.repo.commit("main", {"src/long.py": "".join([*LONG[:-1], "last\n"])})
    return pull


def test_bringing_a_branch_up_to_date_where_both_sides_changed_a_file_makes_nobody_a_contributor(world: World) -> None:
    pull = both_changed(world)
    world.repo.update_branch(pull, "octocat")
    assert title(world, pull) == MET
    pull.reviews.clear()
    assert approved(world, pull) == MET


@pytest.mark.parametrize(("files", "expected"), [(20, MET), (21, UNMET)])
def test_twenty_files_that_both_sides_changed_are_merged_to_tell(world: World, files: int, expected: str) -> None:
    paths = [f"src/{number}.py" for number in range(files)]
    world.repo.commit("main", {path: "".join([*LONG, path]) for path in paths})
    pull = world.pull({path: "".join(["first\n", *LONG[1:], path]) for path in paths})
    world.repo.commit("main", {path: "".join([*LONG[:-1], "last\n", path]) for path in paths})
    world.repo.update_branch(pull, "octocat")
    assert approved(world, pull) == expected


@pytest.mark.parametrize("text", ["".join(["first\n", *LONG[1:]]), "".join(["first\n", *LONG[1:-1], "last\n", "more\n"])])
def test_threat_09_a_file_that_both_sides_changed_merged_as_git_would_not(world: World, text: str) -> None:
    pull = both_changed(world)
    world.repo.update_branch(pull, "octocat", files={"src/long.py": text})
    assert approved(world, pull) == UNMET
    assert "gave it to an older commit" in said(world, pull)


def test_a_merge_of_something_else_is_none_of_the_base(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    mine = world.repo.tip("copilot/fix")
    world.repo.branch("side")
    side = world.repo.commit("side", {"docs/side.md": "s\n"}, author="Copilot")
    world.repo.commit("copilot/fix", {"docs/side.md": "s\n"}, author="Copilot", parents=[mine, side])
    assert title(world, pull) == UNMET


def test_a_merge_with_several_merge_bases_may_be_anything(world: World) -> None:
    """Git merges the merge bases first, and what comes of it is not told by any one of them."""
    start = world.repo.tip("main")
    pull = world.pull(WAITING)
    one = world.repo.commit("main", {"docs/one.md": "1\n"})
    world.repo.branch("side", start)
    two = world.repo.commit("side", {"docs/two.md": "2\n"})
    mine = world.repo.commit("copilot/fix", {"docs/one.md": "1\n"}, author="Copilot", parents=[pull.head_sha, one])
    mine = world.repo.commit("copilot/fix", {"docs/two.md": "2\n"}, author="Copilot", parents=[mine, two])
    world.repo.commit("main", {"docs/two.md": "2\n"}, parents=[one, two])
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == MET
    world.repo.update_branch(pull, "hubot")
    assert title(world, pull) == UNMET
    assert "gave it to an older commit" in said(world, pull)


def test_where_it_cannot_be_told_the_merge_counts(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    moved_on(world)
    merge = world.repo.update_branch(pull, "hubot")
    world.server.faults.add("403", path=f"/git/trees/{merge}$", times=99)
    assert title(world, pull) == UNMET
    assert "gave it to an older commit" in said(world, pull)


def test_where_it_cannot_be_told_what_the_branch_has_changed_since_it_left_the_base_nothing_passes(world: World) -> None:
    pull = world.pull(WAITING)
    moved_on(world)
    world.repo.update_branch(pull, "hubot")
    world.server.faults.add("403", path="/compare/", times=99)
    assert title(world, pull) == "A permission is missing"


def test_commits_pushed_with_the_merge_are_contributions(world: World) -> None:
    pull = world.pull(WAITING)
    moved_on(world)
    world.repo.commit("copilot/fix", {"src/b.py": "1\n"}, author="Copilot", pushed_by="octocat")
    world.repo.update_branch(pull, "octocat")
    # both in one push
    (number, before, *_), (_, _, after, ref, kind, actor, when) = world.repo.activity[-2:]
    world.repo.activity[-2:] = [(number, before, after, ref, kind, actor, when)]
    assert approved(world, pull) == UNMET


# --- who set the agent to work ---


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ("@copilot fix this", False),
        ("please, @Copilot: fix this", False),
        ("/copilot fix this", False),
        ("Thanks.\n  /ask-copilot again", False),
        ("@copilot-swe-agent again", False),
        ("@claude fix this", True),
        ("> @copilot fix this\n\nwho wrote that?", True),
        ("```\n@copilot\n```", True),
        ("see mail@copilot.example", True),
        ("copilot did well, and/copilot or not", True),
        ("see @acme/copilot", True),
    ],
)
def test_threat_10_who_calls_the_agent_in_a_comment_sets_it_to_work(world: World, body: str, counts: bool) -> None:
    pull = world.pull(WAITING)
    world.repo.comment(pull, "octocat", body)
    pushed_again(world)
    assert approved(world, pull) == (MET if counts else UNMET)
    if not counts:
        assert "set the agent to work" in said(world, pull)
        assert approved(world, pull, "hubot") == MET


def pushed_again(world: World) -> None:
    world.repo.commit("copilot/fix", {"src/more.py": "1\n"}, author="Copilot")


def test_threat_10_also_in_a_review_or_on_a_line_but_not_in_the_approval_itself(world: World) -> None:
    pull = world.pull(WAITING)
    world.server.add_user("lisa")
    world.repo.review(pull, "hubot", "COMMENTED", body="@copilot rename this")
    world.repo.comment_line(pull, "lisa", "@copilot this too", path="src/app.py", line=1)
    pushed_again(world)
    world.repo.review(pull, "octocat", "APPROVED", body="well done, @copilot")
    assert title(world, pull) == MET
    pull.reviews.pop()
    assert approved(world, pull, "hubot") == UNMET
    assert approved(world, pull, "lisa") == UNMET


def test_who_asks_for_a_change_of_what_is_there_may_approve_it_then(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "CHANGES_REQUESTED", body="@copilot rename this")
    pushed_again(world)
    assert approved(world, pull) == MET
    pull.reviews.clear()
    # nothing was pushed since
    world.repo.comment(pull, "hubot", "@copilot well done")
    assert approved(world, pull, "hubot") == MET


def test_threat_10_and_39_when_the_newest_push_was_made_is_githubs_to_say(world: World) -> None:
    """A commit's own date can be any; and where the record lacks the push, any comment may have called for it."""
    pull = world.pull(WAITING)
    world.repo.comment(pull, "octocat", "@copilot fix this")
    world.repo.commit("copilot/fix", {"src/more.py": "1\n"}, author="Copilot", date=1_000_000_000)
    assert approved(world, pull) == UNMET
    pull.reviews.clear()
    world.repo.comment(pull, "hubot", "@copilot well done")
    world.repo.activity.pop()
    assert approved(world, pull, "hubot") == UNMET


def test_a_bots_comment_sets_nobody_to_work_and_the_policy_may_let_requesters_count(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.comment(pull, "claude[bot]", "@copilot fix this")
    world.repo.comment(pull, "octocat", "@copilot fix this")
    world.repo.assign(pull, "Copilot", by="octocat")
    assert approved(world, pull) == UNMET
    world.repo.commit("main", {".github/AGENTOWNERS": "src/** @agents require_approval\napprovals requester_counts=true\n"})
    assert title(world, pull) == MET


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ("Fixes #{issue}", False),
        ("This closes acme/shop#{issue}, and more.", False),
        ("Resolved: #{issue}", False),
        ("Fixes #{other}", True),
        ("see #{issue}", True),
        ("> Fixes #{issue}", True),
        ("Fixes elsewhere/shop#{issue}", True),
        ("Fixes #999", True),
    ],
)
def test_threat_10_who_set_the_agent_to_work_on_the_issue_that_is_closed(world: World, body: str, counts: bool) -> None:
    # an issue and a pull request are one thing to GitHub's timeline
    for name in ("issue", "other"):
        world.repo.commit(name, {"docs/x.md": name}, author="octocat")
    issue, other = (world.repo.open_pull(name, author="octocat") for name in ("issue", "other"))
    world.repo.assign(issue, "Copilot", by="octocat")
    pull = world.pull(WAITING)
    pull.body = body.format(issue=issue.number, other=other.number)
    assert approved(world, pull) == (MET if counts else UNMET)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("fix #1, fixes: #2 and CLOSES #3, closes #4", (1, 2, 3, 4)),
        ("fixes #1, fixes #1\nresolves acme/SHOP#2", (1, 2)),
        ("prefix #1, fixes#2, fixes #0, fixes #12345678901, fixes #3x", ()),
        ("", ()),
    ],
)
def test_the_issues_that_a_description_closes(body: str, found: tuple[int, ...]) -> None:
    assert closed_by(body, "acme/shop") == found


def test_the_policys_own_agents_are_called_by_their_names(world: World) -> None:
    policy = "agent acme/* login=acme-alpha[bot]\nsrc/** @acme/* require_approval\n"
    world.repo.commit("main", {".github/AGENTOWNERS": policy})
    world.server.add_app("acme-alpha")
    pull = world.pull(WAITING, author="acme-alpha[bot]", branch="fix")
    world.repo.comment(pull, "octocat", "@acme-alpha please")
    world.repo.commit("fix", {"src/more.py": "1\n"}, author="acme-alpha[bot]")
    assert approved(world, pull) == UNMET


# --- teams, and accounts that were renamed ---


def test_a_team_of_another_name_now_holds_and_says_so(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "src/** @agents require_approval @acme/sre\n"})
    team = world.server.add_team("acme/sre", members=("octocat",))
    permissions = {"contents": "read", "pull_requests": "write", "checks": "write", "issues": "write", "members": "read"}
    app = world.server.add_app("verdicts", permissions=permissions)
    world.token = world.server.token("app", app=app, permissions=permissions, repository=world.repo)
    pull = world.pull(WAITING)
    assert approved(world, pull) == MET
    del world.server.teams["acme", "sre"]
    team.slug = "reliability"
    world.server.teams["acme", "reliability"] = team
    assert title(world, pull) == UNMET
    assert "there is no such team" in said(world, pull)


def test_threat_19_an_approver_whose_login_is_nobodys_now_is_told_of(world: World) -> None:
    rule = "src/** @agents require_approval @octocat @lisa @maggie\ninfra/** @agents require_approval @hubot @acme/sre\n"
    world.repo.commit("main", {".github/AGENTOWNERS": rule})
    pull = world.pull(WAITING)
    assert title(world, pull) == UNMET
    assert "nobody has the logins `@lisa` and `@maggie` now" in said(world, pull).replace("\\", "")
    world.server.faults.add("403", path="/collaborators/", times=99)
    assert title(world, pull) == UNMET
    assert "nobody has the login" not in said(world, pull)
    world.server.faults.all.clear()
    assert approved(world, pull) == MET
    assert "nobody has the login" not in said(world, pull)


def test_threat_19_a_contributor_of_another_name_now_is_known_by_the_id(world: World) -> None:
    pull = world.pull({"docs/a.md": "a\n"})
    world.repo.commit("copilot/fix", WAITING, author="octocat")
    account = world.server.accounts.pop("octocat")
    account.emails.add(account.email)
    account.login = "mona"
    world.server.accounts["mona"] = account
    assert approved(world, pull, "mona") == UNMET
