"""An explanation says what the engine decides: the same decision, the same rules, and answers that a plain reading gives too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentowners.change.model import Change, Kind, Status
from agentowners.cli.offline import answer
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.settle import inquire
from agentowners.explain.explain import explain
from agentowners.explain.model import Explanation, RuleStatus, carrying
from agentowners.identity.match import Match
from agentowners.policy.load import load_policy
from agentowners.policy.model import Action, Decision, Policy
from agentowners.policy.patterns import PrincipalPattern
from tests.corpus.model import CASES, Case
from tests.engine.build import ALICE, COPILOT, DEPENDABOT, UNKNOWN_BOT, by, change, file, policy
from tests.engine.test_oracle import Oracle, on_ref, within
from tests.engine.test_properties import ASSERTED, PATHS, defaults, extras, rule
from tests.examples import examples


@st.composite
def questions(draw: st.DrawFn) -> Change:
    """One action on one path, by one who is verified and perhaps some who are not."""
    action = draw(st.sampled_from(Action))
    path = draw(st.sampled_from(PATHS))
    subject = file(path)
    author = draw(st.sampled_from([ALICE, COPILOT, DEPENDABOT, UNKNOWN_BOT, None]))
    more = draw(st.lists(st.sampled_from(ASSERTED), max_size=2, unique_by=repr))
    ref = draw(st.sampled_from(["refs/heads/main", "refs/heads/dev", "refs/heads/release/1"]))
    evidence = [*(by(author) if author else ASSERTED[:1]), *more]
    done = replace(subject, status=STATUS_OF[action], before=Kind.FILE, after=Kind.FILE)
    return change(done, evidence=evidence, author=author, ref=ref)


modes = st.lists(st.sampled_from(["mode observe-only @agents", "mode observe-only @copilot @humans"]), max_size=1)


def agrees(explained: Explanation, text: Policy, subject: Change) -> None:
    """The explanation says what the verdict says."""
    verdict = inquire(text, subject, answer)
    (judged,) = verdict.files
    judgement = judged.judgement
    assert explained.verdict == verdict
    assert explained.decision is verdict.decision
    answers = [(layer, one) for layer in explained.layers for one in layer.rules]
    assert [one.statement.id for _, one in answers if one.holds_for] == list(judgement.matched)
    assert [bool(one.holds_for) for _, one in answers] == [
        one.path and one.ref and one.action and one.applies for _, one in answers
    ]
    deciding = [(layer.layer.name, one.statement.id) for layer, one in answers if one.status is RuleStatus.DECIDES]
    carried = carrying(verdict)
    assert deciding == [(rule.source, rule.id) for rule in carried if not rule.is_default]
    default = {
        (layer.layer.name, d.statement.id) for layer in explained.layers for d in layer.defaults if d.status is RuleStatus.DECIDES
    }
    assert default == {(rule.source, rule.id) for rule in carried if rule.is_default}
    enforced = [s.decision.strictness for layer in explained.layers for s in layer.shares if not s.observes]
    assert max(enforced, default=0) == judgement.decision.strictness
    observed = [s.decision.strictness for layer in explained.layers for s in layer.shares if s.observes]
    assert max(observed, default=0) == judgement.observed.strictness
    assert [
        lift.statement.id for layer in explained.layers for lift in layer.unprotects if lift.status is RuleStatus.LIFTED
    ] == list(judgement.unprotected)
    withheld = [one.statement.id for _, one in answers if one.status is RuleStatus.WITHHELD]
    # what holds for one contributor and is withheld from another is shown as what it does, not as what it does not
    assert not judgement.decision.restricts or set(judgement.withheld) <= {*withheld, *judgement.matched}


@given(st.lists(rule(), max_size=5), st.lists(rule(), max_size=3), defaults, extras, modes, questions())
@examples(40)
def test_it_agrees_with_the_engine(
    first: list[str], second: list[str], given: list[str], more: list[str], observing: list[str], subject: Change
) -> None:
    text = policy("\n".join([*first, *more]), "\n".join([*second, *given, *observing]))
    agrees(explain(text, subject, answer), text, subject)


@given(st.lists(rule(), max_size=5), st.lists(rule(), max_size=3), defaults, extras, questions())
@examples(40)
def test_each_answer_is_that_of_the_plainest_reading(
    first: list[str], second: list[str], given: list[str], more: list[str], subject: Change
) -> None:
    text = policy("\n".join([*first, *more]), "\n".join([*second, *given]))
    explained = explain(text, subject, answer)
    oracle = Oracle(text, subject)
    path = [subject.files[0].path]
    for layer in explained.layers:
        for one in layer.rules:
            loosens = one.statement.decision is Decision.ALLOW
            assert one.path is within(one.statement.patterns, path)
            assert [p.matches for p in one.patterns] == [
                within((replace(p, negative=False),), path) for p in one.statement.patterns
            ]
            assert one.ref is on_ref(one.statement.refs, subject.ref)
            assert [p.matches for p in one.refs] == [
                on_ref((replace(p, negative=False),), subject.ref) for p in one.statement.refs
            ]
            assert [a.applies for a in one.principals] == [
                oracle.means(one.statement.principals, who, loosens=loosens) for who in oracle.principals
            ]
            for asked, who in zip(one.principals, oracle.principals, strict=True):
                for name, pattern in zip(asked.names, one.statement.principals, strict=True):
                    assert name.match is oracle.names.meaning(pattern, who, lambda *_: Match.MAYBE, loosens=loosens).match
            anyone = replace(one.statement, refs=(), patterns=(), principals=(PrincipalPattern("anyone"),))
            surely = [who for who in oracle.principals if oracle.means(anyone.principals, who, loosens=loosens)]
            for who in surely:
                assert one.action is oracle.holds(anyone, [path], explained.action, who)
        for share, who in zip(layer.shares, oracle.principals, strict=True):
            if share.by in ("default", "nothing"):
                assert share.decision is oracle.default(layer.layer, who).decision


PLAIN = [
    case
    for case in CASES
    if not case.invalid and all({f.was, f.kind} == {Kind.FILE} and f.previous_path is None for f in case.files)
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in PLAIN])
def test_it_agrees_on_the_corpus(case: Case) -> None:
    text = load_policy(case.sources)
    for one in case.change.files:
        if one.status in (Status.RENAMED, Status.COPIED):
            continue
        subject = replace(case.change, files=(one,))
        agrees(explain(text, subject, answer), text, subject)
