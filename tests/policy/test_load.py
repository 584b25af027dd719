"""Sources become a policy, or one error that carries everything."""

from __future__ import annotations

import subprocess
import sys

import pytest

import agentowners.policy.load
from agentowners.diagnostics import PolicyError, Severity, Source
from agentowners.policy.builtin import POLICY_NAMES, builtin
from agentowners.policy.load import load_policy


def test_each_source_is_a_layer_and_the_builtin_layer_the_last() -> None:
    sources = [Source("AGENTOWNERS", b"a @x block"), Source(".acp.yml", b"rules: [{patterns: [a], decision: allow}]")]
    policy = load_policy(sources)
    assert [layer.name for layer in policy.layers] == ["AGENTOWNERS", ".acp.yml", "builtin"]
    assert [layer.source for layer in policy.layers] == [*sources, None]
    assert policy.diagnostics == ()


def test_without_sources_there_are_the_builtin_rules() -> None:
    assert load_policy([]).layers == (builtin([]),)


def test_sources_and_named_files_are_protected() -> None:
    policy = load_policy([Source("a.txt", b"")], named=["a.txt", "b.txt"])
    assert policy.layers[-1] == builtin(["a.txt", "b.txt"])
    assert policy.layers[-1] != builtin([])


@pytest.mark.parametrize(("path", "is_yaml"), [("p.yml", True), ("p.yaml", True), ("p.YML", False), ("yml", False), ("p", False)])
def test_the_name_tells_the_syntax(path: str, is_yaml: bool) -> None:
    text = b"version: 1" if is_yaml else b"a @x block"
    assert len(load_policy([Source(path, text)]).layers) == 2
    with pytest.raises(PolicyError):
        load_policy([Source(path, b"version: 1" if not is_yaml else b"a @x block")])


def test_all_errors_of_all_sources_come_first_and_warnings_after_them() -> None:
    sources = [
        Source("one", b"** @x block\na @x allow\n"),
        Source("two", b"a @x\nb\n"),
        Source("three.yml", b"version: 2"),
    ]
    with pytest.raises(PolicyError) as caught:
        load_policy(sources)
    assert [(d.severity, d.span.path, d.span.line) for d in caught.value.diagnostics] == [
        (Severity.ERROR, "two", 1),
        (Severity.ERROR, "two", 2),
        (Severity.ERROR, "three.yml", 1),
        (Severity.WARNING, "one", 1),
    ]
    assert caught.value.message == "two:1:1: rule without a decision (and 2 more)"


def test_warnings_stand_in_the_policy() -> None:
    (found,) = load_policy([Source("one", b"** @x block\na @x allow\n")]).diagnostics
    assert found.severity is Severity.WARNING


def test_the_names_are_offered_beside_the_loader() -> None:
    assert agentowners.policy.load.POLICY_NAMES is POLICY_NAMES


def test_lines_are_read_without_importing_what_they_do_not_need() -> None:
    code = (
        "import sys\n"
        "from agentowners.policy.load import load_policy\n"
        "from agentowners.diagnostics import Source\n"
        "load_policy([Source('A', b'a @x block\\nmode read-only @x\\n')])\n"
        "print(sorted({'yaml', 're2', 'pathspec', 'difflib', 'json'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
