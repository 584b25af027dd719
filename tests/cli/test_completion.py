"""Completion, in the shells themselves: what each offers after a line that is being typed."""

from __future__ import annotations

import argparse
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from agentowners.cli import completion
from agentowners.cli.commands import COMMANDS
from agentowners.cli.completion import SHELLS, VALUES
from tests.cli.run import Runner
from tests.cli.shells import INSTALLED, completed, needs
from tests.git.repo import CLEAN, Repo

_ASK_BASH = """\
source "$1"
COMP_LINE="$2" COMP_POINT=${#2}
_python_argcomplete agentowners "$3"
printf '%s\\n' "${COMPREPLY[@]}"
"""

OFFERED = {
    "agentowners li": ["lint"],
    "agentowners --ver": ["--version"],
    "agentowners check --ba": ["--base"],
    "agentowners check --format m": ["markdown"],
    "agentowners check --format=m": ["markdown"],
    "agentowners check --as @copi": ["@copilot"],
    "agentowners check --as @copilot --format sa": ["sarif"],
    "agentowners check --base fea": ["feature"],
    "agentowners check --ref refs/heads/fea": ["refs/heads/feature"],
    "agentowners check --changes REA": ["README.md"],
    "agentowners check --policy-file do": ["docs"],
    "agentowners check --base main --event-name p": [],
    "agentowners completion z": ["zsh"],
    "agentowners lint REA": ["README.md"],
    "agentowners lint --against fea": ["feature"],
    "agentowners action --h": ["--help"],
    "agentowners -V che": ["check"],
    "agentowners nonsense --b": [],
}
"""What stands at the end of each line is begun; what may stand in its place."""


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    needs(name)
    return name


@pytest.fixture
def script(run: Runner, tmp_path: Path, shell: str) -> Path:
    return written(run, tmp_path, shell)


def written(run: Runner, tmp_path: Path, shell: str) -> Path:
    ran = run("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    path = tmp_path / f"completion.{shell}"
    path.write_text(ran.out)
    return path


def offered(shell: str, script: Path, line: str, cwd: Path) -> list[str]:
    """What a shell that runs no terminal offers."""
    begun = line.rpartition(" ")[2]
    if shell == "bash":
        command = ["bash", "--norc", "-c", _ASK_BASH, "ask", str(script), line, begun.rpartition("=")[2]]
    else:
        command = ["fish", "--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"', str(script), line]
    env = INSTALLED | {"HOME": str(cwd)}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    found = [reply.partition("\t")[0] for reply in done.stdout.splitlines() if reply]
    # fish gives back an option with its value where both are one word
    return [(reply.rpartition("=")[2] if "=" in begun else reply).strip().removesuffix("/") for reply in found]


@pytest.fixture
def place(repo: Repo) -> Path:
    """A repository with a branch and a file of each kind."""
    repo.commit({"a": "x"}, branch="feature")
    (repo.path / "README.md").write_text("hello\n")
    (repo.path / "docs").mkdir()
    return repo.path


@pytest.mark.parametrize("line", OFFERED)
def test_bash_and_fish_offer_what_may_follow(run: Runner, tmp_path: Path, place: Path, line: str) -> None:
    for shell in ("bash", "fish"):
        needs(shell)
        assert offered(shell, written(run, tmp_path, shell), line, place) == OFFERED[line], shell


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize("line", [line for line in OFFERED if "nonsense" not in line])
def test_the_tab_key_writes_it(run: Runner, tmp_path: Path, place: Path, shell: str, line: str) -> None:
    needs(shell)
    start = line[: max(line.rfind(" "), line.rfind("=")) + 1]
    wanted = start + OFFERED[line][0] if OFFERED[line] else line
    stands = completed(shell, written(run, tmp_path, shell), line, place)
    # zsh joins an option and its value; a directory may have more below it
    assert stands.removesuffix("=").removesuffix("/") == wanted


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize("option", ["check --base", "check --ref", "check --changes"])
def test_a_branch_or_a_file_by_a_hostile_name_runs_nothing(
    run: Runner, tmp_path: Path, place: Path, shell: str, option: str
) -> None:
    needs(shell)
    repo = Repo(place)
    for name in ("fea$(touch${IFS}owned)", "fea`touch${IFS}owned`", "fea;touch${IFS}owned", "fea'"):
        repo.git("branch", name, "main")
        (place / name).touch()
    begun = "refs/heads/f" if option.endswith("--ref") else "f"
    script = written(run, tmp_path, shell)
    for more in ("", "e", "ea"):
        completed(shell, script, f"agentowners {option} {begun}{more}\t", place, keep=False)
        assert not (place / "owned").exists()
    if shell == "bash":
        shown = offered(shell, script, f"agentowners {option} {begun}", place)
        assert len(shown) >= 4
        assert all(re.fullmatch(r"(?:[\w/{}-]|\\[$()`;'{}])+", name) for name in shown), shown


def test_a_script_has_no_mistake_that_its_shell_can_see(shell: str, script: Path) -> None:
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False, env=CLEAN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_offered(run: Runner, tmp_path: Path, place: Path, command: str) -> None:
    needs("bash")
    made: argparse.ArgumentParser = import_module(COMMANDS[command].module).parser()
    shown = offered("bash", written(run, tmp_path, "bash"), f"agentowners {command} -", place)
    assert set(shown) == set(made._option_string_actions)


def test_every_command_is_offered(run: Runner, tmp_path: Path, place: Path) -> None:
    needs("bash")
    assert offered("bash", written(run, tmp_path, "bash"), "agentowners ", place) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_may_be_offered_for_a_value_is_known(command: str) -> None:
    made: argparse.ArgumentParser = import_module(COMMANDS[command].module).parser()
    for action in made._actions:
        if action.nargs != 0 and action.choices is None:
            assert action.metavar in VALUES, f"what a shell may offer for {action.metavar} is not said"


def test_nothing_is_completed_for_a_command_that_is_run(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment alone turns no command, and not the gate, into one that passes without doing anything."""
    monkeypatch.setenv("_ARGCOMPLETE", "1")
    assert run("action").code == 1
    assert run("fmt", "--nonsense").code == 2


def test_a_shell_has_to_be_named(run: Runner) -> None:
    ran = run("completion")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "agentowners: no shell was named\nhelp: name one: `bash`, `zsh` or `fish`\n"


def test_a_shell_that_is_not_known(run: Runner) -> None:
    ran = run("completion", "fsh")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "agentowners: `SHELL` cannot be `fsh`\nhelp: did you mean `fish`?\n"


def test_every_shell_has_a_script(run: Runner) -> None:
    assert completion.SHELLS == ("bash", "zsh", "fish")
    assert all(run("completion", shell).out.count("_ARGCOMPLETE") for shell in SHELLS)
