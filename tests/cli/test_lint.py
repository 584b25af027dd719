"""``agentowners lint`` as people run it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from agentowners.lint.registry import CHECKS
from tests.cli.run import Runner, as_process
from tests.docs.pages import ROOT
from tests.git.repo import Repo
from tests.report.test_sarif import VALIDATOR

SCHEMA = json.loads((ROOT / "src/agentowners/schemas/lint-1.schema.json").read_text())
POLICY = ".github/AGENTOWNERS"
RAN = f"{len(CHECKS) - 2} of {len(CHECKS)} checks ran (2 need --online)"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work tree without a policy yet, with files that git tracks; it is the current directory."""
    repo = Repo(tmp_path / "work")
    for name in ("deploy/eu/main.tf", "docs/usage.md", ".github/keep"):
        path = repo.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n")
    repo.git("add", "-A")
    monkeypatch.chdir(repo.path)
    return repo.path


def write(text: str | bytes, name: str = POLICY) -> None:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)


def test_warnings_are_shown_and_end_with_six(work: Path, run: Runner) -> None:
    write("deploy/*  @agents  block\n")
    done = run("lint")
    assert done.code == 6
    assert done.out.startswith(
        ".github/AGENTOWNERS:1:1: warning[one-level-pattern]: "
        "`deploy/*` covers one level only: it lets `deploy/eu/main.tf` escape\n"
    )
    assert done.out.endswith("\n1 warning in .github/AGENTOWNERS\n")
    assert done.err == ""


def test_nothing_found(work: Path, run: Runner) -> None:
    write("deploy/**  @agents  block\n")
    done = run("lint")
    assert (done.code, done.out) == (0, f"No mistakes found: 1 rule in .github/AGENTOWNERS, {RAN}\n")


def test_a_misspelt_path_is_held_against_gits_index(work: Path, run: Runner) -> None:
    write("/deplyo/  @agents  block\n")
    done = run("lint")
    assert (done.code, "help: did you mean `/deploy/`?" in done.out) == (6, True)


def test_where_git_has_no_files_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Runner) -> None:
    monkeypatch.chdir(tmp_path)
    write("/deplyo/  @agents  block\n", "AGENTOWNERS")
    done = run("lint")
    ran = f"{len(CHECKS) - 3} of {len(CHECKS)} checks ran (1 needs files that git knows, 2 need --online)"
    assert (done.code, done.out) == (0, f"No mistakes found: 1 rule in AGENTOWNERS, {ran}\n")
    assert run("lint", "--format", "json").json["not_run"] == {"files": 1, "accounts": 2}


def test_notes_alone_do_not_fail(work: Path, run: Runner) -> None:
    write("docs/**  @agents  allow\n")
    done = run("lint")
    assert done.code == 0
    assert "note[allow-by-default]" in done.out


def test_a_policy_that_does_not_parse_shows_every_error(work: Path, run: Runner) -> None:
    write("a  @agents  blok\nb  agents  block\n")
    done = run("lint")
    assert done.code == 5
    assert done.out.count("error[") == 2
    assert "  1 | a  @agents  blok\n    |             ^~~~\n" in done.out
    assert run("lint", "--format", "json").json["summary"]["errors"] == 2
    assert run("lint", "--fix").code == 5
    assert Path(POLICY).read_bytes() == b"a  @agents  blok\nb  agents  block\n"


def test_every_policy_of_the_work_tree_is_looked_at(work: Path, run: Runner) -> None:
    write("'x'  @agents  block\n")
    write("rules: [{patterns: [\"'y'\"], decision: block}]\n", ".agentowners.yml")
    done = run("lint")
    assert done.out.count("literal-character") == 2
    assert done.out.endswith("2 warnings in 2 files\n")
    os.chdir("docs")
    assert run("lint").out == done.out


def test_files_that_are_named(work: Path, run: Runner, tmp_path: Path) -> None:
    write("'x'  @agents  block\n")
    write("y  @agents  block\n", "other")
    assert run("lint", "other").code == 0
    assert run("lint", "other", "--policy-file", POLICY).out.endswith("1 warning in 2 files\n")
    gone = run("lint", "gone")
    assert (gone.code, gone.err) == (1, "agentowners: the policy file `gone` cannot be read: no such file or directory\n")
    (tmp_path / "outside").write_text("deploy/*  @agents  block\n")
    assert run("lint", str(tmp_path / "outside")).code == 6


def test_where_there_is_no_policy(work: Path, run: Runner) -> None:
    done = run("lint")
    assert (done.code, done.out) == (1, "")
    assert "there is no policy in this repository" in done.err


def test_outside_of_a_repository(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    write("main deploy/*  @agents  block\n", "AGENTOWNERS")
    done = run("lint")
    assert done.code == 6
    assert "branch-as-path" not in done.out  # nothing tells that `main` is no file
    refused = run("lint", "--against", "HEAD")
    assert (refused.code, refused.err.splitlines()[0]) == (
        1,
        "agentowners: `--against` needs a repository, and there is none here",
    )


def test_against_a_revision(repo: Repo, run: Runner) -> None:
    Path(".github").mkdir(exist_ok=True)
    write("security/** nothing/**  @agents  block\n")
    assert run("lint").code == 0
    done = run("lint", "--against", "main")
    assert (done.code, done.out.count("warning[unmatched-pattern]: `nothing/**` matches no file")) == (6, 1)
    assert run("lint", "--against", "main", "--ignore", "unmatched-pattern").code == 0
    wrong = run("lint", "--against", "nowhere")
    assert (wrong.code, wrong.out) == (1, "")
    assert "there is no revision `nowhere` in this clone" in wrong.err


def test_ignoring_a_check_that_there_is_not(work: Path, run: Runner) -> None:
    done = run("lint", "--ignore", "one-level-patern")
    assert done.code == 2
    assert done.err == "agentowners: unknown check `one-level-patern`\nhelp: did you mean `one-level-pattern`?\n"


def test_ignoring_by_a_comment(work: Path, run: Runner) -> None:
    write("# lint: ignore=one-level-pattern\ndeploy/*  @agents  block\n")
    assert run("lint").code == 0


def test_list(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("lint", "--list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == [check.id for check in CHECKS]
    assert all(check.summary in done.out for check in CHECKS)
    assert run("lint", "--list", "--quiet").out == ""


def test_quiet(work: Path, run: Runner) -> None:
    write("deploy/*  @agents  block  # \u200b\n")
    done = run("lint", "--quiet", "--fix")
    assert (done.code, done.out, done.err) == (6, "", "")
    assert Path(POLICY).read_bytes() == b"deploy/*  @agents  block  # \n"


@pytest.mark.parametrize("text", ["deploy/*  @agents  block\n", "a  @agents  blok\n", "x  @agents  block\n"])
def test_other_formats(work: Path, run: Runner, text: str) -> None:
    write(text)
    code = run("lint").code
    found = run("lint", "--format", "json")
    Draft202012Validator(SCHEMA).validate(found.json)
    assert found.json["files"] == [POLICY]
    log = run("lint", "--format", "sarif")
    VALIDATOR.validate(log.json)
    commands = run("lint", "--format", "github")
    assert len(commands.out.splitlines()) == len(found.json["findings"])
    assert {found.code, log.code, commands.code} == {code}


def test_fix_keeps_everything_else(work: Path, run: Runner) -> None:
    before = b"\xef\xbb\xbf# kept \xe2\x80\x8b\r\n\r\nx   @agents  block # why\xe2\x80\x8b\r\n\tdeploy/** @agents   block"
    write(before)
    os.chmod(POLICY, 0o640)
    done = run("lint", "--fix")
    assert done.code == 0
    assert done.out.startswith("fixed[bidirectional-character]: .github/AGENTOWNERS: take out")
    assert done.out.endswith(f"No mistakes found: 2 rules in .github/AGENTOWNERS, {RAN}; 2 fixed\n")
    assert Path(POLICY).read_bytes() == before.replace(b"\xe2\x80\x8b", b"")
    assert Path(POLICY).stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(".github")) == ["AGENTOWNERS", "keep"]


def test_fix_says_what_is_left(work: Path, run: Runner) -> None:
    write("x  @agents  block\nx  @agents  block\ndeploy/*  @agents  block\n")
    done = run("lint", "--fix", "--format", "json")
    assert done.code == 6
    assert [(one["id"], one["path"]) for one in done.json["fixed"]] == [("duplicate-rule", POLICY)]
    assert [(one["id"], one["line"]) for one in done.json["findings"]] == [("one-level-pattern", 2)]
    assert Path(POLICY).read_text() == "x  @agents  block\ndeploy/*  @agents  block\n"
    assert run("lint", "--fix", "--format", "json").json["fixed"] == []


def test_a_file_without_a_fix_is_not_touched(work: Path, run: Runner) -> None:
    write("deploy/*  @agents  block\n")
    os.utime(POLICY, ns=(1, 1))
    run("lint", "--fix")
    assert Path(POLICY).stat().st_mtime_ns == 1


def test_what_cannot_be_written_stays_as_it_was(work: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    write("x  @agents  block # \u200b\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    done = run("lint", "--fix")
    assert (done.code, done.err) == (1, f"agentowners: `{work / POLICY}` cannot be written: no space left on device\n")
    assert Path(POLICY).read_text() == "x  @agents  block # \u200b\n"


def test_as_a_process_with_a_closed_pipe_and_color(work: Path) -> None:
    write("deploy/*  @agents  block\n")
    plain = as_process("lint", cwd=work)
    colored = as_process("lint", cwd=work, env={"FORCE_COLOR": "1"})
    assert (plain.returncode, colored.returncode) == (6, 6)
    assert b"\x1b[" not in plain.stdout
    assert b"\x1b[1;33mwarning[one-level-pattern]\x1b[0m" in colored.stdout


def test_in_continuous_integration_findings_lead_to_their_pages(work: Path) -> None:
    write("security/**  @agent  block\n")
    for command in (("lint",), ("check", "--changes", "-", "--policy-file", POLICY)):
        pages = {}
        for ci in ("true", "", "false"):
            done = as_process(*command, cwd=work, stdin=b"security/x\n", env={"CI": ci})
            pages[ci] = (done.stdout + done.stderr).count(b"docs/commands/lint.md#misspelled-group\n")
        assert pages == {"true": 1, "": 0, "false": 0}, command


def test_what_a_policy_holds_reaches_no_terminal_as_it_is(work: Path) -> None:
    write("src/\u202e*  '\u202d'  @agents  block  # \u202e\n# lint: ignore=\u202ex\n")
    done = as_process("lint", cwd=work)
    assert done.returncode == 5
    assert not any(char in done.stdout.decode() for char in "\u202e\u202d\x1b")


def test_patterns_that_nothing_can_match_are_no_good_policy(work: Path, run: Runner) -> None:
    """The gate fails with the same words."""
    write("".join(f"{number}{'é' * 2000} @agents block\n" for number in range(500)))
    linted, explained = run("lint"), run("explain", "x")
    assert (linted.code, linted.out, explained.code) == (1, "", 1)
    assert "patterns do not compile" in linted.err
    assert linted.err == explained.err
