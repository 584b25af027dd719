from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agentowners.change.model import Change
from agentowners.cli.offline import answer
from agentowners.diagnostics import PolicyError, Source
from agentowners.explain.explain import explain
from agentowners.explain.model import RuleStatus
from agentowners.policy.load import load_policy
from agentowners.report.explain.json import chunks, invalid
from tests.engine.build import policy
from tests.engine.test_explain import modes, questions
from tests.engine.test_properties import defaults, extras, rule
from tests.examples import examples
from tests.report import golden
from tests.report.explanations import EXAMPLES, HOSTILE

SCHEMA: dict[str, Any] = json.loads((files("agentowners") / "schemas" / "explanation-1.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
ORIGIN = "in the work tree"


def test_the_published_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_kind_of_explanation_follows_the_schema(example: str) -> None:
    said = "".join(chunks(EXAMPLES[example](), ORIGIN))
    VALIDATOR.validate(json.loads(said))
    assert said.isascii()
    golden.check(f"explain-{example}.json", said)


@given(st.lists(rule(), max_size=5), defaults, extras, modes, questions())
@examples(25)
def test_every_explanation_follows_the_schema_and_says_all_that_is_known(
    rules: list[str], given: list[str], more: list[str], observing: list[str], subject: Change
) -> None:
    explanation = explain(policy("\n".join([*rules, *given, *more, *observing])), subject, answer)
    entry = json.loads("".join(chunks([explanation], ORIGIN)))
    VALIDATOR.validate(entry)
    (said,) = entry["paths"]
    assert said["path"] == explanation.path
    for layer, answered in zip(said["layers"], explanation.layers, strict=True):
        assert [one["id"] for one in layer["rules"]] == [one.statement.id for one in answered.rules]
        for one in layer["rules"]:
            questions_ = (one["path"], one["ref"], one["action"], one["principals"])
            assert one["matches"] is all(question["matches"] for question in questions_)
    short = json.loads("".join(chunks([explanation], ORIGIN, matching=True)))
    VALIDATOR.validate(short)
    assert [one["id"] for layer in short["paths"][0]["layers"] for one in layer["rules"]] == [
        one.statement.id for layer in explanation.layers for one in layer.rules if one.status is not RuleStatus.NO
    ]


def test_names_are_exact() -> None:
    entry = json.loads("".join(chunks(EXAMPLES["hostile"](), ORIGIN)))
    assert entry["paths"][0]["path"] == HOSTILE
    assert entry["paths"][0]["layers"][0]["source"] == "A\u202eB"


def test_what_is_enforced_goes_before_what_is_observed() -> None:
    observed, enforced = EXAMPLES["observed"](), EXAMPLES["default"]()
    assert json.loads("".join(chunks([*observed, *enforced], ORIGIN)))["decision"] == "require_approval"
    assert json.loads("".join(chunks(observed, ORIGIN)))["decision"] == "block"


def test_a_policy_that_does_not_parse() -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy([Source("AGENTOWNERS", b"a @agents blok\n** block\n")])
    entry = json.loads(invalid(caught.value.diagnostics, "refs/heads/main", ORIGIN))
    VALIDATOR.validate(entry)
    assert (entry["decision"], entry["paths"], len(entry["diagnostics"])) == ("", [], 2)
