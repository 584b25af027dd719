"""The editors' schema of a YAML policy never refuses what the parser takes, and what it lets through is written down."""

from __future__ import annotations

from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from agentowners.policy.model import (
    MAX_APPROVALS,
    TOKEN_ALGORITHMS,
    Action,
    AgentGroup,
    ByComment,
    Decision,
    EffectiveApprovals,
    Layer,
    Mode,
    Permission,
)
from agentowners.policy.patterns import GROUP_WORDS, MAX_NAME, MAX_PATTERN_BYTES
from agentowners.policy.printer import to_yaml
from agentowners.policy.words import AT_CALL, BY_COMMENT, OPAQUE, PERMISSIONS, SETTINGS
from agentowners.policy.yaml_dispatch import DISPATCH_KEYS, TOOL_KEYS
from agentowners.policy.yaml_oidc import OIDC_KEYS
from agentowners.policy.yaml_rules import ASSERT_KEYS, RULE_KEYS
from agentowners.policy.yaml_sections import AGENT_KEYS, APPROVALS_KEYS, MODE_KEYS, UNPROTECT_KEYS
from agentowners.policy.yaml_syntax import _SECTIONS
from tests.corpus.model import CASES
from tests.docs.pages import user_pages
from tests.docs.policies import is_policy
from tests.policy.reading import DATA, error_cases, first_line
from tests.policy.strategies import KEYS, PIECES, VISIBLE, layers
from tests.schemas.policies import ONLY_THE_PARSER, SCHEMA, complaints, errors

DEFINITIONS: Final = SCHEMA["definitions"]


def valid_policies() -> list[Any]:
    shown = [
        (str(case.id), text) for case in CASES if not case.invalid for path, text in case.policy.items() if path.endswith("yml")
    ]
    shown += [(path.name, path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.yml"))]
    shown += [
        (str(block), block.text)
        for where in user_pages()
        for block in where.blocks
        if block.language == "yaml" and (is_policy(block) or "same" in block.words)
    ]
    return [pytest.param(text, id=of) for of, text in shown]


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("text", valid_policies())
def test_every_policy_that_is_shown_or_tried_elsewhere_is_valid(text: str) -> None:
    assert errors(text) == ()
    assert complaints(text) == []


def test_every_syntax_that_a_page_shows_is_tried() -> None:
    assert len(valid_policies()) > 30


@given(layers(visible=False))
def test_every_policy_that_we_print_is_valid(layer: Layer) -> None:
    text = to_yaml(layer)
    assert errors(text) == ()
    assert complaints(text) == []


# Texts as authors might write them, mostly right, under every key that takes texts.
_SOME: Final = st.lists(st.sampled_from([*PIECES, "login:", "@", "\n", "\u00a0", ".", "..", "//", "!"]), max_size=5).map("".join)
_RIGHT: Final = st.sampled_from(
    ["main", "@agents", "@acme/sre", "!@x", "x/*", "1", "refs/heads/main", "!refs/heads/x", "src/**", "!a", "[ab]"]
)
_TEXT: Final = _RIGHT | _SOME | VISIBLE | _RIGHT
_ITEM: Final = _TEXT | st.integers(-1, 12) | _TEXT | st.sampled_from([1.5, float("inf"), True, None, ""])
_LIST: Final = st.lists(_TEXT, min_size=1, max_size=2) | st.lists(_ITEM, max_size=2)
_IDS: Final = st.lists(st.integers(0, 2**63), max_size=2)
_OUTCOME: Final = {"approvals": st.integers(0, 12) | _ITEM, "approvers": _LIST}
_DECISION: Final = st.sampled_from([*[decision.value for decision in Decision] * 2, "Block", "require_approval(2)"])


@st.composite
def _mapping(draw: st.DrawFn, required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    """A mapping that is seldom far from right: now and then a key is missing, or one is there that is not known."""
    keys = [*required, *draw(st.lists(st.sampled_from(list(optional)), max_size=3, unique=True))] if optional else [*required]
    slip = draw(st.integers(0, 11))
    made = {key: draw((required | optional)[key]) for key in keys if slip != 0 or key != keys[0]}
    return made | {"zzz": 1} if slip == 1 else made


_RULE_LIKE: Final = _mapping(
    {"decision": _DECISION},
    {"patterns": _LIST, "refs": _LIST, "branches": _LIST, "id": _ITEM, "reason": _ITEM, **_OUTCOME}
    | dict.fromkeys(("principals", "agents"), _LIST)
    | {"actions": st.lists(st.sampled_from([action.value for action in Action]) | _TEXT, max_size=2)},
)
_MODE_LIKE: Final = _mapping(
    {"mode": st.sampled_from([mode.value for mode in Mode]), "principals": _LIST}, {"workspace": _LIST, "approved": _LIST}
)
_AGENT_LIKE: Final = _mapping(
    {},
    dict.fromkeys(("logins", "ids", "emails", "branches", "trailers", "descriptions"), _LIST)
    | {"group": st.sampled_from(["agents", "bots", "humans"])}
    | {
        "oidc": st.lists(
            _mapping(
                {},
                {"issuer": _ITEM, "claims": st.dictionaries(_TEXT, _ITEM, max_size=2)}
                | {
                    "keys": _ITEM,
                    "audience": _ITEM,
                    "algorithms": st.lists(st.sampled_from(["ES256", "none"]) | _TEXT, max_size=2),
                },
            ),
            max_size=1,
        )
    },
)
_POLICY_LIKE: Final = st.one_of(
    st.builds(lambda rule: {"rules": [rule]}, _RULE_LIKE),
    st.builds(lambda mode: {"modes": [mode]}, _MODE_LIKE),
    st.builds(lambda name, agent: {"agents": {name: agent}}, _TEXT, _AGENT_LIKE),
    st.builds(lambda who, what: {"defaults": {who: what}}, _TEXT, _DECISION | _mapping({"decision": _DECISION}, _OUTCOME)),
    st.builds(lambda entry: {"unprotect": [entry]}, _mapping({"patterns": _LIST, "principals": _LIST}, {"reason": _ITEM})),
    st.builds(
        lambda claim, bound: {"asserts": [claim | bound]},
        _RULE_LIKE,
        st.just({}) | st.builds(lambda word: {"bound": word}, st.sampled_from(["at-least", "at-most", "at least"])),
    ),
    st.builds(
        lambda settings: {"approvals": settings},
        st.dictionaries(st.sampled_from(APPROVALS_KEYS), _ITEM | _IDS | st.sampled_from([*PERMISSIONS, *BY_COMMENT])),
    ),
    st.builds(
        lambda settings: {"dispatch": settings},
        st.dictionaries(
            st.sampled_from(DISPATCH_KEYS),
            st.sampled_from([*OPAQUE, *AT_CALL])
            | st.dictionaries(_TEXT, _mapping({"actions": _LIST}, {"paths": _LIST}), max_size=2),
        ),
    ),
    st.builds(lambda key, value: {key: value}, st.sampled_from(KEYS), _ITEM | _LIST),
)


@given(_POLICY_LIKE)
def test_the_schema_takes_what_the_parser_takes_and_hardly_more(policy: dict[str, Any]) -> None:
    text = yaml.safe_dump(policy, allow_unicode=True)
    found, complained = errors(text), complaints(text)
    if not found:
        assert complained == []
    if not complained:
        assert {error.id for error in found} <= ONLY_THE_PARSER


@pytest.mark.parametrize("case", error_cases("yaml_errors.txt"), ids=first_line)
def test_every_mistake_is_refused_or_one_that_only_the_parser_finds(case: str) -> None:
    text = case.split("\n", maxsplit=1)[0]
    (error,) = errors(text)
    if not complaints(text):
        assert text in LEFT or error.id.startswith("yaml-"), f"the schema does not mind {text}"
        assert error.id in ONLY_THE_PARSER


LEFT: Final = {
    "~",
    "version: 1.0",
    "{version: 1, version: 1}",
    'rules: [{branches: ["!a[b"], decision: block}]',
    "rules: [{patterns: [a], decision: require_approval, approvals: 02}]",
    "rules: [{patterns: [a], decision: require_approval, approvals: 0x2}]",
    "rules: [{patterns: [a], decision: block, id: n}, {patterns: [a], decision: block, id: n}]",
    'defaults: {agents: block, "@Agents": allow}',
    "agents: {x: {oidc: [{issuer: i, claims: {sub: s}, keys: ../k.json}]}}",
    'agents: {x: {oidc: [{issuer: "https://token.actions.githubusercontent.com", claims: {sub: "repo:acme/shop:*"}}]}}',
    'agents: {x: {oidc: [{issuer: "https://ghes.acme.example/_services/token", claims: {repository_id: "5*"}}]}}',
}
"""Lines of ``yaml_errors.txt`` that the schema lets through."""


MISTAKES: Final = {
    "a key that there is not": "rule: []",
    "a key of a rule that there is not": "rules: [{patterns: [a], decison: block}]",
    "no decision": "rules: [{patterns: [a]}]",
    "neither paths nor refs": "rules: [{principals: [a], decision: block}]",
    "a decision that there is not": "rules: [{patterns: [a], decision: deny}]",
    "a number in the decision": "rules: [{patterns: [a], decision: require_approval(2)}]",
    "no approvals": "rules: [{patterns: [a], decision: require_approval, approvals: 0}]",
    "too many approvals": "rules: [{patterns: [a], decision: require_approval, approvals: 11}]",
    "approvals in quotes": 'rules: [{patterns: [a], decision: require_approval, approvals: "2"}]',
    "approvals beside block": "rules: [{patterns: [a], decision: block, approvals: 2}]",
    "approvers beside allow": "rules: [{patterns: [a], decision: allow, approvers: [x]}]",
    "approvals of a default that allows": "defaults: {agents: {decision: allow, approvals: 2}}",
    "approvers that are a group": 'rules: [{patterns: [a], decision: require_approval, approvers: ["@Humans"]}]',
    "approvers that vary": 'rules: [{patterns: [a], decision: require_approval, approvers: ["@acme/*"]}]',
    "a text for a list": "rules: [{patterns: a, decision: block}]",
    "an empty list": "rules: [{patterns: [], decision: block}]",
    "an empty pattern": 'rules: [{patterns: [""], decision: block}]',
    "an empty exception": 'rules: [{patterns: ["!"], decision: block}]',
    "a ref among paths": "rules: [{patterns: [refs/heads/main], decision: block}]",
    "a ref that is excepted among paths": 'rules: [{patterns: ["!refs/heads/main"], decision: block}]',
    "a dot in a path": "rules: [{patterns: [./src], decision: block}]",
    "two slashes": "rules: [{patterns: [src//x], decision: block}]",
    "a slash alone": "rules: [{patterns: [/], decision: block}]",
    "a short ref": "rules: [{refs: [main], decision: block}]",
    "a full ref among branches": "rules: [{branches: [refs/heads/main], decision: block}]",
    "an unknown action": "rules: [{patterns: [a], actions: [write], decision: block}]",
    "an id that looks generated": "rules: [{id: 'a:1', patterns: [a], decision: block}]",
    "an id that looks built in": "rules: [{id: 'builtin:x', patterns: [a], decision: block}]",
    "two principals in one": 'rules: [{patterns: [a], principals: ["@a,@b"], decision: block}]',
    "nobody but somebody who is taken out": 'rules: [{patterns: [a], principals: ["!@a"], decision: block}]',
    "both names of one key": "rules: [{patterns: [a], principals: [a], agents: [b], decision: block}]",
    "somebody taken out of a mode": 'modes: [{mode: read-only, principals: [a, "!b"]}]',
    "a default for whoever is taken out": 'defaults: {"!@a": block}',
    "a trailer that every line is": 'agents: {a: {trailers: ["*"]}}',
    "a line with a blank at its end": 'agents: {a: {descriptions: ["x "]}}',
    "a comment that counts for nobody in particular": "approvals: {by_comment: yes}",
    "an adviser by name": "approvals: {reviewers: [octocat]}",
    "a default that there is not": "defaults: {agents: deny}",
    "a default for two": 'defaults: {"@a @b": block}',
    "a mode that there is not": "modes: [{mode: readonly, principals: [a]}]",
    "a mode for nobody": "modes: [{mode: read-only}]",
    "a read-only mode with a workspace": "modes: [{mode: read-only, principals: [a], workspace: [b]}]",
    "an approved list where none is": "modes: [{mode: workspace-write, principals: [a], approved: [b]}]",
    "an exception among what is approved": 'modes: [{mode: approved-online, principals: [a], approved: ["!b"]}]',
    "an agent that is a group": "agents: {Bots: {logins: [a]}}",
    "an agent without anything": "agents: {a: {}}",
    "an agent that varies": 'agents: {"a*": {logins: [b]}}',
    "a login that varies": 'agents: {a: {logins: ["b*"]}}',
    "an id in quotes": 'agents: {a: {ids: ["1"]}}',
    "a group that there is not": "agents: {a: {group: humans}}",
    "a branch by its full name": "agents: {a: {branches: [refs/heads/a]}}",
    "a token without claims": "agents: {a: {oidc: [{issuer: x}]}}",
    "a setting that there is not": "approvals: {stale: true}",
    "a setting that is no truth value": "approvals: {dismiss_stale: yes}",
    "a permission that there is not": "approvals: {minimum_permission: none}",
    "unprotect for nobody": "unprotect: [{patterns: [a]}]",
    "unprotect without a path": 'unprotect: [{patterns: ["!a"], principals: [b]}]',
    "another version": "version: 2",
    "a list of rules alone": "[{patterns: [a], decision: block}]",
    "rules that are nothing": "rules:",
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_by_both(text: str) -> None:
    assert errors(text)
    assert complaints(text)


def enums(of: str) -> list[str]:
    found: list[str] = DEFINITIONS[of]["enum"]
    return found


def test_the_words_are_those_of_the_language() -> None:
    assert enums("decision") == [decision.value for decision in Decision]
    assert sorted(enums("action")) == sorted(action.value for action in Action)
    assert DEFINITIONS["mode"]["properties"]["mode"]["enum"] == [mode.value for mode in Mode]
    assert DEFINITIONS["agent"]["properties"]["group"]["enum"] == [group.value for group in AgentGroup]
    assert SCHEMA["properties"]["approvals"]["properties"]["minimum_permission"]["enum"] == list(PERMISSIONS)
    assert SCHEMA["properties"]["approvals"]["properties"]["by_comment"]["enum"] == list(BY_COMMENT)
    assert SCHEMA["properties"]["dispatch"]["properties"]["opaque"]["enum"] == list(OPAQUE)
    assert SCHEMA["properties"]["dispatch"]["properties"]["at_call"]["enum"] == list(AT_CALL)


def test_the_keys_are_those_of_the_language() -> None:
    assert list(SCHEMA["properties"]) == list(_SECTIONS)
    assert list(DEFINITIONS["rule"]["properties"]) == list(RULE_KEYS)
    assert list(DEFINITIONS["assert"]["properties"]) == list(ASSERT_KEYS)
    assert list(DEFINITIONS["mode"]["properties"]) == list(MODE_KEYS)
    assert list(DEFINITIONS["agent"]["properties"]) == list(AGENT_KEYS)
    token = DEFINITIONS["agent"]["properties"]["oidc"]["items"]["properties"]
    assert list(token) == list(OIDC_KEYS)
    assert token["algorithms"]["items"]["enum"] == list(TOKEN_ALGORITHMS)
    assert list(DEFINITIONS["unprotect"]["properties"]) == list(UNPROTECT_KEYS)
    assert list(SCHEMA["properties"]["approvals"]["properties"]) == list(APPROVALS_KEYS)
    assert list(SCHEMA["properties"]["dispatch"]["properties"]) == list(DISPATCH_KEYS)
    assert list(DEFINITIONS["tool"]["properties"]) == list(TOOL_KEYS)
    assert list(SCHEMA["properties"]["defaults"]["properties"]) == list(GROUP_WORDS)


def test_what_holds_where_nothing_is_said_is_what_the_engine_does() -> None:
    standard = EffectiveApprovals()
    for key in SETTINGS:
        held = getattr(standard, key)
        said = SCHEMA["properties"]["approvals"]["properties"][key]
        assert said["default"] == (held.value if isinstance(held, Permission | ByComment) else held)


def test_the_limits_are_those_in_force() -> None:
    assert DEFINITIONS["approvals"]["maximum"] == MAX_APPROVALS
    assert DEFINITIONS["pathPattern"]["maxLength"] == MAX_PATTERN_BYTES + len("!")
    assert DEFINITIONS["branchPattern"]["maxLength"] == MAX_PATTERN_BYTES + len("!") - len("refs/heads/")
    assert DEFINITIONS["principal"]["maxLength"] == DEFINITIONS["approver"]["maxLength"] == MAX_NAME + len("@")


def _subschemas(schema: Any) -> list[dict[str, Any]]:
    found = [schema] if isinstance(schema, dict) else []
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
        found += _subschemas(inner)
    return found


def test_every_key_is_explained_and_every_word_of_a_choice() -> None:
    keys = [schema["properties"] for schema in _subschemas(SCHEMA) if schema.get("additionalProperties") is False]
    assert keys
    for properties in keys:
        for key, schema in properties.items():
            said = DEFINITIONS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
            for part in said.get("allOf", []):
                said = DEFINITIONS[part["$ref"].rpartition("/")[2]] | said if "$ref" in part else said
            assert said["title"], key
            assert said["description"].endswith("."), key
    chosen = [schema for schema in _subschemas(SCHEMA) if "enum" in schema and "title" in schema]
    assert len(chosen) == 10
    for schema in chosen:
        assert len(schema["markdownEnumDescriptions"]) == len(schema["enum"])


def test_every_example_and_default_is_valid() -> None:
    seen = 0
    for schema in _subschemas(SCHEMA):
        if isinstance(schema.get("examples"), list):
            validator = Draft7Validator(schema | {"definitions": DEFINITIONS})
            for example in [*schema["examples"], *([schema["default"]] if "default" in schema else [])]:
                validator.validate(example)
                seen += 1
    assert seen > 30


def test_every_pattern_explains_itself() -> None:
    for schema in _subschemas(SCHEMA):
        if isinstance(schema.get("pattern"), str) and "type" in schema and schema.get("type") != "string":
            assert "patternErrorMessage" in schema
