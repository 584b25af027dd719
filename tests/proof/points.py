"""Small worlds in which every point can be tried: the engine is asked directly, and decisions are compared by what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from hypothesis import strategies as st

from agentowners.change.model import Account, Change, FileChange, Kind
from agentowners.diagnostics import Source
from agentowners.engine.decide import decide
from agentowners.engine.path_changes import STATUS_OF
from agentowners.identity.match import Team
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.load import load_policy
from agentowners.policy.model import Decision, Policy
from agentowners.proof.cast import Trust
from agentowners.proof.cells import Cell

NAMES = ["a", "b", "AGENTS.md", ".github"]
TEAMS = [Team("acme", "t")]
"""Teams that some policies speak of."""
PATHS = ["/".join(segments) for length in (1, 2, 3) for segments in product(NAMES[: 5 - length], repeat=length)]

_PATTERNS = st.sampled_from(
    ["**", "*", "a", "/a", "a/", "a/*", "a/**", "**/b", "b/", "!a/", "!b", "*/b", "[ab]", "?", "/a/b", "AGENTS.md", "/.github/"]
)
_POSITIVE = st.sampled_from(["**", "a", "a/", "b", "AGENTS.md", "/.github/", "a/**"])
_WHO = st.sampled_from(["@agents", "@copilot", "@bots", "@amy", "@anyone", "@agents !@copilot", "@co*", "@helper", "@humans"])
_WHAT = st.sampled_from(
    ["allow", "block", "require_approval", "require_approval(2)", "require_approval @amy", "require_approval(2) @acme/sre @bob"]
)
_REFS = st.sampled_from(["", "", "", "refs/heads/main ", "!refs/heads/main ", "refs/heads/r* "])
_ACTIONS = st.sampled_from(["", "", "", " actions=file_write", " actions=file_delete,file_read"])
RULES = st.builds(
    lambda some, ref, who, what, action: f"{' '.join(some)} {ref}{who} {what}{action}",
    st.lists(_PATTERNS, min_size=1, max_size=2),
    _REFS,
    _WHO,
    _WHAT,
    _ACTIONS,
)
_OTHERS = st.sampled_from(
    [
        "default @agents block",
        "default @agents require_approval",
        "default @anyone require_approval(2) @amy",
        "default @copilot allow",
        "mode read-only @bots",
        "mode workspace-write @agents a/",
        "mode observe-only @copilot",
        "unprotect AGENTS.md @copilot",
        "unprotect a/ !a/b @agents",
        "agent helper login=helper",
        "agent copilot group=bots",
    ]
)
LINES = st.lists(RULES | RULES | _OTHERS, max_size=4)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Two policies, the second mostly an edit of the first."""
    old = draw(LINES)
    new = [line for line in old if draw(st.integers(0, 3))]
    new += draw(st.lists(RULES | _OTHERS, max_size=2))
    return _text(old), _text(draw(st.permutations(new)) if draw(st.booleans()) else new)


def _text(lines: Iterable[str]) -> str:
    """Lines of which no two are about the same default or agent."""
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(" ".join(line.split()[:2]) if line.startswith(("default", "agent")) else line, line)
    return "".join(f"{line}\n" for line in found.values())


def policy(text: str) -> Policy:
    """The policy of a text, which is YAML where it begins with a version."""
    name = ".agentowners.yml" if text.startswith("version:") else "AGENTOWNERS"
    return load_policy([Source(name, text.encode())])


Asked = frozenset[tuple[int, frozenset[str]]]
"""Counts with approvers; a block asks for more than there are people."""
_BLOCK: Asked = frozenset({(99, frozenset())})


def decided(which: Policy, cell: Cell, paths: Iterable[str], *, as_link: bool, author: Account | None = None) -> dict[str, Asked]:
    """What the engine decides about paths."""
    evidence = (cell.actor.evidence,)
    principals = contributors(which, evidence, definitions(which), author)
    if not principals:
        return dict.fromkeys(paths, frozenset())
    kind = Kind.SYMLINK if as_link else Kind.FILE
    files = tuple(FileChange(path, STATUS_OF[cell.action], before=kind, after=kind) for path in paths)
    vouched = cell.actor.trust is Trust.VOUCHED
    change = Change(cell.ref, files, evidence, author=author, by_writer=vouched)
    ruling = decide(which, change, cell.actor.facts(principals, TEAMS))
    found: dict[str, Asked] = {}
    for file in ruling.files:
        if file.judgement.decision is Decision.BLOCK:
            found[file.path] = _BLOCK
        else:
            asks = [ruling.obligations[index] for index in file.judgement.obligations]
            found[file.path] = frozenset((one.count, frozenset(who.key for who in one.approvers)) for one in asks)
    return found


_PEOPLE = ("amy", "bob", "sre1", "sre2", "other1", "other2", "other3")


def passes_more(old: Asked, new: Asked) -> bool:
    """Whether some people's approvals are enough for the one and not for the other, whoever of them is in the team."""
    for team in ({"sre1", "sre2"}, {"sre1", "sre2", "amy"}, {"sre1", "bob"}):
        for size in range(len(_PEOPLE) + 1):
            for some in combinations(_PEOPLE, size):
                if _enough(new, set(some), team) and not _enough(old, set(some), team):
                    return True
    return False


def _enough(asked: Asked, some: set[str], team: set[str]) -> bool:
    for count, approvers in asked:
        who = {one for name in approvers for one in (team if name == "acme/sre" else {name})} if approvers else set(_PEOPLE)
        if len(some & who) < count:
            return False
    return True


def points(cells: Iterable[Cell]) -> Iterator[tuple[Cell, bool]]:
    """Each cell with files and with links."""
    for cell in cells:
        yield cell, False
        yield cell, True
