"""Every question of a run that ends in a pass is refused once, in every way that GitHub refuses: no pass comes of it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from agentowners.github.errors import Trouble
from tests.action.loops.stage import ALLOWED, APPROVED, NAME, PUSH, FakeStage

TROUBLES = (Trouble.UNAVAILABLE, Trouble.FORBIDDEN, Trouble.NOT_FOUND)
"""No answer, and the two that some questions take for one."""
NO_PART_OF_IT = frozenset({"conversation.add_label", "pulls.begin_merging", "pulls.glances", "trees.whole"})
"""Questions on which the verdict that is looked at here does not stand; for a push, nor on the open pull requests."""
STANDS = {
    # the job's own result is the verdict
    ("checks.create", Trouble.FORBIDDEN),
    # commits are taken for whose they say they are, and that is said
    ("pulls.activity", Trouble.FORBIDDEN),
    ("pulls.activity", Trouble.NOT_FOUND),
    # whose account is gone is who the event says
    ("people.account", Trouble.NOT_FOUND),
}
"""Refusals after which there is a verdict, made without what they keep back."""


def questions(stage: FakeStage) -> list[tuple[str, int]]:
    """Questions of the last run, each with the number of times that it was asked before."""
    names = [each.partition(" ")[0] for each in stage.facts.asked]
    return [(name, names[:place].count(name)) for place, name in enumerate(names) if "." in name]


class Play:
    """A run of one kind that passes, from the beginning each time."""

    def __init__(self, kind: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind = kind
        self.stage = FakeStage(directory, monkeypatch)
        self.head, self.name = self.stage.tip("main"), NAME

    def run(self, refused: tuple[str, int] | None, trouble: Trouble) -> int:
        """Play it, with one question refused; the exit code."""
        stage = self.stage
        before = stage.tip("main")
        if self.kind == "push":
            self.head, self.name = stage.commit("main", ALLOWED), PUSH
        else:
            stage.pull(APPROVED)
            stage.review(1, "octocat")
            self.head = stage.queue(1) if self.kind == "group" else stage.tip("copilot/fix")
        if refused is not None:
            stage.facts.fail(refused[0], trouble, after=refused[1], times=1)
        match self.kind:
            case "push":
                return stage.push(before, self.head)
            case "group":
                return stage.group(self.head)
            case _:
                return stage.judge(1)

    @property
    def passed(self) -> bool:
        """True if the newest check run passes."""
        shown = self.stage.shown(self.head, self.name)
        return bool(shown) and shown[-1].conclusion == "success"


@pytest.mark.parametrize("kind", ["pull", "push", "group"])
def test_no_pass_comes_of_a_question_without_an_answer(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Play(kind, tmp_path, monkeypatch)
    assert whole.run(None, Trouble.UNAVAILABLE) == 0
    assert whole.passed
    asked = questions(whole.stage)
    assert len(asked) > 10
    for question, trouble in product(asked, TROUBLES):
        after = kind == "push" and question[0] == "pulls.open_pulls"
        if not after and question[0] not in NO_PART_OF_IT and (question[0], trouble) not in STANDS:
            play = Play(kind, tmp_path, monkeypatch)
            code = play.run(question, trouble)
            assert not play.passed, (question, trouble)
            assert code == 1 or play.stage.shown(play.head, play.name)[-1].conclusion == "action_required", (question, trouble)
