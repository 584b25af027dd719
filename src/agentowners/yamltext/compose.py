"""YAML text becomes nodes that know where they stand.

Events come from PyYAML (libyaml where it is there); the tree is built here, without recursion and within bounds, so that no file
is too deep or unfolds too far. Plain scalars are read by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema).
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml
from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.diagnostics import Span
from agentowners.text.problems import Problems
from agentowners.text.wording import quote

MAX_DEPTH: Final = 32
MAX_NODES: Final = 1_000_000
MAX_ALIASED: Final = 10_000
"""Nodes that aliases may stand for, all together."""

_LOOKED_AT: Final = 200
"""Characters of a scalar that is to be put in quotes."""
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG: Final = "tag:yaml.org,2002:"
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_INDICATORS: Final = "@*!&%`"
"""Characters that a scalar cannot start with outside of quotes, or not without meaning something else."""


class Node(Struct):
    """A place: lines and columns from 1, the end exclusive. By itself it is a node that was already complained about."""

    line: int
    column: int
    end_line: int
    end_column: int
    anchored: bool = False
    size: int = 1
    """Nodes below and including this one, aliases counted by what they stand for; 0 while it is still being read."""


class Scalar(Node):
    """A scalar with its core type: ``str``, ``int``, ``float``, ``bool`` or ``null``."""

    text: str = ""
    type: str = "str"
    plain: bool = False


class Sequence(Node):
    """A list."""

    flow: bool = False
    """True if it is written in brackets."""
    items: list[Node] = field(default_factory=list)


class Mapping(Node):
    """A mapping, duplicate keys and all."""

    flow: bool = False
    """True if it is written in braces."""
    pairs: list[tuple[Node, Node]] = field(default_factory=list)


class _StopError(Exception):
    """The text cannot be read any further; why has been noted."""


def compose(problems: Problems, loader: Any = _LOADER, *, may_unfold: bool = False) -> Node | None:
    """Read the source's text as one YAML document; None where there is none, or where YAML's own syntax is broken.

    Errors are noted in ``problems``. What cannot be used (an unknown tag, an alias to nowhere) is a bare ``Node``. With
    ``may_unfold`` aliases may stand for any number of values: for who looks at each collection once.
    """
    try:
        return _Composer(problems, may_unfold).read(loader)
    except _StopError:
        return None
    except yaml.MarkedYAMLError as error:
        _syntax_error(problems, error)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # No reader error can be left (see YAML_REFUSES); PyYAML's own scanner lets ``chr`` raise on an escape out of range.
        problems.error("yaml-syntax", f"not valid YAML: {error}", problems.span(1, 1, 1, 1))
    return None


class _Composer:
    def __init__(self, problems: Problems, may_unfold: bool) -> None:
        self._problems = problems
        self._may_unfold = may_unfold
        self._open: list[tuple[Sequence | Mapping, list[Node]]] = []
        """Collections being read, each with its children so far (keys and values in turn for a mapping)."""
        self._anchors: dict[str, Node] = {}
        self._nodes = 0
        self._aliased = 0
        self._root: Node | None = None

    def read(self, loader_class: Any) -> Node | None:
        loader = loader_class("\n".join(self._problems.lines))
        try:
            documents = 0
            while loader.check_event():
                event = loader.get_event()
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._stop("yaml-documents", "second document in one file", event, "put it into a file of its own")
                else:
                    self._take(event)
        finally:
            loader.dispose()
        return self._root

    def _take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event)
            case yaml.AliasEvent():
                self._add(self._alias(event), event)
            case yaml.SequenceStartEvent():
                self._begin(Sequence(*_marks(event), flow=bool(event.flow_style)), event, "seq")
            case yaml.MappingStartEvent():
                self._begin(Mapping(*_marks(event), flow=bool(event.flow_style)), event, "map")
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end(event)
            case _:
                pass

    def _add(self, node: Node, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop("yaml-too-large", f"more than {MAX_NODES:,} values", event, "split the policy into several files")
        if self._open:
            self._open[-1][1].append(node)
        else:
            self._root = node

    def _begin(self, node: Sequence | Mapping, event: Any, tag: str) -> None:
        if len(self._open) == MAX_DEPTH:
            self._stop("yaml-too-deep", f"nested more than {MAX_DEPTH} levels deep", event, "a policy needs no more than eight")
        node.size = 0
        node.anchored = self._remember(event, node)
        known = event.tag in (None, "!", _TAG + tag)
        self._add(node if known else self._bad_tag(event, node), event)
        self._open.append((node, []))

    def _end(self, event: Any) -> None:
        node, children = self._open.pop()
        node.size = 1 + sum(child.size for child in children)
        if isinstance(node, Sequence):
            node.items = children
        else:
            node.pairs = list(zip(children[::2], children[1::2], strict=True))
        marks = _marks(event)
        # A bracket has a width; a block's end has none, and lies behind whatever blank lines follow.
        if marks[:2] != marks[2:]:
            node.end_line, node.end_column = marks[2:]
        elif children:
            node.end_line, node.end_column = children[-1].end_line, children[-1].end_column

    def _scalar(self, event: Any) -> Node:
        line, column, end_line, end_column = _marks(event)
        if event.style in ("|", ">"):
            end_line, end_column = self._end_of_block_scalar(line, end_line - 1 if end_column == 1 else end_line)
        node = Scalar(line, column, end_line, end_column, text=event.value, plain=event.style is None or event.style == "")
        node.anchored = self._remember(event, node)
        if _SURROGATE.search(event.value) is not None:
            self._problems.error("yaml-syntax", "escape of half a character", self._span(node), "write the whole character")
            return self._broken(event, node)
        if event.tag is None:
            node.type = _core_type(event.value) if node.plain else "str"
        elif event.tag not in ("!", _TAG + "str"):
            node.type = event.tag.removeprefix(_TAG)
            if event.tag not in (_TAG + "null", _TAG + "bool", _TAG + "int", _TAG + "float"):
                return self._bad_tag(event, node)
            if node.type != _core_type(event.value) and (node.type, _core_type(event.value)) != ("float", "int"):
                self._problems.error("wrong-type", f"{quote(event.value)} is no `{node.type}`", self._span(node))
                return self._broken(event, node)
        return node

    def _end_of_block_scalar(self, line: int, end_line: int) -> tuple[int, int]:
        """End of its last line that is not blank.

        YAML's own end lies at the start of the line after the blank ones that follow.
        """
        lines = self._problems.lines
        last = min(end_line, len(lines))
        while last > line and not lines[last - 1].strip(" \t"):
            last -= 1
        return last, len(lines[last - 1]) + 1

    def _alias(self, event: Any) -> Node:
        place = Node(*_marks(event))
        target = self._anchors.get(event.anchor)
        if target is None:
            name = quote("*" + event.anchor)
            self._problems.error("yaml-alias", f"alias {name} to nothing", self._span(place), self._quotes(place))
            return place
        if target.size == 0:
            self._problems.error("yaml-alias", f"alias {quote('*' + event.anchor)} to what it stands in", self._span(place))
            return place
        self._aliased += target.size
        if self._aliased > MAX_ALIASED and not self._may_unfold:
            self._stop("yaml-alias", f"aliases stand for more than {MAX_ALIASED:,} values", event, "write it out")
        line, column, end_line, end_column = _marks(event)
        return replace(target, line=line, column=column, end_line=end_line, end_column=end_column)

    def _remember(self, event: Any, node: Node) -> bool:
        if event.anchor is None:
            return False
        self._anchors[event.anchor] = node
        return True

    def _bad_tag(self, event: Any, node: Node) -> Node:
        span = self._problems.span(node.line, node.column, node.line, node.column + 1)
        tag = quote(event.tag.replace(_TAG, "!!"))
        help = "leave the tag out" if event.tag.startswith(_TAG) else self._quotes(node)
        self._problems.error("yaml-tag", f"tag {tag}", span, help)
        return self._broken(event, node)

    def _broken(self, event: Any, node: Node) -> Node:
        broken = Node(node.line, node.column, node.end_line, node.end_column)
        self._remember(event, broken)
        return broken

    def _span(self, node: Node) -> Span:
        return self._problems.span(node.line, node.column, node.end_line, node.end_column)

    def _quotes(self, node: Node) -> str | None:
        return quoting_help(self._problems, node.line, node.column)

    def _stop(self, id: str, message: str, event: Any, help: str) -> None:
        line, column, end_line, end_column = _marks(event)
        self._problems.error(id, message, self._problems.span(line, column, end_line, end_column), help)
        raise _StopError


def quoting_help(problems: Problems, line: int, column: int) -> str | None:
    """Help for a scalar that needs quotes, if what stands there starts like one."""
    text = problems.line(line)[column - 1 : column - 1 + _LOOKED_AT]
    if not text.startswith(tuple(_INDICATORS)):
        return None
    written = re.split(r"[\s,\]}]", text, maxsplit=1)[0].removesuffix(":")
    return f"put it in quotes: {quote(chr(34) + written + chr(34))}"


def _core_type(text: str) -> str:
    if text in _NULLS:
        return "null"
    if text in _BOOLEANS:
        return "bool"
    if _INT.fullmatch(text):
        return "int"
    return "float" if _FLOAT.fullmatch(text) else "str"


def _marks(event: Any) -> tuple[int, int, int, int]:
    start, end = event.start_mark, event.end_mark
    return start.line + 1, start.column + 1, end.line + 1, end.column + 1


def _place_of_error(problems: Problems, error: yaml.MarkedYAMLError) -> tuple[int, int]:
    """Place to show: where YAML gave up; at the start of what it was scanning, or what was never closed, if that says more."""
    problem, context = error.problem_mark, error.context_mark
    if problem is None:
        return 1, 1
    nothing_there = not problems.line(problem.line + 1)[problem.column :].strip(" \t")
    scanned = (error.context or "").startswith(("while scanning an a", "while scanning a tag"))
    mark = context if context is not None and (scanned or nothing_there) else problem
    if mark.line >= len(problems.lines):
        # libyaml's end of a text that lacks a last line end.
        return len(problems.lines), len(problems.lines[-1]) + 1
    return mark.line + 1, mark.column + 1


def _habit_help(line: str, column: int, problem: str) -> str | None:
    """Help for what people write most often that YAML does not take."""
    if "\t" in line[: len(line) - len(line.lstrip(" \t"))]:
        return "indent with spaces: YAML takes no tabs"
    if problem.startswith("mapping values") and ":" in line[column - 1 :]:
        return "put a text with a colon in it in quotes"
    return None


def _syntax_error(problems: Problems, error: yaml.MarkedYAMLError) -> None:
    line, column = _place_of_error(problems, error)
    help = quoting_help(problems, line, column) or _habit_help(problems.line(line), column, error.problem or "")
    problem = ", ".join(text.replace("'", "`") for text in (error.context, error.problem) if text)
    problems.error("yaml-syntax", f"not valid YAML: {problem}", problems.span(line, column, line, column + 1), help)
