from __future__ import annotations

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "unknown-check"


def test_each_name_by_itself() -> None:
    text = "# lint: ignore=one-level-patern, needless-escape,zzz  (as agreed)\nx  @agents  block\n#lint:ignore=nothing\n"
    found = findings(ID, subject(text))
    assert said(found) == [
        "1 `one-level-patern`: there is no check `one-level-patern`",
        "1 `zzz`: there is no check `zzz`",
        "3 `nothing`: there is no check `nothing`",
    ]
    assert helps(found)[0] == "did you mean `one-level-pattern`?"
    assert helps(found)[1] == "`agentowners lint --list` lists the checks"


def test_in_yaml() -> None:
    assert len(findings(ID, subject("rules:\n  # lint: ignore=x\n  - {patterns: [a], decision: block}\n", name=YAML))) == 1


def test_other_comments_are_comments() -> None:
    text = "# lint: this is one\n# ignore=x\nx  @agents  block  # lint: ignore=zzz\n"
    assert findings(ID, subject(text)) == ()
