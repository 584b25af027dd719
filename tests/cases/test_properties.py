"""Whatever the policy: what is recorded passes, what is counted adds up, and a rule is known by the name that is recorded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentowners.cases.compare import compare
from agentowners.cases.coverage import CoverageLevel, coverage
from agentowners.cases.reader import read_cases
from agentowners.cases.record import CannotRecordError, record_cases
from agentowners.cases.rules import RuleBook, told_apart
from agentowners.cases.run import facts_unknown, judge
from agentowners.cases.write import new_file
from agentowners.change.model import Change
from agentowners.diagnostics import Source
from agentowners.engine.settle import inquire
from agentowners.policy.load import load_policy
from agentowners.policy.model import Layer, Policy
from agentowners.policy.printer import to_yaml
from tests.cases.build import PATH
from tests.cases.test_record import CHANGES
from tests.examples import examples
from tests.policy.strategies import layers

_WIDE = b"a* @copilot @alice @agents require_approval(2) @acme/sre\n!b @anyone block id=n actions=file_delete\nc/ @bots allow\n"


def loaded(layer: Layer, wide: bool) -> Policy:
    sources = [Source(".agentowners.yml", to_yaml(layer).encode())] + ([Source("AGENTOWNERS", _WIDE)] if wide else [])
    return told_apart(load_policy(sources))


POLICIES = st.builds(loaded, layers(visible=False), st.booleans())


@examples(15)
@given(POLICIES, CHANGES)
def test_what_is_recorded_of_any_policy_passes_and_is_counted(policy: Policy, change: Change) -> None:
    try:
        cases = record_cases(policy, change, "x", change.repository)
    except CannotRecordError:
        return
    file = read_cases(Source(PATH, new_file(PATH, cases, change.repository)))
    judged = judge(file.cases, policy, file.repository)
    book = RuleBook(policy)
    assert all(compare(one, book).passed for one in judged)
    assert all(book.knows(name) for case in cases for name in case.expected.rules)
    found = coverage(policy, judged)
    statements = [one for layer in found.layers for one in layer.statements]
    assert len({one.id for one in statements}) == len(statements)
    verdict = inquire(policy, change, facts_unknown)
    deciding = {rule.id for one in verdict.files for rule in (*one.judgement.rules, *one.judgement.observed_rules)}
    used = {id for one in verdict.files for id in one.judgement.unprotected}
    matching = {id for one in verdict.files for id in one.judgement.matched}
    assert {one.id for one in statements if one.reach is CoverageLevel.DECIDES} == deciding | used
    assert {one.id for one in statements if one.reach is not CoverageLevel.UNREACHED} >= matching
    assert 0 <= found.reached <= found.total
