"""Which tests are of which tier, which are measured, and which run with every Python; `tests/conftest.py` marks them so."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

TESTS = Path(__file__).parent
PURE = (
    *("audit", "backtest", "cases", "change", "checkup", "dispatch", "engine", "identity", "lint", "map", "mcp", "policy"),
    *(
        "convert",
        "export",
        "policy_patterns",
        "proof",
        "proposals",
        "report",
        "schemas",
        "starter",
        "test_validity.py",
        "test_values.py",
    ),
    *("action/loops", "tokens", "yamltext"),
)
"""Where what judges is tested: no server and hardly a process, a thousand tests in a few seconds."""
SERVED = ("action", "demo_tests", "github_server_tests")
"""Where tests start GitHub on loopback themselves; all others get it as the fixture `github`."""
EXHAUSTIVE = ("action/test_every_fault.py", "action/test_landing_histories.py", "action/test_model.py")
"""What goes through everything that can happen in whatever order: once is enough, the tests beside it take the same ways."""
BY_INTERPRETER = (
    # JSON: how deep it may nest, how long a number may be, what `null` beside NaN is; and the YAML that stands for it
    *("audit", "cases/test_reader.py", "cases/test_write.py", "dispatch", "export", "mcp", "tokens", "yamltext"),
    *("policy/test_yaml_syntax.py", "proof/test_promises.py", "proposals/test_reading.py", "report/test_json_report.py"),
    # expressions and characters: `re`, the tables of Unicode, what is escaped
    *("convert/test_codeowners.py", "convert/test_regexes.py", "export/test_openshell.py", "identity/test_globs.py"),
    "policy_patterns/test_codeowners.py",
    *("lint/checks/test_confusable_character.py", "policy/test_patterns.py", "policy/test_seeds.py"),
    *("report/test_diagnostic_text.py", "report/test_escape.py", "report/test_sarif.py"),
    # arguments, paths, files, processes and signals
    *("cli/test_bad_input.py", "cli/test_changes.py", "cli/test_hook_install.py", "cli/test_main.py", "cli/test_progress.py"),
    *("cli/test_usage.py", "git/test_diff.py", "git/test_revisions.py", "git/test_run.py", "packaging/test_set_up.py", "store"),
    *("action/test_files.py", "action/test_inputs.py", "action/test_interruptions.py", "action/test_policy_change.py"),
    # addresses, connections and certificates
    *("action/test_audit.py", "action/test_audit_acts.py", "github/test_client.py", "github/test_examination.py"),
    *("action/test_who_did_it.py", "github/test_graphql.py", "github/test_reading.py", "issuers", "sinks/test_datadog.py"),
    *("server", "sinks/test_log.py"),
)
"""What the standard library decides by the rules of its Python's release; a test compares imports. `make newer-test` runs it with
each newer Python, and of all other examples the same few, so that no room is run with one Python alone."""
FEW = 40
"""Of the other examples one in so many is run with each newer Python, chosen by its name."""


def marks(item: pytest.Item) -> set[str]:
    """A test's tiers (`fast`, `property`, `server`), and `interpreter` where each newer Python runs it, too."""
    place = item.path.relative_to(TESTS)
    names = {place.parts[0], "/".join(place.parts[:2]), place.as_posix()}
    marked = set()
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False) or names & set(EXHAUSTIVE):
        marked.add("property")
    if "github" in getattr(item, "fixturenames", ()) or (names & set(SERVED) and not names & set(PURE)):
        marked.add("server")
    if not marked and names & set(PURE):
        marked.add("fast")
    if "property" not in marked and (names & set(BY_INTERPRETER) or chosen(item.nodeid)):
        marked.add("interpreter")
    return marked


def chosen(name: str) -> bool:
    """True where an example is one of the few, by its name alone."""
    return crc32(name.encode("utf-8", "backslashreplace")) % FEW == 0
