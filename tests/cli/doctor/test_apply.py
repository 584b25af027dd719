"""What ``agentowners doctor --apply`` sets up, and that it then holds."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.action.world import World
from tests.cli.doctor.shop import administrator, found, strengthen
from tests.cli.run import Runner
from tests.github_server.model import MergeRefused
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

LABELS = ("agentowners/blocked", "agentowners/approvals-required-1", "agentowners/approvals-required-2")


class Terminal(io.StringIO):
    """Somebody at a keyboard."""

    def isatty(self) -> bool:
        return True


def test_before_it_a_bad_pull_request_merges_and_after_it_none_does(
    github: GitHubServer, acme: Repository, ask: Runner, tmp_path: Path
) -> None:
    permissions = {"contents": "read", "pull-requests": "write", "checks": "write"}
    world = World(github, acme, github.token("actions", permissions=permissions, repository=acme), tmp_path)
    first = world.pull({"security/keys.py": "KEY = 2\n"}, branch="copilot/one")
    world.judge(first)
    assert world.check(first.head_sha).conclusion == "failure"
    acme.merge(first)

    ran = ask("--apply", "--yes", "--format", "json")
    assert "Will create the ruleset `AGENTOWNERS`" in ran.err
    assert "POST /repos/acme/shop/rulesets" in ran.err
    for branch in ("main", "production"):
        assert found(ran, "required-check", branch)["guarantee"] == "strong", "it is read again"

    second = world.pull({"security/keys.py": "KEY = 3\n"}, branch="copilot/two")
    with pytest.raises(MergeRefused):
        acme.merge(second)
    world.judge(second)
    with pytest.raises(MergeRefused):
        acme.merge(second)
    third = world.pull({"README.md": "# The shop\n"}, branch="copilot/three")
    with pytest.raises(MergeRefused):
        acme.merge(third)
    other = github.add_app("other")
    acme.add_check_run("AGENTOWNERS", third.head_sha, app=other)
    with pytest.raises(MergeRefused):
        acme.merge(third)
    world.judge(third)
    assert world.check(third.head_sha).conclusion == "success"
    assert [run.app.id for run in acme.check_runs(third.head_sha, "AGENTOWNERS")] == [other.id, github.actions.id]
    acme.merge(third)


def test_to_apply_again_changes_nothing(acme: Repository, ask: Runner, github: GitHubServer) -> None:
    ask("--apply", "--yes")
    before = [(one.id, one.rules, one.include) for one in acme.rulesets.values()]
    ran = ask("--apply")
    assert ran.err == "The check is required already; nothing was changed.\n"
    assert [(one.id, one.rules, one.include) for one in acme.rulesets.values()] == before
    writing = [request for request in github.requests if request.method != "GET"]
    assert [(request.method, request.path) for request in writing] == [
        ("POST", "/repos/acme/shop/rulesets"),
        *[("POST", "/repos/acme/shop/labels")] * len(LABELS),
    ]


def test_labels_that_it_makes_are_put_on_by_a_token_that_may_make_none(
    github: GitHubServer, acme: Repository, ask: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.add_label("AgentOwners/Blocked", color="123456")
    ran = ask("--apply", "--yes")
    assert "Will create the label `agentowners/approvals-required-2`" in ran.err
    assert "blocked" not in ran.err
    permissions = {"contents": "read", "pull-requests": "write", "checks": "write", "issues": "read"}
    world = World(github, acme, github.token("actions", permissions=permissions, repository=acme), tmp_path)
    pull = world.pull({".github/AGENTOWNERS": "/security/  @agents  allow\n"})
    world.judge(pull)
    assert pull.labels == ["agentowners/approvals-required-1"]
    assert "cannot be put on" not in capsys.readouterr().out
    label = acme.find_label("agentowners/approvals-required-1")
    assert label is not None
    assert (label.color, label.description) == ("fbca04", "1 person has to approve this pull request (set by AGENTOWNERS)")


def test_a_label_that_is_refused_holds_up_nothing(acme: Repository, ask: Runner, github: GitHubServer) -> None:
    github.faults.add("403", method="POST", path="/labels$", times=10)
    ran = ask("--apply", "--yes")
    assert "Could not create the label `agentowners/blocked`: " in ran.err
    assert acme.rulesets


def test_an_older_ruleset_of_the_name_is_brought_up_to_date(acme: Repository, ask: Runner) -> None:
    admins = [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]
    old = acme.add_ruleset("AGENTOWNERS", [{"type": "deletion"}], enforcement="disabled", bypass=admins)
    ran = ask("--apply", "--yes", "--format", "json")
    assert "PUT /repos/acme/shop/rulesets/" in ran.err
    assert (old.enforcement, [rule["type"] for rule in old.rules]) == ("active", ["deletion", "required_status_checks"])
    assert (old.bypass, old.include) == (admins, ["~DEFAULT_BRANCH", "refs/heads/production"])
    assert found(ran, "required-check")["guarantee"] == "strong"
    assert "repository administrators" in found(ran, "bypass")["why"]


@pytest.mark.parametrize(("typed", "applied"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("", False)])
def test_it_asks(acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch, typed: str, applied: bool) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    ran = ask("--apply")
    assert "Apply? [y/N] " in ran.err
    assert bool(acme.rulesets) is applied
    assert ("Nothing was changed." in ran.err) is not applied


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_without_a_terminal_it_shows_what_it_would_do_and_refuses(acme: Repository, ask: Runner, quiet: tuple[str, ...]) -> None:
    ran = ask("--apply", *quiet)
    assert (ran.code, ran.out) == (2, "")
    assert "Will create the ruleset" in ran.err
    assert "nothing was changed: no terminal" in ran.err
    assert not acme.rulesets


def test_only_branches_that_are_meant_are_set_up(acme: Repository, ask: Runner) -> None:
    acme.branch("gh-pages")
    acme.protect("gh-pages", [])
    ran = ask("--apply", "--yes", "--format", "json")
    (made,) = acme.rulesets.values()
    assert made.include == ["~DEFAULT_BRANCH", "refs/heads/production"]
    assert found(ran, "required-check", "gh-pages")["fix"] == "agentowners doctor --apply --branch gh-pages"
    ask("--apply", "--yes", "--branch", "gh-pages")
    assert made.include == ["~DEFAULT_BRANCH", "refs/heads/production", "refs/heads/gh-pages"]


def test_where_there_are_no_rulesets_it_says_what_to_click_and_writes_nothing(
    acme: Repository, ask: Runner, github: GitHubServer
) -> None:
    acme.settings.no_rulesets = True
    acme.protect("main", ["ci"])
    ran = ask("--apply", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "agentowners: this server has no rulesets, and `--apply` writes nothing else\n"
        "help: for `main`, `production`: Settings → Branches → Add branch protection rule: `Require status checks to pass before"
        " merging`, then `AGENTOWNERS` from GitHub Actions; and `Do not allow bypassing the above settings`\n"
    )
    assert acme.protection["main"].checks == [("ci", None)]
    assert not [request for request in github.requests if request.method != "GET"]


def test_classic_protection_that_requires_the_check_is_enough(acme: Repository, ask: Runner) -> None:
    acme.settings.no_rulesets = True
    for branch in ("main", "production"):
        acme.protect(branch, [("AGENTOWNERS", 15368)])
    for name in LABELS:
        acme.add_label(name)
    ran = ask("--apply", "--yes", "--format", "json")
    assert ran.err == "The check is required already; nothing was changed.\n"
    assert found(ran, "required-check")["guarantee"] == "strong"


def test_a_plan_that_protects_nothing(github: GitHubServer, ask: Runner, acme: Repository) -> None:
    acme.private, acme.settings.free_plan = True, True
    ran = ask("--format", "json")
    assert "on this plan" in found(ran, "required-check")["why"]
    refused = ask("--apply", "--yes")
    assert refused.code == 1
    assert "on this plan" in refused.err


def test_without_a_gate_nothing_is_required(github: GitHubServer, acme: Repository, ask: Runner) -> None:
    acme.commit("main", {".github/workflows/agentowners.yml": None}, message="remove the gate")
    ran = ask("--apply", "--yes")
    assert ran.code == 1
    assert "would stop every merge" in ran.err
    assert not acme.rulesets


def test_who_may_not_administrate_is_told_so(
    github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", administrator(github, "hubot"))
    ran = ask("--apply", "--yes")
    assert ran.code == 1
    assert "administration: write" in ran.err
    assert not acme.rulesets


def test_an_app_of_ones_own_closes_what_can_be_closed(github: GitHubServer, acme: Repository, ask: Runner) -> None:
    app = strengthen(github, acme)
    unnamed = ask("--apply", "--yes")
    assert unnamed.code == 1
    assert "--app NUMBER" in unnamed.err
    ran = ask("--apply", "--yes", "--app", str(app), "--format", "json")
    weak = [finding["id"] for finding in ran.json["findings"] if finding["guarantee"] != "strong"]
    assert (ran.code, weak) == (6, ["borrowed-accounts", "base-moves", "base-moves", "merge-queue", "merge-queue"])
    assert ran.json["next"]["fix"] == "turn on the merge queue, or require branches to be up to date before merging"
    assert sorted(one.name for one in acme.rulesets.values()) == [
        "AGENTOWNERS (main)",
        "AGENTOWNERS (production)",
        "Pull requests",
    ]
    for ruleset in acme.rulesets.values():
        for rule in ruleset.rules:
            if rule["type"] == "required_status_checks":
                rule["parameters"]["strict_required_status_checks_policy"] = True
    strict = ask()
    assert (strict.code, strict.out.splitlines()[-1]) == (0, "Nothing here can be better.")
    acme.settings.secrets.append("AGENTOWNERS_APP_KEY")
    assert found(ask("--format", "json"), "forging", None)["guarantee"] == "unavailable"


def test_an_answer_that_gets_lost_makes_no_second_ruleset(acme: Repository, ask: Runner, github: GitHubServer) -> None:
    github.faults.add("reset-after", method="POST")
    ran = ask("--apply", "--yes", "--format", "json")
    assert found(ran, "required-check")["guarantee"] == "strong"
    assert len(acme.rulesets) == 1


def test_what_was_done_before_a_change_was_refused_is_said(github: GitHubServer, acme: Repository, ask: Runner) -> None:
    strengthen(github, acme)
    github.faults.add("403", method="POST", path="rulesets", after=1)
    ran = ask("--apply", "--yes", "--app", "7")
    assert (ran.code, ran.out) == (1, "")
    assert "1 of 2 changes were made." in ran.err


def test_the_merge_queue_of_a_gate_that_it_wakes(acme: Repository, ask: Runner) -> None:
    parameters = {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "MERGE",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    }
    acme.add_ruleset("Queue", [{"type": "merge_queue", "parameters": parameters}])
    assert found(ask("--format", "json"), "merge-queue")["guarantee"] == "strong"
