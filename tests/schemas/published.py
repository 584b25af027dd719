"""The schemas that the package brings, as validators."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

import agentowners

SCHEMAS = Path(agentowners.__file__).parent / "schemas"


def validator(name: str, part: str | None = None) -> jsonschema.Draft202012Validator:
    """The validator of a schema by its file's name, ``proposal-1``, or of one of its definitions."""
    whole = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(whole if part is None else {"$defs": whole["$defs"], "$ref": f"#/$defs/{part}"})
