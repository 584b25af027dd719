"""Whether names exist: never a false alarm, whatever a token may not see."""

from __future__ import annotations

from typing import Any

import pytest

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError
from agentowners.github.model import Patience
from agentowners.github.standings import MAX_NAMES, Standings
from agentowners.lint.model import AccountStatus
from tests.github.stub import Stub
from tests.github_server.server import GitHubServer

PATIENCE = Patience(attempts=2, pause=0.01, timeout=5, secondary_wait=0.01, longest_wait=1)
THERE, MISSING, UNKNOWN = AccountStatus.THERE, AccountStatus.MISSING, AccountStatus.UNKNOWN
READS_MEMBERS = {"members": "read"}


@pytest.fixture
def server(github: GitHubServer) -> GitHubServer:
    """acme/shop, two accounts and a team."""
    github.add_repository("acme/shop", files={"a": "1\n"})
    for login in ("octocat", "helper[bot]"):
        github.add_user(login)
    github.add_team("acme/sre", ["octocat"])
    return github


def look_up(server: GitHubServer, token: str, logins: tuple[str, ...] = (), teams: tuple[str, ...] = ()) -> Any:
    api = Api(token, server.url, "acme/shop", PATIENCE)
    try:
        return Standings(api).look_up(logins, teams)
    finally:
        api.close()


def test_accounts(server: GitHubServer) -> None:
    found = look_up(server, server.token(), ("octocat", "helper", "helper[bot]", "nobody", "nobody[bot]", "mona_acme", "octocat"))
    assert found.standings == {
        "octocat": THERE,
        "helper": THERE,  # a rule may leave the suffix out
        "helper[bot]": THERE,
        "nobody": MISSING,
        "nobody[bot]": MISSING,
        "mona_acme": UNKNOWN,  # a managed user, whom not everybody may see
    }
    assert found.remarks == ()
    asked = [request.path for request in server.requests]
    assert len(asked) == len(set(asked)) == 7


def test_a_team_that_an_app_would_see(server: GitHubServer) -> None:
    found = look_up(server, server.token("app", permissions=READS_MEMBERS), (), ("acme/sre", "acme/none"))
    assert (found.standings, found.remarks) == ({"acme/sre": THERE, "acme/none": MISSING}, ())


def test_a_token_that_cannot_read_teams_concludes_nothing(server: GitHubServer) -> None:
    found = look_up(server, server.token("actions"), (), ("acme/sre", "acme/none"))
    assert found.standings == {"acme/sre": UNKNOWN, "acme/none": UNKNOWN}
    assert found.remarks == (
        "2 teams of `acme` could not be looked up: the token needs the organization permission `members: read`"
        " (a classic token the scope `read:org`)",
    )


def test_a_member_may_not_see_every_team_and_an_owner_does(server: GitHubServer) -> None:
    found = look_up(server, server.token("user", login="octocat"), (), ("acme/sre", "acme/none"))
    assert found.standings == {"acme/sre": THERE, "acme/none": UNKNOWN}
    assert found.remarks == (
        "1 team of `acme` could not be looked up: only an owner of the organization, or an App with `members: read`,"
        " sees teams that are secret",
    )
    server.repository("acme/shop").set_permission("octocat", "admin")
    found = look_up(server, server.token("user", login="octocat"), (), ("acme/sre", "acme/none"))
    assert (found.standings, found.remarks) == ({"acme/sre": THERE, "acme/none": MISSING}, ())


def test_a_person_has_no_teams(server: GitHubServer) -> None:
    found = look_up(server, server.token("actions"), (), ("octocat/sre",))
    assert found.standings["octocat/sre"] in (MISSING, UNKNOWN)
    found = look_up(server, server.token("app", permissions=READS_MEMBERS), (), ("octocat/sre",))
    assert found.standings == {"octocat/sre": MISSING}


def test_no_more_names_than_a_token_can_afford(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    for number in range(MAX_NAMES):
        stub.answer(f"//users/u{number}", {"login": f"u{number}"})
    found = Standings(api).look_up([f"u{number}" for number in range(MAX_NAMES + 2)], [])
    assert len(found.standings) == len(stub.seen) == MAX_NAMES
    assert found.remarks == (f"2 names were not looked up: no more than {MAX_NAMES} are",)


def test_a_refusal_is_no_absence(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    stub.answer("//users/octocat", {"message": "Forbidden"}, status=403)
    assert Standings(api).look_up(["octocat"], []).standings == {"octocat": UNKNOWN}


@pytest.mark.parametrize("status", [401, 500])
def test_what_cannot_be_asked_at_all_is_an_error(stubbed: tuple[Stub, Api], status: int) -> None:
    stub, api = stubbed
    stub.answer("//users/octocat", {"message": "no"}, status=status)
    with pytest.raises(PlatformError):
        Standings(api).look_up(["octocat"], [])


def test_names_are_part_of_a_path_and_nothing_more(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    Standings(api).look_up(["a/../b?c#d"], ["acme/x/y"])
    assert "GET /orgs/acme/teams/x%2Fy" in stub.seen
    assert "GET /users/a%2F..%2Fb%3Fc%23d" in stub.seen
