"""``agentowners doctor`` against the loopback server: what it says, what it sets up, and that it then holds."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agentowners.cli import doctor
from agentowners.cli.main import main
from agentowners.cli.shell import guarded
from tests.action.world import PATIENCE, World
from tests.cli.doctor_shop import administrator, shop, strengthen
from tests.cli.run import Ran, Runner
from tests.git.repo import Repo
from tests.github_server.model import MergeRefused
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

SCHEMA = json.loads((files("agentowners") / "schemas" / "doctor-1.schema.json").read_text("utf-8"))


class Terminal(io.StringIO):
    """Somebody at a keyboard."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def acme(github: GitHubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Repository:
    """The shop, asked about by its administrator."""
    repo = shop(github)
    for name in ("GH_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", administrator(github))
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return repo


@pytest.fixture
def ask(capsys: Any) -> Runner:
    """Runs ``doctor`` on the shop, without a patience that tests would wait for."""

    def runner(*arguments: str, repository: str | None = "acme/shop") -> Ran:
        capsys.readouterr()
        named = [] if repository is None else ["--repository", repository]
        code = guarded(lambda: doctor.main([*named, *arguments], PATIENCE))
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return runner


def _found(ran: Ran, question: str, branch: str | None = "main") -> dict[str, Any]:
    (one,) = [it for it in ran.json["findings"] if it["id"] == question and it["branch"] == branch]
    return dict(one)


def test_the_worst_comes_first_and_the_last_line_says_what_helps_most(acme: Repository, ask: Runner) -> None:
    ran = ask()
    assert (ran.code, ran.err) == (6, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("acme/shop: 5 unavailable, 4 best effort, ")
    assert [line for line in lines if line in ("Unavailable", "Best effort", "Strong")] == [
        "Unavailable",
        "Best effort",
        "Strong",
    ]
    assert lines[3] == "  - the required check on `main`: nothing requires `AGENTOWNERS`"
    assert lines[4] == "    fix  agentowners doctor --apply"
    assert lines[-1] == "Next: agentowners doctor --apply"


def test_json_is_what_its_schema_says(acme: Repository, ask: Runner, github: GitHubServer) -> None:
    ran = ask("--format", "json")
    jsonschema.validate(ran.json, SCHEMA)
    assert (ran.json["schema"], ran.json["branches"]) == (1, ["main", "production"])
    assert ran.json["next"] == _found(ran, "required-check")
    summary, findings = ran.json["summary"], ran.json["findings"]
    assert summary["strong"] + summary["best_effort"] + summary["unavailable"] == len(findings)


def test_markdown_is_a_table(acme: Repository, ask: Runner) -> None:
    ran = ask("--format", "markdown")
    assert "| unavailable | the required check on `main` | nothing requires `AGENTOWNERS` | agentowners doctor" in ran.out
    assert ran.out.startswith("## `acme/shop`: 5 unavailable")


def test_quiet_says_nothing(acme: Repository, ask: Runner) -> None:
    assert ask("-q") == Ran(6, "", "")


def test_hostile_names_reach_no_terminal(acme: Repository, ask: Runner) -> None:
    acme.add_deploy_key("\x1b[2J\u202e| x |\n::error::boo", read_only=False)
    text = ask().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not any(line.startswith("::") for line in text.splitlines())
    assert "\\x7c" in ask("--format", "markdown").out


# --- setting it up ---


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
        assert _found(ran, "required-check", branch)["guarantee"] == "strong", "it is read again"

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
    assert [(request.method, request.path) for request in writing] == [("POST", "/repos/acme/shop/rulesets")]


def test_an_older_ruleset_of_the_name_is_brought_up_to_date(acme: Repository, ask: Runner) -> None:
    admins = [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]
    old = acme.add_ruleset("AGENTOWNERS", [{"type": "deletion"}], enforcement="disabled", bypass=admins)
    ran = ask("--apply", "--yes", "--format", "json")
    assert "PUT /repos/acme/shop/rulesets/" in ran.err
    assert (old.enforcement, [rule["type"] for rule in old.rules]) == ("active", ["deletion", "required_status_checks"])
    assert (old.bypass, old.include) == (admins, ["~DEFAULT_BRANCH", "refs/heads/production"])
    assert _found(ran, "required-check")["guarantee"] == "strong"
    assert "repository administrators" in _found(ran, "bypass")["why"]


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
    assert "nothing was changed: there is no terminal" in ran.err
    assert not acme.rulesets


def test_only_branches_that_are_meant_are_set_up(acme: Repository, ask: Runner) -> None:
    acme.branch("gh-pages")
    acme.protect("gh-pages", [])
    ran = ask("--apply", "--yes", "--format", "json")
    (made,) = acme.rulesets.values()
    assert made.include == ["~DEFAULT_BRANCH", "refs/heads/production"]
    assert _found(ran, "required-check", "gh-pages")["fix"] == "agentowners doctor --apply --branch gh-pages"
    ask("--apply", "--yes", "--branch", "gh-pages")
    assert made.include == ["~DEFAULT_BRANCH", "refs/heads/production", "refs/heads/gh-pages"]


def test_where_there_are_no_rulesets_branches_are_protected(acme: Repository, ask: Runner) -> None:
    acme.settings.no_rulesets = True
    ran = ask("--apply", "--yes", "--format", "json")
    assert {_found(ran, "required-check", branch)["guarantee"] for branch in ("main", "production")} == {"strong"}
    assert acme.protection["main"].checks == [("AGENTOWNERS", 15368)]
    assert acme.protection["main"].enforce_admins


def test_branch_protection_keeps_all_that_it_says(acme: Repository, ask: Runner, github: GitHubServer) -> None:
    acme.settings.no_rulesets = True
    github.add_team("acme/core", ["octocat"])
    acme.protect("main", ["ci", ("lint", 7)])
    main, production = acme.protection["main"], None
    main.strict, main.flags = True, {"required_linear_history": True, "required_signatures": True}
    acme.protect("production", [])
    production = acme.protection["production"]
    production.has_checks = False
    production.reviews = {
        "required_approving_review_count": 2,
        "dismissal_restrictions": {"teams": ["core"], "users": ["octocat"]},
    }
    production.restrictions = {"users": ["hubot"], "teams": ["core"], "apps": []}
    production.flags = {"lock_branch": True, "required_signatures": True}
    assert ask("--apply", "--yes").code == 6
    assert acme.protection["main"] is main, "only the checks were touched"
    assert main.checks == [("ci", None), ("lint", 7), ("AGENTOWNERS", 15368)]
    after = acme.protection["production"]
    assert after.checks == [("AGENTOWNERS", 15368)]
    assert after.reviews is not None
    assert after.reviews["required_approving_review_count"] == 2
    assert after.reviews["dismissal_restrictions"] == {"users": ["octocat"], "teams": ["core"], "apps": []}
    assert after.restrictions == {"users": ["hubot"], "teams": ["core"], "apps": []}
    assert (after.flags, after.enforce_admins) == ({"lock_branch": True, "required_signatures": True}, True)


def test_a_plan_that_protects_nothing(github: GitHubServer, ask: Runner, acme: Repository) -> None:
    acme.private, acme.settings.free_plan = True, True
    ran = ask("--format", "json")
    assert "on this plan" in _found(ran, "required-check")["why"]
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
    assert (ran.code, weak, ran.json["next"]) == (0, ["borrowed-accounts", "merge-queue", "merge-queue"], None)
    assert sorted(one.name for one in acme.rulesets.values()) == [
        "AGENTOWNERS (main)",
        "AGENTOWNERS (production)",
        "Pull requests",
    ]
    assert ask().out.endswith("Nothing here can be better.\n")
    acme.settings.secrets.append("AGENTOWNERS_APP_KEY")
    assert _found(ask("--format", "json"), "forging", None)["guarantee"] == "unavailable"


def test_an_answer_that_gets_lost_makes_no_second_ruleset(acme: Repository, ask: Runner, github: GitHubServer) -> None:
    github.faults.add("reset-after", method="POST")
    ran = ask("--apply", "--yes", "--format", "json")
    assert _found(ran, "required-check")["guarantee"] == "strong"
    assert len(acme.rulesets) == 1


def test_what_was_done_before_a_change_was_refused_is_said(github: GitHubServer, acme: Repository, ask: Runner) -> None:
    acme.settings.no_rulesets = True
    github.faults.add("403", method="PUT", path="production")
    ran = ask("--apply", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "1 of 2 changes were made." in ran.err
    assert "main" in acme.protection


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
    assert _found(ask("--format", "json"), "merge-queue")["guarantee"] == "strong"


# --- what it may not see ---


def test_a_token_that_may_see_little_is_told_what_would_tell(
    github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("--apply", "--yes")
    monkeypatch.setenv("GITHUB_TOKEN", github.token("actions", permissions={"contents": "read"}, repository=acme))
    ran = ask("--format", "json")
    jsonschema.validate(ran.json, SCHEMA)
    assert _found(ran, "required-check")["guarantee"] == "strong", "rules of rulesets are for everybody to read"
    untold = {finding["id"]: finding["fix"] for finding in ran.json["findings"] if not finding["known"]}
    assert untold == {
        "actions-allowed": "ask with a token that has `administration: read`",
        "bypass": "ask with a token that has `administration: write`",
        "direct-push": "ask with a token that has `administration: read`",
        "agents-access": "ask with a token that has `organization administration: read`",
        "default-permissions": "ask with a token that has `administration: read`",
        "deploy-keys": "ask with a token that has `administration: read`",
    }


def test_a_token_that_may_not_even_read_files(github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: Any) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", github.token("actions", permissions={}, repository=acme))
    ran = ask()
    assert ran.code == 1
    assert "may read it" in ran.err


# --- where it does not get that far ---


def test_no_token(ask: Runner, acme: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", " ")
    ran = ask()
    assert (ran.code, ran.out) == (1, "")
    assert "GH_TOKEN" in ran.err


def test_the_other_names_of_the_token_and_the_repository(
    github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GH_TOKEN", administrator(github))
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
    assert ask("-q", repository=None).code == 6


def test_the_repository_of_the_clone(acme: Repository, ask: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--repository OWNER/NAME" in ask(repository=None).err
    clone = Repo(tmp_path / "clone")
    monkeypatch.chdir(clone.path)
    clone.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    assert ask(repository=None).out.startswith("acme/shop: ")
    clone.git("remote", "set-url", "origin", "https://gitlab.example/acme/shop.git")
    monkeypatch.delenv("GITHUB_API_URL")
    ran = ask(repository=None)
    assert ran.code == 1
    assert "`gitlab.example`, and not on GitHub" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--yes",), "`--apply` is missing"),
        (("--app", "7"), "`--apply` is missing"),
        (("--format", "xml"), "cannot be `xml`"),
        (("--aply",), "did you mean `--apply`?"),
    ],
)
def test_usage(acme: Repository, ask: Runner, arguments: tuple[str, ...], words: str) -> None:
    ran = ask(*arguments)
    assert ran.code == 2
    assert words in ran.err
    assert ask(repository="acme").code == 2


def test_what_github_answers_when_it_will_not(
    github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "check the repository's name" in ask(repository="acme/none").err
    assert "there is no branch `nope`" in ask("--branch", "nope").err
    github.faults.add("500", times=20)
    ran = ask()
    assert (ran.code, ran.out) == (1, "")
    assert "try again later" in ran.err
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_" + "x" * 36)
    github.faults.all.clear()
    assert "does not accept the token" in ask().err
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    assert ask().code == 1


def test_the_token_is_never_printed(github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: Any) -> None:
    token = administrator(github)
    monkeypatch.setenv("GITHUB_TOKEN", token)
    for arguments in ((), ("--format", "json"), ("--apply",), ("--apply", "--yes"), ("--branch", "nope")):
        ran = ask(*arguments)
        assert token not in ran.out + ran.err


def test_it_is_a_command(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["doctor", "--help"]) == 0
    assert "--apply" in capsys.readouterr().out
