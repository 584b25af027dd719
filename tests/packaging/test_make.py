"""The commands: what continuous integration runs is what the README and the Makefile say."""

from __future__ import annotations

import json
import re
import subprocess
from math import ceil
from pathlib import Path

import pytest

from tests.packaging import ROOT, load_script, text

GATE = load_script("tools/coverage_gate.py")
MAKEFILE = text("Makefile")
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)


def test_continuous_integration_runs_lint_then_the_tests_then_other_pythons_and_stops_at_a_failure() -> None:
    first, place, *commands = [line for line in text(".ci/run").splitlines() if line and not line.startswith("#")]
    assert (first, place) == ("set -euo pipefail", 'cd "$(dirname "$0")/.."')
    assert commands == ["make lint", "make test", "make browser-test", "make fresh-test", "make newer-test"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_the_commands_are_there_and_all_are_phony() -> None:
    assert {"demo", "test", "lint", "bench", "image-test", "lock", "help"} <= set(TARGETS)
    declared = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert declared is not None
    assert set(declared[1].split()) == set(TARGETS)


def test_help_lists_every_command() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == TARGETS


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_every_command_that_a_page_names_is_there(page: str) -> None:
    named = set(re.findall(r"(?:^ *|`)make ([a-z-]+)", text(page), re.MULTILINE))
    assert named
    assert named <= set(TARGETS)


@pytest.mark.parametrize("target", [target for target in TARGETS if target not in ("help", "setup", "clean")])
def test_every_command_sets_itself_up(target: str) -> None:
    (needs,) = re.findall(rf"^{target}:(.*?)##", MAKEFILE, re.MULTILINE)
    assert "$(ready)" in needs.split()
    assert ("$(npm_ready)" in needs.split()) == (target == "lint")


def test_set_up_installs_what_is_locked_and_is_done_again_when_that_changes() -> None:
    (rule,) = re.findall(r"^\$\(ready\): (.*?)\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert set(rule[0].split()) == {"requirements/dev.txt", "pyproject.toml"}
    assert "--require-hashes -r requirements/dev.txt" in rule[1]
    assert "--no-deps --no-build-isolation --editable ." in rule[1]


def test_every_installation_takes_what_is_locked_and_the_locked_pip_comes_first() -> None:
    commands = re.findall(r"^\t@\$\(install\) '[^']+' (.*)$", MAKEFILE, re.MULTILINE)
    locked = "--no-deps --only-binary :all: --require-hashes -r requirements/"
    own = "--no-index --no-deps --no-build-isolation --editable ."
    assert commands == [
        f"{locked}site.txt",
        f"{locked}fuzz.txt",
        f"{locked}api.txt",
        f"{locked}build.txt",
        f"{locked}dev.txt",
        own,
    ]
    assert "-m pip" not in MAKEFILE


def test_lint_asks_every_checker() -> None:
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    for checker in (
        "ruff check",
        "ruff format --check",
        "tools/words.py",
        "mypy",
        "lint-imports",
        "zizmor --offline",
        "vendor.github-workflows",
        "vendor.github-actions",
        "tools/actionlint.cjs",
    ):
        assert checker in recipe


def test_coverage_is_measured_apart_from_the_tests_and_holds_the_floors() -> None:
    recipes = dict(re.findall(r"^(test|coverage):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE))
    assert "--cov" not in recipes["test"]
    assert "-m 'not property' --cov --cov-report=json:build/coverage.json" in recipes["coverage"]
    assert "tools/coverage_gate.py build/coverage.json" in recipes["coverage"]


def report(tmp_path: Path, covered: dict[str, int]) -> str:
    """A coverage report with 100 statements and branches a room, so many of them covered."""
    files = {
        f"src/agentowners/{room}/x.py": {
            "summary": {
                "num_statements": 60,
                "num_branches": 40,
                "covered_lines": min(count, 60),
                "covered_branches": max(count - 60, 0),
            }
        }
        for room, count in covered.items()
    }
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps({"files": files}), "utf-8")
    return str(path)


def test_every_room_is_held_to_its_coverage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enough = {room: ceil(floor) for room, floor in GATE.FLOORS.items()}
    assert GATE.main([report(tmp_path, enough | {"schemas": 10})]) == 0
    assert "below" not in capsys.readouterr().out
    assert GATE.main([report(tmp_path, enough | {"engine": 94})]) == 1
    assert re.search(rf"engine +94\.00% +below {GATE.FLOORS['engine']}%", capsys.readouterr().out)


def test_a_room_that_nothing_was_measured_in_is_not_covered(tmp_path: Path) -> None:
    assert GATE.main([report(tmp_path, dict.fromkeys([*GATE.FLOORS][1:], 100))]) == 1


def test_a_report_that_cannot_be_read_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "coverage.json"
    assert GATE.main([str(broken)]) == 2
    broken.write_text("{", "utf-8")
    assert GATE.main([str(broken)]) == 2
    assert GATE.main([]) == 2
    assert "cannot read" in capsys.readouterr().err
