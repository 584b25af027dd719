"""What holds for every policy: nothing crashes, and whatever is printed reads back the same."""

from __future__ import annotations

import json
from typing import Any

import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from agentowners.diagnostics import Diagnostic, Source
from agentowners.policy.builtin import protected_patterns
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.load import parse_source
from agentowners.policy.model import Layer, ModeLine, Rule
from agentowners.policy.modes import compile_mode, expand, rule_count
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.policy.printer import rule_text, to_lines, to_yaml
from agentowners.policy.yaml_syntax import parse_yaml
from agentowners.text.problems import Problems
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence, compose
from tests.examples import examples
from tests.policy.reading import lines, rule, yaml
from tests.policy.strategies import REFS, SOUP, documents, layers, modes, paths, rules

patient = examples(50)
"""For every property here: on a busy machine a deadline says nothing."""


def check(data: bytes, diagnostics: tuple[Diagnostic, ...]) -> None:
    """Every diagnostic has a place in the text, and words that fit on a line."""
    source = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for found in diagnostics:
        span = found.span
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert span.line >= 1
        assert span.column >= 1
        assert span.text == source[span.line - 1]
        assert span.column <= len(span.text) + 1
        if span.end_line == span.line:
            assert span.end_column <= len(span.text) + 2
        assert "\n" not in found.message
        assert found.message
        assert not found.message.endswith(".")
    places = [(found.span.line, found.span.column) for found in diagnostics]
    assert places == sorted(places)


@patient
@given(st.binary(max_size=200))
def test_arbitrary_bytes_crash_neither_parser(data: bytes) -> None:
    check(data, parse_lines(Source("p", data))[1])
    check(data, parse_yaml(Source("p.yml", data))[1])


@patient
@given(st.text(max_size=100))
def test_arbitrary_text_crashes_neither_parser(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    check(data, parse_lines(Source("p", data))[1])
    check(data, parse_yaml(Source("p.yml", data))[1])


@patient
@given(SOUP)
def test_words_in_any_order_do_not_crash(data: bytes) -> None:
    layer, diagnostics = parse_lines(Source("p", data))
    check(data, diagnostics)
    if not diagnostics:
        assert lines(to_lines(layer)) == layer
        assert yaml(to_yaml(layer)) == layer


@patient
@given(st.text("[]{}:,-?!&*@|>'\"%#ab\n  \t", max_size=60))
def test_signs_of_yaml_in_any_order_do_not_crash(text: str) -> None:
    data = text.encode()
    check(data, parse_yaml(Source("p.yml", data))[1])


@patient
@given(documents(), st.booleans())
def test_yaml_of_any_shape_does_not_crash(document: object, flow: bool) -> None:
    text = json.dumps(document) if flow else pyyaml.safe_dump(document, allow_unicode=True)
    data = text.encode("utf-8", "surrogatepass")
    check(data, parse_yaml(Source("p.yml", data))[1])


@patient
@given(layers())
def test_lines_to_yaml_to_lines_is_the_identity(layer: Layer) -> None:
    as_lines = to_lines(layer)
    read = lines(as_lines)
    assert read == layer
    as_yaml = yaml(to_yaml(read))
    assert as_yaml == layer
    assert lines(to_lines(as_yaml)) == layer
    assert to_lines(lines(as_lines)) == as_lines


@patient
@given(layers(visible=False))
def test_all_of_yaml_reads_back(layer: Layer) -> None:
    text = to_yaml(layer)
    assert yaml(text) == layer
    assert to_yaml(yaml(text)) == text


@patient
@given(rules())
def test_a_rule_of_a_verdict_reads_back(one: Rule) -> None:
    read = rule(rule_text(one))
    assert (read.patterns, read.refs, read.principals) == (one.patterns, one.refs, one.principals)
    assert (read.outcome, read.actions) == (one.outcome, one.actions)


@patient
@given(paths(visible=False) | REFS)
def test_a_pattern_reads_back(pattern: PathPattern | RefPattern) -> None:
    assert type(pattern).parse(str(pattern)) == pattern


@patient
@given(modes(visible=False))
def test_a_mode_takes_as_many_ids_as_it_has_rules(mode: ModeLine) -> None:
    found = compile_mode(mode, protected_patterns([]))
    assert len(found) == rule_count(mode.mode, mode.workspace)
    assert len({one.id for one in found}) == len(found)


@patient
@given(layers(), st.sampled_from(["p", "p.yml", "a:1#2"]))
def test_ids_are_unique_in_a_file(layer: Layer, path: str) -> None:
    text = to_yaml(layer) if path.endswith("yml") else to_lines(layer)
    read, diagnostics = parse_source(Source(path, text.encode()))
    assert diagnostics == ()
    ids = [rule.id for rule in expand(read, protected_patterns([path]))]
    ids += (
        [default.id for default in read.defaults]
        + [line.id for line in read.unprotects]
        + [promise.id for promise in read.asserts]
    )
    assert len(set(ids)) == len(ids)


@patient
@given(st.permutations(["actions=file_read", "id=n", "@x", "@acme/core"]))
def test_what_follows_the_decision_stands_in_any_order(tail: list[str]) -> None:
    found = rule("a @agents require_approval " + " ".join(tail))
    wanted = rule("a @agents require_approval @x @acme/core actions=file_read id=n")
    assert set(found.outcome.approvers) == set(wanted.outcome.approvers)
    assert (found.name, found.actions) == (wanted.name, wanted.actions)


def tree(node: Node | None) -> object:
    match node:
        case Scalar():
            return node.type, node.text, node.line, node.column, node.end_line, node.end_column
        case Sequence():
            return [tree(item) for item in node.items], node.line, node.column, node.end_line, node.end_column
        case Mapping():
            return [(tree(key), tree(value)) for key, value in node.pairs], node.line, node.column, node.end_line, node.end_column
        case _:
            return None


def composed(data: bytes, loader: Any) -> object:
    source = Source("p.yml", data)
    return tree(compose(Problems(source, read_source(source, YAML_REFUSES)), loader))


@patient
@given(layers(visible=False))
def test_libyaml_and_python_read_the_same(layer: Layer) -> None:
    data = to_yaml(layer).encode()
    assert composed(data, pyyaml.CSafeLoader) == composed(data, pyyaml.SafeLoader)
