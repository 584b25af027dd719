"""Hypothesis strategies for policy files as people leave them: comments everywhere, blank lines, odd spacing."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import yaml as pyyaml
from hypothesis import strategies as st

from agentowners.diagnostics import Source
from agentowners.policy.line_tree import LineTree
from agentowners.policy.printer import to_lines, to_yaml
from agentowners.policy.yaml_tree import quoted
from agentowners.text.problems import Problems
from agentowners.text.source import LINE_REFUSES, YAML_REFUSES, read_source
from agentowners.yamltext.compose import Node, compose
from agentowners.yamltext.tokens import Comment, YamlTokens
from tests.policy.reading import LINES, YAML
from tests.policy.strategies import layers

_TEXTS = st.sampled_from(["#", "#x", "# why", "## a: [b", "#\t- c  ", "# \"d' }", "#!e \\", "# é 😀", "# a # b"])
_TOKEN = re.compile(r"#.*|(?:[^ \t\\]+|\\.?)+")


@st.composite
def line_texts(draw: st.DrawFn) -> str:
    """A policy in lines."""
    statements = to_lines(draw(layers())).splitlines()
    found: list[str] = []
    for statement in draw(st.permutations(statements)):
        found += draw(_between(" \t"))
        blanks = st.sampled_from([" ", "  ", "\t", " \t "])
        text = draw(st.sampled_from(["", " ", "\t"])) + "".join(one + draw(blanks) for one in _TOKEN.findall(statement))
        if re.match(r"(default|mode|agent|approvals|dispatch) ", statement) and draw(st.booleans()):
            text += draw(_TEXTS)
        found.append(text)
    found += draw(_between(" \t"))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return draw(st.sampled_from(["", "\ufeff"])) + end.join(found) + draw(st.sampled_from(["", end, end * 3]))


def _between(blank: str = "  ") -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(["", blank]) | _TEXTS.map(lambda text: f"  {text}"), max_size=3) | st.just([])


@st.composite
def yaml_texts(draw: st.DrawFn, *, visible: bool = False) -> str:
    """A policy in YAML, in one of several styles; with ``visible`` one that has a line form, but for OIDC claims."""
    text = to_yaml(draw(layers(visible=visible)))
    loaded: Any = pyyaml.safe_load(text)
    style = draw(st.sampled_from(["canonical", "block", "flow"]))
    written = text.removesuffix("\n").split("\n") if style == "canonical" else _written(loaded, style == "flow")
    found: list[str] = [] if draw(st.booleans()) else ["%YAML 1.2", "---"]
    for line in written:
        found += draw(_between())
        found.append(line + draw(st.just("") | _TEXTS.map(lambda text: f" {text}")))
    found += draw(_between())
    return "\n".join(found) + draw(st.sampled_from(["", "\n", "\n...\n# after\n"]))


def _written(value: Any, flow: bool, indent: str = "") -> list[str]:
    """A value on many lines, each of which may have a comment above and beside it."""
    if isinstance(value, dict) and flow:
        lines = ["{"]
        for key, one in value.items():
            inside = _written(one, flow, indent + " ")
            lines += [f"{indent} {_scalar(key)}: {inside[0].lstrip(' ')}", *inside[1:]]
            lines[-1] += ","
        return [*lines, indent + "}"]
    if isinstance(value, list) and flow:
        lines = ["["]
        for one in value:
            inside = _written(one, flow, indent + " ")
            lines += [indent + " " + inside[0].lstrip(" "), *inside[1:]]
            lines[-1] += " ,"
        return [*lines, indent + "]"]
    lines = []
    if isinstance(value, dict):
        for key, one in value.items():
            inside = _written(one, flow, indent + "  ")
            lines += (
                [f"{indent}{_scalar(key)}:", *inside]
                if isinstance(one, dict | list)
                else [f"{indent}{_scalar(key)}: {inside[0]}"]
            )
    elif isinstance(value, list):
        for one in value:
            inside = _written(one, flow, indent + "  ")
            lines += [f"{indent}-", *inside] if isinstance(one, dict) else [f"{indent}- {inside[0]}"]
    else:
        lines = [_scalar(value)]
    return lines


def _scalar(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else str(value).lower()


def comment_texts(path: str, text: str) -> Counter[str]:
    """The words of all comments that are not a rule's reason, those that say nothing left out."""
    source = Source(path, text.encode())
    if path == YAML:
        found = [comment.text for comment in _yaml_comments(source)]
    else:
        found = []
        for line in LineTree(source, read_source(source, LINE_REFUSES).lines):
            if not line.tokens or line.tokens[0].text in ("default", "mode", "agent", "approvals", "dispatch"):
                found.append("" if line.reason is None else line.reason.text)
    return Counter(filter(None, (one.lstrip("#").strip(" \t") for one in found)))


def _yaml_comments(source: Source) -> list[Comment]:
    problems = Problems(source, read_source(source, YAML_REFUSES))
    root = compose(problems)
    return YamlTokens(problems.lines, root or Node(1, 1, 1, 1)).comments


__all__ = ["LINES", "comment_texts", "line_texts", "yaml_texts"]
