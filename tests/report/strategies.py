"""Verdicts and texts of every shape, for properties of what is said about them."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.change.model import Account, Because, Strength, Via
from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.engine.verdict import (
    AppliedRule,
    Approvals,
    CountedReview,
    FileDecision,
    IgnoredReview,
    Judgement,
    NoVerdict,
    Outcome,
    SettledObligation,
    Verdict,
)
from agentowners.identity.model import Group, Principal
from agentowners.policy.model import Action, ByComment, Decision
from tests.examples import examples
from tests.report.verdicts import verdict

patient = settings(deadline=None)
"""For every property here: on a busy machine a deadline says nothing."""
frugal = examples(12)
"""For properties of whole outcomes, which take long to make."""

FRAGMENTS = [
    *"`|\\<>&\"'#*_~[]()!@:;,.-+=/%{}$^ \n\r\t\0\x1b\x7f\x85",
    "\u202e\u2066\u200b\ufeff\u2028\u2029\u00a0\u3000\ufe0f\u034f\ue000\udc80\ud800\U000e0041",
    "@octocat",
    "@acme/sre",
    "#12",
    "GH-12",
    "acme/shop#1",
    "http://evil.example",
    "https://evil.example/a",
    "www.evil.example",
    "a@b.example",
    "1a2b3c4d5e6f708192a3b4c5d6e7f80910213243",
    ":smile:",
    "[x](http://e.example)",
    "![x](y)",
    "[^1]",
    "<img src=x onerror=y>",
    "<!--",
    "-->",
    "</code>",
    "<details>",
    "&lt;",
    "&#64;octocat",
    "```",
    "``",
    "$`a`$",
    "::error::x",
    "##[error]x",
    "\n::set-output name=x::y\n",
    "\r\n",
    "\n# heading\n",
    "\n\n- [ ] item\n",
    "\n|a|b|\n|-|-|\n",
    "1. ",
    "---",
    "word",
    "é",
    "漢字",
    "security/x.py",
]
nasty = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=3)), max_size=12).map("".join)
"""Text that tries to be more than text."""
names = nasty.filter(bool)


rules = st.builds(
    AppliedRule,
    id=names,
    source=names,
    line=st.none() | st.integers(1, 10**6),
    statement=nasty,
    decision=st.sampled_from(Decision),
    reason=st.none() | nasty,
    is_default=st.booleans(),
)
principals = st.builds(
    Principal,
    group=st.sampled_from(Group),
    strength=st.sampled_from(Strength),
    identity=st.none() | names,
    account=st.none() | st.builds(Account, login=names),
    evidence=st.lists(nasty, max_size=7).map(tuple),
    commits=st.none() | st.lists(nasty, max_size=2).map(tuple),
)
obligations = st.builds(
    SettledObligation,
    count=st.integers(1, 10),
    approvers=st.lists(names.map("@{}".format), max_size=3).map(tuple),
    rules=st.lists(names, max_size=2).map(tuple),
    granted_by=st.lists(names, max_size=3).map(tuple),
    note=st.none() | nasty,
)
spans = st.builds(
    lambda path, line, column, more, length, text: Span(path, line, column, line + more, column + length, text),
    names,
    st.integers(1, 10**5),
    st.integers(1, 200),
    st.integers(0, 1),
    st.integers(0, 50),
    nasty.map(lambda text: text.replace("\n", "")),
)
diagnostics = st.builds(
    Diagnostic,
    id=names,
    severity=st.sampled_from(Severity),
    message=names,
    span=spans,
    help=st.none() | nasty,
)
some_diagnostics = st.lists(diagnostics, max_size=3).map(tuple)


def judgements(asked: int) -> st.SearchStrategy[Judgement]:
    places = st.lists(st.integers(0, asked - 1), max_size=2, unique=True).map(tuple) if asked else st.just(())
    return st.builds(
        Judgement,
        decision=st.sampled_from(Decision),
        principal=st.none() | principals,
        rules=st.lists(rules, max_size=4).map(tuple),
        matched=st.lists(nasty, max_size=3).map(tuple),
        unprotected=st.lists(nasty, max_size=1).map(tuple),
        obligations=places,
        observed=st.sampled_from(Decision),
        observed_rules=st.lists(rules, max_size=2).map(tuple),
        observed_principal=st.none() | principals,
        observed_obligations=places,
    )


@st.composite
def verdicts(draw: st.DrawFn, only_observed: bool | None = None) -> Verdict:
    asked = tuple(draw(st.lists(obligations, max_size=3)))
    shared = draw(st.lists(judgements(len(asked)), min_size=1, max_size=4))
    files = draw(
        st.lists(
            st.builds(
                FileDecision,
                path=names,
                actions=st.lists(st.sampled_from(Action), min_size=1, max_size=2, unique=True).map(tuple),
                judgement=st.sampled_from(shared),
                first_line=st.none() | st.integers(1, 10**6),
                because=st.sampled_from(Because),
                stands_for=st.none() | names,
                principals=st.lists(principals, max_size=2).map(tuple),
            ),
            max_size=6,
        )
    )
    required = sum(o.count for o in asked)
    contributors = tuple(draw(st.lists(principals, max_size=3)))
    ignored = st.builds(IgnoredReview, names, nasty, st.none() | nasty, st.lists(names, max_size=2).map(tuple))
    counted = st.builds(CountedReview, names, st.sampled_from(Via), nasty)
    made = verdict(
        *files,
        approvals=Approvals(
            required=required,
            granted=sum(min(o.count, len(o.granted_by)) for o in asked),
            obligations=asked,
            ignored=tuple(draw(st.lists(ignored, max_size=3))),
            counted=tuple(draw(st.lists(counted, max_size=2))),
            by_comment=draw(st.sampled_from(ByComment)),
        ),
        principals=contributors,
        sources=tuple(draw(st.lists(st.builds(Source, names, st.binary(max_size=5), st.none() | names), max_size=2))),
        diagnostics=draw(some_diagnostics),
        observed_only=draw(st.booleans()) if only_observed is None else only_observed,
        pull_request=draw(st.none() | st.integers(1, 10**6)),
    )
    paths = tuple(draw(st.none() | st.lists(names, max_size=7).map(tuple)) for _ in contributors)
    return replace(made, conflict=draw(st.booleans()), paths=paths)


no_verdicts = st.builds(
    NoVerdict,
    title=names,
    message=nasty,
    help=st.none() | nasty,
    diagnostics=some_diagnostics,
    ref=st.none() | names,
    repository=st.none() | names,
)
outcomes: st.SearchStrategy[Outcome] = st.one_of(verdicts(), no_verdicts)
