"""``agentowners test``: from files on disk to an exit code."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.run import Ran, Runner, as_process
from tests.git.repo import Repo

CASES = """\
tests:
  - name: keys are blocked
    paths: [security/key.py]
    expect: block
  - name: Packages need the SREs
    paths: [package.json]
    expect: require_approval
    approvals: 2
    approvers: [acme/sre]
"""
FAILING = """\
tests:
  - name: docs are blocked
    as: copilot
    paths: [docs/a]
    expect: block
"""


@pytest.fixture
def shop(repo: Repo) -> Repo:
    """The repository with its files in the work tree, and test cases."""
    repo.checkout("main")
    write(repo, CASES)
    return repo


def write(repo: Repo, text: str, name: str = ".github/agentowners-tests.yml") -> None:
    (repo.path / name).parent.mkdir(parents=True, exist_ok=True)
    (repo.path / name).write_text(text)


def test_cases_that_pass(shop: Repo, run: Runner) -> None:
    assert run("test") == Ran(0, "2 passed\nPolicy: .github/AGENTOWNERS\n", "")
    assert run("test", "-v").out.startswith("passed  .github/agentowners-tests.yml:2: keys are blocked\n")


def test_a_case_that_fails(shop: Repo, run: Runner) -> None:
    write(shop, FAILING)
    ran = run("test")
    assert (ran.code, ran.err) == (6, "")
    assert (
        ran.out
        == """\
failed  .github/agentowners-tests.yml:2: docs are blocked
  @copilot changes 1 path, into main
  docs/a
    decision   expected  block
               actual    allow
    rule       actual    .github/AGENTOWNERS:3: docs/** @copilot allow
  why   agentowners explain --as @copilot docs/a

0 passed, 1 failed
Policy: .github/AGENTOWNERS
"""
    )


def test_the_policy_is_the_work_trees(shop: Repo, run: Runner) -> None:
    (shop.path / ".github/AGENTOWNERS").write_text("# nothing yet\n")
    assert run("test").code == 6


def test_a_policy_that_is_named(shop: Repo, run: Runner) -> None:
    (shop.path / "other").write_text("docs/** @agents block\n")
    write(shop, FAILING)
    assert run("test", "--policy-file", "other").code == 0
    write(shop, "policy: [other]\n" + FAILING)
    assert run("test").code == 0
    ran = run("test", "--policy-file", ".github/AGENTOWNERS")
    assert (ran.code, "--policy-file .github/AGENTOWNERS docs/a" in ran.out) == (6, True)


def test_a_named_policy_is_protected_under_its_name(shop: Repo, run: Runner) -> None:
    (shop.path / "other").write_text("# nothing\n")
    write(shop, "policy: [other]\ntests:\n  - {paths: [other], expect: require_approval, rule: 'builtin:policy'}\n")
    assert run("test").code == 0
    assert run("test", "--policy-file", "other").code == 0


def test_from_a_directory_below(shop: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    write(shop, "policy: [other]\n" + FAILING)
    (shop.path / "other").write_text("src/** @agents block\n")
    (shop.path / "deep").mkdir()
    monkeypatch.chdir(shop.path / "deep")
    ran = run("test")
    assert (ran.code, "--policy-file ../other docs/a" in ran.out) == (6, True)


def test_without_a_repository(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "AGENTOWNERS").write_text("security/** @agents block\n")
    (tmp_path / "agentowners-tests.yml").write_text("tests:\n  - {paths: [security/a], expect: block}\n")
    assert run("test").code == 0
    assert run("test", "--policy-file", "AGENTOWNERS").code == 0


def test_every_file_that_is_there_is_run_or_those_that_are_named(shop: Repo, run: Runner) -> None:
    write(shop, FAILING, "agentowners-tests.yaml")
    assert run("test").out.endswith("2 passed, 1 failed\nPolicy: .github/AGENTOWNERS\n")
    assert run("test", ".github/agentowners-tests.yml").code == 0
    assert run("test", "agentowners-tests.yaml").code == 6


def test_cases_are_chosen_by_name(shop: Repo, run: Runner) -> None:
    assert run("test", "-k", "SRES", "-v").out.startswith("passed  .github/agentowners-tests.yml:5: Packages")
    ran = run("test", "-k", "nothing")
    assert (ran.code, ran.err) == (
        1,
        "agentowners: no test case has `nothing` in its name\nhelp: `-k` takes a part of a name\n",
    )


def test_no_cases(repo: Repo, run: Runner) -> None:
    repo.checkout("main")
    help = "help: `agentowners test --record --base main` writes some from a change; `agentowners init` writes first ones\n"
    assert run("test") == Ran(1, "", f"agentowners: there are no test cases\n{help}")
    write(repo, "tests: []\n")
    assert run("test") == Ran(1, "", f"agentowners: there are no test cases in the files there are\n{help}")


def test_cases_that_cannot_be_read_say_everything_at_once(shop: Repo, run: Runner) -> None:
    write(shop, "tests:\n  - paths: [a]\n    expect: blok\n    aprovals: 1\n")
    ran = run("test")
    assert (ran.code, ran.out) == (1, "")
    assert (
        ran.err
        == """\
.github/agentowners-tests.yml:3:13: error: `blok` is not a decision
  3 |     expect: blok
    |             ^~~~
  help: did you mean `block`?

.github/agentowners-tests.yml:4:5: error: unknown key `aprovals` in a test case
  4 |     aprovals: 1
    |     ^~~~~~~~
  help: did you mean `approvals`?

agentowners: the test cases in `.github/agentowners-tests.yml` cannot be read: 2 errors
"""
    )


def test_a_policy_that_is_invalid(shop: Repo, run: Runner) -> None:
    (shop.path / ".github/AGENTOWNERS").write_text("a @agents blok\nb @agents\n")
    ran = run("test")
    assert (ran.code, ran.out) == (5, "")
    assert ".github/AGENTOWNERS:1:11: error: `blok` is not a decision" in ran.err
    assert ".github/AGENTOWNERS:2:" in ran.err
    assert ran.err.endswith("\nagentowners: the policy does not parse\n")


@pytest.mark.parametrize(("text", "code"), [("tests: [x]\n", 1), (CASES, 5)])
def test_programs_are_told_too_why_nothing_was_run(shop: Repo, run: Runner, text: str, code: int) -> None:
    write(shop, text)
    (shop.path / ".github/AGENTOWNERS").write_text("a @agents blok\n")
    ran = run("test", "--format", "json", "--junit", "out.xml")
    assert (ran.code, ran.json["passed"], len(ran.json["diagnostics"])) == (code, 0, 1)
    assert ran.json["message"]
    assert ET.parse("out.xml").getroot().get("errors") == "1"
    assert ET.fromstring(run("test", "--format", "junit").out.encode()).get("errors") == "1"


def test_no_policy(shop: Repo, run: Runner) -> None:
    (shop.path / ".github/AGENTOWNERS").unlink()
    ran = run("test")
    assert (ran.code, "there is no policy in this repository" in ran.err) == (1, True)


def test_a_file_that_is_not_there(shop: Repo, run: Runner) -> None:
    assert run("test", "nowhere.yml").err.startswith("agentowners: the file of test cases `nowhere.yml` cannot be read: no such")


def test_coverage_is_said_after_the_results(shop: Repo, run: Runner) -> None:
    out = run("test", "--coverage").out
    assert out.index("2 passed") < out.index("Coverage: 2 of 3 rules and defaults reached (66%)")
    assert "  reached by no case\n    .github/AGENTOWNERS:3: docs/** @copilot allow\n" in out
    assert run("test", "--coverage", "--format", "json").json["coverage"]["percent"] == 66
    assert run("test", "--format", "json").json["coverage"] is None


def test_junit_beside_any_format(shop: Repo, run: Runner) -> None:
    assert run("test", "--junit", "out.xml", "-q") == Ran(0, "", "")
    assert ET.parse("out.xml").getroot().get("tests") == "2"
    assert run("test", "--format", "junit").out == Path("out.xml").read_text()
    ran = run("test", "--junit", "no/such/place.xml")
    assert (ran.code, ran.out) == (1, "")


def test_quiet_says_nothing_and_ends_as_ever(shop: Repo, run: Runner) -> None:
    write(shop, FAILING)
    assert run("test", "--quiet") == Ran(6, "", "")
    assert run("test", "--quiet", "--format", "json") == Ran(6, "", "")


def test_a_path_that_looks_like_a_pattern_is_warned_of(shop: Repo, run: Runner) -> None:
    write(shop, "tests:\n  - {paths: [src/**], expect: allow}\n")
    ran = run("test")
    assert (ran.code, ran.out.startswith("1 passed")) == (0, True)
    assert "warning: `src/**` is taken for a path of just this name" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--base", "main"), "`--base` requires `--record`"),
        (("--dry-run",), "`--dry-run` requires `--record`"),
        (("--as", "x"), "`--as` requires `--record`"),
        (("-z",), "`-z` requires `--record`"),
        (("--record", "--base", "main", "--coverage"), "`--coverage` cannot be used with `--record`"),
        (("--record", "--base", "main", "-k", "x"), "`-k` cannot be used with `--record`"),
        (("--record", "--base", "main", "--format", "json"), "`--format` cannot be used with `--record`"),
        (("--record",), "no change to record was named"),
        (("--record", "--base", "a", "--changes", "b"), "`--changes` cannot be used with `--base`"),
        (("--record", "--base", "a", "x", "y"), "`--record` writes into one file"),
        (("--covrage",), "unknown option `--covrage`"),
        (("--format", "xml"), "`--format` cannot be `xml`"),
    ],
)
def test_options_that_make_no_sense(shop: Repo, run: Runner, arguments: tuple[str, ...], message: str) -> None:
    ran = run("test", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"agentowners: {message}")


def test_as_a_process_through_a_pipe(shop: Repo) -> None:
    write(shop, FAILING.replace("docs are blocked", "\\u202e").replace("name: \\u202e", 'name: "\\u202e\\e[31m"'))
    done = as_process("test", cwd=shop.path)
    assert (done.returncode, done.stderr) == (6, b"")
    assert b"failed  .github/agentowners-tests.yml:2: \\u202e\\x1b[31m\n" in done.stdout
    assert b"\x1b[" in as_process("test", cwd=shop.path, env={"FORCE_COLOR": "1"}).stdout
    assert json.loads(as_process("test", "--format", "json", cwd=shop.path).stdout)["failed"] == 1


def test_the_command_that_is_shown_shows_why(shop: Repo, run: Runner) -> None:
    import shlex

    write(shop, FAILING)
    (line,) = [line for line in run("test").out.splitlines() if line.startswith("  why")]
    words = shlex.split(line.removeprefix("  why"))
    assert words[0] == "agentowners"
    ran = run(*words[1:])
    assert (ran.code, "docs/** @copilot allow" in ran.out) == (0, True)


def test_nothing_of_the_environment_changes_a_result(shop: Repo, run: Runner) -> None:
    shop.git("remote", "add", "origin", "git@github.com:other/shop.git")
    assert run("test", "--format", "json").json["passed"] == 2
    assert os.getcwd() == str(shop.path)


def test_a_case_about_a_misspelled_agent_is_warned_of(shop: Repo, run: Runner) -> None:
    """It passes whatever the policy says of the agent that was meant."""
    write(
        shop, "tests:\n  - {as: copliot, paths: [security/key.py], expect: allow}\n  - {as: kevin, paths: [x], expect: allow}\n"
    )
    ran = run("test")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "2 passed")
    assert ":2:5: warning: `@copliot` is no known agent\n" in ran.err
    assert "  help: did you mean `@copilot`?\n" in ran.err
    assert [found["id"] for found in run("test", "--format", "json").json["diagnostics"]] == ["unknown-agent"]


def test_a_path_with_a_character_that_cannot_be_seen_is_warned_of(shop: Repo, run: Runner) -> None:
    write(shop, "tests:\n  - {paths: [security\u200b/key.py], expect: allow}\n")
    ran = run("test")
    assert ran.code == 0
    assert "`security\\u200b/key.py` holds a character that cannot be seen" in ran.err
    write(shop, 'tests:\n  - {paths: ["security\\u200b/key.py"], expect: allow}\n')
    assert run("test").err == ""


def test_an_assert_that_does_not_hold_fails_like_a_case(repo: Repo, run: Runner) -> None:
    policy = Path(".github/AGENTOWNERS")
    policy.parent.mkdir(exist_ok=True)
    policy.write_text("security/** @agents block\nassert security/** @agents block\n")
    Path("cases.yml").write_text(
        "tests:\n  - name: keys\n    as: copilot\n    paths: [security/x]\n    expect: block\n", encoding="utf-8"
    )
    assert run("test", "cases.yml").code == 0
    policy.write_text("security/** @agents block\nassert security @agents block\n")
    done = run("test", "cases.yml")
    assert done.code == 6
    assert "failed: .github/AGENTOWNERS:2: assert security @agents block" in done.err
