"""A file of test cases is read; everything that is wrong with it is said at once, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from agentowners.cases.model import STANDARD_REF, UNNAMED_AGENT, Case, CaseFile, CasesError, Expectation, Who
from agentowners.cases.parts import action_of, branch_ref, checked_path, full_ref, principal_name, read_paths
from agentowners.change.model import Strength
from agentowners.diagnostics import Diagnostic, Severity, Source
from agentowners.policy.model import Action, Decision
from agentowners.policy.patterns import Approver, PatternError, each_once
from agentowners.policy.words import DECISIONS
from agentowners.policy.yaml_rules import read_decision
from agentowners.text.problems import Problems, TooManyErrors
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.text.wording import alternatives, quote
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence, compose
from agentowners.yamltext.nodes import Field, Nodes

FILE_KEYS: Final = ("version", "policy", "repository", "branch", "ref", "tests")
CASE_KEYS: Final = ("name", "as", "evidence", "paths", "action", "branch", "ref", "expect", "rule", "approvals", "approvers")
_WHO_KEYS: Final = ("name", "evidence")
_STRENGTHS: Final = {strength.value: strength for strength in Strength}
_COUNT: Final = re.compile("[1-9][0-9]{0,3}")
"""Approvals that a case can expect: up to more than all layers together will ever ask for."""


def read_cases(source: Source) -> CaseFile:
    """Read a whole file.

    Raises:
        CasesError: something in it is not understood.
    """
    text = read_source(source, YAML_REFUSES)
    problems = Problems(source, text)
    file = CaseFile(source.path, ())
    if not text.diagnostics:
        with suppress(TooManyErrors):
            root = compose(problems)
            if root is not None and not _is_nothing(root):
                file = _read_file(Nodes(problems), root, source.path)
    if diagnostics := problems.by_place():
        raise CasesError(source.path, diagnostics)
    return file


def _read_file(nodes: Nodes, root: Node, path: str) -> CaseFile:
    if isinstance(root, Sequence):
        help = "put the cases under `tests:`"
        nodes.error("wrong-type", "a file of test cases must be a mapping, not a list", nodes.first(root), help)
        return CaseFile(path, ())
    fields = nodes.mapping(root, "a file of test cases", FILE_KEYS) or {}
    number = nodes.number(fields["version"].value, "`version`") if "version" in fields else None
    if number not in (None, "1"):
        nodes.error("invalid-version", f"version `{number}` is not known", fields["version"].value, "write `version: 1`")
    ref = _ref(nodes, fields) or STANDARD_REF
    cases: list[Case] = []
    warnings: list[Diagnostic] = []
    for node in _tests(nodes, fields.get("tests")):
        case = _case(nodes, node, ref)
        if case is not None:
            cases.append(case)
            warnings += _patterns_meant(nodes, node)
    policies = nodes.strings(fields.get("policy"), checked_path, "invalid-path")
    return CaseFile(path, tuple(cases), policies, _repository(nodes, fields.get("repository")), ref, tuple(warnings))


def _tests(nodes: Nodes, field: Field | None) -> list[Node]:
    """The nodes of the cases. A list of none is what one begins with."""
    if field is None or _is_null(field.value) or (isinstance(field.value, Sequence) and not field.value.items):
        return []
    return nodes.items(field.value, "`tests`")


def _case(nodes: Nodes, node: Node, standard: str) -> Case | None:
    errors = nodes.problems.errors
    fields = nodes.mapping(node, "a test case", CASE_KEYS)
    if fields is None:
        return None
    name = nodes.string(fields["name"].value, "`name`") if "name" in fields else None
    strength = nodes.choice(fields.get("evidence"), _STRENGTHS, "unknown-strength", "strength") or Strength.VERIFIED
    principals = _who(nodes, fields["as"], strength) if "as" in fields else (Who(UNNAMED_AGENT.name, strength),)
    action = nodes.one(fields.get("action"), action_of, "unknown-action")
    named = nodes.required(fields, "paths", node, "test case", "say what is changed: `paths: [src/app.py]`")
    files = () if named is None else read_paths(nodes, named, action or Action.FILE_MODIFY)
    ref = _ref(nodes, fields) or standard
    expected = _expectation(nodes, node, fields)
    if nodes.problems.errors != errors or expected is None:
        return None
    return Case(principals, files, ref, expected, name or None, nodes.span(node))


def _expectation(nodes: Nodes, node: Node, fields: dict[str, Field]) -> Expectation | None:
    field = nodes.required(fields, "expect", node, "test case", "write " + alternatives(DECISIONS))
    decision = None if field is None else read_decision(nodes, field, "`expect`")
    rules = _rules(nodes, fields.get("rule"))
    approvals = _approvals(nodes, fields["approvals"].value) if "approvals" in fields else None
    named = nodes.strings(fields.get("approvers"), Approver.parse, "invalid-approver")
    if decision is None:
        return None
    for key in ("approvals", "approvers"):
        if key in fields and decision is not Decision.REQUIRE_APPROVAL:
            message = f"`{key}` beside `expect: {decision.value}`, which asks for no approval"
            nodes.error("misplaced-key", message, fields[key].key, "it goes with `expect: require_approval`")
    return Expectation(decision, rules, approvals, each_once(named) if "approvers" in fields else None)


def _approvals(nodes: Nodes, node: Node) -> int | None:
    text = nodes.number(node, "`approvals`")
    if text is not None and _COUNT.fullmatch(text) is None:
        nodes.error("invalid-count", f"{quote(text)} is not a number of approvals", node, "write a number from 1 to 9,999")
        return None
    return None if text is None else int(text)


def _who(nodes: Nodes, field: Field, strength: Strength) -> tuple[Who, ...]:
    """``as``: a name, or a list of names and of mappings with an ``evidence`` of their own."""
    principals: list[Who] = []
    single = isinstance(field.value, Scalar | Mapping) and not _is_null(field.value)
    for node in [field.value] if single else nodes.items(field.value, "`as`"):
        own, named = None, node
        if isinstance(node, Mapping):
            fields = nodes.mapping(node, "one of `as`", _WHO_KEYS) or {}
            inner = nodes.required(fields, "name", node, "one of `as`")
            if inner is None:
                continue
            named = inner.value
            own = nodes.choice(fields.get("evidence"), _STRENGTHS, "unknown-strength", "strength")
        name = nodes.read(named, "a name under `as`", principal_name, "invalid-principal")
        if name is not None:
            principals.append(Who(name, own or strength))
    return tuple(dict.fromkeys(principals))


def _rule_name(text: str) -> str:
    if text.strip() == "":
        raise PatternError("empty name of a rule", 0, "leave it out, or name a rule by its id or its text")
    return text


def _rules(nodes: Nodes, field: Field | None) -> tuple[str, ...]:
    """``rule``: one, or a list of them."""
    if field is not None and isinstance(field.value, Scalar) and not _is_null(field.value):
        name = nodes.one(field, _rule_name, "invalid-rule")
        return () if name is None else (name,)
    return tuple(dict.fromkeys(nodes.strings(field, _rule_name, "invalid-rule")))


def _ref(nodes: Nodes, fields: dict[str, Field]) -> str | None:
    """``ref``, a full name, or ``branch``, short for ``refs/heads/...``."""
    if "ref" in fields and "branch" in fields:
        nodes.error("misplaced-key", "`branch` beside `ref`", fields["branch"].key, "either says where it goes; keep one")
    ref = nodes.one(fields.get("ref"), full_ref, "invalid-ref")
    return nodes.one(fields.get("branch"), branch_ref, "invalid-ref") or ref


def _repository(nodes: Nodes, field: Field | None) -> str | None:
    text = None if field is None else nodes.string(field.value, "`repository`")
    if field is None or text is None:
        return None
    owner, slash, name = text.partition("/")
    if not (owner and slash and name) or "/" in name or not text.isprintable() or " " in text:
        nodes.error("invalid-repository", f"{quote(text)} is not a repository", field.value, "write `owner/name`")
    return text


def _patterns_meant(nodes: Nodes, node: Node) -> Iterator[Diagnostic]:
    """Warn of a path with an asterisk: rules hold patterns, and cases the paths that they are to match; and of one that is not
    the path that it looks like."""
    fields = node.pairs if isinstance(node, Mapping) else []
    listed = (value for key, value in fields if isinstance(key, Scalar) and key.text == "paths" and isinstance(value, Sequence))
    for item in (item for value in listed for item in value.items if isinstance(item, Scalar)):
        if "*" in item.text:
            message = f"{quote(item.text)} is taken for a path of just this name"
            help = "name a path that a pattern is to match; if it is one, write `{path: ...}`"
            yield Diagnostic("path-looks-like-pattern", Severity.WARNING, message, nodes.span(item), help)
        if not item.text.isprintable() and item.text in nodes.problems.line(item.line):
            message = f"{quote(item.text)} holds a character that cannot be seen"
            help = "it is another path than the one without it; if it is meant, write it as an escape"
            yield Diagnostic("hidden-character", Severity.WARNING, message, nodes.span(item), help)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.type == "null"


def _is_nothing(root: Node) -> bool:
    return isinstance(root, Scalar) and root.plain and root.text == ""
