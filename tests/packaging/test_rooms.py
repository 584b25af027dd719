"""Which tests are measured, and which run with every Python: neither list forgets a room."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.conftest import BY_INTERPRETER, EXHAUSTIVE, MEASURED, TESTS
from tests.packaging import ROOT, load_script, text

CHANGING = {"argparse", "html", "os", "pathlib", "signal", "subprocess", "tempfile", "threading", "unicodedata", "urllib"}
"""Standard modules that take what comes from outside, each by the rules of its Python's release."""


def imports(module: Path) -> set[str]:
    """Top-level names of the standard library that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found & sys.stdlib_module_names


def test_a_room_that_rests_on_the_interpreter_is_tested_with_every_python() -> None:
    package = ROOT / "src/agentowners"
    resting = {path.relative_to(package).parts[0] for path in package.rglob("*.py") if imports(path) & CHANGING}
    assert resting >= {"action", "cli", "git"}
    assert resting <= set(BY_INTERPRETER)
    assert "-m interpreter" in text("tools/pythons.py").replace('", "', " ")


def test_the_rooms_that_are_held_to_a_coverage_are_measured_by_their_own_tests() -> None:
    assert set(load_script("tools/coverage_gate.py").ROOMS) <= set(MEASURED)


def test_every_module_was_imported_before_the_tests_while_coverage_watched() -> None:
    source = ROOT / "src"
    modules = {".".join(path.relative_to(source).with_suffix("").parts) for path in source.rglob("*.py")}
    assert {module.removesuffix(".__init__") for module in modules} <= set(sys.modules)


def test_what_is_listed_is_there() -> None:
    assert all((TESTS / name).exists() for name in (*MEASURED, *BY_INTERPRETER, *EXHAUSTIVE))
