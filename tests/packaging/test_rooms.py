"""What is measured, and which tests run with every Python: neither list forgets a room."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

from tests.packaging import ROOT, load_script, text
from tests.tiers import BY_INTERPRETER, EXHAUSTIVE, FEW, PURE, SERVED, TESTS, chosen

CHANGING = {
    *("argparse", "html", "json", "os", "pathlib", "signal", "ssl", "subprocess", "tempfile", "threading", "unicodedata"),
    "urllib",
}
"""Standard modules that take what comes from outside, each by the rules of its Python's release."""
TESTS_OF_ACTION = {
    "action/auditing.py": "action/test_audit.py",
    "action/board.py": "action/test_who_did_it.py",
    "action/environment.py": "action/test_inputs.py",
    "action/policy_change.py": "action/test_policy_change.py",
    "action/policy_worker.py": "action/test_policy_change.py",
    "action/stopping.py": "action/test_interruptions.py",
}
"""Which tests drive each module of the job that rests on the interpreter; the others of its room need not run everywhere."""
AT_THE_COMMAND = {"explain", "starter"}
"""Rooms of one command, where tests of `cli` take what comes from outside."""


def imports(module: Path) -> set[str]:
    """Top-level names of the standard library that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found & sys.stdlib_module_names


def test_what_rests_on_the_interpreter_is_tested_with_every_python() -> None:
    package = ROOT / "src/agentowners"
    resting = {path.relative_to(package).as_posix() for path in package.rglob("*.py") if imports(path) & CHANGING}
    rooms = {name.partition("/")[0] for name in resting}
    assert rooms >= {"action", "cli", "git"}
    assert rooms - AT_THE_COMMAND <= {name.partition("/")[0] for name in BY_INTERPRETER}
    assert {name for name in resting if name.startswith("action/")} == set(TESTS_OF_ACTION)
    assert set(TESTS_OF_ACTION.values()) <= set(BY_INTERPRETER)
    assert "-m interpreter" in text("tools/pythons.py").replace('", "', " ")


def test_each_room_is_held_to_a_coverage() -> None:
    package = ROOT / "src/agentowners"
    rooms = {path.name for path in package.iterdir() if path.name.endswith(".py") or (path / "__init__.py").exists()}
    assert rooms - {"__init__.py", "__main__.py", "schemas"} == set(load_script("tools/coverage_gate.py").FLOORS)


def test_of_everything_else_a_few_are_tried_with_every_python_and_always_the_same() -> None:
    few = [number for number in range(10_000) if chosen(f"tests/room/test_x.py::test[{number}]")]
    assert few[:6] == [7, 37, 73, 104, 193, 233]
    assert 10_000 / FEW / 2 < len(few) < 10_000 / FEW * 2


def test_what_is_listed_is_there() -> None:
    assert all((TESTS / name).exists() for name in (*PURE, *SERVED, *EXHAUSTIVE, *BY_INTERPRETER))


def test_no_module_imports_one_that_imports_it() -> None:
    source = ROOT / "src"
    modules = {
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): path for path in source.rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        named = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):  # those within functions and for types alone, too
            if isinstance(node, ast.ImportFrom) and node.module:
                named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        graph[name] = {module for module in named & set(modules) if module not in (name, "agentowners")}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle
