from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from msgspec.structs import replace

from agentowners.engine.verdict import Approvals, IgnoredReview, NoVerdict, Outcome
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.markdown import (
    COMMENT_LIMIT,
    FIELD_LIMIT,
    STEP_LIMIT,
    check_output,
    comment_marker,
    job_summary,
    markdown,
    sticky_comment,
)
from tests.report import golden
from tests.report.rendering import HARMLESS, REFERENCES, inline, parse, running_text, types
from tests.report.strategies import frugal, nasty, outcomes, patient
from tests.report.verdicts import (
    BAD_DECISION,
    BLOCK_RULE,
    BLOCKED,
    COPILOT,
    EXAMPLES,
    allowed,
    blocked,
    file,
    no_policy,
    unparsed,
    verdict,
    waiting,
)

DOCUMENTS: dict[str, Callable[[Outcome], str]] = {
    "summary": lambda outcome: check_output(outcome).summary,
    "text": lambda outcome: check_output(outcome).text,
    "job": job_summary,
    "evaluate": lambda outcome: job_summary(outcome, Enforcement.EVALUATE),
    "comment": sticky_comment,
}
BLOCKS = {
    "heading_open",
    "heading_close",
    "paragraph_open",
    "paragraph_close",
    "inline",
    "bullet_list_open",
    "bullet_list_close",
    "list_item_open",
    "list_item_close",
    "fence",
    "html_block",
    *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
}
OUR_HTML = {"<!-- agentowners:AGENTOWNERS -->\n", "<details><summary>Who, by which policy</summary>\n", "</details>"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_kind_of_outcome_reads_well(example: str) -> None:
    golden.check(f"{example}.md", markdown(EXAMPLES[example]()))


@frugal
@given(outcomes)
def test_threat_17_hostile_text_is_nothing_but_text(outcome: Outcome) -> None:
    for name, render in DOCUMENTS.items():
        document = render(outcome)
        tokens = parse(document)
        assert {token.type for token in tokens} <= BLOCKS, name
        assert {token.type for token in inline(tokens)} <= HARMLESS, name
        assert {token.content for token in tokens if token.type == "html_block"} <= OUR_HTML
        headings = [token for token in tokens if token.type == "heading_open"]
        assert len(headings) == (0 if name in ("summary", "text") else 1)
        opened = types(document)
        assert opened.count("td_open") == 4 * (opened.count("tr_open") - opened.count("table_open"))
        for block in running_text(document):
            assert not REFERENCES.search(block.replace("AGENTOWNERS:", "")), block
        assert all(line.isprintable() for line in document.split("\n"))


@frugal
@given(outcomes)
def test_lengths_are_githubs(outcome: Outcome) -> None:
    assert len(check_output(outcome).summary) <= FIELD_LIMIT
    assert len(check_output(outcome).text) <= FIELD_LIMIT
    assert len(job_summary(outcome).encode()) <= STEP_LIMIT
    assert len(sticky_comment(outcome)) <= COMMENT_LIMIT


def assert_whole(document: str) -> None:
    """Whatever was cut off, everything that was opened is closed, and it is said that there is more."""
    tokens = parse(document)
    assert {token.type for token in tokens} <= BLOCKS
    for block in running_text(document):
        assert not REFERENCES.search(block.replace("AGENTOWNERS:", "")), block
    assert document.count("<details>") == document.count("</details>")
    assert sum(token.type == "fence" for token in tokens) * 2 == len(re.findall(r"^`{3,}", document, re.MULTILINE))
    assert "see the report" in document or "the JSON report has everything" in document


def test_many_files_are_cut_at_a_row_and_counted() -> None:
    many = verdict(*(file(f"security/{number:05}-" + "漢" * 150, BLOCKED) for number in range(3000)))
    output = check_output(many)
    assert_whole(output.summary)
    assert "… and 2,800 more files, see the report." in output.summary
    assert len(output.summary.encode()) <= FIELD_LIMIT
    job = job_summary(many)
    assert_whole(job)
    assert "… and 1,000 more files, see the report." in job
    comment = sticky_comment(many)
    assert_whole(comment)
    assert "… and 2,950 more files, see the report." in comment
    assert len(comment.encode()) <= COMMENT_LIMIT


def test_endless_text_in_everything_is_cut_and_said() -> None:
    endless = "\U0010ffff" * 70_000
    rules = tuple(replace(BLOCK_RULE, id=f"{number}{endless}", statement=endless, reason=endless) for number in range(30))
    principals = tuple(replace(COPILOT, identity=f"{n}{endless}", evidence=(endless,) * 9) for n in range(30))
    outcome = verdict(
        *(file(f"{number:02}{endless}", replace(BLOCKED, rules=rules, principal=principals[0])) for number in range(400)),
        principals=principals,
        approvals=Approvals(ignored=tuple(IgnoredReview(f"{n}{endless}", endless, endless) for n in range(40))),
        diagnostics=(replace(BAD_DECISION, message=endless, help=endless),) * 40,
    )
    for render, limit in (
        (DOCUMENTS["summary"], FIELD_LIMIT),
        (DOCUMENTS["text"], FIELD_LIMIT),
        (sticky_comment, COMMENT_LIMIT),
        (job_summary, STEP_LIMIT),
    ):
        document = render(outcome)
        assert len(document.encode()) <= limit
        assert_whole(document)


def test_many_errors_of_a_policy_are_counted() -> None:
    many = replace(unparsed(), diagnostics=(BAD_DECISION,) * 100)
    document = check_output(many).summary
    assert_whole(document)
    assert "… and 80 more, see the report." in document


def test_a_code_block_cannot_be_ended_from_inside() -> None:
    span = replace(BAD_DECISION.span, text="````` # `````` x")
    document = markdown(replace(unparsed(), diagnostics=(replace(BAD_DECISION, span=span),)))
    (block,) = [token for token in parse(document) if token.type == "fence"]
    assert "````` # `````` x" in block.content
    assert block.content.rstrip().endswith("`block`")


def test_the_sticky_comment_is_found_by_its_first_line() -> None:
    assert sticky_comment(blocked()).split("\n")[0] == "<!-- agentowners:AGENTOWNERS -->"
    assert comment_marker("AGENTOWNERS (release/1.x)") == "<!-- agentowners:AGENTOWNERS (release/1.x) -->"


@patient
@given(nasty, nasty)
def test_no_check_name_ends_the_comment_s_marker_or_is_taken_for_another(one: str, other: str) -> None:
    marker = comment_marker(one)
    assert [token.type for token in parse(marker)] == ["html_block"]
    assert marker.count("--") == 2
    assert marker.count("\n") == 0
    if one != other:
        assert comment_marker(other) != marker


def test_it_says_what_to_do_next_in_each_case() -> None:
    assert "take this change out" in check_output(blocked()).summary
    assert "ask for 1 more approval from `@acme/sre`" in check_output(waiting()).summary
    assert "Correct the lines below on `main`" in check_output(unparsed()).summary
    assert "Add a policy as `.github/AGENTOWNERS` on `main`" in check_output(no_policy()).summary
    assert "next" not in check_output(allowed()).summary


def test_notes_are_shown_as_harmless_sentences_and_not_cut_with_the_files() -> None:
    many = verdict(*(file(f"security/{number:05}-" + "漢" * 150, BLOCKED) for number in range(3000)))
    note = "the label could not be created: @octocat may grant `issues: write`"
    for document in (check_output(many, notes=(note,)).summary, job_summary(many, notes=(note,))):
        assert "- the label could not be created: `@octocat` may grant `issues: write`" in document


def test_only_a_verdict_has_a_background() -> None:
    assert check_output(NoVerdict("Boom", "it went wrong")).text == ""
    assert "<details>" not in sticky_comment(NoVerdict("Boom", "it went wrong"))
    assert "Contributors" in check_output(allowed()).text
