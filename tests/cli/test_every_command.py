"""What holds for every command: ``--quiet``, colors for those who want them, and nothing imported that only the job needs."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from agentowners.cli.commands import COMMANDS
from agentowners.sinks.file import FileLog
from tests.cli.run import Runner, as_process
from tests.git.repo import CLEAN, Repo
from tests.sinks.logs import LOG, said

CASES = "version: 1\ntests:\n  - name: keys\n    as: copilot\n    paths: [security/key.py]\n    expect: {}\n"
ENDINGS = {
    "check --changes blocked": 3,
    "check --changes asked": 4,
    "check --changes allowed": 0,
    "check --changes allowed --policy-file wrong": 5,
    "explain security/key.py": 3,
    "explain package.json": 4,
    "explain README.md": 0,
    "explain README.md --json": 0,
    "explain README.md --policy-file wrong": 5,
    "lint --policy-file good": 0,
    "lint --policy-file warned": 6,
    "lint --policy-file wrong": 5,
    "lint --list": 0,
    "diff": 0,
    "mode explain": 0,
    "diff --format json": 0,
    "prove --policy-file good": 0,
    "map": 0,
    "map --compare good --format html": 0,
    "map --policy-file wrong": 5,
    "backtest": 0,
    "backtest --compare good --format json": 0,
    "backtest --policy-file wrong": 5,
    "fmt": 0,
    "fmt --check": 6,
    "fmt --diff": 0,
    "fmt --to yaml": 0,
    "fmt wrong": 5,
    "test right.yml": 0,
    "test failing.yml": 6,
    "test right.yml --policy-file wrong": 5,
    "init --dry-run": 0,
    "denials": 0,
    "propose proposal.json": 0,
    "inbox list": 0,
    "skill": 0,
    "skill --print": 0,
    "audit verify whole.jsonl": 0,
    "audit verify cut.jsonl": 6,
    "audit show whole.jsonl": 0,
    "convert blocked --from codeowners": 0,
    "export --to claude-code": 0,
}
"""How each of these ends, whatever is printed."""


@pytest.fixture
def place(repo: Repo) -> Path:
    files = {
        ".github/AGENTOWNERS": repo.git("show", "main:.github/AGENTOWNERS") + "\n",
        "blocked": "security/x\n",
        "asked": "package.json\n",
        "allowed": "README.md\n",
        "good": "/security/ @agents block\n",
        "warned": "/security/ @agents block\n/security/ @agents block\n",
        "wrong": "/security/ @agents blok\n",
        "proposal.json": '{"intent_summary": "x", "operations": [{"add_rule": {"text": "a @agents block"}}]}',
        "right.yml": CASES.format("block"),
        "failing.yml": CASES.format("allow"),
    }
    for name, text in files.items():
        (repo.path / name).parent.mkdir(exist_ok=True)
        (repo.path / name).write_text(text)
    log = FileLog(repo.path / "whole.jsonl", LOG)
    for number in range(3):
        log.append(said(str(number)))
    first, _, last = (repo.path / "whole.jsonl").read_bytes().splitlines(keepends=True)
    (repo.path / "cut.jsonl").write_bytes(first + last)
    return repo.path


def arguments(line: str, place: Path) -> list[str]:
    """The arguments; ``init`` runs where there is no policy yet."""
    if line.startswith("init"):
        (place / ".github/AGENTOWNERS").unlink()
    return line.split()


@pytest.mark.parametrize("line", ENDINGS)
def test_quiet_says_nothing_and_ends_the_same(place: Path, run: Runner, line: str) -> None:
    given = arguments(line, place)
    loud = run(*given)
    assert loud.code == ENDINGS[line], loud.err
    assert loud.out + loud.err
    quiet = run(*given, "--quiet")
    assert (quiet.code, quiet.out) == (ENDINGS[line], "")
    if ENDINGS[line] not in (1, 2, 5):
        assert quiet.err == ""


def test_every_command_that_prints_for_people_can_be_quiet() -> None:
    without = {"completion", "action", "doctor", "hook", "mcp-gateway", "serve"}
    assert {line.split()[0] for line in ENDINGS} >= set(COMMANDS) - without


@pytest.mark.parametrize(
    "line", ["check --changes blocked", "explain security/key.py", "lint --policy-file warned", "test failing.yml"]
)
def test_colors_are_for_terminals_and_for_who_forces_them(place: Path, line: str) -> None:
    def colored(**env: str) -> bool:
        done = as_process(*arguments(line, place), cwd=place, env=env)
        assert done.returncode == ENDINGS[line]
        return b"\x1b[" in done.stdout + done.stderr

    assert not colored()
    assert not colored(TERM="xterm-256color")
    assert colored(FORCE_COLOR="1")
    assert not colored(FORCE_COLOR="1", NO_COLOR="1")


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"action", "completion"}))
def test_help_has_no_colors_of_argparse(run: Runner, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Python 3.14 and newer colour help by themselves, also for who forces colours into a file."""
    parser: argparse.ArgumentParser = import_module(COMMANDS[command].module).parser()
    assert vars(parser)["color"] is False
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in run(command, "--help").out


@pytest.mark.parametrize(
    "line", ["explain README.md", "lint --policy-file good", "fmt --check", "test right.yml", "check --changes allowed"]
)
def test_nothing_imports_what_only_the_job_needs(place: Path, line: str) -> None:
    code = f"import sys; from agentowners.cli.main import main; main({arguments(line, place)!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=place, env=CLEAN)
    assert not set(done.stdout.split()) & {"github", "actions_toolkit", "requests", "rich"}


@pytest.mark.parametrize("line", ["lint", "lint --fix", "fmt", "fmt --write", "explain README.md", "test good.yml"])
@pytest.mark.parametrize("link", [".github", ".github/AGENTOWNERS"])
def test_no_policy_is_read_or_written_through_a_link(place: Path, run: Runner, line: str, link: str) -> None:
    """The gate does not follow it either, and it may lead to what is nobody's business."""
    (place / "good.yml").write_text(CASES.format("block"))
    outside = place.parent / "outside"
    shutil.move(place / link, outside)
    (place / link).symlink_to(outside)
    before = (outside / "AGENTOWNERS" if outside.is_dir() else outside).read_text()
    ran = run(*line.split())
    what = "a directory" if link == ".github" else "the file itself"
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"agentowners: `{link}` is a symbolic link\nhelp: put {what} in its place\n"
    assert (outside / "AGENTOWNERS" if outside.is_dir() else outside).read_text() == before


@pytest.mark.parametrize("line", ["test", "test --record --changes blocked", "test --record --changes blocked --dry-run"])
@pytest.mark.parametrize("name", [".github/agentowners-tests.yml", "agentowners-tests.yaml"])
def test_no_cases_are_read_or_written_through_a_link(place: Path, run: Runner, line: str, name: str) -> None:
    outside = place.parent / "outside"
    outside.write_text("")
    (place / name).symlink_to(outside)
    ran = run(*line.split())
    assert (ran.code, ran.out) == (1, "")
    assert f"agentowners: `{name}` is a symbolic link\n" in ran.err
    assert outside.read_text() == ""


def test_no_policy_that_cases_name_is_read_through_a_link(place: Path, run: Runner) -> None:
    (place.parent / "secret").write_text("token = 12345\n")
    (place / "weak").symlink_to("../secret")
    (place / "good.yml").write_text(f"policy: [weak]\n{CASES.format('block')}")
    ran = run("test", "good.yml")
    assert (ran.code, ran.out) == (1, "")
    assert "12345" not in ran.err


def test_a_policy_that_is_no_file_is_not_waited_for(place: Path, run: Runner) -> None:
    (place / ".github/AGENTOWNERS").unlink()
    os.mkfifo(place / ".github/AGENTOWNERS")
    assert run("lint").err.startswith("agentowners: `.github/AGENTOWNERS` is not a file")


def test_a_report_takes_the_place_of_a_link(place: Path, run: Runner) -> None:
    (place.parent / "outside").write_text("kept")
    (place / "report.xml").symlink_to("../outside")
    assert run("test", "right.yml", "--junit", "report.xml").code == 0
    assert (place.parent / "outside").read_text() == "kept"
    assert "<testsuites" in (place / "report.xml").read_text()
