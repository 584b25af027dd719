"""How such gates have been got around, each from the event to what GitHub would merge. Numbers: the list of threats."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.action.world import World
from tests.github_server.gitstore import Rename, Submodule, Symlink
from tests.github_server.model import MergeRefused, Pull

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
WAITING = {"infra/main.tf": "b\n"}


def approve(world: World, pull: Pull, *logins: str) -> None:
    for login in logins:
        world.repo.review(pull, login, "APPROVED")


@pytest.mark.parametrize(("old", "new"), [("security/keys.py", "docs/keys.py"), ("docs/index.md", "security/index.md")])
def test_threat_01_a_rename_out_of_a_protected_path_and_into_one(world: World, old: str, new: str) -> None:
    pull = world.pull({new: Rename(old)})
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert run.title == "Blocked: 1 file"
    assert [a["path"] for a in run.annotations] == [old if old.startswith("security") else new]


def test_threat_03_a_pass_on_a_weak_base_is_none_on_main(world: World) -> None:
    world.repo.commit("weak", {".github/AGENTOWNERS": "security/** @humans block\n"}, message="weak")
    world.repo.protect("main", checks=["AGENTOWNERS"])
    pull = world.pull(BLOCKED, base="weak")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).conclusion == "success"
    world.repo.retarget(pull, "main")
    changes = {"base": {"ref": {"from": "weak"}, "sha": {"from": world.repo.tip("weak")}}}
    assert world.run(action="edited", pull=pull, changes=changes) == 1
    assert {run.conclusion for run in world.checks(pull.head_sha)} == {"failure"}
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")


def test_threat_03_and_25_base_in_the_check_name_closes_the_race(world: World) -> None:
    world.inputs["check-name"] = "AGENTOWNERS ({base})"
    world.repo.commit("weak", {".github/AGENTOWNERS": "security/** @humans block\n"}, message="weak")
    world.repo.protect("main", checks=["AGENTOWNERS (main)"])
    pull = world.pull(BLOCKED, base="weak")
    assert world.judge(pull) == 0
    world.repo.retarget(pull, "main")
    # before any event is handled: the pass on the other base has another name
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")


def test_threat_04_of_two_pull_requests_on_one_commit_the_stricter_verdict_is_published(world: World) -> None:
    world.repo.commit("weak", {".github/AGENTOWNERS": "security/** @humans block\n"}, message="weak")
    strict = world.pull(BLOCKED)
    lax = world.repo.open_pull("copilot/fix", base="weak", author="Copilot", title="Same", body="")
    for pull in (lax, strict, lax):
        assert world.judge(pull) == 1
        run = world.check(pull.head_sha)
        assert run.conclusion == "failure"
    assert f"#{strict.number} has the same head commit" in (world.check(lax.head_sha).summary or "").replace("`", "")
    assert world.outputs()["conclusion"] == "failure"
    world.repo.close(strict)
    assert world.judge(lax) == 0
    assert {run.conclusion for run in world.checks(lax.head_sha)} == {"success"}


def test_threat_04_also_where_the_commit_is_on_the_default_branch(world: World) -> None:
    world.repo.branch("release", world.repo.tip("main"))
    world.repo.branch("strict", world.repo.tip("main"))
    world.repo.commit("strict", {".github/AGENTOWNERS": "** @anyone block\n"}, message="strict")
    tip = world.repo.commit("main", ALLOWED, author="Copilot", message="landed")
    world.repo.branch("copilot/backport", tip)
    lax = world.repo.open_pull("copilot/backport", base="release", author="Copilot", title="Backport", body="")
    world.repo.branch("copilot/other", tip)
    world.repo.open_pull("copilot/other", base="strict", author="Copilot", title="Other", body="")
    assert world.judge(lax) == 1
    assert world.check(tip).conclusion == "failure"


def test_threat_04_a_fork_that_shares_the_commit(world: World) -> None:
    world.repo.commit("weak", {".github/AGENTOWNERS": "security/** @humans block\n"}, message="weak")
    lax = world.pull(BLOCKED, base="weak")
    fork = world.repo.fork("octofork")
    fork.branch("copilot/fork", lax.head_sha)
    strict = world.repo.open_pull("copilot/fork", base="main", author="Copilot", title="Same", body="", fork=fork)
    assert strict.head_sha == lax.head_sha
    for pull in (strict, lax):
        assert world.judge(pull) == 1
        assert {run.conclusion for run in world.checks(pull.head_sha)} == {"failure"}


def test_threat_04_names_with_the_base_are_judged_apart(world: World) -> None:
    world.inputs["check-name"] = "AGENTOWNERS ({base})"
    world.repo.commit("weak", {".github/AGENTOWNERS": "security/** @humans block\n"}, message="weak")
    strict = world.pull(BLOCKED)
    lax = world.repo.open_pull("copilot/fix", base="weak", author="Copilot", title="Same", body="")
    assert world.judge(lax) == 0
    assert world.judge(strict) == 1
    assert world.check(lax.head_sha, "AGENTOWNERS (weak)").conclusion == "success"
    assert world.check(lax.head_sha, "AGENTOWNERS (main)").conclusion == "failure"


def test_threat_04_and_34_one_run_does_for_every_pull_request_of_the_head(world: World) -> None:
    # GitHub lets a later run take the place of one that waits for the same head: another pull request's, at an agent's wish
    world.inputs["check-name"] = "AGENTOWNERS ({base})"
    world.repo.commit("weak", {".github/AGENTOWNERS": "docs/** @humans block\n"}, message="weak")
    approved = world.pull({"infra/main.tf": "x\n"})
    reviews = [world.repo.review(approved, name, "APPROVED") for name in ("octocat", "hubot")]
    assert world.judge(approved) == 0
    assert world.check(approved.head_sha, "AGENTOWNERS (main)").conclusion == "success"
    lax = world.repo.open_pull("copilot/fix", base="weak", author="Copilot", title="Same", body="")
    world.repo.dismiss(reviews[0], by="octocat")
    assert world.judge(lax) == 0
    assert world.outputs()["conclusion"] == "success"
    assert {run.conclusion for run in world.checks(approved.head_sha, "AGENTOWNERS (main)")} == {"action_required"}


def test_threat_04_and_12_none_of_many_under_other_names_is_left_out(world: World) -> None:
    world.inputs["check-name"] = "AGENTOWNERS ({base})"
    world.repo.branch("base0")
    lax = world.pull({"docs/index.md": "new\n"}, base="base0")
    for number in range(1, 22):
        world.repo.branch(f"base{number}")
        world.repo.open_pull("copilot/fix", base=f"base{number}", author="Copilot", title="Same", body="")
    last = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Same", body="")
    assert world.judge(lax) == 0
    assert world.check(last.head_sha, "AGENTOWNERS (main)").status == "completed"


def test_threat_04_too_many_to_judge_is_no_pass(world: World) -> None:
    pull = world.pull(ALLOWED)
    for number in range(21):
        world.repo.branch(f"base{number}")
        world.repo.open_pull("copilot/fix", base=f"base{number}", author="Copilot", title="Same", body="")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Too many pull requests share this commit"


@pytest.mark.parametrize("path", [".github/AGENTOWNERS", ".agentowners.yml", ".github/workflows/gate.yml", "CODEOWNERS"])
def test_threat_05_the_gates_own_files_ask_for_an_approval(world: World, path: str) -> None:
    pull = world.pull({path: "** @agents allow\n" if "AGENTOWNERS" in path else "{}\n"})
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"


def test_threat_05_a_policy_weakened_on_the_branch_is_not_the_one_that_judges(world: World) -> None:
    pull = world.pull({".github/AGENTOWNERS": "** @agents allow\n", **BLOCKED})
    assert world.judge(pull) == 1
    assert "Blocked" in (world.check(pull.head_sha).title or "")


def test_threat_07_a_contributor_merged_in_through_a_second_parent(world: World) -> None:
    world.repo.branch("helper")
    helper = world.repo.commit("helper", BLOCKED, author="claude[bot]", message="by an agent")
    world.repo.branch("fix")
    mine = world.repo.commit("fix", {"README.md": "mine\n"}, author="hubot", message="mine")
    world.repo.commit("fix", BLOCKED, author="hubot", message="merge", parents=[mine, helper])
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_07_an_unattributable_commit_is_somebodys(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "security/** @unattributed block\n"})
    world.repo.branch("fix")
    world.repo.commit("fix", BLOCKED, author=("Nobody", "nobody@nowhere.example"), message="change")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert world.judge(pull) == 1


def test_threat_08_an_approval_that_was_taken_back(world: World) -> None:
    pull = world.pull(WAITING)
    approve(world, pull, "octocat", "hubot")
    world.repo.review(pull, "octocat", "CHANGES_REQUESTED")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (1 of 2)"


def test_threat_08_a_dismissed_approval_does_not_come_back(world: World) -> None:
    pull = world.pull(WAITING)
    first = world.repo.review(pull, "octocat", "APPROVED")
    approve(world, pull, "hubot")
    world.repo.dismiss(first, by="hubot")
    world.repo.review(pull, "octocat", "COMMENTED")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (1 of 2)"


def test_threat_09_approve_then_push_and_force_push_back(world: World) -> None:
    pull = world.pull(WAITING)
    approve(world, pull, "octocat", "hubot")
    assert world.judge(pull) == 0
    approved = pull.head_sha
    assert world.check(approved).conclusion == "success"
    world.repo.commit("copilot/fix", {"infra/more.tf": "c\n"}, author="Copilot", message="more")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"
    world.repo.force_push("copilot/fix", approved, by="Copilot")
    world.judge(pull)
    # these approvals were given to this very commit
    assert world.check(approved).title == "Approved (2 of 2)"


@pytest.mark.parametrize("who", ["author", "co-author", "requester", "bot", "reader"])
def test_threat_10_approvals_that_do_not_count(world: World, who: str) -> None:
    world.server.add_user("monalisa")
    world.repo.set_permission("monalisa", "read" if who == "reader" else "write")
    message = "change"
    if who == "co-author":
        account = world.server.account("monalisa")
        message += f"\n\nCo-authored-by: Mona <{account.email}>"
    world.repo.branch("copilot/fix")
    world.repo.commit("copilot/fix", WAITING, author="Copilot", message=message)
    pull = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Change", body="")
    if who == "requester":
        world.repo.assign(pull, "monalisa", by="Copilot")
    reviewer = {"author": "Copilot", "bot": "claude[bot]"}.get(who, "monalisa")
    if who == "bot":
        world.repo.set_permission("claude[bot]", "write")
    pull.reviews.clear()
    if who == "author":
        # GitHub lets nobody approve their own; a commit author's approval it does
        world.repo.commit("copilot/fix", {"infra/x.tf": "x\n"}, author="monalisa", message="more")
        reviewer = "monalisa"
    approve(world, pull, reviewer, "octocat")
    world.judge(pull)
    run = world.check(pull.head_sha)
    assert run.title == "Waiting for approval (1 of 2)"
    assert "Reviews that do not count" in (run.summary or "")


def test_threat_11_a_comment_or_a_label_is_no_approval(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.comment(pull, "octocat", "approved! /approve LGTM")
    world.repo.label(pull, "approved", by="octocat")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"


def test_threat_12_more_files_than_github_lists(world: World) -> None:
    """The list leaves out the one that matters; the trees do not."""
    world.server.limits.files = 3
    pull = world.pull({f"docs/{n}.md": "x\n" for n in range(4)} | BLOCKED)
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("failure", "Blocked: 1 file")


def test_threat_12_more_files_than_github_lists_and_no_trees(world: World) -> None:
    world.server.limits.files = 3
    pull = world.pull({f"docs/{n}.md": "x\n" for n in range(4)})
    world.server.limits.tree_entries = 2
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("failure", "Facts are incomplete")


def test_threat_12_more_commits_than_github_lists(world: World) -> None:
    """All but the last are a person's, and that is an agent's: it is left out where the list is cut."""
    world.server.limits.commits = 2
    pull = world.pull(BLOCKED, author="hubot", branch="fix")
    for number in range(3):
        files, author = ({"security/keys.py": "KEY = 3\n"}, "claude[bot]") if number == 2 else (ALLOWED, "hubot")
        world.repo.commit("fix", files | {"docs/more.md": f"{number}\n"}, author=author, message="more")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_12_more_commits_than_github_lists_or_compares(world: World) -> None:
    world.server.limits.commits = 2
    pull = world.pull(ALLOWED)
    for number in range(2):
        world.repo.commit("copilot/fix", {"docs/index.md": f"{number}\n"}, author="Copilot", message="more")
    world.server.faults.add("500", method="GET", path=r"/compare/", times=99)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_threat_12_a_change_of_mind_on_the_second_page_of_reviews(world: World) -> None:
    pull = world.pull(WAITING)
    approve(world, pull, "octocat", "hubot")
    for _ in range(110):
        world.repo.review(pull, "octocat", "COMMENTED", body="hm")
    world.repo.review(pull, "hubot", "CHANGES_REQUESTED")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (1 of 2)"


@pytest.mark.parametrize(
    "files",
    [
        {"security/logo.png": b"\x89PNG\x00\x01\x02"},
        {"security/link": Symlink("../docs")},
        {"security/module": Submodule("a" * 40)},
        {"security/empty": b""},
    ],
)
def test_threat_13_what_has_no_patch_is_judged_all_the_same(world: World, files: dict[str, object]) -> None:
    pull = world.pull(files)
    assert world.judge(pull) == 1
    (annotation,) = world.check(pull.head_sha).annotations
    assert annotation["start_line"] == 1


def test_threat_17_hostile_names_forge_nothing(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    world.token = world.server.token("actions", permissions={"contents": "read", "pull-requests": "read"}, repository=world.repo)
    name = "security/x\n::error::forged\r\n\u202e`|<b>@octocat ![x](e.example)"
    pull = world.pull({name: "x\n"}, branch="copilot/b", author="Copilot")
    pull.title, pull.body = "::set-output name=x::y", "\n::add-mask::x"
    assert world.run("pull_request", "synchronize", pull=pull) == 1
    told = capfd.readouterr()
    assert not any(line.startswith("::error::forged") for line in told.out.splitlines())
    assert "\u202e" not in told.out + told.err + world.summary
    assert "set-output" not in told.out
    assert not any(line.startswith("#") and "octocat" in line for line in world.summary.splitlines())


def test_threat_17_hostile_names_reach_the_check_run_as_text(world: World) -> None:
    name = "security/x\n\u202e| [y](e.example) <img src=x>"
    pull = world.pull({name: "x\n"})
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    (annotation,) = run.annotations
    assert "\n" not in annotation["path"]
    assert "\u202e" not in f"{run.title}{run.summary}{run.text}{annotation}"


def test_threat_26_a_conflict_or_skip_ci_changes_nothing(world: World) -> None:
    world.repo.branch("copilot/fix")
    world.repo.commit("copilot/fix", BLOCKED, author="Copilot", message="change [skip ci]")
    world.repo.commit("main", {"security/keys.py": "KEY = 3\n"}, message="conflict")
    pull = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Change", body="")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_threat_30_the_actions_token_as_a_laundry(world: World) -> None:
    pull = world.pull(BLOCKED, branch="fix", author="github-actions[bot]")
    assert world.judge(pull) == 1


def test_threat_31_a_base_cut_from_before_the_policy(world: World) -> None:
    world.repo.commit("old", {".github/AGENTOWNERS": None}, message="as if there had never been one")
    pull = world.pull(BLOCKED, base="old")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


@pytest.mark.parametrize("what", [Symlink("../docs"), Submodule("b" * 40)])
def test_threat_32_a_link_at_a_protected_directorys_name(world: World, what: object) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "vault/** @agents block\n"})
    pull = world.pull({"vault": what})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_32_a_file_at_a_protected_directorys_name_is_looked_up(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "vault/** @agents block\n"})
    pull = world.pull({"vault": "just a file\n"})
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Allowed"
    assert any("/git/trees/" in request and pull.head_sha in request for request in world.requests)


def test_threat_32_a_path_that_is_not_utf_8(world: World) -> None:
    pull = world.pull({"security/\udcff\udcfe.py": "x\n"})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_33_a_policy_tightened_on_the_base_is_the_one_that_holds(world: World) -> None:
    pull = world.pull(ALLOWED)
    assert world.judge(pull) == 0
    before = world.repo.tip("main")
    after = world.repo.commit("main", {".github/AGENTOWNERS": "docs/** @agents block\n"}, message="tighten")
    assert world.run("push", None, repo=world.repo, ref="refs/heads/main", before=before, after=after) == 1
    assert {run.conclusion for run in world.checks(pull.head_sha)} == {"failure"}


def test_threat_22_the_merge_is_refused_before_and_accepted_after(world: World) -> None:
    world.repo.protect("main", checks=["AGENTOWNERS"])
    pull = world.pull(WAITING)
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")
    world.judge(pull)
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")
    approve(world, pull, "octocat", "hubot")
    world.judge(pull)
    assert world.repo.merge(pull, "octocat")


def test_threat_15_the_last_resort_is_one_line_and_a_failure(world: World) -> None:
    """A mistake of ours, made in a process of its own: the check run fails, one line tells, no traceback."""
    pull = world.pull(ALLOWED)
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "opened", pull=pull))
    code = (
        "import os, sys; import agentowners.action.judge as judge\n"
        "def broken(*a, **k): raise ZeroDivisionError('secret text')\n"
        "judge.contributions = broken\n"
        "from agentowners.action.run import main\n"
        "sys.exit(main(os.environ))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "secret text" not in done.stdout + done.stderr
    assert "agentowners stopped with ZeroDivisionError" in done.stderr
    assert (world.check(pull.head_sha).conclusion, world.check(pull.head_sha).title) == ("failure", "Internal error")
