"""Documents of other tools, read as these tools say that they read them, and policies to make them of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.diagnostics import PolicyError, Source
from agentowners.engine.facts import Unavailable
from agentowners.engine.settle import find_out
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy

MAIN = "refs/heads/main"


def load(text: str, *more: str) -> Policy:
    """A policy of one file or several."""
    return load_policy([Source(f"layer{n}" if n else "AGENTOWNERS", each.encode()) for n, each in enumerate([text, *more])])


def decisions(policy: Policy, paths: Sequence[str], who: str, status: Status = Status.MODIFIED) -> dict[str, str]:
    """The policy's decision about each path."""
    kind = Kind.NOTHING if status is Status.ADDED else Kind.FILE
    files = tuple(FileChange(path, status, None, kind, Kind.FILE) for path in paths)
    change = Change(MAIN, files, (Evidence(Signal.DECLARED, Strength.VERIFIED, name=who),), repository="acme/shop")
    ruling, _ = find_out(policy, change, lambda need: Unavailable("nobody is asked"))
    return {path: judged.decision.value for path, judged in zip(ruling.files.paths, ruling.judgements, strict=True)}


@lru_cache(maxsize=4096)
def glob_regex(glob: str, *, star: str = "[^/]*") -> re.Pattern[str]:
    """A glob from a slash on: ``**`` is any number of names, ``?`` a character, ``[xy]`` one of some."""
    out = ""
    for segment in glob.removeprefix("/").split("/"):
        if segment == "**":
            out += "(?:[^/]+/)*"
            continue
        for part in re.findall(r"\[[^\]]+\]|.", segment):
            out += star if part == "*" else "[^/]" if part == "?" else part if part[0] == "[" else re.escape(part)
        out += "/"
    end = "[^/]+" if out.endswith(")*") else ""
    return re.compile(f"(?s){out.removesuffix('/')}{end}" if not end else f"(?s){out}{end}")


def matches(glob: str, path: str, *, star: str = "[^/]*", below: bool) -> bool:
    """True if a glob is a path, or with ``below`` a directory above it."""
    regex = glob_regex(glob, star=star)
    names = path.split("/")
    ends = range(1, len(names) + 1) if below else [len(names)]
    return any(regex.fullmatch("/".join(names[:end])) for end in ends)


def answer_of(permissions: dict[str, Any], tool: str, path: str, *, star: str = "[^/]*", below: bool) -> str:
    """``deny``, ``ask`` or ``allow``, the first list that names it; else ``unnamed``."""
    for word in ("deny", "ask", "allow"):
        for rule in permissions[word]:
            name, _, rest = rule.partition("(")
            if name == tool and (not rest or matches(rest.removesuffix(")"), path, star=star, below=below)):
                return str(word)
    return "unnamed"


PATTERNS = st.sampled_from(
    [
        *(
            "/a",
            "/a/",
            "a/**",
            "/a/*",
            "b",
            "*.py",
            "**/b/**",
            "/a/**/c.py",
            "[ab]",
            "/a/[!b]",
            "/x(y)",
            "\\[z]",
            "/?/b",
            "a*",
            "**",
        ),
        *(".env*", "/A/", "/a b", "b/", "/b/a/", "/a/b", "b/*"),
    ]
)
_NAMES = ("a", "b", "c.py", "A", ".env", "CLAUDE.md")
PATHS = (
    *_NAMES,
    *("x(y)", "[z]", "z", "a b", "ab", "AGENTS.md", "x(y)/a", "[z]/b", "a b/c", "ab/c"),
    *(f"{one}/{other}" for one in _NAMES[:4] for other in _NAMES),
    *(f"{one}/{other}/{last}" for one in "ab" for other in ("a", "b", "A") for last in ("a", "b", "c.py", ".env")),
)
"""Paths that these patterns tell apart."""
_PRINCIPALS = st.sampled_from(["@agents", "@agents", "@agents", "@anyone", "@claude", "@copilot", "@humans", "@agents !@claude"])
_DECISIONS = st.sampled_from(["block", "require_approval", "require_approval(2) @octocat", "allow", "allow", "allow"])
_ACTIONS = st.sampled_from(["", "", "", " actions=file_write", " actions=file_read", " actions=file_create"])
_REFS = st.sampled_from(["", "", "", "", " refs/heads/main", " refs/heads/x", " !refs/heads/main"])


@st.composite
def _rule(draw: st.DrawFn) -> str:
    positive = draw(st.lists(PATTERNS, min_size=1, max_size=2, unique=True))
    negative = draw(st.lists(PATTERNS.filter(lambda text: text != "**"), max_size=1))
    written = [text.replace(" ", "\\ ") for text in [*positive, *(f"!{text}" for text in negative)]]
    return f"{' '.join(written)}{draw(_REFS)} {draw(_PRINCIPALS)} {draw(_DECISIONS)}{draw(_ACTIONS)}"


@st.composite
def _file(draw: st.DrawFn) -> str:
    rules = draw(st.lists(_rule(), max_size=4))
    restricting = st.sampled_from(["block", "require_approval", "require_approval", "allow"])
    defaults = draw(st.dictionaries(st.sampled_from(["@agents", "@agents", "@anyone", "@claude"]), restricting, max_size=2))
    lines = [*(f"default {who} {decision}" for who, decision in defaults.items()), *rules]
    mode = draw(
        st.sampled_from(
            ["", "", "", "mode read-only @claude", "mode observe-only @agents", "mode workspace-write @agents /a/", "", ""]
        )
    )
    return "\n".join([*lines, mode, draw(st.sampled_from(["", "", "unprotect CLAUDE.md @agents"]))]) + "\n"


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Policies of one file or two."""
    files = draw(st.lists(_file(), min_size=1, max_size=2))
    try:
        return load(*files)
    except PolicyError as error:
        raise AssertionError(f"{error}\n{files}") from None
