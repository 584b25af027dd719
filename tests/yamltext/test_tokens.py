"""Signs and comments: those that YAML's own scanner finds, and nothing else is left of a text but scalars and blanks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given

from agentowners.diagnostics import Source
from agentowners.text.problems import Problems
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Mapping, Node, Sequence, compose
from agentowners.yamltext.tokens import Point, YamlTokens, is_alias
from tests.examples import examples
from tests.policy.commented import yaml_texts

LOADER: Any = getattr(pyyaml, "CSafeLoader", pyyaml.SafeLoader)
WRITTEN = [
    "",
    "# only a comment\n",
    "---\n# a\n...\n# b\n",
    "%YAML 1.1 # why\n---\na: b # c\n...\n# d",
    "%TAG !e! tag:yaml.org,2002:\n---\na: !e!str b\n",
    "a: [b,#c\n  d, 'e,f' , \"g#h\"] # i\n",
    "a: {b: c, ? d : e, ? [f] : g, h}\n",
    "? a # b\n: c\n? # d\n  e\n: - f\n  -\n    # g\n    h\n",
    "- - a\n  - - b # c\n-  d\n",
    "a: &x # b\n  c\nd: *x # e\n*x : f\n",
    "a: &x !!str # b\n  # c\n  'd'\n&y e: !!seq\n- f\n",
    "a: ! # b\n  c\nd: !<tag:yaml.org,2002:str> e\n",
    "a: &x [b, c] # d\ne: *x\nf: [*x, g]\n",
    "a: |  # b\n  c # no comment\n\n  # nor this\n# d\ne: >-\n  f\n\n# g\n",
    "a: &x |2 # b\n   c\nd: !!str > # e\n  f\n",
    *(["a: |# b\n  c\n"] if LOADER is not pyyaml.SafeLoader else []),
    "a: b\n  c\n\n  d # e\nf: 'g\n  # no comment\n  h' # i\n",
    "a:\nb: # c\n  # d\ne: ~\nf: &x\n",
    "a: b:c-d?e,f # g\nh: -1\ni: ?j\n",
    "[a, [b, {c: d}], ] # e\n",
]


def composed(text: str) -> tuple[list[str], Node]:
    source = Source("p.yml", text.encode())
    problems = Problems(source, read_source(source, YAML_REFUSES))
    root = compose(problems)
    assert not problems.errors, problems.by_place()
    return problems.lines, root or Node(1, 1, 1, 1)


def scanned(lines: list[str]) -> dict[str, list[Point]]:
    """The places of signs by YAML's own scanner, and of everything that stands between its tokens."""
    found: dict[str, list[Point]] = {"-": [], ",": [], "?": [], "#": []}
    kinds: Any = {pyyaml.BlockEntryToken: "-", pyyaml.FlowEntryToken: ",", pyyaml.KeyToken: "?"}
    at = (1, 1)
    for token in pyyaml.scan("\n".join(lines), LOADER):
        start, end = ((mark.line + 1, mark.column + 1) for mark in (token.start_mark, token.end_mark))
        if type(token) in kinds and start != end:  # a key without a question mark has no width
            found[kinds[type(token)]].append(start)
        found["#"] += _hashes(lines, at, start)
        at = end
        if isinstance(token, pyyaml.ScalarToken) and token.style in ("|", ">") and "#" in lines[start[0] - 1][start[1] - 1 :]:
            found["#"].append((start[0], lines[start[0] - 1].index("#", start[1] - 1) + 1))
    found["#"] += _hashes(lines, at, (len(lines), len(lines[-1]) + 1))
    return found


def _hashes(lines: list[str], start: Point, end: Point) -> Iterator[Point]:
    for number in range(start[0], min(end[0], len(lines)) + 1):
        line = lines[number - 1]
        at = line.find("#", start[1] - 1 if number == start[0] else 0, end[1] - 1 if number == end[0] else len(line))
        if at >= 0:
            yield number, at + 1


def leaves(lines: list[str], node: Node) -> Iterator[Node]:
    if is_alias(lines, node) or not isinstance(node, Sequence | Mapping):
        yield node
        return
    for child in node.items if isinstance(node, Sequence) else [part for pair in node.pairs for part in pair]:
        yield from leaves(lines, child)


def check(text: str) -> None:
    lines, root = composed(text)
    signs = YamlTokens(lines, root).signs
    assert [sign.at for sign in signs] == sorted(sign.at for sign in signs)
    for kind, places in scanned(lines).items():
        assert [sign.at for sign in signs if sign.text[0] == kind and not sign.text.startswith("---")] == places, kind
    left = [list(line) for line in lines]
    for sign in signs:
        line, column = sign.at
        assert lines[line - 1].startswith(sign.text, column - 1)
        left[line - 1][column - 1 : column - 1 + len(sign.text)] = " " * len(sign.text)
    for leaf in leaves(lines, root):
        for number in range(leaf.line, min(leaf.end_line, len(lines)) + 1):  # nothing can stand behind the end, too
            first = leaf.column - 1 if number == leaf.line else 0
            last = leaf.end_column - 1 if number == leaf.end_line else len(left[number - 1])
            left[number - 1][first:last] = " " * (last - first)
    assert [text for text in map("".join, left) if text.strip(" \t")] == []


@pytest.mark.parametrize("text", WRITTEN)
def test_signs_are_those_of_yamls_own_scanner(text: str) -> None:
    check(text)


@examples(25)
@given(yaml_texts())
def test_signs_of_policies_are_those_of_yamls_own_scanner(text: str) -> None:
    check(text)
