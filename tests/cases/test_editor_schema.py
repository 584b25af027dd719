"""The schema that editors use for test cases: what it refuses, the reader refuses; most of what the reader refuses, it does."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from agentowners.cases.model import STATUSES
from agentowners.cases.parts import KINDS, PATH_KEYS
from agentowners.cases.reader import CASE_KEYS, FILE_KEYS
from agentowners.cases.write import new_file
from agentowners.policy.model import Action, Decision
from tests.cases.build import PATH, cases, errors
from tests.cases.test_reader import FULL, WRONG
from tests.examples import examples

SCHEMA: dict[str, Any] = json.loads((files("agentowners") / "schemas" / "agentowners-tests.schema.json").read_text("utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)


def accepts(text: str) -> bool:
    return bool(VALIDATOR.is_valid(yaml.safe_load(text)))


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_a_new_file_names_it() -> None:
    text = new_file(PATH, cases("tests: [{paths: [a], expect: allow}]").cases).decode()
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA['$id']}\nversion: 1\ntests:\n")


def test_it_knows_the_keys_and_words_that_there_are() -> None:
    definitions = SCHEMA["definitions"]
    assert list(SCHEMA["properties"]) == list(FILE_KEYS)
    assert list(definitions["case"]["properties"]) == list(CASE_KEYS)
    assert list(definitions["change"]["properties"]) == list(PATH_KEYS)
    assert definitions["change"]["properties"]["status"]["enum"] == list(STATUSES)
    assert definitions["change"]["properties"]["kind"]["enum"] == list(KINDS)
    assert definitions["action"]["enum"] == [action.value for action in Action]
    assert definitions["case"]["properties"]["expect"]["enum"] == [decision.value for decision in Decision]


@pytest.mark.parametrize(
    "text",
    [
        FULL,
        "",
        "tests: []",
        "tests:",
        "branch: master\ntests: [{paths: [a], expect: allow}]",
        "tests: [{paths: [{path: a, actions: [file_read]}], expect: block, as: {name: x, evidence: asserted}, rule: [a, b]}]",
        "tests: [{paths: [{path: b, previous_path: a, status: renamed}], expect: block, as: [1, {name: x}], ref: refs/tags/v1}]",
    ],
)
def test_what_the_reader_takes_it_takes(text: str) -> None:
    assert errors(text) == []
    assert accepts(text)


ONLY_THE_READER = {
    "`../x` is not a plain path",
    "`x/` names nobody",
    "`anyone` names nobody in particular",
    "`refs/heads/*` is not the name of a ref",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_the_reader_refuses_it_refuses(text: str) -> None:
    messages = [message.split(": ", 1)[1] for message in WRONG[text]]
    assert accepts(text) == (set(messages) <= ONLY_THE_READER)


WORDS = st.sampled_from(
    [
        *(d.value for d in Decision),
        *(a.value for a in Action),
        *STATUSES,
        *KINDS,
        "verified",
        "asserted",
        "a",
        "a/b",
        "/a",
        "refs/heads/a",
        *("@x", "x*", "", "anyone", "main", "o/r"),
    ]
)
SCALARS = WORDS | st.sampled_from([None, True, 0, 1, 2, 1.5])
LEAVES = SCALARS | st.lists(SCALARS, max_size=2)
CHANGE = st.dictionaries(st.sampled_from([*PATH_KEYS, "x"]), LEAVES, max_size=3)
PATHS = st.lists(WORDS | CHANGE | CHANGE.map(lambda one: {"path": "p", **one}), max_size=2)
WHO = st.dictionaries(st.sampled_from(["name", "evidence", "x"]), SCALARS, max_size=2)
CASE = st.fixed_dictionaries(
    {"paths": PATHS | LEAVES, "expect": st.sampled_from(Decision).map(lambda d: d.value)},
    optional={
        key: LEAVES | WHO | st.lists(WHO | WORDS, max_size=2) for key in (*CASE_KEYS, "x") if key not in ("paths", "expect")
    },
)
FILE = st.fixed_dictionaries(
    {"tests": st.lists(CASE, min_size=1, max_size=2)}, optional={key: LEAVES for key in (*FILE_KEYS, "x") if key != "tests"}
)


@examples(120)
@example({"tests": [{"paths": ["a"], "expect": "allow", "branch": 1.5}], "branch": 0})
@given(FILE)
def test_what_it_refuses_the_reader_refuses(file: dict[str, Any]) -> None:
    if not VALIDATOR.is_valid(file):
        assert errors(json.dumps(file))
