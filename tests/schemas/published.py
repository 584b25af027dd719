"""The schemas that the package brings, as validators."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

import agentowners

SCHEMAS = Path(agentowners.__file__).parent / "schemas"


def validator(name: str) -> jsonschema.Draft202012Validator:
    """The validator of a schema by its file's name, ``proposal-1``."""
    return jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))
