"""A GitHub App of one's own: what token it is asked for, who the check is from then, and that nothing of it is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from agentowners.action.run import main
from agentowners.github.app import WANTED, Installation
from agentowners.github.model import AppKey
from tests.action.world import PATIENCE, World
from tests.github_server.app_keys import give_key, pair
from tests.github_server.faults import Action
from tests.github_server.http import RequestRecord
from tests.github_server.model import App
from tests.github_server.model import Installation as Installed

ALLOWED = {"docs/index.md": "new\n"}
WAITING = {"infra/main.tf": "b\n"}
NEEDED = {"contents": "read", "pull_requests": "write", "checks": "write"}
MINT = r"/access_tokens$"
FIND = r"/installation$"
REVOKE = r"/installation/token$"


class Own:
    """An App of acme's, with a key, and the inputs that name it."""

    def __init__(self, world: World, granted: dict[str, str] | None = None, **facts: list[str]) -> None:
        self.world = world
        self.app: App = world.server.add_app("acme-gate")
        self.key = give_key(self.app)
        self.installation: Installed = world.server.install(self.app, "acme", granted or NEEDED, **facts)
        world.inputs |= {"app-id": str(self.app.id), "private-key": self.key}

    @property
    def mints(self) -> list[RequestRecord]:
        return [one for one in self.world.server.requests if one.operation == "apps/create-installation-access-token"]

    @property
    def tokens(self) -> list[str]:
        """The App's tokens that are still good."""
        return [token.value for token in self.world.server.tokens.values() if token.app is self.app]


@pytest.fixture
def own(world: World) -> Own:
    return Own(world)


def test_the_check_is_the_apps(own: Own) -> None:
    world = own.world
    world.repo.protect("main", [("AGENTOWNERS", own.app.id)])
    pull = world.pull(ALLOWED)
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.app, run.conclusion) == (own.app, "success")
    world.repo.merge(pull)


def test_a_check_of_that_name_from_actions_does_not_let_anything_pass(own: Own) -> None:
    world = own.world
    world.repo.protect("main", [("AGENTOWNERS", own.app.id)])
    pull = world.pull(WAITING)
    assert world.judge(pull) == 0
    world.repo.add_check_run("AGENTOWNERS", pull.head_sha)
    with pytest.raises(Exception, match="AGENTOWNERS"):
        world.repo.merge(pull)


def test_the_token_is_for_this_repository_and_for_what_is_needed(own: Own) -> None:
    own.installation.permissions |= {"contents": "write", "administration": "write", "actions": "write", "workflows": "write"}
    own.world.judge(own.world.pull(ALLOWED))
    assert [mint.body for mint in own.mints] == [{"repositories": ["shop"], "permissions": NEEDED}]


def test_what_is_of_use_is_asked_for_where_the_app_has_it(own: Own) -> None:
    own.installation.permissions |= {"issues": "write", "members": "read"}
    own.world.judge(own.world.pull(ALLOWED))
    assert own.mints[0].body["permissions"] == WANTED


def test_less_is_asked_for_where_the_app_has_less(world: World) -> None:
    own = Own(world, {"contents": "read", "pull_requests": "read", "checks": "write", "issues": "read"})
    pull = world.pull(WAITING)
    assert world.judge(pull) == 0
    assert own.mints[0].body["permissions"] == {
        "contents": "read",
        "pull_requests": "read",
        "checks": "write",
        "issues": "read",
    }
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"


def test_a_team_is_read_with_the_apps_token(world: World) -> None:
    own = Own(world, NEEDED | {"members": "read"})
    world.server.add_team("acme/sre", members=("octocat",))
    world.repo.commit("main", {".github/AGENTOWNERS": "infra/** @agents require_approval @acme/sre\n"}, message="teams")
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"
    assert own.tokens == []


def test_every_request_about_the_repository_is_made_with_the_apps_token(own: Own) -> None:
    world = own.world
    pull = world.pull(WAITING)
    world.judge(pull)
    used = {request.token for request in world.server.requests}
    assert world.token not in used
    assert [(r.method, r.path) for r in world.server.requests[:2]] == [
        ("GET", "/repos/acme/shop/installation"),
        ("POST", f"/app/installations/{own.installation.id}/access_tokens"),
    ]
    assert world.requests[-1] == "DELETE /installation/token"
    assert len(used) == 2, "the signed token, and the one it was exchanged for"


def test_the_token_is_worthless_afterwards(own: Own) -> None:
    own.world.judge(own.world.pull(ALLOWED))
    assert len(own.mints) == 1
    assert own.tokens == []


def test_the_run_that_the_apps_own_label_starts_changes_nothing(own: Own) -> None:
    world = own.world
    pull = world.pull(WAITING)
    world.repo.add_label("agentowners/approvals-required-2")
    world.judge(pull)
    assert "POST /issues/1/labels" in world.requests
    world.run("pull_request_target", "labeled", pull=pull, label="agentowners/approvals-required-2", sender="acme-gate[bot]")
    assert not any("/labels" in request for request in world.requests)


@pytest.mark.parametrize("place", [r"/pulls/[0-9]+$", r"/check-runs$", r"/files$", r"/check-runs/"])
def test_the_token_is_worthless_after_a_failure_too(own: Own, place: str) -> None:
    own.world.server.faults.add("500", path=place, times=1000)
    assert own.world.judge(own.world.pull(ALLOWED)) == 1
    assert own.tokens == []


@pytest.mark.parametrize("fault", ["500", "reset-after", "429", "secondary-limit", "not-json"])
def test_giving_the_token_back_is_tried_twice(own: Own, fault: Action) -> None:
    own.world.server.faults.add(fault, method="DELETE", path=REVOKE, seconds=0)
    assert own.world.judge(own.world.pull(ALLOWED)) == 0
    assert own.tokens == []


def test_a_token_that_cannot_be_given_back_fails_nothing_and_is_said(own: Own, capfd: pytest.CaptureFixture[str]) -> None:
    own.world.server.faults.add("500", method="DELETE", path=REVOKE, times=100)
    assert own.world.judge(own.world.pull(ALLOWED)) == 0
    told = capfd.readouterr()
    assert "the App's token could not be revoked; it expires within the hour: GitHub answered 500" in told.out
    assert told.err == ""


@pytest.mark.parametrize("place", [FIND, MINT])
@pytest.mark.parametrize("fault", ["500", "502", "reset", "truncated", "not-json", "429", "secondary-limit"])
def test_a_token_that_is_not_given_at_once_is_asked_for_again(own: Own, place: str, fault: Action) -> None:
    own.world.server.faults.add(fault, path=place, seconds=0)
    pull = own.world.pull(ALLOWED)
    assert own.world.judge(pull) == 0
    assert own.world.check(pull.head_sha).conclusion == "success"


@pytest.mark.parametrize("name", ["app-id", "private-key"])
def test_one_without_the_other_is_an_error_that_names_what_is_missing(
    own: Own, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    own.world.inputs[name] = " "
    assert own.world.judge(own.world.pull(ALLOWED)) == 1
    err = capfd.readouterr().err
    assert f"`{name}` is empty" in err
    assert err.count("\n") == 1
    assert own.world.server.requests == []


def test_the_workflows_own_token_is_not_needed(own: Own) -> None:
    own.world.inputs["token"] = ""
    assert own.world.judge(own.world.pull(ALLOWED)) == 0


def test_a_client_id_does_as_well(own: Own) -> None:
    own.app.client_id = "Iv23liAbCdEfGh012345"
    own.world.inputs["app-id"] = own.app.client_id
    assert own.world.judge(own.world.pull(ALLOWED)) == 0


def test_a_key_that_became_one_line_on_its_way_does_as_well(own: Own) -> None:
    own.world.inputs["private-key"] = own.key.replace("\n", "\\n")
    assert own.world.judge(own.world.pull(ALLOWED)) == 0


def test_an_app_that_is_installed_on_some_repositories(world: World) -> None:
    Own(world, repositories=["shop"])
    assert world.judge(world.pull(ALLOWED)) == 0


def test_runs_that_begin_in_the_same_second_sign_different_tokens(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("github.Auth.time", SimpleNamespace(time=lambda: 1_800_000_000))
    key = AppKey(app_id=str(own.app.id), private_key=own.key)
    signed = {Installation(key, "http://127.0.0.1:1", "acme/shop", PATIENCE, print)._signed() for _ in range(20)}
    assert len(signed) > 1


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_is_wrong_is_said(
    own: Own, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    monkeypatch.setattr("github.Auth.time", SimpleNamespace(time=lambda: time.time() + seconds))
    assert own.world.judge(own.world.pull(ALLOWED)) == 1
    assert "the runner's clock has to be right" in capfd.readouterr().err


REFUSED: dict[str, tuple[Callable[[Own], object], str, str]] = {
    "not installed": (lambda own: own.world.server.installations.clear(), "404", "that the App is installed on acme/shop"),
    "installed elsewhere": (
        lambda own: setattr(own.installation, "selection", "selected"),
        "404",
        "that the App is installed on acme/shop",
    ),
    "another App": (lambda own: own.world.inputs.update({"app-id": "1"}), "404", "check the input `app-id`"),
    "another key": (lambda own: own.world.inputs.update({"private-key": pair(1)[0]}), "401", "one of this App's"),
    "suspended": (lambda own: setattr(own.installation, "suspended", True), "403", "suspended the App's installation"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_where_there_is_no_token_there_is_no_verdict(own: Own, capfd: pytest.CaptureFixture[str], why: str) -> None:
    change, status, help = REFUSED[why]
    change(own)
    pull = own.world.pull(ALLOWED)
    assert own.world.judge(pull) == 1
    assert own.world.checks(pull.head_sha) == []
    err = capfd.readouterr().err
    assert f"GitHub answered {status} to" in err
    assert help in err
    assert own.tokens == []


@pytest.mark.parametrize("name", ["contents", "pull_requests"])
def test_an_app_that_may_not_read_what_is_judged_is_asked_for_nothing(
    own: Own, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    """A request for no permission at all would be one for every permission that the App has."""
    del own.installation.permissions[name]
    assert own.world.judge(own.world.pull(ALLOWED)) == 1
    assert own.mints == []
    assert f"the App may not read {name.replace('_', ' ')} of acme/shop" in capfd.readouterr().err


EC = """-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49
AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q
EKTcWGekdmdDPsHloRNtsiCa697B2O9IFA==
-----END EC PRIVATE KEY-----"""


@pytest.mark.parametrize(
    "key", ["hello", "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----", EC, pair(0)[1]]
)
def test_what_is_no_key_is_an_error_that_does_not_show_it(own: Own, capfd: pytest.CaptureFixture[str], key: str) -> None:
    own.world.inputs["private-key"] = key
    assert own.world.judge(own.world.pull(ALLOWED)) == 1
    err = capfd.readouterr().err
    assert err.startswith("::error title=AGENTOWNERS::the input `private-key` cannot be used (it has to hold an RSA key")
    assert err.count("\n") == 1
    assert not any(line in err for line in key.splitlines())
    assert own.world.server.requests == []


def test_a_key_given_as_the_apps_number_is_not_shown(own: Own, capfd: pytest.CaptureFixture[str]) -> None:
    own.world.inputs["app-id"] = own.key
    assert own.world.judge(own.world.pull(ALLOWED)) == 1
    err = capfd.readouterr().err
    assert "neither an App's number nor its client id" in err
    assert not any(line in err for line in own.key.splitlines())


def test_a_server_whose_api_has_a_path(own: Own) -> None:
    pull = own.world.pull(ALLOWED)
    payload = own.world.server.payload("pull_request_target", "opened", pull=pull)
    environ = own.world.environ("pull_request_target", payload, GITHUB_API_URL=f"{own.world.server.url}/api/v3")
    assert main(environ, patience=PATIENCE) == 0
    assert own.world.check(pull.head_sha).app is own.app
    assert own.tokens == []
