"""What holds for any evidence: it only tightens, its order means nothing, and no text breaks anything."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.commits import Commit, commit_evidence
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.identity.resolve import resolve
from agentowners.policy.model import OidcClaims
from tests.examples import examples

DEFINITIONS = (
    *CATALOGUE,
    AgentDefinition(
        "ns/*",
        Group.AGENTS,
        logins=("op-*",),
        ids=(1, 2),
        emails=("**@ns.example",),
        branches=("ns/**",),
        oidc=(OidcClaims("i", ()),),
    ),
    AgentDefinition("helper", Group.BOTS, logins=("helper[bot]",), ids=(3,), emails=("h@x",), branches=("h/**",)),
    AgentDefinition("Helper", Group.BOTS, logins=("octocat",)),
)

_LOGINS = [
    "octocat",
    "Octocat",
    "hubot",
    "op-a",
    "op-b[bot]",
    "helper[bot]",
    "copilot-swe-agent[bot]",
    "ghost",
    "web-flow",
    "x[bot]",
]
_IDS = [None, 1, 2, 3, 4, 5, 198982749, 49699333, 10137, 19864447]
_TEXTS = [
    "codex/x",
    "ns/x",
    "h/x",
    "codex",
    "a@ns.example",
    "b/c@ns.example",
    "h@x",
    "noreply@anthropic.com",
    "noreply@github.com",
    "4+octocat@users.noreply.github.com",
    "octocat@users.noreply.github.com",
    "5+hubot@users.noreply.github.com",
    "who@localhost",
    "Jane (aider)",
    "Made-with: Cursor",
    "🤖 Generated with [Claude Code](https://claude.com/claude-code)",
    '{"iss": "i", "sub": "s:a"}',
    '{"iss": "i"}',
    "cursor",
    "op-a",
    "",
]
accounts = st.builds(Account, st.sampled_from(_LOGINS), st.sampled_from(_IDS), st.sampled_from(AccountType))
maybe = st.one_of(st.none(), st.sampled_from(_TEXTS))
hostile = st.one_of(maybe, st.text(st.characters()))
_SIGNALS = [signal for signal in Signal if signal is not Signal.DECLARED]


few_accounts = st.builds(
    Account,
    st.sampled_from(["octocat", "hubot", "op-a", "helper[bot]"]),
    st.sampled_from([None, 3, 4, 5]),
    st.sampled_from(AccountType),
)
_STRENGTHS = [Strength.VERIFIED, Strength.ASSERTED]
_WRITTEN = [Signal.TRAILER, Signal.BRANCH, Signal.BODY, Signal.LABEL]
"""Signals that are nothing without their text."""
_MAKERS = [Signal.AUTHOR, Signal.PUSHER, Signal.COMMIT_AUTHOR, Signal.CO_AUTHOR]
few_texts = st.sampled_from(["codex/x", "ns/x", "codex", "a@ns.example", "4+octocat@users.noreply.github.com", "who@localhost"])


def _evidence(strengths: list[Strength], texts: st.SearchStrategy[str | None] = maybe) -> st.SearchStrategy[Evidence]:
    """Anything at all; then what is close enough to be about the same account; then what is about nobody's account."""
    strength = st.sampled_from(strengths)
    where = st.just("commit 1a2b3c4")
    commits = st.sampled_from([None, ("a",), ("b",)])
    return st.one_of(
        st.builds(
            Evidence,
            st.sampled_from([signal for signal in _SIGNALS if signal not in _WRITTEN]),
            strength,
            st.one_of(st.none(), accounts),
            name=texts,
            email=texts,
            text=texts,
            where=where,
            commits=commits,
        ),
        st.builds(
            Evidence,
            st.sampled_from(_WRITTEN),
            strength,
            st.one_of(st.none(), accounts),
            name=texts,
            email=texts,
            text=texts.map(lambda text: text or ""),
            where=where,
            commits=commits,
        ),
        st.builds(Evidence, st.sampled_from(_MAKERS), strength, few_accounts, where=where, commits=commits),
        st.builds(
            Evidence,
            st.sampled_from(_SIGNALS),
            strength,
            name=few_texts,
            email=few_texts,
            text=few_texts,
            where=where,
            commits=commits,
        ),
    )


several = st.lists(_evidence(_STRENGTHS), max_size=6)
asserted = st.lists(_evidence([Strength.ASSERTED]), min_size=1, max_size=4)
people = st.builds(
    Account,
    st.sampled_from(["hubot", "Hubot", "jane"]),
    st.sampled_from([None, 4, 5]),
    st.sampled_from([AccountType.USER, AccountType.UNKNOWN]),
)
authors = st.one_of(st.none(), accounts, few_accounts)


def _named(principals: tuple[Principal, ...], *strengths: Strength) -> set[tuple[str, Group]]:
    """Names and groups; rules do not tell letter case."""
    return {(p.name.lower(), p.group) for p in principals if p.strength in strengths}


def _told_apart(principals: tuple[Principal, ...]) -> set[tuple[object, ...]]:
    return {(p.group, p.strength, p.identity, p.account, frozenset(p.evidence), _scope(p)) for p in principals}


def _scope(principal: Principal) -> frozenset[str]:
    """The commits on whose paths a principal is judged."""
    return frozenset("ab") if principal.commits is None else frozenset(principal.commits)


def _scopes(principals: tuple[Principal, ...]) -> dict[tuple[str, Group], frozenset[str]]:
    found: dict[tuple[str, Group], frozenset[str]] = {}
    for p in principals:
        found[p.name.lower(), p.group] = found.get((p.name.lower(), p.group), frozenset()) | _scope(p)
    return found


@examples(100)
@given(several, asserted, authors)
def test_asserted_evidence_takes_nobody_away_and_proves_nothing(
    evidence: list[Evidence], more: list[Evidence], author: Account | None
) -> None:
    before = resolve(evidence, DEFINITIONS, author)
    after = resolve([*evidence, *more], DEFINITIONS, author)
    assert _named(before, *Strength) <= _named(after, *Strength)
    assert _named(before, Strength.VERIFIED) == _named(after, Strength.VERIFIED)
    narrower, wider = _scopes(before), _scopes(after)
    assert all(commits <= wider[who] for who, commits in narrower.items())


@examples(75)
@given(several, authors, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(evidence: list[Evidence], author: Account | None, random: Random) -> None:
    shuffled = list(evidence)
    random.shuffle(shuffled)
    assert _told_apart(resolve(evidence, DEFINITIONS, author)) == _told_apart(resolve(shuffled, DEFINITIONS, author))


@examples(50)
@given(several, authors)
def test_a_principal_is_one_of_each(evidence: list[Evidence], author: Account | None) -> None:
    found = resolve(evidence, DEFINITIONS, author)
    identities = [p.identity for p in found if p.identity is not None]
    assert len(identities) == len(set(identities))
    assert all(p.evidence for p in found)
    assert all(not (p.group is Group.UNATTRIBUTED and p.strength is Strength.VERIFIED) for p in found)


@examples(50)
@given(asserted, people)
def test_a_verified_human_stays_one_whatever_is_asserted(evidence: list[Evidence], author: Account) -> None:
    first = resolve(evidence, DEFINITIONS, author)[0]
    assert (first.group, first.strength, first.account) == (Group.HUMANS, Strength.VERIFIED, author)


@examples(50)
@given(st.lists(_evidence(_STRENGTHS, hostile), max_size=5), authors)
def test_no_text_breaks_it(evidence: list[Evidence], author: Account | None) -> None:
    for principal in resolve(evidence, DEFINITIONS, author):
        assert all(len(reason) <= 120 for reason in principal.evidence)
        assert principal.identity is None or principal.identity.count("/") <= 1


@examples(25)
@given(st.text(st.characters()), st.text(st.characters()), st.text(st.characters()), authors, authors)
def test_no_commit_breaks_it(message: str, name: str, email: str, author: Account | None, committer: Account | None) -> None:
    commit = Commit(
        sha="", author_name=name, author_email=email, author=author, committer=committer, verified=True, message=message
    )
    resolve(commit_evidence(commit, author), DEFINITIONS, author)
