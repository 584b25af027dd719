"""GitHub's OpenAPI description as a referee: which operation a request is, and whether it and its answer keep to it.

The description is OAS 3.0; its schemas are translated to JSON Schema 2020-12 (`nullable`, mainly) and closed: a property that the
description does not name is an error, in requests and in answers alike.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

DATA = Path(__file__).resolve().parent.parent / "data" / "openapi" / "api.github.com.json"
BASE = "urn:github"
# parameters that hold slashes, where GitHub's router takes the rest of the path
GREEDY = frozenset({"path", "ref", "basehead", "branch", "name"})
# Where the description is narrower than GitHub. Each needs a reason.
WIDER_BODIES: dict[str, dict[str, Any]] = {
    # a bare list of names is what clients have always sent (PyGithub does); earlier editions of the description list it
    "issues/add-labels": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    # and an empty list of names, which is an empty list of objects too, fits both branches of its `oneOf`
    "issues/set-labels": {
        "anyOf": [
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "properties": {"labels": {"const": []}}, "additionalProperties": False},
        ]
    },
}


@dataclass(frozen=True, eq=False)
class Operation:
    """One method on one path."""

    id: str
    method: str
    template: str
    pattern: re.Pattern[str]
    integers: frozenset[str]
    query: dict[str, dict[str, Any]]
    required_query: frozenset[str]
    has_body: bool
    body_required: bool
    statuses: frozenset[str]


def _pointer(name: str, *, closed: bool) -> str:
    return f"{BASE}#/{'closed' if closed else 'open'}/{name}"


def translate(node: Any, *, closed: bool = True) -> Any:
    """An OAS 3.0 schema as JSON Schema 2020-12; `closed` refuses properties that are not named."""
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": _pointer(node["$ref"].rsplit("/", 1)[1], closed=closed)}
    result: dict[str, Any] = {}
    composed = [key for key in ("allOf", "anyOf", "oneOf") if key in node]
    # members of a composition beside properties, and of allOf, see only part of the object: the whole is closed instead
    whole = "allOf" in node or (bool(composed) and "properties" in node)
    for key, value in node.items():
        match key:
            case "nullable" | "discriminator" | "readOnly" | "example":
                continue
            case "properties":
                result[key] = {name: translate(schema) for name, schema in value.items()}
            case "allOf" | "anyOf" | "oneOf":
                result[key] = [translate(schema, closed=not whole) for schema in value]
            case "items" | "not":
                result[key] = translate(value)
            case "additionalProperties":
                if isinstance(value, dict):
                    result[key] = translate(value)
                elif value is False or (closed and "properties" not in node):
                    result[key] = value
            case "format":
                if value in {"uri", "date-time"}:
                    result[key] = value
            case _:
                result[key] = value
    if closed and whole:
        result["unevaluatedProperties"] = False
    elif closed and "properties" in node and "additionalProperties" not in result:
        result["additionalProperties"] = False
    if node.get("nullable"):
        return {"anyOf": [{"type": "null"}, result]}
    return result


@cache
def description() -> dict[str, Any]:
    """The description as it is kept."""
    loaded: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return loaded


@cache
def _registry() -> jsonschema_rs.Registry:
    schemas = description()["components"]["schemas"]
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "closed": {name: translate(schema) for name, schema in schemas.items()},
        "open": {name: translate(schema, closed=False) for name, schema in schemas.items()},
    }
    return jsonschema_rs.Registry([(BASE, document)])


def _validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, registry=_registry(), mask="the value")


def _component(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = description()["components"][kind][name]
    return node


@cache
def operations() -> tuple[Operation, ...]:
    """All operations, the more literal paths first."""
    found = []
    for template, methods in description()["paths"].items():
        for method, node in methods.items():
            parameters = [_component(parameter) for parameter in node.get("parameters", ())]
            integers = {p["name"] for p in parameters if p["in"] == "path" and p["schema"].get("type") == "integer"}
            query = {p["name"]: p["schema"] for p in parameters if p["in"] == "query"}
            required = frozenset(p["name"] for p in parameters if p["in"] == "query" and p.get("required"))
            parts = [_segment(part) for part in template.split("/")[1:]]
            pattern = re.compile("/" + "/".join(parts))
            body = node.get("requestBody")
            found.append(
                Operation(
                    node["operationId"],
                    method.upper(),
                    template,
                    pattern,
                    frozenset(integers),
                    query,
                    required,
                    body is not None,
                    bool(body and body.get("required")),
                    frozenset(node["responses"]),
                )
            )
    return tuple(sorted(found, key=lambda operation: -sum(not part.startswith("{") for part in operation.template.split("/"))))


def _segment(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part[1:-1]
    return f"(?P<{name}>{'.*' if name == 'path' else '.+' if name in GREEDY else '[^/]+'})"


def find(method: str, raw_path: str) -> tuple[Operation, dict[str, Any]] | None:
    """The operation of a request and its path parameters, decoded; None where the description has none."""
    for operation in operations():
        match = operation.pattern.fullmatch(raw_path) if operation.method == method else None
        if match:
            values: dict[str, Any] = {name: unquote(value, errors="surrogateescape") for name, value in match.groupdict().items()}
            if all(re.fullmatch(r"[0-9]{1,18}", values[name]) for name in operation.integers):
                return operation, values | {name: int(values[name]) for name in operation.integers}
    return None


@cache
def _query_validator(operation: Operation, name: str) -> jsonschema_rs.Draft202012Validator:
    return _validator(translate(operation.query[name]))


def check_query(operation: Operation, query: list[tuple[str, str]]) -> tuple[dict[str, Any], list[str]]:
    """The query's values with their types, and what is wrong with them."""
    values: dict[str, Any] = {}
    wrong = [f"query parameter `{name}` is missing" for name in operation.required_query - {name for name, _ in query}]
    for name, text in query:
        if name not in operation.query:
            wrong.append(f"query parameter `{name}` is not declared")
            continue
        value: Any = text
        kind = operation.query[name].get("type")
        if kind == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text):
            value = int(text)
        elif kind == "boolean" and text in {"true", "false"}:
            value = text == "true"
        wrong += [f"query parameter `{name}`: {error.message}" for error in _query_validator(operation, name).iter_errors(value)]
        if name in {"page", "per_page"} and isinstance(value, int) and value < 1:
            wrong.append(f"query parameter `{name}` is below 1")
        if name == "per_page" and isinstance(value, int) and value > 100:
            wrong.append("query parameter `per_page` is above 100")
        if name in values:
            wrong.append(f"query parameter `{name}` is given twice")
        values[name] = value
    return values, wrong


@cache
def _body_validator(operation: Operation) -> jsonschema_rs.Draft202012Validator:
    node = description()["paths"][operation.template][operation.method.lower()]["requestBody"]
    schema = translate(node["content"]["application/json"]["schema"])
    if operation.id in WIDER_BODIES:
        schema = {"anyOf": [schema, WIDER_BODIES[operation.id]]}
    return _validator(schema)


def check_body(operation: Operation, body: Any, *, present: bool) -> list[str]:
    """What is wrong with a request's body."""
    if not operation.has_body:
        return ["a body is not declared"] if present else []
    if not present:
        return ["the body is missing"] if operation.body_required else []
    return _messages(_body_validator(operation), body)


@cache
def _answer_validator(operation: Operation, status: str) -> jsonschema_rs.Draft202012Validator | None:
    responses = description()["paths"][operation.template][operation.method.lower()]["responses"]
    content = _component(responses[status]).get("content") if status in responses else None
    if status[0] in "45":
        # the description names few of the errors that every operation has, and two shapes of objects are in use for 422
        names = ("validation-error", "basic-error") if status == "422" else ("basic-error",)
        shapes: list[Any] = [{"$ref": _pointer(name, closed=True)} for name in names]
        return _validator({"anyOf": [*shapes, *([translate(content["application/json"]["schema"])] if content else [])]})
    if status not in responses:
        return _validator(False)
    return _validator(translate(content["application/json"]["schema"])) if content else None


def check_answer(operation: Operation, status: int, body: Any) -> list[str]:
    """What is wrong with an answer."""
    validator = _answer_validator(operation, str(status))
    if validator is None:
        return [] if body is None else ["the answer has a body and should have none"]
    return _messages(validator, body)


def _messages(validator: jsonschema_rs.Draft202012Validator, instance: Any) -> list[str]:
    if validator.is_valid(instance):
        return []
    return [f"/{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(instance)]
