"""In no format does a job's log find a workflow command of the older form, ``##[name]``, which counts anywhere in a line."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentowners.audit.canonical import Json
from agentowners.cli.formats import FORMATS, function
from agentowners.engine.verdict import Outcome
from agentowners.report.audit import counted_text, probed_json, shown_json, shown_text
from agentowners.report.shared.escape import (
    command_data,
    command_property,
    for_html,
    for_markdown,
    for_markdown_prose,
    for_sarif,
    quoted,
)
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.annotations import annotate
from tests.examples import examples
from tests.report.strategies import nasty, outcomes


@pytest.mark.parametrize("form", FORMATS["verdict"])
@examples(12)
@given(data=st.data())
def test_a_verdict_in_no_format_holds_one(form: str, data: st.DataObject) -> None:
    assert "##[" not in "\n".join(function("verdict", form)(data.draw(outcomes)))


@examples(12)
@given(outcomes)
def test_an_annotation_holds_none_but_in_the_path_as_git_has_it(outcome: Outcome) -> None:
    for one in annotate(outcome):
        assert not any("##[" in said for said in (one.title, one.message, one.raw_details))


@given(nasty | st.text("#[x", max_size=8))
def test_no_escape_lets_one_through(name: str) -> None:
    for escape in (quoted, for_html, for_markdown, for_markdown_prose, for_sarif, command_data, command_property):
        assert "##[" not in escape(name), escape.__name__


def test_reports_write_json_in_one_place() -> None:
    rooms = files("agentowners") / "report", files("agentowners") / "cli"
    modules = [path for room in rooms for path in Path(str(room)).rglob("*.py")]
    raw = {path.name for path in modules if "json.dumps" in path.read_text("utf-8")}
    # what is handed to a client's hook is read by the client, and an export's document is printed as the other tool takes it
    assert raw == {"json_text.py", "hook_doctor.py", "hook_shield.py", "export.py"}


@example("##[error]x")
@given(nasty | st.text("#[x", max_size=8))
def test_an_audit_trail_in_no_format_holds_one(name: str) -> None:
    event: Json = {"message": name, "time": 0}
    for text in (shown_json([event]), shown_text([event])):
        assert "##[" not in text
    assert json.loads(shown_json([event])) == event
    for text in (counted_text([(name, name, 1)], "agent", True), probed_json([(name, True, name)])):
        assert "##[" not in text


@given(st.text('#[\\"]x', max_size=12))
def test_json_reads_as_the_same(name: str) -> None:
    written = encode({name: [name]})
    assert "##[" not in written
    assert json.loads(written) == {name: [name]}
