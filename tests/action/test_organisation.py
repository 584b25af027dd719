"""The organisation's policy: a layer from a repository of its own, enforced or only reported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from agentowners.action.inputs import InputError, OrganisationPolicy, read_inputs
from agentowners.report.verdict.conclusion import Enforcement
from tests.action.test_app import Own
from tests.action.world import PERMISSIONS, World
from tests.github_server.server import GitHubServer

WHERE = "acme/policies:agents/AGENTOWNERS@main"
ABOVE = b"*.sql @agents block # the organisation's\n"


def make(github: GitHubServer, tmp_path: Path, above: bytes | None = ABOVE, *, inputs: Mapping[str, str] = {}) -> World:
    """A repository whose workflow reads the policy of another; the token may read both."""
    world = World.make(github, tmp_path, policy=b"/src/ @agents require_approval\n")
    other = github.add_repository("acme/policies")
    other.commit("main", {"README.md": "x", **({"agents/AGENTOWNERS": above} if above is not None else {})}, message="first")
    world.inputs |= {"organisation-policy": WHERE, **inputs}
    return world


def test_its_rules_are_enforced_beside_the_repositorys(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({"db/a.sql": "x\n", "src/a.py": "x\n"})
    assert world.judge(pull) == 1
    check = world.check(pull.head_sha)
    assert (check.conclusion, check.title) == ("failure", "Blocked: 1 file")
    assert "acme/policies:agents/AGENTOWNERS" in (check.summary or "") + (check.text or "")


def test_the_repository_cannot_loosen_it(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    world.repo.commit("main", {".github/AGENTOWNERS": "mode observe-only @agents\n*.sql @agents allow\n"}, message="looser")
    pull = world.pull({"db/a.sql": "x\n"})
    world.judge(pull)
    assert world.check(pull.head_sha).conclusion == "failure"


def test_evaluate_holds_for_that_layer_alone(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path, inputs={"organisation-enforcement": "evaluate"})
    pull = world.pull({"db/a.sql": "x\n", "src/a.py": "x\n"})
    assert world.judge(pull) == 0
    check = world.check(pull.head_sha)
    assert (check.conclusion, check.title) == ("action_required", "Waiting for approval (0 of 1)")
    assert "Organisation would: Blocked: 1 file" in (check.summary or "").replace("`", "")


@pytest.mark.parametrize(
    ("above", "title"),
    [(None, "Organisation policy not found"), (b"a @agents blok\n", "Policy does not parse")],
)
def test_one_that_cannot_be_had_never_passes(github: GitHubServer, tmp_path: Path, above: bytes | None, title: str) -> None:
    world = make(github, tmp_path, above)
    pull = world.pull({"docs/a.md": "x\n"})
    assert world.judge(pull) == 1
    check = world.check(pull.head_sha)
    assert check.conclusion == "failure"
    assert title in (check.title or "")


def test_a_repository_that_cannot_be_read_never_passes(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path, inputs={"organisation-policy": "acme/nowhere:AGENTOWNERS@main"})
    pull = world.pull({"docs/a.md": "x\n"})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Organisation policy cannot be read"


def test_only_reported_it_holds_nothing_up_where_it_cannot_be_had(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path, None, inputs={"organisation-enforcement": "evaluate"})
    pull = world.pull({"docs/a.md": "x\n"})
    assert world.judge(pull) == 0
    check = world.check(pull.head_sha)
    assert check.conclusion == "success"
    assert "Organisation would: not known" in (check.summary or "").replace("`", "")


@pytest.mark.parametrize("value", ["acme/policies", "acme:AGENTOWNERS@main", "acme/p:@main", "acme/p:A@", "acme/p:/A@main"])
def test_what_names_no_file_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="organisation-policy"):
        read_inputs({"INPUT_TOKEN": "t", "INPUT_ORGANISATION-POLICY": value})


def test_the_input_is_read_whole() -> None:
    found = read_inputs({"INPUT_TOKEN": "t", "INPUT_ORGANISATION-POLICY": "acme/p:a/b.yml@refs/heads/x/y"})
    assert found.organisation == OrganisationPolicy("acme/p", "a/b.yml", "refs/heads/x/y", Enforcement.ACTIVE)
    assert PERMISSIONS["contents"] == "read"


def test_a_change_of_the_policy_is_held_against_it(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({".github/AGENTOWNERS": "/src/ @agents require_approval\n/db/ @agents allow\n"})
    world.judge(pull)
    said = world.check(pull.head_sha).summary or ""
    assert "`acme/policies:agents/AGENTOWNERS`, the organisation's policy, overrules this one, for example for `" in said
    assert ".sql`" in said


def test_a_policy_that_is_as_strict_is_said_to_be(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({".github/AGENTOWNERS": "** @agents block\n"})
    world.judge(pull)
    assert "the organisation's policy, is undercut nowhere." in (world.check(pull.head_sha).summary or "")


def test_the_apps_token_is_for_both_repositories(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    own = Own(world)
    pull = world.pull({"db/a.sql": "x\n"})
    world.judge(pull)
    assert [mint.body["repositories"] for mint in own.mints] == [["shop", "policies"]]
    assert world.check(pull.head_sha).conclusion == "failure"


def test_every_rule_that_it_overrules_is_named(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    lines = ["/src/ @agents require_approval", "/db/ @agents allow", "*.sql @bots allow", "/db/x.sql @agents block"]
    pull = world.pull({".github/AGENTOWNERS": "".join(f"{line}\n" for line in lines)})
    world.judge(pull)
    said = world.check(pull.head_sha).summary or ""
    named = [line for line in said.partition("It overrules:")[2].splitlines() if line.startswith("- ")]
    assert [line.split("`")[1] for line in named] == [".github/AGENTOWNERS:1", ".github/AGENTOWNERS:2"]


def test_what_it_holds_anyway_is_not_lost_where_the_repositorys_own_rule_goes(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    world.repo.commit("main", {".github/AGENTOWNERS": "*.sql @agents block\n"}, message="own")
    pull = world.pull({".github/AGENTOWNERS": "docs/ @agents require_approval\n"})
    world.judge(pull)
    assert "| Prover | 0 things became looser, 1 stricter (0 not decided) |" in (world.check(pull.head_sha).summary or "")


def test_its_modes_are_held_against_the_change_though_it_is_only_reported(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path, b"mode read-only @ci-bot\n", inputs={"organisation-enforcement": "evaluate"})
    pull = world.pull({".github/AGENTOWNERS": "docs/ @agents require_approval\n"})
    world.judge(pull)
    said = world.check(pull.head_sha).summary or ""
    assert "| Mode compatibility | read-only for `@ci-bot`: violates |" in said
    assert "a mode is not compatible" in said
