"""Which tests are of which tier, which are measured, and which run with every Python; `tests/conftest.py` marks them so."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PURE = (
    *("audit", "backtest", "cases", "change", "checkup", "dispatch", "engine", "identity", "lint", "map", "mcp", "policy"),
    *("convert", "policy_patterns", "proof", "proposals", "report", "schemas", "starter", "test_validity.py", "test_values.py"),
    *("tokens", "yamltext"),
)
"""Where what judges is tested: no server and hardly a process, a thousand tests in a few seconds."""
SERVED = ("action", "demo_tests", "github_server_tests")
"""Where tests start GitHub on loopback themselves; all others get it as the fixture `github`."""
EXHAUSTIVE = ("action/test_every_fault.py", "action/test_landing_histories.py", "action/test_model.py")
"""What goes through everything that can happen in whatever order: once is enough, the tests beside it take the same ways."""
BY_INTERPRETER = (
    *("cli", "docs/test_blocks.py", "git", "github", "issuers", "packaging", "server", "sinks"),
    *(
        "action/test_audit.py",
        "action/test_files.py",
        "action/test_inputs.py",
        "action/test_interruptions.py",
        "action/test_policy_change.py",
        "action/test_who_did_it.py",
    ),
)
"""What depends on the interpreter: how arguments, paths, processes, signals, addresses and characters are taken is the standard
library's, and changes from one Python to the next. `make newer-test` runs it with each newer one, and all that is fast; a test
compares imports."""


def marks(item: pytest.Item) -> set[str]:
    """A test's tiers (`fast`, `property`, `server`), and `interpreter` where each newer Python runs it, too."""
    place = item.path.relative_to(TESTS)
    names = {place.parts[0], place.as_posix()}
    marked = set()
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False) or names & set(EXHAUSTIVE):
        marked.add("property")
    if "github" in getattr(item, "fixturenames", ()) or names & set(SERVED):
        marked.add("server")
    if not marked and names & set(PURE):
        marked.add("fast")
    if "fast" in marked or (names & set(BY_INTERPRETER) and "property" not in marked):
        marked.add("interpreter")
    return marked
