"""Fixes change what they say, keep everything else, and change no decision."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentowners.change.model import Change
from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.engine.verdict import Verdict
from agentowners.lint import fixes
from agentowners.lint.fixes import apply, repair, select
from agentowners.lint.model import Check, Fix, LintFinding, LintSubject
from agentowners.lint.run import find
from agentowners.policy.load import load_policy
from agentowners.policy.printer import to_yaml
from agentowners.text.edits import SourceLines, TextEdit
from tests.engine.build import change, policy
from tests.engine.test_properties import changes, extras, judge, rule
from tests.lint.linting import subject


def edit(line: int, start: int, end: int, text: str = "", end_line: int | None = None) -> TextEdit:
    return TextEdit(Span("AGENTOWNERS", line, start, end_line or line, end), text)


def finding(*edits: TextEdit, id: str = "x") -> LintFinding:
    return LintFinding(Diagnostic(id, Severity.WARNING, f"about {edits}", edits[0].span), Fix("do it", edits))


@pytest.mark.parametrize(
    ("before", "edits", "after"),
    [
        (b"abc\ndef\n", [edit(2, 1, 4, "xy")], b"abc\nxy\n"),
        (b"abc\ndef\n", [edit(1, 1, 1, end_line=2)], b"def\n"),
        (b"abc\ndef", [edit(2, 1, 1, end_line=3)], b"abc\n"),
        (b"abc\r\ndef\r\n", [edit(1, 1, 1, end_line=2)], b"def\r\n"),
        (b"abc\r\ndef\r\n", [edit(1, 2, 4, "\nz")], b"a\r\nz\r\ndef\r\n"),
        (b"abc\r\ndef", [edit(1, 4, 99, "!")], b"abc!\r\ndef"),
        (b"\xef\xbb\xbfabc", [edit(1, 1, 2)], b"\xef\xbb\xbfbc"),
        ("é😀a\n".encode(), [edit(1, 3, 4, "b")], "é😀b\n".encode()),
        (b"abcdef", [edit(1, 5, 6), edit(1, 1, 3, "x")], b"xcdf"),
    ],
)
def test_an_edit_changes_only_its_place(before: bytes, edits: list[TextEdit], after: bytes) -> None:
    assert SourceLines(Source("AGENTOWNERS", before)).edited(edits).data == after


def test_of_fixes_that_meet_the_first_is_taken() -> None:
    known = policy("abcdefghi  @agents  block\n")
    one, other, third, both = (
        finding(edit(1, 1, 3)),
        finding(edit(1, 2, 4)),
        finding(edit(1, 5, 6)),
        finding(edit(1, 8, 9), edit(1, 5, 6)),
    )
    assert select(known, [one, other, third, both]) == (one, third)
    assert apply(known, [one, third])[0].data == b"cdfghi  @agents  block\n"
    assert select(known, [LintFinding(one.diagnostic), finding(TextEdit(Span("elsewhere", 1, 1, 1, 2), ""))]) == ()


def pretend(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    monkeypatch.setattr(fixes, "find", lambda subject, ignored: tuple(check.run(subject)))


def text_of(done: LintSubject) -> str:
    (layer,) = done.layers
    assert layer.source is not None
    return layer.source.data.decode()


def test_a_fix_that_would_change_a_decision_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(subject: LintSubject) -> list[LintFinding]:
        lines = text_of(subject).split("\n")
        return [finding(edit(number, 1, 1, end_line=number + 1), id=line) for number, line in enumerate(lines, 1) if line]

    pretend(monkeypatch, Check("x", Severity.WARNING, "x", run))
    done = repair(subject("a  @agents  block\na  @agents  block  # again\nb  @agents  allow\nA  @agents  block\n"))
    # each of the twins could go by itself, and not both
    assert sorted(text_of(done.subject).split("\n")) in (
        ["", "A  @agents  block", "a  @agents  block", "b  @agents  allow"],
        ["", "A  @agents  block", "a  @agents  block  # again", "b  @agents  allow"],
    )
    assert len(done.fixed) == 1


def test_a_fix_that_breaks_the_policy_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, Check("x", Severity.WARNING, "x", lambda subject: [finding(edit(1, 1, 2, "@"))]))
    done = repair(subject("a  @agents  block\n"))
    assert (text_of(done.subject), done.fixed) == ("a  @agents  block\n", ())


def test_fixing_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, Check("x", Severity.WARNING, "x", lambda subject: [finding(edit(1, 1, 1, "# again\n"))]))
    done = repair(subject("a  @agents  block\n"))
    assert 0 < len(done.fixed) <= 100


noise = st.sampled_from(["", "# a\u200bb", "# lint: ignore=x", "", "#\u200d", "\t# é\u2060"])
endings = st.sampled_from(["\n", "\r\n"])


@given(
    st.lists(st.tuples(rule(), noise, st.sampled_from(["", "  # why\u200b", "  # \u200bwhy"])), max_size=6),
    extras,
    endings,
    changes(),
)
@example(
    [], ["!src/a.py /docs @agents allow", *["x @agents allow"] * 2, "!src/a.py /docs @agents allow"], "\n", change("src/a.py")
)
def test_fixing_never_changes_what_the_engine_decides(
    rules: list[tuple[str, str, str]], more: list[str], end: str, asked: Change
) -> None:
    lines = [line for text, above, behind in rules for line in (above, text if "#" in text else text + behind)] + more
    # every rule twice, so that there are duplicates for the checks that know of them
    lines += [text for text, _, _ in rules]
    source = Source("AGENTOWNERS", end.join(lines).encode())
    before = load_policy([source])
    done = repair(LintSubject(before))
    assert decided(judge(before, asked)) == decided(judge(done.subject.policy, asked))
    (layer,) = done.subject.layers
    assert layer.source is not None
    assert (b"\r\n" in layer.source.data) <= (end == "\r\n")
    assert repair(done.subject).fixed == ()


def decided(verdict: Verdict) -> object:
    wanted = verdict.approvals.obligations
    return [
        (
            file.path,
            file.judgement.decision,
            frozenset((wanted[number].count, frozenset(wanted[number].approvers)) for number in file.judgement.obligations),
        )
        for file in verdict.files
    ]


@given(st.lists(st.tuples(rule(), noise), max_size=5), changes())
def test_nor_does_it_in_yaml(rules: list[tuple[str, str]], asked: Change) -> None:
    lines = [text for text, _ in rules]
    printed = to_yaml(policy("\n".join([*lines, *lines])).layers[0])
    above = iter([comment for _, comment in rules] * 2)
    text = "".join(
        f"  {next(above, '').strip() or '#'}\n{line}\n" if line.startswith("  - ") else f"{line}\n"
        for line in printed.splitlines()
    )
    before = load_policy([Source("a.yml", text.encode())])
    done = repair(LintSubject(before))
    assert decided(judge(before, asked)) == decided(judge(done.subject.policy, asked))
    assert repair(done.subject).fixed == ()


@pytest.mark.parametrize(
    "text",
    [
        "/a/ @agents block\n# lint: ignore=literal-character\n/a/ @agents block\n'b' @agents block\n",
        "/a/ @agents block\n# lint: ignore=literal-character\n/a/ @agents block\n# next\n'b' @agents block\n",
        "#\u200b lint: ignore=literal-character\n'b' @agents block\n",
        "# l\u200bint: ignore=literal-character\n'b' @agents block\n",
    ],
)
def test_no_fix_makes_a_comment_leave_out_another_finding(text: str) -> None:
    before = subject(text)
    assert any(one.diagnostic.id == "literal-character" for one in find(before))
    after = repair(before)
    assert any(one.diagnostic.id == "literal-character" for one in find(after.subject))


def test_a_fix_keeps_what_a_comment_leaves_out() -> None:
    text = "# lint: ignore=literal-character\n'b' @agents block\n/a/ @agents block\n/a/ @agents block\n"
    assert len(repair(subject(text)).fixed) == 1
