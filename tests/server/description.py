"""Writes the published shapes into the API's description: ``python -m tests.server.description``, which `make docs` runs."""

from __future__ import annotations

import json
from typing import Any

from agentowners.cli.serve import api_document
from tests.schemas.published import SCHEMAS

_SHAPES = {"Proposal": "proposal-1", "Denial": "denial-1"}


def refreshed(document: dict[str, Any]) -> dict[str, Any]:
    """The description with the shapes as their own schemas have them today."""
    kept = document["components"]["schemas"]
    parts = {name: part for name, part in kept.items() if name not in _SHAPES and not name.startswith(("proposal_", "denial_"))}
    for name, published in _SHAPES.items():
        schema = json.loads((SCHEMAS / f"{published}.schema.json").read_text(encoding="utf-8"))
        prefix = f"{name.lower()}_"
        moved = json.loads(json.dumps(schema).replace("#/$defs/", f"#/components/schemas/{prefix}"))
        for key, part in moved.pop("$defs", {}).items():
            parts[key if key == "PolicyProposal" else prefix + key] = part
        parts[name] = {key: value for key, value in moved.items() if key not in ("$schema", "$id")}
    return document | {"components": document["components"] | {"schemas": parts}}


if __name__ == "__main__":
    text = json.dumps(refreshed(api_document()), indent=2)
    (SCHEMAS / "policy-local-1.openapi.json").write_text(f"{text}\n", encoding="utf-8")
