"""``dispatch`` in both syntaxes: settings of the tool call, and what tools do."""

from __future__ import annotations

import pytest

from agentowners.diagnostics import Source
from agentowners.policy.conversion import ConversionRefused
from agentowners.policy.load import parse_source
from agentowners.policy.model import Action, AtCall, DispatchSettings, Layer, Opaque, ToolEntry
from agentowners.policy.printer import to_lines, to_yaml

TOOLS = """\
dispatch:
  opaque: flow
  at_call: ask
  tools:
    "mcp__db__query": {actions: [shell_execute], paths: []}
    "mcp__fs__write*": {actions: [file_write], paths: [path]}
"""


def read(text: str, name: str = "AGENTOWNERS") -> tuple[Layer, list[str]]:
    layer, diagnostics = parse_source(Source(name, text.encode()))
    return layer, [diagnostic.id for diagnostic in diagnostics]


def test_the_settings_of_a_line() -> None:
    layer, wrong = read("dispatch opaque=block at_call=later # why\n")
    assert (layer.dispatch, wrong) == (DispatchSettings(Opaque.BLOCK, AtCall.LATER), [])
    assert read("dispatch\n")[0].dispatch == DispatchSettings()
    assert read("/dispatch @agents block\n")[0].rules


def test_tools_of_the_yaml_syntax() -> None:
    layer, wrong = read(TOOLS, ".agentowners.yml")
    tools = (
        ToolEntry("mcp__db__query", (Action.SHELL_EXECUTE,)),
        ToolEntry("mcp__fs__write*", (Action.FILE_WRITE,), ("path",)),
    )
    assert (layer.dispatch, wrong) == (DispatchSettings(Opaque.FLOW, AtCall.ASK, tools), [])
    assert read(to_yaml(layer), ".agentowners.yml")[0] == layer
    with pytest.raises(ConversionRefused, match="no line form"):
        to_lines(layer)


def test_both_syntaxes_mean_the_same() -> None:
    lines, _ = read("dispatch opaque=require_approval\n")
    assert read(to_yaml(lines), ".agentowners.yml")[0] == lines
    assert read(to_lines(lines))[0] == lines


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("dispatch opaque=flo", ["invalid-value"]),
        ("dispatch at_call=", ["invalid-value"]),
        ("dispatch tools=x", ["unknown-attribute"]),
        ("dispatch @agents", ["unexpected-token"]),
        ("dispatch opaque=flow opaque=flow", ["duplicate-attribute"]),
        ("dispatch\ndispatch", ["duplicate-dispatch"]),
    ],
)
def test_a_wrong_line_says_what_is_wrong(text: str, wrong: list[str]) -> None:
    assert read(text)[1] == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("dispatch: {opaque: never}", ["invalid-value"]),
        ("dispatch: {stale: true}", ["unknown-key"]),
        ("dispatch: [opaque]", ["wrong-type"]),
        ("dispatch: {tools: {}}", ["empty-list"]),
        ("dispatch: {tools: {t: {paths: [a]}}}", ["missing-key"]),
        ("dispatch: {tools: {t: {actions: []}}}", ["empty-list"]),
        ("dispatch: {tools: {t: {actions: [write]}}}", ["unknown-action"]),
        ("dispatch: {tools: {t: {actions: [file_read], paths: a}}}", ["wrong-type"]),
        ("dispatch: {tools: {' t': {actions: [file_read]}}}", ["invalid-value"]),
    ],
)
def test_wrong_yaml_says_what_is_wrong(text: str, wrong: list[str]) -> None:
    assert read(text, ".agentowners.yml")[1] == wrong
