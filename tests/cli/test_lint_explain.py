"""``lint --explain``: every id that a finding can have, in the words of the documentation, with an example that has it."""

from __future__ import annotations

import re

import pytest

from agentowners.cli.lint_explain import KindOfMistake, kinds_of_mistakes
from agentowners.diagnostics import PolicyError, Source
from agentowners.lint.registry import CHECKS
from agentowners.policy.load import load_policy
from tests.cli.run import Runner
from tests.docs.explained import words
from tests.docs.pages import ROOT

KINDS = kinds_of_mistakes()
CHECKED = [check.id for check in CHECKS]
ERRORS = {id: kind for id, kind in KINDS.items() if id not in CHECKED}
WITHOUT_EXAMPLE = {"invalid-utf8", "file-too-large", "too-many-errors", "too-many-rules", "yaml-too-deep", "yaml-too-large"}
"""Too long to be shown, or no text."""
ID = re.compile(r'(?:\berror|error_at|_error|_stop|_unique|Diagnostic)\(\s*(?:source, )?"([a-z0-9]+(?:-[a-z0-9]+)+)"')


def test_checks_come_first_and_all_of_them() -> None:
    assert list(KINDS)[: len(CHECKED)] == CHECKED


def test_every_error_of_a_policy_is_explained() -> None:
    rooms = [ROOT / "src/agentowners" / room for room in ("policy", "text", "yamltext")]
    found = {id for room in rooms for path in room.glob("*.py") for id in ID.findall(path.read_text("utf-8"))}
    assert len(found) > 30
    assert found <= set(KINDS)


@pytest.mark.parametrize("id", CHECKED)
def test_a_check_is_explained_as_the_page_does(id: str) -> None:
    """That the example has this mistake and no other is tested of the page."""
    text, example = words(id)
    assert KINDS[id] == KindOfMistake(text, example.text, example.language == "yaml")


@pytest.mark.parametrize(("id", "kind"), ERRORS.items())
def test_the_example_of_an_error_has_it_and_no_other(id: str, kind: KindOfMistake) -> None:
    if id in WITHOUT_EXAMPLE:
        assert kind.example is None
        return
    assert kind.example is not None
    with pytest.raises(PolicyError) as caught:
        load_policy([Source("AGENTOWNERS.yml" if kind.yaml else "AGENTOWNERS", kind.example.encode())])
    assert {found.id for found in caught.value.diagnostics} == {id}


def test_it_is_said_for_people(run: Runner) -> None:
    ran = run("lint", "--explain", "useless-negation")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("warning[useless-negation]: a negative pattern takes nothing out of its rule\n\nA `!pattern` that")
    assert "\n  /docs/ !/doc/drafts/   @agents   require_approval\n" in ran.out
    assert ran.out.endswith("/docs/commands/lint.md#useless-negation\n")
    ran = run("lint", "--explain", "yaml-tag")
    assert ran.out.startswith("error[yaml-tag]: the policy does not parse\n")
    assert "For example, in YAML:\n\n  rules: !security\n" in ran.out


def test_an_id_that_there_is_not(run: Runner) -> None:
    ran = run("lint", "--explain", "one-level-patern")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "agentowners: no finding is called `one-level-patern`\nhelp: did you mean `one-level-pattern`?\n"
