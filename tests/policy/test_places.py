"""Places of parts: what stands there is that part, and what is taken out of the file is gone, alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.diagnostics import Source, Span
from agentowners.policy.agent_names import agent_name
from agentowners.policy.line_tree import LineTree
from agentowners.policy.load import parse_source
from agentowners.policy.model import AgentEntry, Assertion, Default, Layer, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern, RefPattern
from agentowners.policy.places import Statement, StatementPlaces, places_of
from agentowners.policy.printer import to_lines, to_yaml
from agentowners.text.problems import Problems
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Scalar, compose
from tests.examples import examples
from tests.policy.commented import line_texts
from tests.policy.reading import LINES, YAML, lines, yaml
from tests.policy.strategies import layers

patient = examples(25)
SECTIONS = {
    Rule: "rules",
    Default: "defaults",
    ModeLine: "modes",
    Unprotect: "unprotects",
    Assertion: "asserts",
    AgentEntry: "agents",
}


def read(path: str, text: str) -> Layer:
    layer, diagnostics = parse_source(Source(path, text.encode()))
    assert diagnostics == (), text
    return layer


def statements(layer: Layer) -> Iterator[Statement]:
    for section in SECTIONS.values():
        yield from getattr(layer, section)


def at(text: str, span: Span) -> str:
    """What stands at a place."""
    found = text.split("\n")[span.line - 1 : span.end_line]
    found[-1] = found[-1][: span.end_column - 1]
    found[0] = found[0][span.column - 1 :]
    return "\n".join(found)


def without(text: str, span: Span) -> str:
    """The text less what stands at a place."""
    found = text.split("\n")
    head, tail = found[span.line - 1][: span.column - 1], found[span.end_line - 1][span.end_column - 1 :]
    return "\n".join([*found[: span.line - 1], head + tail, *found[span.end_line :]])


def less(layer: Layer, statement: Statement) -> Layer:
    section = SECTIONS[type(statement)]
    return replace(layer, **{section: tuple(one for one in getattr(layer, section) if one is not statement)})


def scalar(path: str, written: str) -> str:
    """What a piece of the text says."""
    if path == LINES:
        return written
    source = Source(YAML, written.encode())
    node = compose(Problems(source, read_source(source, YAML_REFUSES)))
    assert isinstance(node, Scalar)
    return node.text


def check(path: str, text: str, statement: Statement, places: StatementPlaces) -> None:
    """Every part is where it is said to be."""

    def says(spans: tuple[Span, ...]) -> list[str]:
        return [scalar(path, at(text, span)) for span in spans]

    assert places.whole == statement.span
    if isinstance(statement, Assertion):
        statement = statement.claim
    if isinstance(statement, AgentEntry):
        assert places.name is not None
        assert agent_name(scalar(path, at(text, places.name)).replace("\\", "")) == statement.name
        return
    patterns = getattr(statement, "patterns", ())
    if isinstance(statement, ModeLine):
        patterns = statement.workspace + statement.approved
        assert places.decision is not None
        assert scalar(path, at(text, places.decision)) == statement.mode.value
    assert [PathPattern.parse(one) for one in says(places.patterns)] == list(patterns)
    principals = (statement.principal,) if isinstance(statement, Default) else statement.principals
    assert [PrincipalPattern.parse_in_rule(one) for one in says(places.principals)] == list(principals)
    reason = getattr(statement, "reason", None)
    assert (places.reason and scalar(path, at(text, places.reason))) == reason
    if isinstance(statement, Rule):
        assert [RefPattern.parse(one) for one in says(places.refs)] == list(statement.refs)
        name = places.name and scalar(path, at(text, places.name))
        assert (name and name.replace("\\", "")) == (statement.name and statement.name.replace("\\", ""))
    if isinstance(statement, Rule | Default):
        assert tuple(map(Approver.parse, says(places.approvers))) == statement.outcome.approvers
        assert places.decision is not None
        assert scalar(path, at(text, places.decision)).startswith(statement.outcome.decision.value)


def styled(text: str, flow: bool | None, width: int) -> str:
    """The same YAML as another program might write it."""
    loaded: Any = pyyaml.safe_load(text)
    visible = YAML_REFUSES.search("".join(map(str, _scalars(loaded)))) is None
    dumped: str = pyyaml.safe_dump(loaded, default_flow_style=flow, width=width, allow_unicode=visible, sort_keys=False)
    return dumped


def _scalars(value: Any) -> Iterator[object]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if not isinstance(value, list):
        yield value
        return
    for one in value:
        yield from _scalars(one)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    """A policy's file: in lines, or in one of several ways to write YAML, with comments where every line takes one."""
    if draw(st.booleans()):
        layer = draw(layers())
        found = [f"{' ' * draw(st.integers(0, 2))}{line}" for line in to_lines(layer).splitlines()]
        return LINES, "\n".join(_commented(draw, found)) + draw(st.sampled_from(["\n", ""]))
    text = to_yaml(draw(layers(visible=False)))
    match draw(st.sampled_from(["canonical", "block", "flow", "mixed"])):
        case "canonical":
            found = [line + draw(st.sampled_from(["", "", "  # so"])) for line in text.removesuffix("\n").split("\n")]
            text = "\n".join(_commented(draw, found)) + draw(st.sampled_from(["\n", ""]))
        case "block":
            text = styled(text, False, 20)
        case "flow":
            text = styled(text, True, draw(st.sampled_from([20, 80, 10_000])))
        case _:
            text = styled(text, None, draw(st.sampled_from([20, 80])))
    return YAML, text


@patient
@given(line_texts())
def test_a_tree_of_lines_holds_the_whole_text(text: str) -> None:
    """Between the tokens of a line and its comment there is nothing but blanks."""
    tree = lines(text).tree
    assert isinstance(tree, LineTree)
    for line in tree:
        tokens = [*line.tokens, *filter(None, [line.comment])]
        written = tree.line(line.number)
        assert [at(written, replace(tree.at(line, token), line=1, end_line=1)) for token in tokens] == [
            one.text for one in tokens
        ]
        ends = [0, *(token.end for token in tokens)]
        starts = [*(token.at for token in tokens), len(written)]
        assert "".join(written[end:start] for end, start in zip(ends, starts, strict=True)).strip(" \t") == ""


def patterned(layer: Layer) -> list[Rule | Unprotect]:
    """The statements whose patterns can be taken out one by one."""
    return [*layer.rules, *layer.unprotects]


def _commented(draw: st.DrawFn, found: list[str]) -> list[str]:
    between = st.sampled_from([[], [], ["  # note - x"], ["", "# a: b"]])
    return [one for line in found for one in [*draw(between), line]]


@patient
@given(texts())
def test_every_part_is_where_it_is_said_to_be(written: tuple[str, str]) -> None:
    path, text = written
    layer = read(path, text)
    places = places_of(layer)
    for statement in statements(layer):
        check(path, text, statement, places.of(statement))


@patient
@given(texts())
def test_what_is_removed_is_gone_and_nothing_else(written: tuple[str, str]) -> None:
    path, text = written
    layer = read(path, text)
    places = places_of(layer)
    for statement in statements(layer):
        span = places.removal(statement)
        assert span is not None
        assert read(path, without(text, span)) == less(layer, statement)


@patient
@given(texts())
def test_a_pattern_that_is_removed_is_gone_and_nothing_else(written: tuple[str, str]) -> None:
    path, text = written
    layer = read(path, text)
    places = places_of(layer)
    for statement in patterned(layer):
        for index in range(len(statement.patterns)):
            left = statement.patterns[:index] + statement.patterns[index + 1 :]
            span = places.removal_of_pattern(statement, index)
            if span is not None:
                changed = replace(statement, patterns=left)
                section = SECTIONS[type(statement)]
                wanted = tuple(changed if one is statement else one for one in getattr(layer, section))
                assert read(path, without(text, span)) == replace(layer, **{section: wanted})
            elif left and not all(pattern.negative for pattern in left) and "#" not in text:
                assert path == LINES
                assert re.match("default|mode|unprotect|agent|approvals|assert|\ufeff", str(left[0]).lstrip("\\"))


def removed(layer: Layer, statement: Statement) -> str:
    assert layer.source is not None
    text = layer.source.data.decode()
    span = places_of(layer).removal(statement)
    assert span is not None
    return without(text, span)


def test_a_line_goes_with_its_comment_and_its_end() -> None:
    layer = lines("# above\na @x block # why\n\nb @x allow")
    assert removed(layer, layer.rules[0]) == "# above\n\nb @x allow"
    assert removed(layer, layer.rules[1]) == "# above\na @x block # why\n\n"


def test_one_of_several_defaults_of_a_line_goes_alone() -> None:
    layer = lines("default  @a  @B\t@c  block  # why\n")
    assert [removed(layer, default) for default in layer.defaults] == [
        "default  @B\t@c  block  # why\n",
        "default  @a  @c  block  # why\n",
        "default  @a  @B\tblock  # why\n",
    ]


def test_an_item_goes_with_its_dash_and_its_comments() -> None:
    layer = yaml("""\
        # head
        rules:
          # first
          - patterns: [a]   # all of it
            # inside
            decision: block # so
          # second
          -
            patterns: [b]
            decision: allow

        # foot
        """)
    assert removed(layer, layer.rules[0]).splitlines()[2:5] == ["  # first", "  # second", "  -"]
    assert removed(layer, layer.rules[1]).splitlines()[6:] == ["  # second", "", "# foot"]


def test_the_only_item_goes_with_its_section() -> None:
    layer = yaml("# head\nversion: 1\nrules:\n- patterns: [a]\n  decision: block\n# foot\ndefaults: {agents: block}\n")
    assert removed(layer, layer.rules[0]) == "# head\nversion: 1\n# foot\ndefaults: {agents: block}\n"
    assert removed(layer, layer.defaults[0]).endswith("# foot\n")


@pytest.mark.parametrize(
    ("written", "first_gone", "last_gone"),
    [
        ("{agents: block, bots: allow}", "{bots: allow}", "{agents: block}"),
        ("{agents: block , bots: allow , }", "{bots: allow , }", "{agents: block , }"),
        ("{\n agents: block, # a\n bots: allow # b\n}", "{\n bots: allow # b\n}", "{\n agents: block, # a\n}"),
        ("{agents: block,\n bots: allow}", "{\n bots: allow}", "{agents: block,\n }"),
        ("{? agents : block, ? bots : allow}", "{? bots : allow}", "{? agents : block}"),
    ],
)
def test_a_member_of_braces_goes_with_its_comma(written: str, first_gone: str, last_gone: str) -> None:
    layer = yaml(f"defaults: {written}\n")
    assert [removed(layer, default) for default in layer.defaults] == [f"defaults: {first_gone}\n", f"defaults: {last_gone}\n"]


def test_braces_around_everything() -> None:
    layer = yaml('{"version": 1, "rules": [{"patterns": ["a"], "decision": "block"}]}')
    assert removed(layer, layer.rules[0]) == '{"version": 1}'


def test_a_branch_has_its_own_place() -> None:
    layer = yaml("rules: [{branches: [main], refs: ['refs/tags/*'], decision: block}]")
    assert layer.source is not None
    places = places_of(layer).of(layer.rules[0])
    assert [at(layer.source.data.decode(), span) for span in places.refs] == ["'refs/tags/*'", "main"]
    assert places.principals == (places.whole,)
    assert places.patterns == ()


def test_an_approver_named_twice_has_its_first_place() -> None:
    layer = lines("a @x require_approval @y @Y @z")
    assert [span.column for span in places_of(layer).of(layer.rules[0]).approvers] == [23, 29]


def test_an_empty_reason_has_no_place() -> None:
    for layer in (lines("a @x block #"), yaml("rules: [{patterns: [a], decision: block, reason: ''}]")):
        assert places_of(layer).of(layer.rules[0]).reason is None


@pytest.mark.parametrize(("written", "reason"), [("##", "#"), ("## #", "# #"), ("#\t x \t", "x"), ("# a # b", "a # b")])
def test_a_reason_stands_behind_its_hash(written: str, reason: str) -> None:
    text = f"a\\#b @x block {written}"
    span = places_of(layer := lines(text)).of(layer.rules[0]).reason
    assert span is not None
    assert at(text, span) == reason
    assert span.column > len("a\\#b @x block #")


def test_what_stands_under_an_alias_has_the_place_where_it_is_written_and_stays() -> None:
    text = 'rules:\n  - patterns: &p ["a", "b"]\n    decision: block\n  - patterns: *p\n    decision: allow\n'
    layer = yaml(text)
    places = places_of(layer)
    assert [at(text, span) for span in places.of(layer.rules[1]).patterns] == ['"a"', '"b"']
    assert places.removal(layer.rules[0]) is None
    assert places.removal_of_pattern(layer.rules[0], 0) is None
    assert places.removal_of_pattern(layer.rules[1], 0) is None
    assert removed(layer, layer.rules[1]) == text.partition("  - patterns: *p")[0]


def test_an_item_that_is_an_alias_goes_alone() -> None:
    text = "rules:\n  - &r {patterns: [a, b], decision: block}\n  - *r\n"
    layer = yaml(text)
    assert removed(layer, layer.rules[1]) == text.replace("  - *r\n", "")
    assert places_of(layer).removal(layer.rules[0]) is None
    assert places_of(layer).removal_of_pattern(layer.rules[1], 0) is None


@pytest.mark.parametrize(
    ("written", "index", "left"),
    [
        ("a  b  refs/heads/x  @x block", 0, "b  refs/heads/x  @x block"),
        ("a  b  refs/heads/x  @x block", 1, "a  refs/heads/x  @x block"),
        ("refs/heads/x a @x block", 0, "refs/heads/x @x block"),
        ("unprotect a b @x", 1, "unprotect a @x"),
        ("a default b @x block", 1, "a b @x block"),
    ],
)
def test_a_pattern_of_a_line_goes_with_its_blanks(written: str, index: int, left: str) -> None:
    layer = lines(written)
    span = places_of(layer).removal_of_pattern(patterned(layer)[0], index)
    assert span is not None
    assert without(written, span) == left


@pytest.mark.parametrize("written", ["a @x block", "a default @x block", "unprotect a !b @x"])
def test_a_pattern_that_cannot_go_by_itself(written: str) -> None:
    layer = lines(written)
    assert places_of(layer).removal_of_pattern(patterned(layer)[0], 0) is None


def test_the_first_field_of_an_item_leaves_its_dash_to_the_next() -> None:
    text = 'rules:\n  - patterns: ["a"]  # gone\n    refs: [refs/heads/x]\n    decision: block\n'
    layer = yaml(text)
    span = places_of(layer).removal_of_pattern(layer.rules[0], 0)
    assert span is not None
    assert without(text, span) == "rules:\n  - refs: [refs/heads/x]\n    decision: block\n"
    layer = yaml(text.replace("    refs", "    # about refs\n    refs"))
    assert places_of(layer).removal_of_pattern(layer.rules[0], 0) is None


def test_windows_line_ends_and_a_byte_order_mark_move_no_place() -> None:
    plain, marked = lines("a @x block\nb @y allow\n"), lines("\ufeffa @x block\r\nb @y allow\r\n".encode())
    for one, other in zip(plain.rules, marked.rules, strict=True):
        assert places_of(plain).of(one) == places_of(marked).of(other)
        assert places_of(plain).removal(one) == places_of(marked).removal(other)


def test_statements_of_other_layers_have_no_place_here() -> None:
    layer, other = lines("a @x block"), lines("\n\nb @x block")
    with pytest.raises(KeyError):
        places_of(layer).of(other.rules[0])
    with pytest.raises(KeyError):
        places_of(layer).of(replace(layer.rules[0], span=None))
    with pytest.raises(ValueError, match="was not read from a source"):
        places_of(Layer(name="builtin"))
