"""However the process ends that judges a call, its client is told no."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentowners.cli import hook_shield
from agentowners.cli.hook import parser, read_options
from agentowners.cli.hook_shield import shielded
from agentowners.dispatch.clients import CLIENTS
from tests.git.repo import CLEAN, Repo


def dying(signal: int) -> Callable[[], int]:
    def run() -> int:
        os.kill(os.getpid(), signal)
        return 0

    return run


def raising() -> int:
    raise MemoryError


def half_an_answer() -> int:
    os.write(1, b'{"decision": "al')
    os._exit(7)


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (dying(15), "signal 15"),
        (dying(9), "signal 9"),
        (raising, "exit code 1"),
        (half_an_answer, "exit code 7"),
        (lambda: 2, "exit code 2"),  # without a reason some clients take it for a yes
        (lambda: 130, "exit code 130"),
    ],
)
@pytest.mark.parametrize("client", ["claude", "cline"])
def test_what_ends_otherwise_is_refused(run: Callable[[], int], why: str, client: str, capfd: Any) -> None:
    code = shielded(run, ["hook", "--client", client])
    said = capfd.readouterr()
    if client == "cline":
        assert (code, said.err, json.loads(said.out)["cancel"]) == (0, "", True)
        assert why in said.out
    else:
        assert (code, said.out) == (2, "")
        assert said.err == f"agentowners: refused: the process that judges the call died ({why})\n"


def test_an_answer_comes_through_as_it_is(capfd: Any) -> None:
    def answer() -> int:
        os.write(2, b"why\n")
        os.write(1, b"x" * 300_000)
        return 2

    assert shielded(answer, ["hook"]) == 2
    said = capfd.readouterr()
    assert (said.err, len(said.out)) == ("why\n", 300_000)
    assert (shielded(lambda: 0, ["hook"]), capfd.readouterr().out) == (0, "")


def test_one_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def hang() -> int:
        time.sleep(60)
        return 0

    monkeypatch.setattr(hook_shield, "DEADLINE", 0.1)
    assert shielded(hang, ["hook"]) == 2
    assert "signal 9" in capfd.readouterr().err


def test_a_real_crash_in_native_code(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    repo.commit({"README.md": "# demo\n"})
    program = "import ctypes, agentowners.cli.hook_call as c; from agentowners.cli.main import main;"
    program += "c.read_call = lambda *a, **k: ctypes.string_at(0); raise SystemExit(main())"
    command = [sys.executable, "-c", program, "hook", "--client", "codex"]
    done = subprocess.run(command, cwd=repo.path, input=b"{}", capture_output=True, env=CLEAN, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"agentowners: refused: the process that judges the call died (signal 11)" in done.stderr


def test_a_broken_installation_refuses_too(tmp_path: Path) -> None:
    broken = tmp_path / "agentowners"
    broken.mkdir()
    source = Path(hook_shield.__file__).parents[1]
    (broken / "__main__.py").write_bytes((source / "__main__.py").read_bytes())
    (broken / "__init__.py").write_text("")
    program = [sys.executable, "-m", "agentowners"]
    ended = [subprocess.run([*program, *rest], cwd=tmp_path, capture_output=True, env=CLEAN) for rest in (["hook"], ["check"])]
    assert [done.returncode for done in ended] == [2, 1]
    assert ended[0].stderr.startswith(b"agentowners: refused: agentowners is not whole here (ModuleNotFoundError)")


@pytest.mark.parametrize("client", [None, *CLIENTS])
def test_the_line_that_is_installed_means_what_the_parser_takes_it_for(client: str | None) -> None:
    arguments = [] if client is None else ["--client", str(client)]
    short, whole = read_options(arguments), parser().read(arguments)
    for name, value in vars(whole).items():
        found = getattr(short, name)
        assert (list(found) if isinstance(found, tuple) else found) == value
