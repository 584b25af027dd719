"""What keeps the house in order: words, decisions, forms, hooks, and the command line on other systems."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging import ROOT, load_script, load_yaml, text

WORDS = load_script("tools/words.py")
POSIX_ONLY = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "posix_ipc")


def test_the_command_line_works_once_through() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.command_line"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_command_imports_what_windows_has_not() -> None:
    barred = f"import sys\nfor name in {POSIX_ONLY!r}: sys.modules[name] = None\n"
    walk = "import importlib, pkgutil, agentowners.cli as cli\nfor module in pkgutil.iter_modules(cli.__path__):"
    walk += " importlib.import_module('agentowners.cli.' + module.name)"
    done = subprocess.run([sys.executable, "-c", barred + walk], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_words_finds_twins_and_question_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text('"""Reads."""\nclass Twin:\n    """A value."""\n')
    assert WORDS.main([str(tmp_path)]) == 0
    (tmp_path / "b.py").write_text('"""Whether it reads."""\nclass Twin:\n    size: int\n    """How long."""\n')
    assert WORDS.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "`Twin` names 2 classes" in printed
    assert "b.py:1: opens with a question word: Whether it reads." in printed
    assert "b.py:4: opens with a question word: How long." in printed


def test_words_finds_variables_that_are_no_nouns_and_helpers_that_many_files_call_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(WORDS.MOST_HOMES):
        (tmp_path / f"{number}.py").write_text(
            "class A0:\n    found: int\n    def _text(self): ...\n".replace("A0", f"A{number}")
        )
    assert WORDS.main([str(tmp_path)]) == 0
    binding = [
        "found = 1",
        "for who in []: pass",
        "def f(told): pass",
        "match 1:\n    case [*said]: pass",
        "[1 for one in []]",
        "def _text(): ...",
    ]
    for number, source in enumerate(binding):
        (tmp_path / f"b{number}.py").write_text(source)
    capsys.readouterr()
    assert WORDS.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    for number, word in enumerate(["found", "who", "told"]):
        assert f"b{number}.py:1: `{word}` is no noun" in printed
    assert "b3.py:2: `said` is no noun" in printed
    assert "b4.py:1: `one` is no noun" in printed
    assert f"{WORDS.MOST_HOMES + 1} files have a helper `_text`" in printed


def test_every_decision_is_listed_and_says_its_price() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", text("docs/adr/README.md"))
    assert listed == sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    for name in listed:
        page = text(f"docs/adr/{name}")
        assert all(f"**{part}.**" in page for part in ("Situation", "Decision", "Price")), name


def test_the_hooks_run_the_tools_that_lint_runs() -> None:
    config = load_yaml(".pre-commit-config.yaml")
    entries = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    tools = {
        entry.split()[0 if not entry.startswith(("node", ".venv/bin/python")) else 1].removeprefix(".venv/bin/")
        for entry in entries
    }
    assert tools >= {"ruff", "mypy", "zizmor", "tools/actionlint.cjs", "tools/words.py"}
    assert {repo["repo"] for repo in config["repos"]} == {"local"}, "the locked tools, no others"


def test_forms_and_the_threat_question() -> None:
    for form in ("bug", "agent", "idea"):
        loaded = load_yaml(f".github/ISSUE_TEMPLATE/{form}.yml")
        assert all(loaded[key] for key in ("name", "description", "body"))
    assert "Can an existing policy now allow what it did not?" in " ".join(text(".github/pull_request_template.md").split())
