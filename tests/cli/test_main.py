"""The entry point: what it takes, and what it says when something goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agentowners import __version__
from agentowners.cli.commands import COMMANDS
from agentowners.cli.main import main
from agentowners.cli.shell import ExitCode
from tests.cli.run import Runner, as_process
from tests.git.repo import CLEAN, Repo

CASES = "tests:\n  - name: keys\n    as: copilot\n    paths: [café/x]\n    expect: block\n"


@pytest.mark.parametrize("arguments", ["--version", "-V", "--version and more"])
def test_version(run: Runner, arguments: str) -> None:
    ran = run(*arguments.split())
    assert (ran.code, ran.out, ran.err) == (0, f"agentowners {__version__}\n", "")


@pytest.mark.parametrize("argument", ["--help", "-h", "help"])
def test_help_names_every_command(run: Runner, argument: str) -> None:
    ran = run(argument)
    assert (ran.code, ran.err) == (0, "")
    for name, command in COMMANDS.items():
        assert f"  {name} " in ran.out
        assert command.purpose in ran.out


def test_nothing_asked_is_a_usage_error_with_help(run: Runner) -> None:
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: agentowners")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Runner, name: str) -> None:
    ran = run(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: agentowners {name}")


def test_help_says_every_exit_code(run: Runner) -> None:
    said = run("--help").out
    for code in ExitCode:
        if code is not ExitCode.INTERRUPTED:
            assert f"{code.value} " in said


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("chek", "did you mean `check`?"),
        ("actoin", "did you mean `action`?"),
        ("--verison", "did you mean `--version`?"),
        ("xyzzy", f"there are: {', '.join(f'`{name}`' for name in [*COMMANDS, '--help', '--version'])}"),
    ],
)
def test_a_command_that_does_not_exist(run: Runner, word: str, help: str) -> None:
    ran = run(word)
    kind = "option" if word.startswith("-") else "command"
    assert (ran.code, ran.err) == (2, f"agentowners: unknown {kind} `{word}`\nhelp: {help}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "--base", "a", "--changes", "b"),
        ("check", "--bas", "a"),
        ("check", "--base"),
        ("check", "--base", "a", "extra"),
        ("check", "--base", "a", "--format", "xml"),
        ("check", "--base", "a", "-z"),
        ("check", "--base", "a", "--action", "file_read"),
        ("check", "--changes", "a", "--head", "b"),
        ("check", "--changes", "a", "--action", "write"),
        ("check", "--changes", "a", "--event-name", "push"),
        ("check", "--event", "a", "--ref", "refs/heads/x"),
        ("check", "--base", "a", "--ref", "heads/main"),
        ("check", "--base", "a", "--ref", "refs/heads/x\n"),
        ("check", "--base", "a", "--as", "*"),
        ("action", "now"),
    ],
)
def test_a_command_line_that_makes_no_sense(run: Runner, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    first, *rest = ran.err.splitlines()
    assert first.startswith("agentowners: ")
    assert len(rest) <= 1
    assert all(line.startswith("help: ") for line in rest)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no change was named\nhelp: begin with `agentowners check --base main`, or see `agentowners check --help`"),
        (("--bse", "main"), "unknown option `--bse`\nhelp: did you mean `--base`?"),
        (("--base", "main", "--fromat=json"), "unknown option `--fromat`\nhelp: did you mean `--format`?"),
    ],
)
def test_a_slip_is_told_the_way_out(run: Runner, arguments: tuple[str, ...], said: str) -> None:
    assert run("check", *arguments).err == f"agentowners: {said}\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("check --changes list >/dev/full", b"agentowners: standard output cannot be written: no space left on device\n"),
        (
            "check --changes list --format json >/dev/full",
            b"agentowners: standard output cannot be written: no space left on device\n",
        ),
        ("check --changes list >&-", b"agentowners: standard output is closed\n"),
        ("--version >/dev/full", b"agentowners: standard output cannot be written: no space left on device\n"),
        ("--version >&-", b"agentowners: standard output is closed\n"),
        ("lint --help >/dev/full", b"agentowners: standard output cannot be written: no space left on device\n"),
        ("lint --help >&-", b"agentowners: standard output is closed\n"),
        ("check --changes - <&-", b"agentowners: the list of paths cannot be read: standard input is closed\n"),
        ("check --changes nowhere 2>&-", b""),
        ("check --changes nowhere 2>/dev/full", b""),
    ],
)
def test_a_stream_that_takes_nothing_is_no_bug_and_no_pass(repo: Repo, command: str, said: bytes) -> None:
    (repo.path / "list").write_bytes(b"README.md\n")
    command = f"{sys.executable} -m agentowners {command}"
    done = subprocess.run(["bash", "-c", command], cwd=repo.path, capture_output=True, check=False, env=CLEAN, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", said)


def test_a_short_ref_is_told_its_full_name(run: Runner) -> None:
    assert "help: write `refs/heads/main`" in run("check", "--base", "x", "--ref", "heads/main").err


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_in_either_order(run: Runner, name: str) -> None:
    assert run("help", name) == run(name, "--help")


def test_help_of_a_command_that_there_is_not(run: Runner) -> None:
    assert run("help", "lnit").err == "agentowners: unknown command `lnit`\nhelp: did you mean `lint`?\n"


@pytest.mark.parametrize("arguments", [("--help",), *((name, "--help") for name in COMMANDS)])
def test_help_fits_the_terminal(run: Runner, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    whole = run(*arguments).out.split()
    monkeypatch.setenv("COLUMNS", "60")
    ran = run(*arguments)
    # of the usage no option is broken, and no command, which is copied
    _, _, below = ran.out.partition("\n\n")
    assert [line for line in below.splitlines() if len(line) > 60 and "agentowners " not in line and "{" not in line] == []
    assert sorted(ran.out.split()) == sorted(whole)


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_bug_is_said_to_be_one(run: Runner, monkeypatch: pytest.MonkeyPatch, debug: str) -> None:
    def broken(_: object) -> int:
        raise RuntimeError("oh \x1b[31mno\nsecond line")

    monkeypatch.setattr("agentowners.cli.action.main", broken)
    monkeypatch.setenv("AGENTOWNERS_DEBUG", debug)
    ran = run("action")
    assert ran.code == 1
    assert r"agentowners: this is a bug in agentowners: RuntimeError: oh \x1b[31mno" in ran.err
    assert ("Traceback" in ran.err) is bool(debug)


def test_the_action_takes_the_environment(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr("agentowners.action.run.main", lambda environ: 42 if environ is os.environ else 0)
    assert run("action").code == 42


def test_the_action_without_an_environment_fails(tmp_path: Path) -> None:
    done = as_process("action", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == (
        b"agentowners: there is no event here: this is for a job of GitHub Actions\n"
        b"help: on your machine, `agentowners check --base main` judges the branch you are on\n"
    )


def test_the_action_in_a_job_without_an_event_fails(tmp_path: Path) -> None:
    done = as_process("action", cwd=tmp_path, env={"GITHUB_ACTIONS": "true"})
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"::error title=AGENTOWNERS::")


def test_a_pipe_that_nobody_reads(repo: Repo) -> None:
    paths = b"".join(b"security/%d\n" % number for number in range(20_000))
    (repo.path / "list").write_bytes(paths)
    command = f"{sys.executable} -m agentowners check --changes list --format json | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=repo.path, capture_output=True, check=False, env=CLEAN, timeout=60)
    assert done.stdout == b'{"schema":'
    assert done.stderr == b""


def test_an_interrupt(repo: Repo) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "agentowners", "check", "--changes", "-"],
        cwd=repo.path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=CLEAN,
        # a shell's background jobs, of which these tests may be one, hand on that interrupts are ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        deadline = time.monotonic() + 30
        while not _reads_stdin(process.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, b"")


def _reads_stdin(pid: int) -> bool:
    """Whether a process waits for its standard input."""
    try:
        return Path(f"/proc/{pid}/syscall").read_text().split()[:2] == ["0", "0x0"]
    except OSError:
        return True


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}])
def test_any_locale_can_say_any_name(repo: Repo, locale: dict[str, str]) -> None:
    names = "security/日本\0security/caf".encode() + b"\xe9\0"
    for form in ("text", "markdown", "github"):
        done = as_process("check", "--changes", "-", "-z", "--format", form, cwd=repo.path, stdin=names, env=locale)
        assert (done.returncode, done.stderr) == (3, b"")
    done = as_process("check", "--changes", "-", "-z", "--format", "json", cwd=repo.path, stdin=names, env=locale)
    assert [file["path"] for file in json.loads(done.stdout.decode("utf-8"))["files"]] == ["security/caf\udce9", "security/日本"]


@pytest.mark.parametrize("directory", ["plain", "größe"])
def test_arguments_and_names_are_utf_8_in_any_locale(tmp_path: Path, directory: str) -> None:
    repo = Repo(tmp_path / directory)
    repo.commit({"AGENTOWNERS": "café/** @agents block\ncafé/** @agents block\n", "café/cases.yml": CASES})
    repo.checkout("main")
    narrow = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    def ends(*arguments: str) -> tuple[int, bytes]:
        done = as_process(*arguments, cwd=repo.path, env=narrow)
        assert done.stderr == b""
        return done.returncode, done.stdout

    assert ends("explain", "café/y", "--ref", "refs/heads/größe", "--matching")[0] == 3
    assert ends("explain", "café/y")[1].startswith(b"Blocked: caf\\xe9/y\n")
    assert ends("test", "café/cases.yml")[0] == 0
    assert ends("lint", "--against", "HEAD")[0] == 6
    assert ends("lint", "--fix", "AGENTOWNERS")[0] == 0
    assert ends("fmt") == (0, "café/**  @agents  block\n".encode())


@pytest.mark.parametrize(
    ("env", "colored"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_color_is_for_who_wants_it(repo: Repo, env: dict[str, str], colored: bool) -> None:
    done = as_process("check", "--changes", "-", cwd=repo.path, stdin=b"security/x\n", env=env)
    assert (b"\x1b[" in done.stdout) is colored


def test_color_on_a_terminal(repo: Repo) -> None:
    import pty

    (repo.path / "list").write_text("security/x\n")
    for env, colored in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "agentowners", "check", "--changes", "list"]
        clean = {name: value for name, value in CLEAN.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
        done = subprocess.run(command, cwd=repo.path, stdout=theirs, check=False, env={**clean, **env}, timeout=60)
        os.close(theirs)
        said = os.read(ours, 65536)
        os.close(ours)
        assert (done.returncode, b"\x1b[" in said) == (3, colored)


def test_a_light_command_imports_nothing_heavy() -> None:
    code = "import sys; from agentowners.cli.main import main; main(['--version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"argparse", "dataclasses", "subprocess", "re2", "pathspec", "yaml", "github", "json"}


def test_check_imports_no_github(repo: Repo) -> None:
    code = "import sys; from agentowners.cli.main import main; main(['check', '--base', 'main']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=repo.path)
    assert not set(done.stdout.split()) & {"github", "actions_toolkit", "requests", "yaml", "rich"}


def test_main_reads_the_processes_arguments(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["agentowners", "--version"])
    assert main() == 0
    assert capsys.readouterr().out == f"agentowners {__version__}\n"
