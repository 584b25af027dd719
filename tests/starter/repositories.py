"""Generated repositories, with everything in them that a proposal looks at, and much that it has to bear."""

from __future__ import annotations

from hypothesis import strategies as st

from agentowners.identity.model import Group
from agentowners.starter.concerns import CONCERNS, SECRETS, TECHNOLOGIES
from agentowners.starter.model import OwnersFile, Seen, Survey

_KNOWN = [
    pattern.lstrip("/").replace("**/", "").replace("*", "x")
    for concern in (*CONCERNS, *TECHNOLOGIES, SECRETS)
    for pattern in (*concern.patterns, *concern.always, *concern.exempt)
    if not pattern.endswith("/")
]
_DIRECTORIES = [
    "src",
    "docs",
    "infra",
    "deploy",
    "charts",
    "apps",
    "migrations",
    "auth",
    "security",
    "secrets",
    "tests",
    "fixtures",
    ".github",
    "a",
    "b",
]
_ODD = st.text(min_size=1, max_size=6).filter(lambda name: "/" not in name and "\0" not in name and name not in (".", ".."))
_BYTES = st.binary(min_size=1, max_size=4).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
_NAMES = st.one_of(
    st.sampled_from(_KNOWN),
    st.sampled_from(_KNOWN),
    st.sampled_from(["main.py", "README.md", "a.js", "b"]),
    st.sampled_from(["main.py", "README.md", "a.js", "-rf", "#x", "@y", "[z]", "two words", "a\nb", "x`$(y)`"]),
    _ODD,
    _BYTES.filter(lambda name: "/" not in name and "\0" not in name and name not in (".", "..")),
)
paths = st.builds(
    lambda directories, name: "/".join([*directories, name]),
    st.lists(st.one_of(*[st.sampled_from(_DIRECTORIES[:6])] * 4, st.sampled_from(_DIRECTORIES), _ODD), max_size=3),
    _NAMES,
)
_FILES = st.lists(paths, unique=True, min_size=3, max_size=25).map(lambda found: tuple(sorted(found)))

_PATTERNS_USUAL = st.sampled_from(
    [
        "*.js",
        "*.md",
        "*.tf",
        "/docs/",
        "docs/",
        "docs/*",
        "/docs/*",
        "/src/",
        "/src/a",
        "src/**/b",
        "/apps/*/b",
        "/infra/",
        "/a/b/",
        "a/",
        "/migrations",
        "**/auth",
        "package.json",
        "/package.json",
        "*.pem",
        ".env",
        "/.github/",
        "refs/x",
        "/a\\ b/",
        "/*",
        "default",
        "allow",
        "@y",
        "\\#x",
        "mode",
    ]
)
_PATTERNS = st.one_of(
    _PATTERNS_USUAL,
    st.sampled_from(
        [
            "*",
            "**",
            "!x",
            "[ab]",
            "a//b",
            "/",
            "../x",
            "a\\",
            "\x1b[31m",
            "\u202e",
            "x\udcff",
            "/*/",
            "*.{js,ts}",
            '"a',
            "a,",
            "/dосs/",
            "/日本/",
            "a\u3164b",
            "/gо,",
        ]
    ),
    _ODD,
)
_PEOPLE = st.sampled_from(["@octo", "@mona", "@acme/core", "@acme/web", "@Octo"])
_OWNERS = st.sampled_from(
    ["pat@example.com", "@copilot", "@dependabot", "@some[bot]", "@bad!", "nobody", "@agents", "#", "# lint:", "@a/b/c"]
)
_PLAIN_LINES = st.builds(
    lambda pattern, owners: " ".join([pattern, *owners]), _PATTERNS_USUAL, st.lists(_PEOPLE, min_size=1, max_size=2)
)
_LINES = st.one_of(
    *[_PLAIN_LINES] * 4,
    st.builds(lambda pattern, owners: " ".join([pattern, *owners]), _PATTERNS, st.lists(_PEOPLE | _OWNERS, max_size=3)),
    st.sampled_from(["", "# comment", "  ", "\r"]),
)
owners = st.builds(
    lambda first, lines: OwnersFile(".github/CODEOWNERS", "\n".join([first, *lines]).encode("utf-8", "surrogateescape")),
    st.sampled_from(["* @octo", "* @acme/core", "", "** @mona", "*"]),
    st.lists(_LINES, min_size=1, max_size=16).filter(lambda lines: all(_encodable(line) for line in lines)),
)
_BRANCH = st.one_of(
    st.sampled_from(
        ["main", "master", "production", "release/1.0", "release-2", "stable/x", "releases/3", "release", "dev", "a'b"]
    ),
    st.just("wip/!x"),
)
_SEEN = st.builds(
    Seen,
    st.sampled_from(["@copilot", "@claude", "@dependabot", "@some[bot]"]),
    st.sampled_from([Group.AGENTS, Group.BOTS]),
    st.integers(1, 3000),
)


def _encodable(line: str) -> bool:
    try:
        line.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


surveys = st.builds(
    Survey,
    files=_FILES,
    owners=st.one_of(st.none(), owners, owners, owners),
    default_branch=_BRANCH,
    branches=st.lists(_BRANCH, unique=True, max_size=5).map(lambda found: tuple(sorted(found))),
    seen=st.lists(_SEEN, max_size=4, unique_by=lambda seen: seen.name).map(tuple),
    commits=st.integers(0, 2000),
    people=st.integers(0, 3),
)
