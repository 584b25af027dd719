"""In no format does a job's log find a workflow command of the older form, ``##[name]``, which counts anywhere in a line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.cli.formats import FORMATS, function
from agentowners.engine.verdict import Outcome
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


@given(st.text('#[\\"]x', max_size=12))
def test_json_reads_as_the_same(name: str) -> None:
    written = encode({name: [name]})
    assert "##[" not in written
    assert json.loads(written) == {name: [name]}
