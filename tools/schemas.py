"""Writes the JSON Schemas of the documents that are printed from the types of these, and those for editors in the same form.

usage: python -m tools.schemas [--check]
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple, is_typeddict

from msgspec.json import schema_components

from agentowners.dispatch.document import DenialJson
from agentowners.documents import GROWS
from agentowners.report.backtest.json import BacktestJson
from agentowners.report.convert import ConversionJson
from agentowners.report.diff.document import DiffJson, ProveJson
from agentowners.report.doctor import DoctorJson
from agentowners.report.explain.document import ExplanationJson
from agentowners.report.export import ExportJson
from agentowners.report.lint.json import LintJson
from agentowners.report.map.json import MapJson
from agentowners.report.mode import ModesJson
from agentowners.report.proposal.document import InvalidProposalJson, PolicyProposalJson, ProposalJson, ValidProposalJson
from agentowners.report.tests.json import CasesJson
from agentowners.report.verdict.document import VerdictJson

_WIDTH: Final = 130
SCHEMAS: Final = Path(__file__).resolve().parents[1] / "src" / "agentowners" / "schemas"


FOR_EDITORS: Final = tuple(SCHEMAS / f"{name}.schema.json" for name in ("agentowners", "agentowners-tests"))
"""Schemas of what people write. Most of each is words for them and expressions, which no type says: tests hold them against
what is read, and only their form is written."""


class PublishedDocument(NamedTuple):
    """A document's type, and what its schema says beside the types."""

    type: Any
    title: str
    beside: dict[str, Any] = {}  # noqa: RUF012 - never changed
    shapes: tuple[Any, ...] = ()
    """Types of a member that has one of them (``one_shape``)."""
    handed_in: tuple[Any, ...] = ()
    """Types of what is handed in: they have no members but these, and are known by their names."""


_NO_VERDICT: Final = {
    "if": {"properties": {"decision": {"const": ""}}},
    "then": {
        "properties": {"conclusion": {"const": "failure"}, "files": {"maxItems": 0}, "principals": {"maxItems": 0}},
        "required": ["message", "help"],
    },
    "else": {"properties": {"policy": {"properties": {"digest": {"type": "string"}}}}},
}
DOCUMENTS: Final = {
    "verdict": PublishedDocument(VerdictJson, "AGENTOWNERS verdict", _NO_VERDICT),
    "explanation": PublishedDocument(ExplanationJson, "AGENTOWNERS explanation"),
    "diff": PublishedDocument(DiffJson, "AGENTOWNERS policy difference"),
    "prove": PublishedDocument(ProveJson, "AGENTOWNERS proofs"),
    "lint": PublishedDocument(LintJson, "AGENTOWNERS lint findings"),
    "test": PublishedDocument(CasesJson, "AGENTOWNERS test results"),
    "map": PublishedDocument(MapJson, "AGENTOWNERS map"),
    "backtest": PublishedDocument(BacktestJson, "AGENTOWNERS backtest"),
    "doctor": PublishedDocument(DoctorJson, "AGENTOWNERS checkup"),
    "conversion": PublishedDocument(ConversionJson, "AGENTOWNERS conversion"),
    "export": PublishedDocument(ExportJson, "AGENTOWNERS export"),
    "denial": PublishedDocument(DenialJson, "AGENTOWNERS denial"),
    "mode": PublishedDocument(ModesJson, "AGENTOWNERS modes"),
    "proposal": PublishedDocument(
        ProposalJson,
        "AGENTOWNERS proposal",
        shapes=(ValidProposalJson, InvalidProposalJson),
        handed_in=(PolicyProposalJson,),
    ),
}


_TYPES: Final = {
    name: value
    for module in [each for name, each in sys.modules.items() if name.startswith("agentowners.")]
    for name, value in vars(module).items()
    if is_typeddict(value)
}
"""Types of all parts, since schemas of them come sorted by name."""
_HANDED_IN: Final = {value.__name__ for document in DOCUMENTS.values() for value in document.handed_in}


def schema(name: str) -> dict[str, Any]:
    """A document's JSON Schema."""
    document = DOCUMENTS[name]
    types = [document.type, *document.shapes, *document.handed_in]
    (root, *_), components = schema_components(types, ref_template="#/$defs/{name}")
    own = root["$ref"].rpartition("/")[2]
    for key, value in components.items():
        value["properties"] = {each: value["properties"][each] for each in _TYPES[key].__annotations__}
    for key in schema_components(document.handed_in)[1]:
        components[key]["additionalProperties"] = False
    whole = _plain(components.pop(own))
    if "only ever added" not in whole["description"]:
        whole["description"] += f" {GROWS}"
    definitions = {_schema_name(key): _plain(value) for key, value in components.items()}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:agentowners:schema:{name}:1",
        "title": f"{document.title}, schema version 1",
    }
    return {**head, **whole, **document.beside, **({"$defs": definitions} if definitions else {})}


def text(name: str) -> str:
    """A document's JSON Schema as it is kept."""
    return _lines(schema(name), 0) + "\n"


def formed(path: Path) -> str:
    """A schema that is kept by hand, in the form of the others."""
    return _lines(json.loads(path.read_text("utf-8")), 0) + "\n"


def path(name: str) -> Path:
    """File in which a document's JSON Schema is kept."""
    return SCHEMAS / f"{name}-1.schema.json"


def _plain(value: Any) -> Any:
    """A part as people write it: no titles made from names of classes, null among the types."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        value = value | {"$ref": f"#/$defs/{_schema_name(value['$ref'].rpartition('/')[2])}"}
    if isinstance(value.get("description"), str):
        value = value | {"description": " ".join(value["description"].split())}
    rest = {key: _plain(each) for key, each in value.items() if not (key == "title" and isinstance(each, str))}
    if "enum" in rest:
        return {key: each for key, each in rest.items() if key not in ("type", "anyOf")}
    choices = rest.get("anyOf")
    if choices is not None and len(choices) == 2 and {"type": "null"} in choices:
        other = next(each for each in choices if each != {"type": "null"})
        if isinstance(other.get("type"), str):
            return {**other, "type": [other["type"], "null"], **{key: each for key, each in rest.items() if key != "anyOf"}}
    return rest


def _lines(value: Any, indent: int, before: int = 0) -> str:
    """JSON in which whatever fits into a line stands on one, behind so many characters."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + indent + before <= _WIDTH or not isinstance(value, dict | list):
        return short
    inner = indent + 2
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {_lines(each, inner, len(key) + 4)}" for key, each in value.items()]
    else:
        parts = [_lines(each, inner) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + ",".join(f"\n{' ' * inner}{part}" for part in parts) + f"\n{' ' * indent}{closing}"


def _schema_name(type_name: str) -> str:
    if type_name in _HANDED_IN:
        return type_name.removesuffix("Json")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type_name.removesuffix("Json")).lower()


def main(arguments: list[str]) -> int:
    """Writes them all; with ``--check`` says which are not what they were made from, and fails."""
    wanted = {path(name): text(name) for name in DOCUMENTS} | {file: formed(file) for file in FOR_EDITORS}
    stale = [where for where, schema in wanted.items() if not where.exists() or where.read_text("utf-8") != schema]
    if arguments == ["--check"]:
        for where in stale:
            print(f"{where.name} is not what `make docs` writes", file=sys.stderr)
        return bool(stale)
    for where in stale:
        where.write_text(wanted[where], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
