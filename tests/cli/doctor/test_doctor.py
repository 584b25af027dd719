"""What ``agentowners doctor`` says, to whom, and where it does not get that far."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agentowners.cli.commands import COMMANDS
from agentowners.cli.main import main
from agentowners.dispatch.matrix import matrix
from agentowners.report.shared.matrix import matrix_json
from tests.cli.doctor.shop import administrator, found
from tests.cli.run import Ran, Runner
from tests.git.repo import Repo
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

SCHEMA = json.loads((files("agentowners") / "schemas" / "doctor-1.schema.json").read_text("utf-8"))


def test_the_worst_comes_first_and_the_last_line_says_what_helps_most(acme: Repository, ask: Runner) -> None:
    ran = ask()
    assert (ran.code, ran.err) == (6, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("acme/shop: 5 unavailable, 6 best effort, ")
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
    assert ran.json["next"] == found(ran, "required-check")
    summary, findings = ran.json["summary"], ran.json["findings"]
    assert summary["strong"] + summary["best_effort"] + summary["unavailable"] == len(findings)


def test_markdown_is_a_table(acme: Repository, ask: Runner) -> None:
    ran = ask("--format", "markdown")
    assert "| unavailable | the required check on `main` | nothing requires `AGENTOWNERS` | agentowners doctor" in ran.out
    assert ran.out.startswith("## `acme/shop`: 5 unavailable")


def test_the_matrix_of_where_a_policy_holds_is_the_one_of_the_modes(acme: Repository, ask: Runner) -> None:
    rows = matrix(COMMANDS)
    text, table, document = ask().out, ask("--format", "markdown").out, ask("--format", "json").json
    assert document["enforced"] == matrix_json(rows)
    for row in rows:
        assert f"  - {row.where}: " in text
        assert f"| {row.where} | {' | '.join(cell.hold.value for cell in row.cells.values())} |" in table


def test_quiet_says_nothing(acme: Repository, ask: Runner) -> None:
    assert ask("-q") == Ran(6, "", "")


def test_hostile_names_reach_no_terminal(acme: Repository, ask: Runner) -> None:
    acme.add_deploy_key("\x1b[2J\u202e| x |\n::error::boo", read_only=False)
    text = ask().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not any(line.startswith("::") for line in text.splitlines())
    assert "\\x7c" in ask("--format", "markdown").out


# --- what it may not see ---


def test_a_token_that_may_see_little_is_told_what_would_tell(
    github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("--apply", "--yes")
    monkeypatch.setenv("GITHUB_TOKEN", github.token("actions", permissions={"contents": "read"}, repository=acme))
    ran = ask("--format", "json")
    jsonschema.validate(ran.json, SCHEMA)
    assert found(ran, "required-check")["guarantee"] == "strong", "rules of rulesets are for everybody to read"
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


def test_a_clone_with_hooks_is_told_what_an_agent_of_the_same_user_can_fake(
    acme: Repository, ask: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = Repo(tmp_path / "clone")
    monkeypatch.chdir(clone.path)
    clone.git("remote", "add", "origin", "git@github.com:Acme/Shop.git")
    assert "on this machine" not in ask().out
    assert main(["hook", "install", "--client", "claude", "--quiet"]) == 0
    finding = found(ask("--format", "json"), "same-user", None)
    assert (finding["guarantee"], finding["fix"]) == ("best-effort", None)
    assert finding["why"].startswith(
        "a hook in Claude Code; where the agent runs as you without a sandbox, it can fake a terminal, "
    )
    clone.git("remote", "set-url", "origin", "git@github.com:acme/other.git")
    assert "on this machine" not in ask().out


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
    assert "`GITHUB_API_URL=https://gitlab.example/api/v3`" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--yes",), "require `--apply`"),
        (("--app", "7"), "require `--apply`"),
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
    assert "githubstatus" not in ran.err
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    ran = ask()
    assert (ran.code, ran.err) == (
        1,
        "agentowners: GitHub cannot be reached, asked for `GET /repos/acme/shop`\n"
        "help: try again later, or see that GITHUB_API_URL, `http://127.0.0.1:9`, is the API of your server\n",
    )


def test_the_token_is_never_printed(github: GitHubServer, acme: Repository, ask: Runner, monkeypatch: Any) -> None:
    token = administrator(github)
    monkeypatch.setenv("GITHUB_TOKEN", token)
    for arguments in ((), ("--format", "json"), ("--apply",), ("--apply", "--yes"), ("--branch", "nope")):
        ran = ask(*arguments)
        assert token not in ran.out + ran.err


def test_it_is_a_command(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["doctor", "--help"]) == 0
    assert "--apply" in capsys.readouterr().out
