"""Setting up: what is seen of it, and which Pythons it is tried with."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging import ROOT, load_script, load_yaml, text

INSTALL = ROOT / "tools/install.py"
PYTHONS = load_script("tools/pythons.py")
WHEEL = """\
Wheel-Version: 1.0
Root-Is-Purelib: true
Tag: py3-none-any
"""


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """What installs a wheel of this machine's, and no more."""
    with zipfile.ZipFile(tmp_path / "gizmo-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("gizmo.py", "")
        wheel.writestr("gizmo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: gizmo\nVersion: 1.0\n")
        wheel.writestr("gizmo-1.0.dist-info/WHEEL", WHEEL)
        wheel.writestr("gizmo-1.0.dist-info/RECORD", "")
    return ["things", "--no-index", f"--find-links={tmp_path}", f"--target={tmp_path / 'there'}", "gizmo==1.0"]


def on_a_terminal(command: list[str]) -> tuple[int, str]:
    """How a command ends, and what is seen of it."""
    ours, its = pty.openpty()
    with subprocess.Popen(command, stdout=its, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=quiet()) as process:
        os.close(its)
        seen = b""
        try:
            while read := os.read(ours, 65536):
                seen += read
        except OSError:  # how a terminal says that nobody writes to it any more
            pass
        os.close(ours)
    return process.returncode, seen.decode()


def quiet() -> dict[str, str]:
    """An environment whose pip is not told of further places, some of which may not be there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | {"PIP_CONFIG_FILE": os.devnull}


def test_on_a_terminal_set_up_shows_what_it_does(tmp_path: Path, arguments: list[str]) -> None:
    code, seen = on_a_terminal([sys.executable, str(INSTALL), *arguments])
    assert (code, (tmp_path / "there/gizmo.py").exists()) == (0, True), seen
    shown = [line.rpartition("\x1b[K")[2] for line in re.split(r"\r(?!\n)", seen)]
    assert shown[1] == "  things"
    assert "  things: 1, gizmo-1.0-py3-none-any.whl" in shown
    assert "  things: putting 1 in place" in shown
    assert shown[-1].rstrip() == "  things: done"


def test_set_up_says_nothing_where_nobody_watches_but_what_went_wrong(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, INSTALL, *arguments], capture_output=True, text=True, check=False, env=quiet())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wrong = [*arguments[:-1], "gizmo==2.0"]
    done = subprocess.run([sys.executable, INSTALL, *wrong], capture_output=True, text=True, check=False, env=quiet())
    assert (done.returncode, done.stdout) == (1, "")
    assert "gizmo==2.0" in done.stderr
    code, seen = on_a_terminal([sys.executable, str(INSTALL), *wrong])
    assert code == 1
    assert "gizmo==2.0" in seen
    assert "done" not in seen


def test_every_python_that_is_named_is_tried_in_continuous_integration() -> None:
    jobs = load_yaml(".github/workflows/ci.yml")["jobs"]
    lowest = re.search(r'requires-python = ">=(.*)"', text("pyproject.toml"))
    assert lowest is not None
    versions = list(PYTHONS.OLDEST_PIP)
    assert versions[0] == lowest[1]
    for job in ("test", "fresh"):
        assert jobs[job]["strategy"]["matrix"]["python"] == versions
    assert jobs["fresh"]["steps"][-1]["run"] == "make fresh-test"
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", text("pyproject.toml"))
    assert named == versions


def fake(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


def test_a_python_is_found_on_the_path_or_among_those_of_pyenv_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path / "shims/python3.12", "echo command not found >&2; exit 127")
    fake(tmp_path / "pyenv/versions/3.12.1/bin/python", "echo 3.12")
    fake(tmp_path / "pyenv/versions/3.13.0/bin/python", "echo 3.1")
    fake(tmp_path / "bin/python3.14", "echo 3.14")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'bin'}:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert PYTHONS.find("3.12") == str(tmp_path / "pyenv/versions/3.12.1/bin/python")
    assert PYTHONS.find("3.13") is None
    assert PYTHONS.find("3.14") == str(tmp_path / "bin/python3.14")


def test_a_python_that_the_machine_has_not_is_skipped_with_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(PYTHONS, "candidates", lambda version: iter(()))
    assert PYTHONS.main(["newer"]) == 0
    newer = list(PYTHONS.OLDEST_PIP)[1:]
    assert capsys.readouterr().out.splitlines() == [f"Python {version}: skipped, this machine has none" for version in newer]
    assert PYTHONS.main([]) == 2


def test_a_set_up_that_fails_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*command: str | Path) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(PYTHONS, "find", lambda version: sys.executable)
    monkeypatch.setattr(PYTHONS, "run", fail)
    assert PYTHONS.main(["newer"]) == 1
    assert "failed: make" in capsys.readouterr().err
