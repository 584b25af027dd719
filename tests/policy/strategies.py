"""Hypothesis strategies for policies, of text and of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import assume
from hypothesis import strategies as st

from agentowners.policy.agent_names import agent_name, branch_glob, email_glob, line_glob, login
from agentowners.policy.model import (
    TOKEN_ALGORITHMS,
    Action,
    AgentEntry,
    AgentGroup,
    ApprovalSettings,
    Assertion,
    AtCall,
    Bound,
    ByComment,
    Decision,
    Default,
    DispatchSettings,
    Layer,
    Mode,
    ModeLine,
    OidcClaims,
    Opaque,
    Outcome,
    Permission,
    Rule,
    ToolEntry,
    Unprotect,
)
from agentowners.policy.patterns import Approver, PathPattern, PatternError, PrincipalPattern, RefPattern, in_order
from agentowners.text.unseen import shows, turned_around

T = TypeVar("T")

_PIECES = r"""
a src docs x.py * ** ? / / ! \# \@ \\ \* \! # @ [a-z] [!a] [\]] [[:alpha:]] . é 😀 default mode block refs/heads/ = ( , " ' ~
"""
_WORDS = r"""
default mode unprotect agent approvals dispatch assert at-least at-most opaque=block at_call=later
allow block require_approval require_approval(2) require_approval( @agents @x @acme/core @
!@x !\@x read-only workspace-write approved-online
src/** !docs/ refs/heads/main actions=file_write actions= id=n id= login=x email=*
trailer=a:\ * description=* group=bots dismiss_stale=true by_comment=others reviewer=7
# #why \ [ é
"""
_KEYS = """
version defaults agents modes approvals unprotect asserts bound
rules patterns refs branches principals actions decision approvers reason id
mode workspace approved logins ids emails trailers descriptions oidc group issuer claims sub dismiss_stale minimum_permission
by_comment reviewers dispatch opaque at_call tools paths
"""
PIECES = [*_PIECES.split(), "\\ ", "\\\t", "\\\u00a0", "[a\\ b]", "\u2764\ufe0f"]
"""Parts of patterns, those included that mean something elsewhere."""
UNSEEN = [" ", "\t", "\n", "\r", "\x00", "\x7f", "\x85", "\u2028", "\ufeff", "\u00a0", "\u200b", "\u202e", "\U000e0041"]
"""Characters that nobody sees, and that no pattern is meant to hold, blanks inside of one aside."""
WORDS = [*_WORDS.split(), "\\ ", "\u200b", "\r", "\n", "\n", "\n", "\x00", "\udc80"]
KEYS = _KEYS.split()


def parsed(texts: st.SearchStrategy[str], read: Callable[[str], T]) -> st.SearchStrategy[T]:
    """What ``read`` makes of the texts that it accepts."""

    def attempt(text: str) -> T:
        try:
            return read(text)
        except PatternError:
            assume(False)
            raise

    return texts.map(attempt)


def _pieces(min_size: int = 1, extra: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from([*PIECES, *extra]), min_size=min_size, max_size=6).map("".join)


def paths(*, visible: bool = True) -> st.SearchStrategy[PathPattern]:
    """Path patterns, positive and negative, none that begins with ``refs/``; with ``visible`` without blanks but escaped ones."""
    texts = _pieces() if visible else _pieces(extra=(" ", "\u00a0"))
    return parsed(texts, PathPattern.parse).filter(lambda pattern: not pattern.text.startswith("refs/"))


REFS = parsed(_pieces(0).map(lambda text: f"refs/{text}") | _pieces(0).map(lambda text: f"!refs/heads/{text}"), RefPattern.parse)
NAMES = st.text("abcXYZ012-_./*[]é:", min_size=1, max_size=12)
PRINCIPALS = parsed(st.sampled_from(["agents", "bots", "anyone", "login:agents", "x/*"]) | NAMES, PrincipalPattern.parse)
APPROVERS = parsed(st.sampled_from(["login:agents", "login:anyone"]) | NAMES, Approver.parse)
MEMBERS = PRINCIPALS | PRINCIPALS | PRINCIPALS.map(lambda pattern: PrincipalPattern(pattern.text, negative=True))
"""Whom a rule is about, or leaves out."""
ACTIONS = st.frozensets(st.sampled_from(Action), max_size=3)
VISIBLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
    lambda text: turned_around(text) is None
)


def each_once(values: st.SearchStrategy[T], key: Callable[[T], str], min_size: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    """A few values whose keys differ."""
    return st.lists(values, unique_by=key, min_size=min_size, max_size=3).map(tuple)


OUTCOMES = st.sampled_from([Outcome(Decision.ALLOW), Outcome(Decision.BLOCK)]) | st.builds(
    Outcome, st.just(Decision.REQUIRE_APPROVAL), st.integers(1, 10), each_once(APPROVERS, lambda approver: approver.key)
)


@st.composite
def rules(draw: st.DrawFn, *, visible: bool = True, name: st.SearchStrategy[str | None] | None = None) -> Rule:
    """A rule with a pattern of either kind at least."""
    some_paths = tuple(draw(st.lists(paths(visible=visible), max_size=3)))
    some_refs = tuple(draw(st.lists(REFS, min_size=0 if some_paths else 1, max_size=2)))
    reason = VISIBLE if visible else st.text(min_size=1, max_size=12).filter(_is_a_reason)
    return Rule(
        some_paths,
        some_refs,
        in_order(draw(st.lists(MEMBERS, min_size=1, max_size=3).filter(_names_somebody))),
        draw(OUTCOMES),
        draw(ACTIONS),
        draw(st.none() | (reason.filter(lambda text: text == text.strip(" \t")) if visible else reason)),
        draw(name) if name is not None else None,
    )


def _names_somebody(principals: list[PrincipalPattern]) -> bool:
    return not all(pattern.negative for pattern in principals)


def _is_a_reason(text: str) -> bool:
    return turned_around(text) is None and not any("\ud800" <= char <= "\udfff" for char in text)


def modes(*, visible: bool = True) -> st.SearchStrategy[ModeLine]:
    """Modes with the lists that they may have; without the workspace of approved-online where only lines can be written."""
    who = st.lists(PRINCIPALS, min_size=1, max_size=2).map(tuple)
    some = st.lists(paths(visible=visible), max_size=3).map(tuple)
    positive = st.lists(paths(visible=visible).filter(lambda pattern: not pattern.negative), max_size=3).map(tuple)
    plain = st.builds(ModeLine, st.sampled_from([Mode.READ_ONLY, Mode.OBSERVE_ONLY]), who)
    writing = st.builds(ModeLine, st.sampled_from([Mode.WORKSPACE_WRITE, Mode.REVIEWED_EGRESS]), who, some)
    online = st.builds(ModeLine, st.just(Mode.APPROVED_ONLINE), who, st.just(()) if visible else some, positive)
    return plain | writing | online


def unprotects(*, visible: bool = True) -> st.SearchStrategy[Unprotect]:
    """Unprotect lines with a positive pattern at least."""
    some = st.lists(paths(visible=visible), min_size=1, max_size=3).map(tuple)
    some = some.filter(lambda patterns: not all(pattern.negative for pattern in patterns))
    reason = st.none() | VISIBLE.filter(lambda text: text == text.strip(" \t"))
    return st.builds(Unprotect, some, st.lists(PRINCIPALS, min_size=1, max_size=2).map(tuple), reason)


def asserts(*, visible: bool = True) -> st.SearchStrategy[Assertion]:
    """Promises of either bound."""
    return st.builds(Assertion, rules(visible=visible), st.sampled_from(Bound))


GLOBS = st.text("ab*?@.\\é-/", min_size=1, max_size=8)
LINES = parsed(st.text("ab*:\\é# =@", min_size=1, max_size=8), lambda text: line_glob(text, "trailer"))
CLAIMS = st.dictionaries(st.text("abc", min_size=1, max_size=3), GLOBS, min_size=1, max_size=3).map(
    lambda d: tuple(sorted(d.items()))
)
OIDC = st.lists(
    st.builds(
        OidcClaims,
        st.just("https://issuer.example"),
        CLAIMS,
        st.none() | st.just(".github/keys.json"),
        st.lists(st.sampled_from(TOKEN_ALGORITHMS), max_size=2, unique=True).map(tuple),
        st.none() | st.just("acme"),
    ),
    max_size=2,
).map(tuple)


@st.composite
def agents(draw: st.DrawFn, *, visible: bool = True) -> AgentEntry:
    """An identity."""
    name = draw(parsed(NAMES, agent_name))
    return AgentEntry(
        name,
        tuple(draw(st.lists(parsed(NAMES, lambda text: login(text, name)), max_size=2))),
        tuple(draw(st.lists(st.integers(1, 2**63 - 1), max_size=2))),
        tuple(draw(st.lists(parsed(GLOBS, email_glob), max_size=2))),
        tuple(draw(st.lists(parsed(GLOBS, branch_glob), max_size=2))),
        () if visible else draw(OIDC),
        draw(st.sampled_from(AgentGroup)),
        tuple(draw(st.lists(LINES, max_size=2))),
        tuple(draw(st.lists(LINES, max_size=2))),
    )


SETTINGS = st.builds(
    ApprovalSettings,
    st.none() | st.booleans(),
    st.none() | st.sampled_from([permission for permission in Permission if permission is not Permission.NONE]),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(ByComment),
    st.lists(st.integers(1, 2**63 - 1), max_size=2, unique=True).map(tuple),
)


def dispatches(*, visible: bool = True) -> st.SearchStrategy[DispatchSettings]:
    """Settings of tool calls; what tools do only where YAML may be written."""
    names = st.text("abc_*-XY", min_size=1, max_size=8)
    chosen = st.lists(st.sampled_from(Action), min_size=1, max_size=3, unique=True)
    actions = chosen.map(lambda some: tuple(action for action in Action if action in some))
    tools = st.builds(ToolEntry, names, actions, each_once(names, str))
    some = st.just(()) if visible else each_once(tools, lambda tool: tool.pattern)
    return st.builds(DispatchSettings, st.none() | st.sampled_from(Opaque), st.none() | st.sampled_from(AtCall), some)


@st.composite
def layers(draw: st.DrawFn, *, visible: bool = True) -> Layer:
    """A whole layer; with ``visible`` one that both syntaxes can say."""
    printable = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=8)
    names = iter(draw(st.lists(printable.filter(_may_be_an_id), min_size=4, max_size=4, unique=True)))
    some = [draw(rules(visible=visible, name=st.none() | st.just(next(names)))) for _ in range(draw(st.integers(0, 4)))]
    return Layer(
        tuple(some),
        draw(each_once(st.builds(Default, PRINCIPALS, OUTCOMES), lambda default: default.principal.key)),
        tuple(draw(st.lists(modes(visible=visible), max_size=2))),
        tuple(draw(st.lists(unprotects(visible=visible), max_size=2))),
        draw(each_once(agents(visible=visible), lambda agent: agent.name.lower())),
        draw(SETTINGS),
        asserts=tuple(draw(st.lists(asserts(visible=visible), max_size=2))),
        dispatch=draw(dispatches(visible=visible)),
    )


def _may_be_an_id(text: str) -> bool:
    return ":" not in text and all(map(shows, text))


SOUP = st.lists(st.sampled_from(WORDS) | st.sampled_from([" ", "\t"]), max_size=30).map(
    lambda words: " ".join(words).encode("utf-8", "surrogateescape")
)
"""Words of the line syntax in any order."""


def documents() -> st.SearchStrategy[object]:
    """Values shaped like policies in YAML, though seldom like one policy."""
    words = [word for word in WORDS if "\udc80" not in word]
    scalars = st.sampled_from(words) | st.sampled_from(KEYS) | st.none() | st.booleans() | st.integers() | st.floats()
    keys = st.sampled_from(KEYS)
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
    )
