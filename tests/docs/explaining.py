"""What the page of ``explain`` lists, as the schema and the command's own output have it."""

from __future__ import annotations

import json
import re

from agentowners.report.explain.text import text
from tests.docs.pages import ROOT
from tests.report.explanations import EXAMPLES


def fields() -> list[str]:
    """The fields of an explanation in the order of its schema; those of claims, defaults and the like are told in a line."""
    schema = json.loads((ROOT / "src/agentowners/schemas/explanation-1.schema.json").read_text())
    parts = {"paths": "explained_path", "layers": "explained_layer", "rules": "explained_rule"}
    inner = [f"{name}[].{field}" for name, kind in parts.items() for field in schema["$defs"][kind]["properties"]]
    outer = [name for name in schema["properties"] if name != "paths"]
    place = outer.index("policy")
    return [*outer[:place], "paths", *inner, *outer[place:]]


def marks() -> list[str]:
    """The words that a line of the table may begin with, sorted."""
    blocks = [block for name in EXAMPLES for one in EXAMPLES[name]() for block in text([one], "").split("\n\n")[1:]]
    return sorted({mark for block in blocks for mark in re.findall(r"^  ([a-z]+) {2,}", block, re.MULTILINE)})
