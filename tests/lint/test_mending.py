"""Errors that ``lint --fix`` mends."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.cli.main import main
from agentowners.diagnostics import Source
from agentowners.lint.fixes import mend
from agentowners.policy.load import parse_source


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("src/ !@copilot @agents block", "src/ @agents !@copilot block"),
        ("!@copilot src/ @agents block # why", "src/ @agents !@copilot block # why"),
        ("src/   !@copilot   !@Claude   @agents block", "src/   @agents !@Claude !@copilot block"),
        ("src/ !@types/node @agents allow", "src/ !\\@types/node @agents allow"),
        ("# !@x\nsrc/ !@scope @agents block\n", "# !@x\nsrc/ !\\@scope @agents block\n"),
        ("src/ !@copilot block", "src/ !\\@copilot block"),
        ("src/ @agents !@copilot block", "src/ @agents !@copilot block"),
    ],
)
def test_a_name_before_any_principal(text: str, mended: str) -> None:
    source, done = mend(Source("AGENTOWNERS", text.encode()))
    assert source.data.decode() == mended
    assert bool(done) == (text != mended)
    if "@agents" in text:
        assert parse_source(source)[1] == ()


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "AGENTOWNERS"
    policy.write_text("src/ !@copilot @agents block\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["lint", "AGENTOWNERS"]) == 5
    assert "with --fix" in capsys.readouterr().out
    assert main(["lint", "--fix", "AGENTOWNERS"]) in (0, 6)
    assert policy.read_text(encoding="utf-8") == "src/ @agents !@copilot block\n"


def test_other_errors_stay_and_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "AGENTOWNERS"
    policy.write_text("src/ !@copilot @agents block\nb @x alow\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["lint", "--fix", "AGENTOWNERS"]) == 5
    assert policy.read_text(encoding="utf-8") == "src/ @agents !@copilot block\nb @x alow\n"
    assert "did you mean `allow`?" in capsys.readouterr().out
