"""CODEOWNERS: the converted policy asks whom GitHub asks, for everybody's changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.convert.from_codeowners import from_codeowners
from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion
from agentowners.convert.policy_text import policy_text
from agentowners.diagnostics import AgentownersError, Source
from agentowners.policy.formatting import Syntax
from agentowners.policy.load import load_policy
from agentowners.policy.model import Decision, Rule
from agentowners.policy.patterns import PrincipalPattern
from tests.convert.judging import ANYONE, answer, loaded, owns
from tests.examples import examples

EXAMPLE = """\
# GitHub's documented example
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go    @docs
*.txt   @octo-org/octocats
/build/logs/ @doctocat
docs/*  @docs
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


def convert(text: str) -> Conversion:
    return from_codeowners(Source("CODEOWNERS", text.encode()), ANYONE)


def ids(conversion: Conversion) -> list[tuple[int, str]]:
    return sorted((remark.span.line, remark.id) for remark in conversion.remarks)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        # "These owners will be the default owners for everything in the repo, unless a later match takes precedence"
        ("README.md", "1: @global-owner1 @global-owner2"),
        # "When someone opens a pull request that only modifies JS files, only @js-owner and not the global owner(s)"
        ("src/a.js", "1: @js-owner"),
        ("a.txt", "1: @octo-org/octocats"),
        ("x/docs/a.md", "1: @global-owner1 @global-owner2"),
        ("scripts/deploy", "1: @doctocat @octocat"),
        # "`docs/*` will match files like docs/getting-started.md but not further nested files"; `/docs/` comes later
        ("docs/getting-started.md", "1: @doctocat"),
        ("docs/build-app/troubleshooting.md", "1: @doctocat"),
        # "any file in an apps directory anywhere in your repository"
        ("x/apps/y", "1: @octocat"),
        # "any change inside the /apps directory, except for changes to the /apps/github subdirectory, as this is left empty"
        ("apps/a.py", "1: @octocat"),
        ("apps/github/a.py", "allow"),
        # "`**/logs` such as /build/logs, /scripts/logs, and /deeply/nested/logs"
        ("build/logs/x", "1: @octocat"),
        ("deeply/nested/logs/x", "1: @octocat"),
    ],
)
@pytest.mark.parametrize("who", ["octocat2", "agents", "copilot", "unattributed"])
def test_githubs_own_example_asks_whom_its_comments_say(path: str, asked: str, who: str) -> None:
    assert answer(loaded(convert(EXAMPLE)), path, who) == asked


def test_whoever_the_rules_are_to_be_about_is_named() -> None:
    policy = loaded(from_codeowners(Source("CODEOWNERS", b"* @a\n"), (PrincipalPattern("agents"),)))
    assert (answer(policy, "x", "agents"), answer(policy, "x", "octocat")) == ("1: @a", "allow")


def test_every_line_that_does_not_carry_over_is_said_at_its_place() -> None:
    text = "* @a\n/mail/ m@example.com\n/both/ @a m@example.com\n[x] @a\n/x nobody\n/bot/ @copilot\n/odd@/ @a\n"
    found = convert(text)
    assert ids(found) == [(2, LOOSER), (3, STRICTER), (4, LEFT_OUT), (5, LEFT_OUT), (6, LOOSER)]
    written = policy_text(found)
    for line, id in ids(found):
        assert f"#   {id}, line {line}: " in written
    policy = loaded(found)
    assert [answer(policy, path) for path in ("mail/x", "both/x", "x", "bot/x")] == ["1:", "1: @a", "1: @a", "1:"]


def test_lines_that_decide_about_nothing_make_no_rule() -> None:
    found = convert("/a @x\n/a @y\n")
    (rule,) = [statement for piece in found.pieces for statement in piece.statements]
    assert isinstance(rule, Rule)
    assert [str(approver) for approver in rule.outcome.approvers] == ["@y"]
    assert "CODEOWNERS:1 later lines decide about `/a`" in policy_text(found)


def test_more_exceptions_than_there_is_room_for_make_it_stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentowners.convert.from_codeowners._EXCEPTIONS", 3)
    found = convert("* @a\n" + "".join(f"/d{n}/ @o{n}\n" for n in range(4)))
    assert ids(found) == [(1, STRICTER)]
    assert answer(loaded(found), "d1/x") == "1: @a + 1: @o1"


def test_what_github_does_not_load_is_refused() -> None:
    with pytest.raises(AgentownersError, match="3 MB"):
        convert("* @a\n" * 700_000)


def test_nothing_of_a_line_gets_into_the_policy_but_as_itself() -> None:
    hostile = "/a\u202eb @x\n/x\x07y @x\n/`z`\\ #a @x\n"
    text = policy_text(convert(hostile))
    load_policy([Source("AGENTOWNERS", text.encode())])
    assert text.replace("\n", "").isprintable()


_NAMES = st.sampled_from(["a", "b", "c.js", "d.js", "logs"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_PATTERNS = st.one_of(
    st.sampled_from(
        ["*", "*.js", "a", "a/", "/a/", "/a", "**/logs", "/a/**", "/a/*", "a/*", "/*/b", "/**/b", "b/**/c.js", "?", "/b*"]
    ),
    _PATHS,
)
_OWNERS = st.sampled_from(["@x", "@y", "@x @y", "@acme/team", ""])


@examples(26)
@given(st.lists(st.tuples(_PATTERNS, _OWNERS), max_size=7), st.lists(_PATHS, min_size=1, max_size=8, unique=True))
def test_the_last_line_that_matches_counts(lines: list[tuple[str, str]], paths: list[str]) -> None:
    policy = loaded(convert("".join(f"{pattern} {owners}\n" for pattern, owners in lines)))
    for path in paths:
        asked = next((owners for pattern, owners in reversed(lines) if owns(pattern, path)), "")
        assert answer(policy, path) == (f"1: {asked}" if asked else "allow"), (lines, path)


@given(st.text(max_size=200))
@examples(20)
def test_whatever_stands_there_becomes_a_policy_in_both_syntaxes(text: str) -> None:
    found = from_codeowners(Source("CODEOWNERS", text.encode("utf-8", "surrogateescape")), ANYONE)
    lines = load_policy([Source("AGENTOWNERS", policy_text(found).encode())])
    yaml = load_policy([Source("a.yml", policy_text(found, Syntax.YAML).encode())])
    assert lines.layers[0] == yaml.layers[0]
    assert all(rule.decision is Decision.REQUIRE_APPROVAL for rule in lines.layers[0].rules)
