"""Cut the payload examples and schemas the tests need out of the octokit packages (MIT).

    npm pack @octokit/webhooks-examples @octokit/webhooks-schemas        (unpack both)
    python -m tests.github_server.extract_webhooks EXAMPLES_PACKAGE SCHEMAS_PACKAGE tests/data/webhooks

Of every event and action the example with an organization is kept where there is one, else the last.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.github_server.extract_openapi import references

EVENTS = ("pull_request", "pull_request_review", "merge_group", "push", "workflow_dispatch", "workflow_run", "issue_comment")
PROSE = {"description", "title"}


def choose(examples: list[dict[str, Any]], event: str) -> dict[str, Any]:
    """One example for each action of an event."""
    chosen: dict[str, Any] = {}
    for example in examples:
        if event == "push" and not example["ref"].startswith("refs/heads/"):
            continue
        action = example.get("action", event)
        if action not in chosen or "organization" in example:
            example.pop("installation", None)
            chosen[action] = example
    return chosen


def strip(node: Any, *, names: bool = False) -> Any:
    """Drop prose from a schema; `names` says that the keys are names of properties or definitions."""
    if isinstance(node, list):
        return [strip(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if names or key not in PROSE}
    return {key: strip(value, names=not names and key in {"properties", "definitions"}) for key, value in kept.items()}


def schemas(schema: dict[str, Any]) -> dict[str, Any]:
    """The definitions that the events reach."""
    wanted = [name for name in schema["definitions"] if name.split("$")[0] in EVENTS]
    found: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = schema["definitions"][name]
            wanted += [reference.rsplit("/", 1)[1] for reference in references(found[name])]
    kept: dict[str, Any] = strip({"$schema": schema["$schema"], "definitions": dict(sorted(found.items()))})
    return kept


def main(examples: Path, schema: Path, target: Path) -> None:
    """Write `examples.json` and `schema.json`."""
    index = json.loads((examples / "api.github.com" / "index.json").read_text("utf-8"))
    kept = {entry["name"]: choose(entry["examples"], entry["name"]) for entry in index if entry["name"] in EVENTS}
    (target / "examples.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    full = json.loads((schema / "schema.json").read_text("utf-8"))
    (target / "schema.json").write_text(json.dumps(schemas(full), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
