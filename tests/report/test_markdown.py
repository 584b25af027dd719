from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from msgspec.structs import replace

from agentowners.change.model import Account, AccountType
from agentowners.engine.verdict import Approvals, IgnoredReview, NoVerdict, Outcome, SettledObligation
from agentowners.policy.model import ByComment, Permission
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.links import Links
from agentowners.report.verdict.markdown import (
    COMMENT_LIMIT,
    FIELD_LIMIT,
    STEP_LIMIT,
    check_output,
    comment_marker,
    job_summary,
    sticky_comment,
)
from agentowners.report.verdict.markdown import job_summary as markdown
from tests.report import golden
from tests.report.rendering import HARMLESS, REFERENCES, inline, parse, running_text
from tests.report.strategies import frugal, nasty, outcomes, patient
from tests.report.verdicts import (
    BAD_DECISION,
    BLOCK_RULE,
    BLOCKED,
    CLAUDE,
    COPILOT,
    EXAMPLES,
    HEAD,
    allowed,
    approval,
    blocked,
    file,
    no_policy,
    two_sre,
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
}
OUR_HTML = re.compile(
    r"<!-- agentowners:AGENTOWNERS -->\n|</details>\n?"
    r"|<details><summary>(Who, by which policy|… and [0-9,]+ more (file|rule)s?)</summary>\n"
)
OUR_LINKS = re.compile(
    r"https://github\.com/("
    r"acme/shop/(pull/[0-9]+/files(#diff-[0-9a-f]{64}(R[0-9]+)?)?|blob/[\w%/.~-]+\?plain=1#L[0-9]+)"
    r"|[\w-]+|orgs/[\w-]+/teams/[\w.-]+|agentowners/agentowners-action/blob/main/docs/recipes\.md#a-repository-of-one-person)"
)
"""Where a report may lead: the change, the policy, an approver, our documentation."""


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
        assert {token.type for token in inline(tokens)} <= {*HARMLESS, "link_open", "link_close"}, name
        for token in inline(tokens):
            assert token.type != "link_open" or OUR_LINKS.fullmatch(str(token.attrs["href"])), token.attrs
        assert all(OUR_HTML.fullmatch(token.content) for token in tokens if token.type == "html_block")
        headings = [token for token in tokens if token.type == "heading_open"]
        assert len(headings) == (0 if name in ("summary", "text") else 1)
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
    assert "<summary>… and 2,990 more files</summary>" in output.summary
    assert len(output.summary.encode()) <= FIELD_LIMIT
    job = job_summary(many)
    assert_whole(job)
    assert "the JSON report has everything" in job
    comment = sticky_comment(many)
    assert_whole(comment)
    assert "- and 2,950 more, see the report" in comment
    assert len(comment.encode()) <= COMMENT_LIMIT


def test_endless_text_in_everything_is_cut_and_said() -> None:
    endless = "\U0010ffff" * 20_000
    rules = tuple(replace(BLOCK_RULE, id=f"{number}{endless}", statement=endless, reason=endless) for number in range(30))
    principals = tuple(replace(COPILOT, identity=f"{n}{endless}", evidence=(endless,) * 9) for n in range(30))
    outcome = verdict(
        *(file(f"{number:02}{endless}", replace(BLOCKED, rules=rules, principal=principals[0])) for number in range(100)),
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
    assert "**Author**: ask for 1 more approval from `@acme/sre`." in check_output(waiting()).summary
    assert "Correct the lines below on `main`" in check_output(unparsed()).summary
    assert "Add a policy as `.github/AGENTOWNERS` on `main`" in check_output(no_policy()).summary
    assert "next" not in check_output(allowed()).summary


def test_only_a_verdict_has_a_background() -> None:
    assert check_output(NoVerdict("Boom", "it went wrong")).text == ""
    assert "<details>" not in sticky_comment(NoVerdict("Boom", "it went wrong"))
    assert "Contributors" in check_output(allowed()).text


def test_a_hundred_files_are_read_in_one_screen() -> None:
    paths = [f"infra/{number:03}.tf" for number in range(60)] + [f"security/{number:02}.py" for number in range(40)]
    many = verdict(
        *(file(path, approval(0) if path.startswith("infra") else BLOCKED) for path in paths),
        approvals=Approvals(required=2, obligations=(two_sre(),)),
    )
    for document in (check_output(many).summary, sticky_comment(many)):
        open_to_all = re.sub(r"<details>.*?</details>", "", document, flags=re.DOTALL)
        assert len([line for line in open_to_all.splitlines() if line]) < 40
        assert "<summary>… and 30 more files</summary>" in document


def test_eleven_files_are_not_folded_for_one() -> None:
    assert "<summary>… and" not in markdown(verdict(*(file(f"security/{n:02}", BLOCKED) for n in range(11))))


def test_files_of_a_later_rule_are_shown_beside_many_of_the_first() -> None:
    many = [file(f"infra/{number}", approval(0)) for number in range(500)]
    late = file("web/x.ts", approval(0, rules=(BLOCK_RULE,)))
    outcome = verdict(*many, late, approvals=Approvals(required=2, obligations=(two_sre(),)))
    assert "- [`web/x.ts`]" in re.sub(r"<details>.*?</details>", "", sticky_comment(outcome), flags=re.DOTALL)


def test_rules_beyond_the_tenth_are_folded_with_their_files() -> None:
    judgements = [replace(BLOCKED, rules=(replace(BLOCK_RULE, id=f"rule-{n}"),)) for n in range(12)]
    document = markdown(verdict(*(file(f"security/{n:02}", judgement) for n, judgement in enumerate(judgements))))
    shown, _, folded = document.partition("<details><summary>… and 2 more rules</summary>")
    assert "`rule-9`" in shown
    assert "security/11" in folded


def test_each_file_and_each_rule_is_linked() -> None:
    document = check_output(blocked()).summary
    anchor = hashlib.sha256(b"security/x.py").hexdigest()
    assert f"- [`security/x.py`](https://github.com/acme/shop/pull/7/files#diff-{anchor}R12)" in document
    assert "by [`.github/AGENTOWNERS:2`](https://github.com/acme/shop/blob/main/.github/AGENTOWNERS?plain=1#L2)" in document
    assert "](https://github.example/acme/shop/pull/7/files" in check_output(blocked(), server="https://github.example/").summary
    assert "](" not in markdown(replace(blocked(), repository=None))
    assert "](" not in check_output(replace(blocked(), repository="a/b](https://evil.example)")).summary


def test_who_may_approve_is_named_and_linked() -> None:
    assert "- **Approver**: [`@acme/sre`](https://github.com/orgs/acme/teams/sre), who" in check_output(waiting()).summary
    anyone = Approvals(required=1, obligations=(SettledObligation(1, (), ()),))
    outcome = verdict(file("infra/x", approval(0)), approvals=anyone)
    assert "- **Approver**: anyone with write access, who had no part in it: [look at" in check_output(outcome).summary
    strict = replace(outcome, approvals=replace(anyone, permission=Permission.MAINTAIN))
    assert "anyone with maintain access" in check_output(strict).summary


def test_one_approval_that_meets_two_obligations_is_asked_for_once() -> None:
    asked = (SettledObligation(1, (), ()), SettledObligation(1, ("@octocat",), ()))
    outcome = verdict(file("ci.yml", approval(0, 1)), approvals=Approvals(required=1, obligations=asked))
    document = check_output(outcome).summary
    assert "- **Author**: ask for 1 approval from `@octocat`." in document
    assert "- 1 from `@octocat`, which is also the one from anyone who may approve: none yet" in document
    assert document.count("none yet") == 1
    # what is still missing is never hidden behind what is given
    half = (SettledObligation(1, (), ()), SettledObligation(1, ("@octocat",), (), ("octocat",)))
    waits = verdict(file("ci.yml", approval(0, 1)), approvals=Approvals(required=1, obligations=half))
    assert "ask for 1 approval from anyone who may approve" in check_output(waits).summary


def test_a_person_alone_with_an_agent_is_told_the_way_out() -> None:
    alice = Account("alice", 7, AccountType.USER)
    anyone = Approvals(required=1, obligations=(SettledObligation(1, (), ()),))
    outcome = replace(verdict(file("a", approval(0)), approvals=anyone, principals=(CLAUDE,)), author=alice)
    document = check_output(outcome).summary
    assert "- **Author** (`@alice`, working with `@claude`): ask for 1 approval" in document
    assert "the line `approvals by_comment=author` in the policy lets the author approve in a comment" in document
    settled = replace(outcome, approvals=replace(anyone, by_comment=ByComment.AUTHOR))
    assert (
        f"or approve it yourself, in a comment whose first line is `/agentowners approve {HEAD}`" in check_output(settled).summary
    )
    assert "by_comment" not in check_output(verdict(file("a", approval(0)), approvals=anyone)).summary


def test_an_approver_that_is_called_like_a_group_is_linked_as_the_platform_has_it() -> None:
    links = Links("https://github.com", "acme/shop", 1, {})
    assert links.approver("@login:agents") == "https://github.com/agents"
    assert links.approver("@acme/sre") == "https://github.com/orgs/acme/teams/sre"
