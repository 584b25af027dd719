"""Bad input is answered alike by every command: which exit code, which line, which way out. The parsers say who takes what."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from agentowners.cli.commands import COMMANDS
from tests.cli.run import Runner
from tests.git.repo import Repo

RIGHT: dict[str, list[str]] = {command: [] for command in COMMANDS} | {
    "check": ["--base", "main"],
    "explain": ["README.md"],
    "init": ["--dry-run"],
    "completion": ["bash"],
    "mode": ["list"],
    "convert": ["README.md"],
    "export": ["--to", "copilot"],
    "audit": ["verify", "trail.jsonl"],
    "propose": ["proposal.json"],
    "inbox": ["list", "p-0123456789abcdef"],
}
"""What each command has to have: bad input is added to it."""
RECORDING = ["--record", "--dry-run"]
NO_FILE = "no such file or directory"
CASES = "tests:\n  - name: readme\n    as: copilot\n    paths: [README.md]\n    expect: allow\n"


@dataclass(frozen=True)
class Taken:
    """An option that takes a value."""

    command: str
    name: str
    stands_for: str | None
    choices: tuple[str, ...]

    def among(self, *value: str) -> list[str]:
        """A command line in which the option makes sense, with this value."""
        return [self.command, *_among(self.command, self.name), self.name, *value]


def options(*stands_for: str) -> list[Any]:
    """Every option, of any command, that takes such a value (none named: any)."""
    found = [
        Taken(command, action.option_strings[-1], str(action.metavar), tuple(map(str, action.choices or ())))
        for command in COMMANDS
        for action in _actions(command)
        if action.option_strings and action.nargs != 0
    ]
    return [pytest.param(one, id=f"{one.command} {one.name}") for one in found if not stands_for or one.stands_for in stands_for]


def of_policies() -> list[Any]:
    """The option that names a policy, of every command that has it; `hook` answers by its clients' contracts."""
    found = [param for param in options("F") if param.values[0].name == "--policy-file"]
    return [param for param in found if param.values[0].command != "hook"]


def _actions(command: str) -> list[argparse.Action]:
    return list(import_module(COMMANDS[command].module).parser()._actions)


def _among(command: str, option: str) -> list[str]:
    if command == "check":
        return [] if option in ("--base", "--changes", "--event") else RIGHT[command]
    if command == "test" and option in ("--base", "--changes", "--event"):
        return RECORDING
    if command == "test" and option in ("--head", "--as", "--ref"):
        return [*RECORDING, "--base", "main"]
    return RIGHT[command]


@pytest.fixture
def place(repo: Repo) -> Path:
    """A repository with a policy, test cases, a policy that is wrong, and a directory."""
    files = {"README.md": "hello\n", "agentowners-tests.yml": CASES, "bad": "# a\nsecurity/** @agents blok\n", "dir/x": ""}
    for name, text in files.items():
        (repo.path / name).parent.mkdir(exist_ok=True)
        (repo.path / name).write_text(text)
    (repo.path / ".github").mkdir(exist_ok=True)
    (repo.path / ".github/AGENTOWNERS").write_text(repo.git("show", "main:.github/AGENTOWNERS") + "\n")
    return repo.path


def said(run: Runner, *arguments: str) -> tuple[int, str, str | None]:
    """How a command ended, and its error: the line, and the help where there is some. It says nothing else."""
    ran = run(*arguments)
    assert ran.out == ""
    first, *rest = ran.err.splitlines()
    assert first.startswith("agentowners: "), ran.err
    assert len(rest) <= 1, ran.err
    assert all(line.startswith("help: ") for line in rest)
    assert not first.endswith(".")
    return ran.code, first.removeprefix("agentowners: "), rest[0].removeprefix("help: ") if rest else None


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_there_is_not(place: Path, run: Runner, command: str) -> None:
    long = [name for action in _actions(command) for name in action.option_strings if name.startswith("--")]
    for name in long:
        slip = name[:-2] + name[-1] + name[-2] + "x"
        code, line, help = said(run, command, *RIGHT[command], slip)
        assert (code, line) == (2, f"unknown option `{slip}`")
        assert help is not None
        assert help.startswith("did you mean `--") or all(f"`{one}`" in help for one in long)
    assert said(run, command, "--zzzzzzzz")[0] == 2


@pytest.mark.parametrize("taken", options())
def test_an_option_without_its_value(place: Path, run: Runner, taken: Taken) -> None:
    help = f"run `agentowners {taken.command} --help` for usage"
    assert said(run, *taken.among()) == (2, f"`{taken.name}` needs a value", help)


@pytest.mark.parametrize("taken", [param for param in options() if param.values[0].choices])
def test_a_word_that_is_none_of_the_choices(place: Path, run: Runner, taken: Taken) -> None:
    listed = ", ".join(f"`{word}`" for word in taken.choices)
    assert said(run, *taken.among("zzzzzz")) == (2, f"`{taken.name}` cannot be `zzzzzz`", f"there are: {listed}")
    for word in taken.choices:
        slip = word[:-1]
        code, line, help = said(run, *taken.among(slip))
        assert (code, line) == (2, f"`{taken.name}` cannot be `{slip}`")
        assert help is not None
        assert help.startswith("did you mean `")


@pytest.mark.parametrize(
    "command", [name for name in COMMANDS if all(action.option_strings or action.nargs is None for action in _actions(name))]
)
def test_one_argument_too_many(place: Path, run: Runner, command: str) -> None:
    code, line, help = said(run, command, *RIGHT[command], "extra", "more")
    assert (code, line) == (2, "unexpected argument `extra`")
    assert help == f"run `agentowners {command} --help` for usage"


@pytest.mark.parametrize(("slip", "command"), [("instal", "install"), ("docter", "doctor")])
def test_a_slip_in_a_command_below_hook(place: Path, run: Runner, slip: str, command: str) -> None:
    code, line, help = said(run, "hook", slip)
    assert (code, line) == (2, f"unexpected argument `{slip}`")
    assert help == f"did you mean `agentowners hook {command}`?"


@pytest.mark.parametrize(
    ("command", "line"),
    [("check", "no change was named"), ("explain", "`PATH` is missing"), ("completion", "no shell was named")],
)
def test_what_has_to_be_named_is_not(place: Path, run: Runner, command: str, line: str) -> None:
    code, first, help = said(run, command)
    assert (code, first) == (2, line)
    assert help is not None


@pytest.mark.parametrize("taken", of_policies())
@pytest.mark.parametrize(("name", "why"), [("nowhere", NO_FILE), ("dir", "is a directory"), ("README.md/x", "not a directory")])
def test_a_policy_file_that_cannot_be_read(place: Path, run: Runner, taken: Taken, name: str, why: str) -> None:
    # to prove something of a file that is missing is a wrong question
    code = 2 if taken.command == "prove" else 1
    assert said(run, *taken.among(name)) == (code, f"the policy file `{name}` cannot be read: {why}", None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("taken", of_policies())
def test_a_policy_file_that_may_not_be_read(place: Path, run: Runner, taken: Taken) -> None:
    (place / "bad").chmod(0)
    assert said(run, *taken.among("bad")) == (1, "the policy file `bad` cannot be read: permission denied", None)


@pytest.mark.parametrize("taken", of_policies())
def test_a_policy_that_does_not_parse(place: Path, run: Runner, taken: Taken) -> None:
    ran = run(*taken.among("bad"))
    assert ran.code == 5
    lines = (ran.out + ran.err).splitlines()
    assert any("bad:2:21" in line for line in lines)
    assert any("`blok` is not a decision" in line for line in lines)
    assert "  help: did you mean `block`?" in lines
    (at,) = [at for at, line in enumerate(lines) if "security/** @agents blok" in line]
    assert lines[at + 1].index("^~~~") == lines[at].index("blok")


@pytest.mark.parametrize("taken", options("REV"))
def test_a_revision_that_there_is_not(place: Path, run: Runner, taken: Taken) -> None:
    code, line, help = said(run, *taken.among("nowhere"))
    assert (code, line) == (1, "there is no revision `nowhere` in this clone")
    assert help is not None


@pytest.mark.parametrize("taken", options("REF"))
def test_a_ref_that_is_not_named_in_full(place: Path, run: Runner, taken: Taken) -> None:
    line, help = "`heads/main` is not the full name of a ref", "write `refs/heads/main`"
    assert said(run, *taken.among("heads/main")) == (2, line, help)


@pytest.mark.parametrize("ref", ["refs", "refs/", "refs/heads/", "refs//x"])
def test_a_ref_of_which_only_the_start_is_named(place: Path, run: Runner, ref: str) -> None:
    help = "name a branch or a tag in it"
    assert said(run, "explain", "a", "--ref", ref) == (2, f"`{ref}` is not the full name of a ref", help)


@pytest.mark.parametrize("taken", [one for one in options("PRINCIPAL", "P") if one.values[0].command != "propose"])
def test_an_agent_that_is_a_slip(place: Path, run: Runner, taken: Taken) -> None:
    """Judged as a person, it would be restricted by nothing."""
    line, help = "`--as @copliot`: `@copliot` is no known agent", "did you mean `@copilot`? an account is `--as @login:copliot`"
    assert said(run, *taken.among("@copliot")) == (2, line, help)


@pytest.mark.parametrize("taken", options("PRINCIPAL", "P"))
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("@acme/*", "`--as @acme/*` names more than one principal"),
        ("@anyone", "`--as @anyone` names no principal"),
        ("a b", "`--as a b`: ` ` cannot stand in the name of a principal"),
        ("@", "`--as @`: a principal needs a name after the `@`"),
    ],
)
def test_a_principal_that_is_nobody(place: Path, run: Runner, taken: Taken, name: str, line: str) -> None:
    assert said(run, *taken.among(name))[:2] == (2, line)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["check", "--changes", "nowhere"], f"the list of paths `nowhere` cannot be read: {NO_FILE}"),
        (["check", "--event", "nowhere"], f"the event `nowhere` cannot be read: {NO_FILE}"),
        (["lint", "nowhere"], f"the policy file `nowhere` cannot be read: {NO_FILE}"),
        (["fmt", "nowhere"], f"the policy file `nowhere` cannot be read: {NO_FILE}"),
        (["test", "nowhere"], f"the file of test cases `nowhere` cannot be read: {NO_FILE}"),
    ],
    ids=" ".join,
)
def test_an_input_that_is_not_there(place: Path, run: Runner, arguments: list[str], line: str) -> None:
    assert said(run, *arguments)[:2] == (1, line)


@pytest.mark.parametrize("command", ["lint", "fmt"])
def test_no_policy(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    help = "`agentowners init` writes one; `--policy-file` names one elsewhere"
    assert said(run, command) == (1, "there is no policy in this directory", help)
    Repo(tmp_path)
    assert said(run, command) == (1, "there is no policy in this repository", help)


@pytest.mark.parametrize(
    ("arguments", "help"),
    [
        ("denials --last 0", "give a number, from 1 to 100"),
        ("denials --last 101", "give a number, from 1 to 100"),
        ("inbox list --minutes 481", "give a number, from 1 to 480"),
        ("serve --port 65536", "give a number, from 0 to 65535"),
        ("audit show whole --since soon", "give days or hours: `30d`, `12h`"),
        ("backtest --last 0", "give a number, from 1"),
        ("map --depth x", "give a number, from 0"),
    ],
)
def test_a_number_out_of_its_bounds(place: Path, run: Runner, arguments: str, help: str) -> None:
    *_, option, value = arguments.split()
    assert said(run, *arguments.split()) == (2, f"`{option}` cannot be `{value}`", help)


@pytest.mark.parametrize(("given", "other"), [("--port", "--token-file"), ("--token-file", "--port")])
def test_a_port_and_its_tokens_go_together(place: Path, run: Runner, given: str, other: str) -> None:
    line, help = f"`{given}` requires `{other}`", "a port is for bearers of a token only"
    assert said(run, "serve", given, "8743") == (2, line, help)


@pytest.mark.parametrize("option", ["--teams", "--evaluate"])
def test_options_that_say_nothing_of_an_organisation(place: Path, run: Runner, option: str) -> None:
    line = "`--teams` and `--evaluate` cannot be used with `--organisation`"
    assert said(run, "init", "--organisation", option) == (2, line, "it begins by reporting")


NEEDING_ONE = ["check --base main", "check --changes list", "init --dry-run", "explain a --base x"]


@pytest.mark.parametrize("arguments", NEEDING_ONE)
def test_no_repository(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch, arguments: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list").write_text("a\n")
    (tmp_path / "AGENTOWNERS").write_text("a @agents block\n")
    code, line, help = said(run, *arguments.split())
    assert code == 1
    assert line in ("this is not a git repository", "this is not the work tree of a git repository")
    assert help is not None
    assert help.startswith("run it inside a clone")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_hostile_argument_is_shown_as_escapes(place: Path, run: Runner, command: str) -> None:
    ran = run(command, *RIGHT[command], "--x\x1b[31m\u202e")
    assert ran.code == 2
    assert r"\x1b[31m\u202e" in ran.err
