"""Pull requests from forks: a token that may read only. The verdict is still made, and the job's own result tells it."""

from __future__ import annotations

import pytest

from tests.action.world import PERMISSIONS, World

READ_ONLY = {"contents": "read", "pull-requests": "read"}


@pytest.fixture
def reader(world: World) -> World:
    world.token = world.server.token("actions", permissions=PERMISSIONS, repository=world.repo, fork=True)
    return world


@pytest.mark.parametrize(
    ("files", "fail_job", "code", "command", "title"),
    [
        ({"docs/index.md": "new\n"}, "auto", 0, "::notice", "Allowed"),
        ({"infra/main.tf": "b\n"}, "auto", 1, "::warning", "Waiting for approval (0 of 2)"),
        ({"security/keys.py": "KEY = 2\n"}, "auto", 1, "::error", "Blocked%3A 1 file"),
        ({"docs/index.md": "new\n"}, "always", 0, "::notice", "Allowed"),
        ({"infra/main.tf": "b\n"}, "always", 1, "::warning", "Waiting for approval (0 of 2)"),
        ({"security/keys.py": "KEY = 2\n"}, "never", 0, "::error", "Blocked%3A 1 file"),
    ],
)
def test_the_jobs_own_result_is_the_verdict(
    reader: World,
    capfd: pytest.CaptureFixture[str],
    files: dict[str, str],
    fail_job: str,
    code: int,
    command: str,
    title: str,
) -> None:
    reader.inputs["fail-job"] = fail_job
    pull = reader.pull(files)
    assert reader.run("pull_request", "synchronize", pull=pull) == code
    out = capfd.readouterr().out
    assert f"{command} title={title}::" in out
    assert "`checks: write`" in out
    assert reader.checks(pull.head_sha) == []
    assert pull.labels == []
    assert reader.outputs()["check-run-url"] == ""
    assert title.replace("%3A", ":").split(" (")[0] in reader.summary


def test_offending_files_are_commands_ten_of_a_level(reader: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = reader.pull({f"security/f{n:02}.py": "x\n" for n in range(30)})
    assert reader.run("pull_request", "synchronize", pull=pull) == 1
    lines = capfd.readouterr().out.splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == 10
    assert "::error file=security/f00.py,line=1,title=Blocked by .github/AGENTOWNERS%3A1::" in errors[1]
    assert not any(line.startswith(("::warning", "::notice")) for line in lines)
    assert "security/f29.py" in reader.summary


def test_unmet_approvals_are_ten_warnings_too_and_no_more(reader: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = reader.pull({f"infra/f{n:02}.tf": "x\n" for n in range(30)})
    assert reader.run("pull_request", "synchronize", pull=pull) == 1
    told = capfd.readouterr().out
    assert sum(line.startswith("::warning") for line in told.splitlines()) == 10
    for place in (told, reader.summary):
        assert "the token may not write check runs, so this job's own result is the verdict" in place


def test_approvals_that_are_met_pass(reader: World) -> None:
    pull = reader.pull({"infra/main.tf": "b\n"})
    for login in ("octocat", "hubot"):
        reader.repo.review(pull, login, "APPROVED")
    assert reader.run("pull_request", "synchronize", pull=pull) == 0


def test_a_persons_token_cannot_write_check_runs_either(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    world.token = world.server.token("user", login="octocat")
    pull = world.pull({"infra/main.tf": "b\n"})
    assert world.judge(pull) == 1
    assert "::warning title=Waiting for approval (0 of 2)::" in capfd.readouterr().out


def test_a_policy_that_does_not_parse_fails_the_job(reader: World, capfd: pytest.CaptureFixture[str]) -> None:
    reader.repo.commit("main", {".github/AGENTOWNERS": "nonsense\n"})
    pull = reader.pull({"docs/index.md": "new\n"})
    assert reader.run("pull_request", "synchronize", pull=pull) == 1
    assert "::error file=.github/AGENTOWNERS,line=1" in capfd.readouterr().out


def test_a_fork_is_judged_by_the_base_repositorys_policy(reader: World) -> None:
    fork = reader.repo.fork("octofork")
    fork.commit("main", {".github/AGENTOWNERS": "** @agents allow\n"}, message="weaken", author="Copilot")
    fork.commit("copilot/fix", {"security/keys.py": "KEY = 2\n"}, message="change", author="Copilot")
    pull = reader.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Change", body="", fork=fork)
    assert reader.run("pull_request", "synchronize", pull=pull) == 1
