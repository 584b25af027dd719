from __future__ import annotations

import pytest

from agentowners.lint.run import look
from tests.lint.linting import YAML, findings, said, subject

ID = "literal-character"


@pytest.mark.parametrize(
    "comment",
    [
        f"# lint: ignore={ID}",
        f"#lint:ignore={ID}",
        f"   # lint: ignore={ID}  it is meant",
        f"# lint: ignore=ref-nowhere,{ID}",
        f"# lint: ignore=ref-nowhere, {ID}",
        f"# lint: ignore={ID}\n# and a reason",
        f"# a reason\n# lint: ignore={ID}\n#",
    ],
)
def test_directly_above_a_statement(comment: str) -> None:
    assert findings(ID, subject(f"{comment}\n'x'  @agents  block\n")) == ()


def test_what_is_left_out_is_counted() -> None:
    rules = "/s\u0435cret/  @agents  block  # a\u200bb\n/s\u0435cret  @agents  block\n"
    text = f"# lint: ignore=confusable-character,bidirectional-character\n{rules}"
    found = look(subject(text))
    assert (len(found.findings), len(found.meant)) == (1, 2)


@pytest.mark.parametrize(
    "text",
    [
        f"# lint: ignore={ID}\n\n'x'  @agents  block\n",
        f"'x'  @agents  block\n# lint: ignore={ID}\n",
        f"# lint: ignore={ID}\ny  @agents  block\n'x'  @agents  block\n",
        "# lint: ignore=ref-nowhere\n'x'  @agents  block\n",
        f"# ignore={ID}\n'x'  @agents  block\n",
        f"'x'  @agents  block  # lint: ignore={ID}\n",
        f"# please lint: ignore={ID}\n'x'  @agents  block\n",
    ],
)
def test_nowhere_else(text: str) -> None:
    assert len(findings(ID, subject(text))) == 1


def test_in_yaml_for_the_whole_statement_or_one_line_of_it() -> None:
    whole = f"""
    rules:
      # lint: ignore={ID}
      - decision: block
        patterns:
          - "'a'"
          - "'b'"
      - decision: block
        patterns:
          - "'c'"
          # lint: ignore={ID}
          - "'d'"
    """
    assert [line.split("`")[1] for line in said(findings(ID, subject(whole, name=YAML)))] == ["\"'c'\""]


def test_in_every_kind_of_statement() -> None:
    text = """
    # lint: ignore=misspelled-group
    default @agent block
    # lint: ignore=misspelled-group
    mode read-only @agent
    # lint: ignore=misspelled-group
    unprotect AGENTS.md @agent
    default @agnets block
    """
    assert [line.partition(" ")[0] for line in said(findings("misspelled-group", subject(text)))] == ["8"]


def test_line_ends_of_another_system() -> None:
    assert findings(ID, subject(f"# lint: ignore={ID}\r\n'x'  @agents  block\r\n".encode())) == ()


def test_a_comment_may_ignore_what_is_in_itself() -> None:
    text = "# lint: ignore=bidirectional-character\n# a\u200bb\nx  @agents  block  # c\u200bd\n"
    assert findings("bidirectional-character", subject(text)) == ()
