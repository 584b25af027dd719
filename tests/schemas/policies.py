"""A YAML policy as an editor's validator sees it: plain values, by the core types of YAML 1.2."""

from __future__ import annotations

import json
from typing import Any, Final

from jsonschema import Draft7Validator

from agentowners.diagnostics import Diagnostic, Source
from agentowners.policy.yaml_syntax import parse_yaml
from agentowners.text.problems import Problems
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence, compose
from tests.packaging import ROOT

PATH: Final = "src/agentowners/schemas/agentowners.schema.json"
SCHEMA: Final[dict[str, Any]] = json.loads((ROOT / PATH).read_text(encoding="utf-8"))
ONLY_THE_PARSER: Final = frozenset(
    {
        "bidirectional-character",
        "control-character",
        "duplicate-agent",
        "duplicate-default",
        "duplicate-id",
        "duplicate-key",
        "file-too-large",
        "invalid-agent",
        "invalid-approver",
        "invalid-count",
        "invalid-id",
        "invalid-pattern",
        "invalid-principal",
        "invalid-utf8",
        "invalid-version",
        "too-many-rules",
        "wrong-type",
        "yaml-alias",
        "yaml-documents",
        "yaml-syntax",
        "yaml-tag",
        "yaml-too-deep",
        "yaml-too-large",
    }
)
"""Errors that may be left where the schema finds nothing; docs/editors.md says of each why."""

_VALIDATOR: Final = Draft7Validator(SCHEMA)


def complaints(text: str | bytes) -> list[str]:
    """What an editor underlines: where, and why."""
    return [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(_values(_data(text)))]


def errors(text: str | bytes) -> tuple[Diagnostic, ...]:
    """What the parser finds."""
    return parse_yaml(Source(".agentowners.yml", _data(text)))[1]


def _data(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _values(data: bytes) -> Any:
    source = Source(".agentowners.yml", data)
    root = compose(Problems(source, read_source(source, YAML_REFUSES)))
    return None if root is None else _value(root)


def _value(node: Node) -> Any:
    match node:
        case Sequence():
            return [_value(item) for item in node.items]
        case Mapping():
            return {key.text if isinstance(key, Scalar) else str(key): _value(value) for key, value in node.pairs}
        case Scalar(type="null"):
            return None
        case Scalar(type="bool"):
            return node.text.lower() == "true"
        case Scalar(type="int"):
            return int(node.text, 0 if node.text.startswith(("0o", "0x")) else 10)
        case Scalar(type="float"):
            return float(node.text.replace(".inf", "inf").replace(".nan", "nan"))
        case Scalar():
            return node.text
        case _:
            return None
