"""Every policy of the corpus keeps its meaning in canonical form."""

from __future__ import annotations

import pytest

from agentowners.diagnostics import Source
from agentowners.policy.formatting import canonical, parse, syntax_of
from tests.corpus.model import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_its_canonical_form_is_one(case: Case) -> None:
    for source in case.sources:
        layer, errors = parse(source, syntax_of(source))
        if errors:
            continue
        printed = Source(source.path, canonical(layer, syntax_of(source)).encode())
        again, _ = parse(printed, syntax_of(source))
        assert again == layer
        assert canonical(again, syntax_of(source)).encode() == printed.data
