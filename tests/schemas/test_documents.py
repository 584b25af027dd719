"""Schemas of printed documents are written from the types of these documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tools.schemas import DOCUMENTS, FOR_EDITORS, SCHEMAS, formed, path, schema, text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_is_what_the_types_say(name: str) -> None:
    assert path(name).read_text("utf-8") == text(name), "run `make docs`"
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("kept", FOR_EDITORS, ids=lambda kept: kept.name)
def test_a_schema_that_is_kept_by_hand_has_the_form_of_the_others(kept: Path) -> None:
    assert kept.read_text("utf-8") == formed(kept), "run `make docs`"


def test_every_published_document_has_its_types() -> None:
    assert {file.name for file in SCHEMAS.glob("*-1.schema.json")} == {path(name).name for name in DOCUMENTS}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_reference_is_defined(name: str) -> None:
    whole = schema(name)
    used: set[str] = set()

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            used.update([part["$ref"]] if "$ref" in part else [])
            for each in part.values():
                collect(each)
        elif isinstance(part, list):
            for each in part:
                collect(each)

    collect(whole)
    used.update(f"#/$defs/{each.__name__.removesuffix('Json')}" for each in DOCUMENTS[name].handed_in)
    assert used == {f"#/$defs/{key}" for key in whole.get("$defs", {})}
