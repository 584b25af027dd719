"""Contributors as policies can tell them apart: of whatever wildcards and signals say, one of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentowners.identity.globs import matches
from agentowners.identity.match import Team
from agentowners.proof.cast import Actor
from agentowners.proof.compare import Terms, compare
from agentowners.proof.difference import Direction, PolicyDifference, UnknownReason
from agentowners.proof.kinds import kinds_of
from agentowners.proof.sides import Seats, Side
from tests.proof.points import policy

_TEXTS = ["".join(chars) for length in (1, 2, 3, 4) for chars in product("abx/", repeat=length)]


def difference(old: str, new: str) -> PolicyDifference:
    return compare(policy(old), policy(new), Terms())


@given(st.lists(st.text("ab/*", min_size=1, max_size=4), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_kind_of_text_has_one_that_stands_for_it(globs: list[str]) -> None:
    found = kinds_of(globs)
    told = {frozenset(glob for glob in globs if matches(glob, text)) for text in found.texts}
    for text in _TEXTS:
        kind = frozenset(glob for glob in globs if matches(glob, text))
        assert not kind or kind in told or not found.complete, text


def test_what_a_name_may_leave_out_tells_kinds_apart() -> None:
    found = kinds_of(["a*", "*t]"], suffix="[bot]")
    assert any(text.startswith("a") for text in found.texts)
    assert any(not text.startswith("a") and not text.endswith("t]") for text in found.texts)


def test_a_text_that_stands_for_itself_stands_for_no_kind() -> None:
    assert kinds_of(["a*"], {"a", "ax"}).texts not in (("a",), ("ax",), ())


def test_a_name_of_a_namespace_has_something_behind_the_slash() -> None:
    (name,) = kinds_of(["n/*"], not_last="/").texts
    assert name.startswith("n/")
    assert name != "n/"


def test_more_kinds_than_can_be_told_apart_are_said() -> None:
    assert not kinds_of([f"*{chr(97 + number)}*{chr(98 + number)}*" for number in range(14)]).complete


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        # of both wildcards only a name that fits both shows it
        ("agent xa email=a@b.example\na @x* block", "agent xa email=a@b.example\na @x* !@*a block", True),
        ("a @x* block", "a @x* !@*y block", False),  # of logins nobody is taken out by a wildcard
        ("a @x* block\na @*y block", "a @x* block\na @*y block", False),
        ("a @x* block", "a @x*y block", True),
        ("a @x* @xa* block", "a @x* block", False),
        # an agent with an account of a person's kind may be in a team
        ("agent h login=h\n** @agents block", "agent h login=h\n** @agents !@acme/t block\n** @acme/* block", True),
        ("** @agents block", "** @agents !@acme/t block\n** @acme/* block", False),
        ("a @acme/t @acme/u block", "a @acme/t !@acme/u block", True),
        # whom a statement tells apart from others in the same team
        ("a @acme/t block", "a @acme/t !@amy block", True),
        ("a @acme/t block", "a @acme/t block\nmode observe-only @amy", True),
        ("default @acme/t block", "default @acme/t block\na @amy allow", True),
        ("default @acme/t block", "default @acme/t block\na @amy require_approval", True),
        ("default @amy block\nb @acme/t allow", "default @amy block\na b @acme/t allow", True),
        ("agent h id=7\na @acme/t block", "agent h id=7\na @acme/t !@h block", True),
        ("agent n/* login=x* id=7\na @acme/t block", "agent n/* login=x* id=7\na @acme/t !@n/* block", True),
        ("a @acme/t block", "a @acme/t !@dependabot block", False),
        # whom a statement names may be in a team that another one leaves out, only observes, or has a default for
        ("b @dan block", "b @anyone !@acme/t block", True),
        ("b @d* block", "b @anyone !@acme/t block", True),
        ("b @dan block", "b @anyone block\nmode observe-only @acme/t", True),
        ("b @dan @acme/t block", "b @dan @acme/t block\nmode observe-only @acme/u", True),
        ("a @dan block", "default @anyone block\na @acme/t allow", True),
        ("a @acme/t block", "default @anyone block\na @dan allow", True),
        ("a @dan block", "default @agents block\na @acme/t allow\na @dan block", False),
        ("default @z* block\nb @acme/t allow", "default @z* block\na b @acme/t allow", True),
        ("default @hel* allow\na @acme/t block", "default @hel* allow\na @acme/t !@hel* block", False),
        # a bot whose name is an identity's under one policy alone
        ("default @amy block", "agent amy login=amy\ndefault @amy block", True),
        # whatever a wildcard over bots means
        ("a @acme/t block\n** @*[bot] block", "a @acme/t block\n** @*[bot] block\n** @agents block", False),
        ("a @acme/t @humans block\n** @*[bot] block", "a @acme/t block\n** @*[bot] block", True),
        # a namespace, defined or not: of its members nobody has the name alone
        ("a @n/* block", "", True),
        ("agent n/* login=x*\na @n/* block", "agent n/* login=x*", True),
        ("agent n/* description=*x*\na @n/* require_approval(2)", "agent n/* description=*x*\na @n/* require_approval", True),
        # whoever is in no team, whatever the group: nobody in particular of it may be in any
        ("a @acme/t @agents block", "a @acme/t block", True),
        ("a @acme/t @bots block", "a @acme/t block", True),
        ("a @acme/t @humans block", "a @acme/t block", True),
        ("a @acme/t @unattributed block", "a @acme/t block", True),
        ("a @acme/t @agents require_approval", "a @acme/t require_approval(2)", True),
        ("default @acme/t require_approval(2)\ndefault @bots require_approval", "default @acme/t require_approval(2)", True),
        ("a @acme/t @some* @humans block", "a @acme/t @some* block", True),
        ("a @acme/t @* block", "a @acme/t @* block\nb @agents block", False),
        # an identity that a wildcard means, of whatever group, and an account that is spelled as an identity
        ("a @dep* block", "a @humans @agents block", True),
        ("a @dep* block", "a @humans @agents @bots block", False),
        ("a @*-agent block", "a @humans @bots block", True),
        ("a @claude-code block", "a @claude block", True),
        ("a @helper block", "agent helper email=h@a.example\na @helper block", True),
        ("agent n/* login=x*\na @n/* block", "agent n/* login=x*y\na @n/* block", True),
        ("agent h branch=x*\na @h block", "agent h branch=*x\na @h block", True),
        ("agent h email=*@a.example\na @h block", "agent h email=x@a.example\na @h block", True),
        ("agent h trailer=T:*\na @h block", "agent h trailer=T:x*\na @h block", True),
        ("agent h login=x\na @h block", "agent h login=x login=y\na @h block", False),
        # taken out where it is sure, and not where it is only said
        ("agent h login=x\n** @agents !@h block", "agent h login=y\n** @agents !@h block", True),
    ],
)
def test_nobody_whom_wildcards_tell_apart_is_forgotten(old: str, new: str, *, lost: bool) -> None:
    found = difference(old, new)
    loose = (Direction.LOOSER, Direction.INCOMPARABLE)
    assert any(region.direction in loose for region in found.regions) is lost
    assert found.unknown == ()


def _agent(*claims: str, issuer: str = "https://t.example", more: str = "") -> str:
    entries = ", ".join(f'{{issuer: "{issuer}", claims: {{{claim}}}{more}}}' for claim in claims)
    return (
        f"version: 1\nagents: {{ci: {{oidc: [{entries}]}}}}\nrules: [{{patterns: [a], principals: ['@ci'], decision: block}}]\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        (['sub: "repo:o/*"'], ['sub: "repo:o/x*"'], True),
        (['sub: "repo:o/x*"'], ['sub: "repo:o/*"'], False),
        (['sub: "r:*"'], ['sub: "r:*", env: "prod"'], True),
        (['sub: "r:*", env: "prod"'], ['sub: "r:*"'], False),
        (['sub: "r:a"', 'sub: "r:b"'], ['sub: "r:a"'], True),
        (['sub: "r:A"'], ['sub: "r:a"'], True),
    ],
)
def test_tokens_are_contributors_as_their_claims_are(old: list[str], new: list[str], *, lost: bool) -> None:
    found = difference(_agent(*old), _agent(*new))
    assert found.unknown == ()
    assert found.lost is lost


def test_how_tokens_are_checked_is_not_compared_and_not_passed() -> None:
    claims = 'sub: "r:*"'
    found = difference(_agent(claims), _agent(claims, more=", audience: other"))
    assert found.direction is Direction.UNKNOWN
    assert [one.reason for one in found.unknown] == [UnknownReason.NAMES]


def test_whom_nothing_that_differs_is_about_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time does not grow with the square of the names: of many only those are held against every rule whom a change is about."""
    asked: list[str] = []
    real = Side.seats

    def seats(self: Side, actor: Actor, teams: Sequence[Team]) -> Seats:
        asked.append(actor.name)
        return real(self, actor, teams)

    monkeypatch.setattr(Side, "seats", seats)
    lines = [f"a{number} @u{number} block" for number in range(40)]
    found = difference("\n".join(lines), "\n".join(lines[1:]))
    assert [region.principals for region in found.regions] == [("@u0",)]
    assert set(asked) == {"@u0", "@u0[bot]"}
    asked.clear()
    assert difference("\n".join(lines), "\n".join(["default @agents block", *lines])).direction is Direction.STRICTER
    assert {"@u0", "@u39"} <= set(asked)


def test_many_people_beside_a_teams_default_are_all_looked_at() -> None:
    rules = "".join(f"/d{number}/ @acme/t{number} @p{number} require_approval\n" for number in range(25))
    found = difference(f"default @acme/t0 block\n{rules}", f"default @acme/t0 block\n{rules}/x @p7 allow\n")
    assert not found.unknown
    assert any(region.direction is Direction.LOOSER for region in found.regions)
