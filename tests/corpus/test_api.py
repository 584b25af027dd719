"""Every case through the Python API, as it is written and in YAML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agentowners.cli.offline import answer
from agentowners.diagnostics import PolicyError, Severity, Source
from agentowners.engine.settle import inquire
from agentowners.policy.load import load_policy, parse_source
from agentowners.policy.printer import to_yaml
from tests.corpus.expectation import mismatches
from tests.corpus.model import CASES, Case
from tests.report.documents import to_json

JUDGED = [pytest.param(case, id=case.id) for case in CASES if not case.invalid]
INVALID = [pytest.param(case, id=case.id) for case in CASES if case.invalid]


def judge(case: Case, sources: list[Source], named: Sequence[str] = ()) -> dict[str, Any]:
    return dict(to_json(inquire(load_policy(sources, named=named), case.change, answer)))


@pytest.mark.parametrize("case", JUDGED)
def test_as_it_is_written(case: Case) -> None:
    assert mismatches(case, judge(case, case.sources)) == [], case.says


@pytest.mark.parametrize("case", JUDGED)
def test_in_yaml(case: Case) -> None:
    converted = [_converted(source) for source in case.sources]
    names = [source.path for source in converted]
    as_lines, as_yaml = judge(case, case.sources, names), judge(case, converted, names)
    assert load_policy(converted).layers[:-1] == load_policy(case.sources).layers[:-1]
    assert _without_places(as_yaml) == _without_places(as_lines), case.says


@pytest.mark.parametrize("case", INVALID)
def test_errors_are_all_told(case: Case) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(case.sources)
    lines = sorted({d.span.line for d in caught.value.diagnostics if d.severity is Severity.ERROR})
    assert lines == list(case.invalid), [f"{d.span.line}: {d.message}" for d in caught.value.diagnostics]


def test_no_two_cases_say_the_same() -> None:
    said = [case.says for case in CASES]
    assert len(said) == len(set(said)), sorted(s for s in said if said.count(s) > 1)


def _converted(source: Source) -> Source:
    """The source in YAML, under the same path as far as its name can say that it is YAML."""
    if source.path.endswith(".yml"):
        return source
    layer, errors = parse_source(source)
    assert not [d for d in errors if d.severity is Severity.ERROR]
    return Source(f"{source.path}.yml", to_yaml(layer).encode("utf-8", "surrogateescape"), source.ref)


def _without_places(verdict: dict[str, Any]) -> dict[str, Any]:
    """A verdict less what tells where in a file something stands."""
    files = [
        {
            "path": entry["path"],
            "actions": entry["actions"],
            "decision": entry["decision"],
            "principal": entry["principal"],
            "rules": [(rule["text"], rule["decision"], rule["reason"]) for rule in entry["rules"]],
            "matched": len(entry["matched"]),
            "unprotected": len(entry["unprotected"]),
        }
        for entry in verdict["files"]
    ]
    obligations = [{**o, "rules": len(o["rules"])} for o in verdict["approvals"]["obligations"]]
    return {
        **{key: verdict[key] for key in ("decision", "conclusion", "title", "principals")},
        "required": verdict["approvals"]["required"],
        "obligations": obligations,
        "files": files,
        "diagnostics": sorted(d["id"] for d in verdict["diagnostics"]),
    }
