"""A spinner for long work, on a terminal and nowhere else."""

from __future__ import annotations

import io
import subprocess
import sys
from threading import Event

import pytest

from agentowners.cli.progress import working
from tests.cli.run import as_process


class Terminal(io.StringIO):
    """A terminal that tells when something is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.written.set()
        return super().write(text)


def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in the place of standard error; pytest would take it away from a fixture."""
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_long_work_says_what_it_does_and_takes_it_away_again(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    with working("Asking GitHub about [acme]/shop", after=0):
        assert terminal.written.wait(60)
    said = terminal.getvalue()
    assert "Asking GitHub about [acme]/shop" in said
    assert said.endswith("\x1b[2K"), "the line is cleared"


def test_an_error_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)

    def fail() -> None:
        terminal.written.wait(60)
        raise ValueError("boo")

    with pytest.raises(ValueError, match="boo"), working("w", after=0):
        fail()
    assert "\x1b[?25h" in terminal.getvalue(), "the cursor is shown again"


def test_short_work_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    with working("w", after=3600):
        pass
    assert terminal.getvalue() == ""


def test_nothing_is_said_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    with working("w", quiet=True, after=0):
        pass
    monkeypatch.setenv("TERM", "dumb")
    with working("w", after=0):
        pass
    monkeypatch.setattr("sys.stderr", None)
    with working("w", after=0):
        pass
    assert terminal.getvalue() == ""


def test_a_pipe_gets_no_spinner() -> None:
    code = (
        "from agentowners.cli.progress import working\nwith working('w', after=0): pass\nimport sys; print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
    assert as_process("lint", "--list").stderr == b""


def test_its_words_can_change(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    with working("Reading", after=0) as spinner:
        assert terminal.written.wait(60)
        spinner.say("Judged [50] of 200")
        while "Judged [50] of 200" not in terminal.getvalue():
            terminal.written.clear()
            assert terminal.written.wait(60)
