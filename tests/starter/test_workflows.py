"""The workflows are those of the front page, for this repository's default branch."""

from __future__ import annotations

import pytest
import yaml

from agentowners.starter.files import GATE, SIGNAL, gate_text
from tests.docs.pages import page


def _shown(title: str) -> str:
    return next(block.text for block in page("docs/set-up.md").blocks if block.title == title)


def test_the_front_page_shows_the_same() -> None:
    assert _shown(".github/workflows/agentowners.yml") == GATE == gate_text("main")
    assert _shown(".github/workflows/agentowners-review-signal.yml") == SIGNAL


@pytest.mark.parametrize(
    ("branch", "written"),
    [
        ("trunk", "trunk"),
        ("yes", '"yes"'),
        ("1.0", '"1.0"'),
        ("a'b", '"a\'b"'),
        ("!x", '"\\\\!x"'),
        ("a,b", '"a,b"'),
        ("é", '"é"'),
    ],
)
def test_a_branch_is_written_so_that_it_means_itself(branch: str, written: str) -> None:
    text = gate_text(branch)
    assert text == GATE.replace("[main]", f"[{written}]")
    assert yaml.safe_load(text)[True]["push"]["branches"] == [written.strip('"').replace("\\\\", "\\")]


def test_to_evaluate_is_one_input_more() -> None:
    one, other = yaml.safe_load(gate_text("main")), yaml.safe_load(gate_text("main", evaluate=True))
    assert other["jobs"]["gate"].pop("with") == {"enforcement": "evaluate"}
    assert one == other


def test_alone_it_hears_comments_too() -> None:
    one, other = yaml.safe_load(gate_text("main")), yaml.safe_load(gate_text("main", alone=True))
    assert other[True].pop("issue_comment") == {"types": ["created", "edited", "deleted"]}
    assert one == other
