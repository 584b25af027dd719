"""The table of threats, held to the tests: each has one that goes the whole way, from an event to what GitHub would merge."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.docs.pages import ROOT, Page, Table

HEADER: Final = ("#", "the way around", "guarantee", "depends on", "what holds it, and what is left", "tests")
GUARANTEES: Final = {"strong", "best effort", "unavailable"}
DEPENDENCIES: Final = {"token", "event", "plan", "settings"}
NOTHING: Final = "nothing more"
"""Than what everything depends on."""
_NUMBERS: Final = re.compile(r"test_threat_([0-9]+)(?:_and_([0-9]+))?_")
_WHOLE_WAY: Final = {"World", "Own", "Stage"}
"""What a test takes that runs the action's own entrypoint on events of the loopback server."""
BY_OTHER_NAMES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "20": {"tests/docs/test_tables.py": ("check_patterns", "test_what_a_table_says_is_so")},
    "24": {
        "tests/policy/test_yaml_errors.py": ("test_aliases_that_unfold_too_far_are_refused", "test_too_many_values_are_refused"),
        "tests/policy/test_yaml_syntax.py": ("test_words_of_older_yaml_are_strings",),
    },
    "16": {"tests/action/test_stopped_anywhere.py": ("test_a_run_that_is_stopped_leaves_no_pass",)},
}
"""Threats whose tests are called after what they test."""


def _tests(path: Path) -> Iterator[tuple[str, bool]]:
    """The threats' numbers that a file's tests bear, and whether the test goes the whole way."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match = _NUMBERS.match(node.name) if isinstance(node, ast.FunctionDef) else None
        if match and isinstance(node, ast.FunctionDef):
            taken = {ast.unparse(arg.annotation) for arg in node.args.args if arg.annotation is not None}
            for number in filter(None, match.groups()):
                yield str(int(number)), bool(taken & _WHOLE_WAY)


def check_threats(page: Page, table: Table) -> None:
    """Every threat has its row: what it depends on, and tests that bear its number, at least one of which goes the whole way."""
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, 45)]
    proofs: dict[str, set[str]] = {}
    whole: dict[str, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for number, goes_the_whole_way in _tests(path):
            name = path.relative_to(ROOT).as_posix()
            proofs.setdefault(number, set()).add(name)
            if goes_the_whole_way and name.startswith("tests/action/"):
                whole.setdefault(number, set()).add(name)
    for number, _, guarantee, depends, _, tests in table.rows:
        linked = {target.removeprefix("../") for target in re.findall(r"\]\(([^)]*)\)", tests)}
        for file, names in BY_OTHER_NAMES.get(number, {}).items():
            defined = (ROOT / file).read_text(encoding="utf-8")
            assert all(f"def {name}(" in defined for name in names), f"{table}: {number}: {file} has not all of {names}"
        missing = linked - proofs.get(number, set()) - set(BY_OTHER_NAMES.get(number, {}))
        assert not missing, f"{table}: {number}: nothing in {missing} is about it"
        assert linked & whole.get(number, set()), f"{table}: {number}: no test that goes the whole way is linked"
        assert set(guarantee.split(", ")) <= GUARANTEES
        words = {part.partition(":")[0].strip() for part in depends.split(";")}
        assert words == {NOTHING} or words <= DEPENDENCIES, f"{table}: {number}: it depends on {depends}"
