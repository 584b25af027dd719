"""Lines in canonical form, by example."""

from __future__ import annotations

from textwrap import dedent

import pytest

from agentowners.policy.formatting import Syntax
from tests.docs.pages import ROOT, page, pages
from tests.policy.test_formatting import check, fmt


def lines(text: str) -> str:
    check(text, Syntax.LINE)
    return fmt(text, Syntax.LINE)


def same(text: str) -> None:
    text = dedent(text)
    assert lines(text) == text


def test_columns_line_up_between_blank_lines_and_comments() -> None:
    same("""\
        # what nobody touches
        /security/ .env*  @agents           block                # keys
        /infra/           @agents @copilot  require_approval(2)  @acme/sre
        # and what anybody may
        /docs/  @agents  allow

        default  @anyone  require_approval
        """)


def test_every_kind_of_line_takes_part() -> None:
    same("""\
        default                   @agents  require_approval  @acme/core
        mode workspace-write      @ci-bot  /src/ /tests/     # it builds
        unprotect AGENTS.md       @claude                    # its own
        agent acme/*              login=acme[bot] id=1
        approvals dismiss_stale=true requester_counts=true
        /db/  refs/heads/release  @agents  block             # not there
        """)


def test_what_stands_out_pushes_nothing_away() -> None:
    long = "/a-path-that-is-longer-than-all-the-others/in-this/block"
    same(f"""\
        /a/    @agents  block             # one
        {long}  @agents  require_approval  # two
        /bcd/  @agents  block             # three
        {long}x  @agents  allow  actions=file_read  # four
        /e/    @agents  block             # five
        /f/    @agents  block
        """)


def test_where_all_are_long_they_line_up() -> None:
    same(f"""\
        /{"a" * 60}/    @agents  block
        /{"b" * 61}/   @agents  block
        /{"c" * 62}/  @agents  block
        """)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("", ""),
        ("\n \n\t\n", ""),
        ("\ufeff# a\r\n\r\n\r\n\r\n# b\r\n\r\n", "# a\n\n# b\n"),
        ("\t #a \t\n", "#a\n"),
        ("a\t@x\trequire_approval(1)", "a  @x  require_approval\n"),
        ("refs/heads/x a @x block", "a  refs/heads/x  @x  block\n"),
        (r"\a\.b a\ b \#c \!d @x block", r"a.b a\ b \#c \!d  @x  block" + "\n"),
        (r"\default @x block", r"\default  @x  block" + "\n"),
        ("a default @x block", "a default  @x  block\n"),
        (r"refs/heads/x \refs @x block", "refs  refs/heads/x  @x  block\n"),
        ("a @x block #", "a  @x  block\n"),
        ("a @x block #why", "a  @x  block  # why\n"),
        ("a @x block ## why", "a  @x  block  # # why\n"),
        (
            "a @x require_approval id=n @y actions=shell_execute,file_read",
            "a  @x  require_approval  @y actions=file_read,shell_execute id=n\n",
        ),
        ("default @a @B block #why", "default  @a @B  block  #why\n"),
        ("default @a block #", "default  @a  block\n"),
        ("mode read-only @x ### why \t", "mode read-only  @x  ### why\n"),
        ("approvals", "approvals\n"),
        ("agent x group=agents id=1 # c", "agent x  id=1  # c\n"),
        ("agent x group=agents", "agent x  group=agents\n"),
        ("a @login:x @agents block", "a  @login:x @agents  block\n"),
        ("a @x require_approval @x @X", "a  @x  require_approval  @x\n"),
        ("a\u00a0b @x block", "a\u00a0b  @x  block\n"),
    ],
)
def test_one_way_to_write_it(written: str, canonical: str) -> None:
    assert lines(written) == canonical


def test_the_front_page_shows_a_canonical_policy() -> None:
    shown = next(block.text for block in page("README.md").blocks if block.language == "agentowners")
    assert lines(shown) == shown


def test_our_own_policy_is_canonical() -> None:
    text = (ROOT / ".github/AGENTOWNERS").read_text(encoding="utf-8")
    assert lines(text) == text


def test_an_allow_list_of_fifty_thousand_rules_is_formatted() -> None:
    text = "".join(f"/a{number}/ @agents allow # n\n" for number in range(50_000))
    assert fmt(text, Syntax.LINE).startswith("/a0/      @agents  allow  # n\n")


def test_the_policies_of_the_documentation() -> None:
    shown = [
        block for page in pages() for block in page.blocks if block.language == "agentowners" and "invalid" not in block.words
    ]
    assert shown
    for block in shown:
        lines(block.text)
