"""``agentowners inbox``: a person looks, and grants or rejects; and the whole loop around it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agentowners.cli import hook_grants, moments
from agentowners.cli.doctor_machine import same_user
from agentowners.cli.mcp_judge import McpJudge
from agentowners.mcp.hints import ToolHints
from agentowners.mcp.messages import ClientRequest
from agentowners.mcp.session import ToolRequest, Undecided
from agentowners.proposals.fakes import FAKES, SAME_USER
from agentowners.proposals.model import ANY_SESSION, Grant, Instant
from tests.cli.agents_desk import Office, office
from tests.git.repo import Gone
from tests.schemas.published import validator
from tests.tokens.issuing import but, jwk, key_set, token

__all__ = ["office"]

KEYS = "security/keys.py"
REAL_NOW = moments.now


def granted(office: Office, path: str = KEYS, *arguments: str) -> dict[str, Any]:
    """A denied call, a proposal for it, and its approval."""
    assert office.call(path) == "deny"
    answer = office.except_path(path, denial=office.denial()["id"])
    done = office.approve(answer["id"], *arguments)
    assert done.code == 0, done.err
    return answer


def at(office: Office, *, wall: int = 0, steady: int = 0) -> None:
    """Let the clocks of the hook differ from now by some minutes."""
    real = REAL_NOW()
    moved = Instant(real.wall + wall * 60_000, real.steady + steady * 60_000)
    office.monkeypatch.setattr(moments, "now", lambda: moved)


def test_the_whole_loop(office: Office) -> None:
    assert office.call(KEYS) == "deny"
    denial = office.denial()
    validator("denial-1").validate(denial)
    explained = office.run("explain", KEYS, "--as", "@claude")
    assert ".github/AGENTOWNERS:1" in explained.out
    rule = denial["accesses"][0]["rules"][0]["id"]
    answer = office.except_path(KEYS, rule=rule, denial=denial["id"])
    assert office.call(KEYS) == "deny"  # a proposal changes nothing
    shown = office.run("inbox", "show", answer["id"]).out
    assert f"for example: {KEYS}" in shown
    assert "looser: blocked -> allowed" in shown
    assert office.approve(answer["id"], "--minutes", "30", token=shown.split()[-1]).code == 0
    assert office.call(KEYS) == "pass"
    assert office.call("security/other.py") == "deny"
    at(office, wall=31, steady=31)
    assert office.call(KEYS) == "deny"
    events = [entry.get("event") or entry["reply"] for entry in office.journal()]
    assert events == ["deny", "proposal", "deny", "grant", "pass", "deny", "deny"]
    assert office.journal()[4]["grants"] == [f"g-{answer['id'][2:]}-1"]
    state = office.run("inbox", "show", answer["id"], "--format", "json").json
    validator("proposal-1").validate(state)
    assert state["state"] == "approved"


def test_a_grant_is_for_its_principal_session_and_machine_alone(office: Office) -> None:
    granted(office)
    assert office.call(KEYS) == "pass"
    assert office.call(KEYS, session="another") == "deny"
    assert office.call(KEYS, "--no-grants") == "deny"
    assert office.repo.git("status", "--porcelain") == ""
    assert office.run("check", "--base", "main", "--head", "main").code == 0
    assert office.run("explain", KEYS, "--as", "@claude").code == 3  # whatever is not the hook knows nothing of it


def test_it_ends_when_the_base_or_the_engine_is_another(office: Office) -> None:
    granted(office)
    office.monkeypatch.setattr(hook_grants, "__version__", "9.9.9")
    assert office.call(KEYS) == "deny"
    office.monkeypatch.undo()


def test_it_ends_when_the_policy_on_the_base_changes(office: Office) -> None:
    granted(office)
    office.repo.commit({".github/AGENTOWNERS": (office.root / ".github/AGENTOWNERS").read_text() + "x @agents block\n"})
    office.repo.git("reset", "-q", "--hard")
    assert office.call(KEYS) == "deny"


@pytest.mark.parametrize(
    ("wall", "steady", "holds"),
    [
        (479, 479, True),
        (480, 480, False),
        (-1, 5, False),  # the clock was set back
        (5, 481, False),  # set back, while the machine ran on
        (10_000, 5, False),  # set forward
        (5, -1, False),  # the machine was started anew
    ],
)
def test_a_clock_that_jumps_ends_it(office: Office, wall: int, steady: int, holds: bool) -> None:
    granted(office)
    at(office, wall=wall, steady=steady)
    assert office.call(KEYS) == ("pass" if holds else "deny")


def test_no_grant_lasts_longer_than_eight_hours(office: Office) -> None:
    granted(office)
    (file,) = (office.state / "grants").glob("*.json")
    longer = replace(msgspec.json.decode(file.read_bytes(), type=Grant), minutes=100_000)
    file.write_bytes(msgspec.json.encode(longer))
    at(office, wall=479, steady=479)
    assert office.call(KEYS) == "pass"
    at(office, wall=481, steady=481)
    assert office.call(KEYS) == "deny"
    assert office.run("inbox", "approve", "p-0123456789abcdef", "--token", "x", "--minutes", "481").code == 2


def test_a_token_is_of_exactly_what_was_shown(office: Office) -> None:
    answer = office.except_path(KEYS, arguments=("--client", "claude", "--session", "s1"))
    done = office.approve(answer["id"], token="0" * 16)
    assert (done.code, "the token is not of what" in done.err) == (1, True)
    shown = office.token(answer["id"])
    (file,) = (office.state / "proposals").glob("*.json")
    file.write_text(file.read_text().replace("!/security/keys.py", "!/security/**"))
    done = office.approve(answer["id"], token=shown)
    assert (done.code, "the token is not of what" in done.err) == (1, True)
    assert office.call(KEYS) == "deny"


def test_a_base_that_moves_between_showing_and_approving(office: Office) -> None:
    answer = office.except_path(KEYS, arguments=("--client", "claude", "--session", "s1"))
    shown = office.token(answer["id"])
    office.repo.commit({"security/more.py": "m\n"})  # not the policy, and the same is shown of it
    assert office.token(answer["id"]) == shown
    policy = (office.root / ".github/AGENTOWNERS").read_text()
    office.repo.commit({".github/AGENTOWNERS": f"# new\n{policy}"})
    done = office.approve(answer["id"], token=shown)
    assert (done.code, f"`{answer['id']}` is stale" in done.err or "there is no rule" in done.err) == (1, True)
    listed = json.loads(office.run("inbox", "list", "--format", "json").out)
    assert [one["state"] for one in listed] == ["stale"]


def test_another_engine_makes_another_token(office: Office) -> None:
    from agentowners.cli import inbox

    answer = office.except_path(KEYS, arguments=("--client", "claude", "--session", "s1"))
    shown = office.token(answer["id"])
    office.monkeypatch.setattr(inbox, "__version__", "9.9.9")
    assert office.approve(answer["id"], token=shown).code == 1


def test_a_terminal_is_needed_and_no_client_may_call(office: Office) -> None:
    answer = office.except_path(KEYS, arguments=("--client", "claude", "--session", "s1"))
    shown = office.token(answer["id"])
    done = office.run("inbox", "approve", answer["id"], "--token", shown)
    assert (done.code, "approving takes a terminal" in done.err) == (1, True)
    assert "best-effort" in done.err
    assert "unavailable" in done.err
    for marker in ("CLAUDECODE", "CODEX_THREAD_ID", "AI_AGENT"):
        office.monkeypatch.setenv(marker, "1")
        done = office.approve(answer["id"], token=shown)
        assert (done.code, f"`{marker}` is set" in done.err) == (1, True)
        office.monkeypatch.delenv(marker)
    assert office.call(KEYS) == "deny"


def test_each_approval_says_what_it_is_worth(office: Office) -> None:
    assert office.call(KEYS) == "deny"
    answer = office.except_path(KEYS, denial=office.denial()["id"])
    done = office.approve(answer["id"])
    for word in ("best-effort", "unavailable", "`script`", "--pull-request"):
        assert word in done.err
    assert "granted: " in done.out


def test_a_rejection_gives_its_guidance_back(office: Office) -> None:
    answer = office.except_path(KEYS, arguments=("--client", "claude"))
    assert office.run("inbox", "reject", answer["id"], "--guidance", "one file is enough").code == 0
    found = office.run("inbox", "show", answer["id"], "--format", "json").json
    assert (found["state"], found["guidance"], found["review_token"]) == ("rejected", "one file is enough", None)
    again = office.run("inbox", "reject", answer["id"])
    assert (again.code, "is rejected" in again.err) == (1, True)
    assert [entry.get("event") for entry in office.journal()] == ["proposal", "rejection"]


def test_a_grant_needs_somebody_whose_calls_it_holds_for(office: Office) -> None:
    nobody = office.except_path(KEYS)
    assert "which agent it is of" in office.approve(nobody["id"]).err
    somebody = office.except_path(KEYS, arguments=("--client", "claude"))
    assert "names no session" in office.approve(somebody["id"]).err
    everywhere = office.except_path(KEYS, arguments=("--client", "claude", "--session", "any"))
    assert "names no session" in office.approve(everywhere["id"]).err
    assert office.approve(everywhere["id"], "--session", "any").code == 0
    assert office.call(KEYS, session="whatever") == "pass"


def test_what_is_built_in_is_granted_to_nobody(office: Office) -> None:
    answer = office.propose(
        {"add_rule": {"text": "unprotect .github/AGENTOWNERS @claude"}}, arguments=("--client", "claude", "--session", "s1")
    )
    done = office.approve(answer["id"])
    assert (done.code, "`unprotect` line" in done.err) == (1, True)
    granted(office)
    assert office.call(".github/AGENTOWNERS") != "pass"


@pytest.mark.parametrize("arguments", [("show",), ("approve",), ("reject",), ("list", "p-1"), ("approve", "p-1"), ("burn",)])
def test_usage(office: Office, arguments: tuple[str, ...]) -> None:
    assert office.run("inbox", *arguments).code == 2


@pytest.mark.parametrize("id", ["p-0123456789abcdef", "../../x", "p-", "lock", ""])
def test_a_proposal_that_is_not_there(office: Office, id: str) -> None:
    for arguments in (("show", id), ("reject", id)):
        done = office.run("inbox", *arguments)
        assert (done.code, "there is no proposal" in done.err) == (1, True)


def test_links_and_files_of_others_in_the_state_folder(office: Office) -> None:
    answer = granted(office)
    grants = office.state / "grants"
    (file,) = grants.glob("*.json")
    real = office.home / "real.json"
    os.rename(file, real)
    file.symlink_to(real)
    assert office.call(KEYS) == "deny"  # a link is not followed
    file.unlink()
    os.link(real, file)
    assert office.call(KEYS) == "deny"  # nor is a file read that has another name
    file.unlink()
    os.rename(real, file)
    assert office.call(KEYS) == "pass"
    os.rename(grants, office.home / "elsewhere")
    grants.symlink_to(office.home / "elsewhere")
    assert office.call(KEYS) == "deny"
    grants.unlink()
    os.rename(office.home / "elsewhere", grants)
    grants.chmod(0o777)
    assert office.call(KEYS) == "deny"  # everybody may write there
    (office.state / "proposals").chmod(0o777)
    done = office.run("inbox", "show", answer["id"])
    assert (done.code, "is not only yours" in done.err) == (1, True)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"x" * 300_000, b'{"id":"g"}'])
def test_a_damaged_store_grants_nothing(office: Office, data: bytes) -> None:
    answer = granted(office)
    for name in ("grants", "proposals"):
        for file in (office.state / name).glob("*.json"):
            file.write_bytes(data)
    assert office.call(KEYS) == "deny"
    assert "there is no proposal" in office.run("inbox", "show", answer["id"]).err


def test_on_a_terminal_the_same_words_stand_in_frames(office: Office) -> None:
    answer = office.except_path(KEYS, arguments=("--client", "claude", "--session", "s1"))
    plain = office.run("inbox", "show", answer["id"]).out
    office.sit_down()
    office.monkeypatch.setenv("TERM", "xterm")
    office.monkeypatch.setenv("COLUMNS", "200")
    framed = office.run("inbox", "show", answer["id"]).out
    for line in plain.splitlines():
        assert line.strip() in framed
    assert "╭" in framed
    assert answer["id"] in office.run("inbox", "list").out


class TestWhatAnAgentOfTheSameUserCanFake:
    """Each is tried, and works: it is what the inbox, the documentation and ``hook doctor`` say of it."""

    def test_a_terminal_made_by_a_program(self, office: Office) -> None:
        answer = office.except_path(KEYS, arguments=("--client", "claude", "--session", "s1"))
        program = f"import pwd, types; pwd.getpwuid = lambda _: types.SimpleNamespace(pw_dir={str(office.home)!r})"
        program += "; from agentowners.cli.main import main; raise SystemExit(main())"
        command = [sys.executable, "-c", program, "inbox", "approve", answer["id"], "--token", office.token(answer["id"])]
        wrapped = f"import pty, sys; sys.exit(pty.spawn({command!r}) >> 8)"
        env = {"PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        subprocess.run([sys.executable, "-c", wrapped], check=True, capture_output=True, stdin=subprocess.DEVNULL, env=env)
        assert office.call(KEYS) == "pass"

    def test_an_edited_store(self, office: Office) -> None:
        granted(office, "security/harmless.txt")
        (file,) = (office.state / "grants").glob("*.json")
        file.write_text(file.read_text().replace("harmless.txt", "**"))
        assert office.call(KEYS) == "pass"

    def test_the_provenance_of_another(self, office: Office) -> None:
        answer = office.except_path(KEYS, arguments=("--as", "@codex", "--session", "s1"))
        assert "who: says: @codex" in office.run("inbox", "show", answer["id"]).out

    def test_a_proposal_that_supersedes_a_good_one(self, office: Office) -> None:
        good = office.except_path("security/one.txt", arguments=("--client", "claude", "--session", "s1"))
        shown = office.token(good["id"])
        bad = office.except_path("security/**", arguments=("--client", "claude", "--session", "s1"))
        done = office.approve(good["id"], token=shown)
        assert (done.code, "is superseded" in done.err) == (1, True)  # the token of the good one grants nothing of the bad one
        assert office.approve(bad["id"], token=shown).code == 1

    def test_a_swapped_base(self, office: Office) -> None:
        office.repo.commit({".github/AGENTOWNERS": ""})
        office.repo.git("reset", "-q", "--hard")
        assert office.call(KEYS) == "pass"

    def test_a_replaced_object_does_not_help(self, office: Office) -> None:
        blob = office.repo.git("rev-parse", "HEAD:.github/AGENTOWNERS")
        empty = _empty_blob(office.root)
        office.repo.git("replace", blob, empty)
        assert office.call(KEYS) == "deny"


def _empty_blob(root: Path) -> str:
    done = subprocess.run(["git", "hash-object", "-w", "--stdin"], cwd=root, input=b"", capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_the_doctor_of_hooks_names_what_can_be_faked(office: Office) -> None:
    said = office.run("hook", "doctor").out
    assert "grants (`agentowners inbox`): 0 may hold now" in said
    for faked, comes in FAKES.items():
        assert f"  {faked}: {comes}\n" in said
    granted(office)
    assert "1 may hold now" in office.run("hook", "doctor").out
    (office.state / "grants").chmod(0o777)
    assert "they count for nothing, since" in office.run("hook", "doctor").out


def test_the_doctor_of_the_repository_points_there_where_proposals_or_grants_are(office: Office) -> None:
    office.repo.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    assert same_user("acme/shop") is None
    assert not (office.home / ".local").exists(), "to look makes nothing"
    office.except_path(KEYS)
    said = same_user("acme/shop")
    assert said is not None
    assert said.startswith(f"1 proposal waiting; {SAME_USER} a terminal, ")
    granted(office)
    assert "1 grant that may hold; " in str(same_user("acme/shop"))
    assert same_user("acme/other") is None
    (office.state / "grants").chmod(0o777)
    assert str(same_user("acme/shop")).startswith("proposals and grants that cannot be read; ")


def test_a_grant_counts_at_the_gateway_that_denied_and_nowhere_where_it_is_told_not_to(office: Office) -> None:
    call = Undecided(ClientRequest(1, "tools/call", {}), ToolRequest("write_file", {"path": KEYS}, ToolHints()), "claude-code")
    judge = McpJudge(["server"], [])
    assert judge.refuse(call, ()) is not None
    judge.rest()
    answer = office.except_path(KEYS, denial=office.denial()["id"])
    assert office.approve(answer["id"]).code == 0
    assert judge.refuse(call, ()) is None
    assert McpJudge(["server"], []).refuse(call, ()) is not None, "that is another session"
    granted(office, KEYS, "--session", ANY_SESSION)
    assert McpJudge(["server"], []).refuse(call, ()) is None
    assert McpJudge(["server"], [], grants=False).refuse(call, ()) is not None


def test_a_token_verifies_who_proposes_and_the_grant_is_for_its_bearer(office: Office) -> None:
    policy = """
agents:
  builder:
    oidc: [{issuer: "https://issuer.test", claims: {sub: "*"}, audience: here, keys: keys.json}]
rules:
  - {patterns: ["/src/"], principals: ["@builder"], decision: block}
"""
    good = office.home / "token"
    good.write_text(token(but(iss="https://issuer.test", aud="here", iat=int(time.time()), exp=int(time.time()) + 600)))
    office.repo.commit({".github/AGENTOWNERS": Gone(), ".agentowners.yml": policy, "keys.json": key_set(jwk("P-256"))})
    office.repo.git("reset", "-q", "--hard")
    with_token = ("--token-file", str(good))
    assert office.call("src/a.py", *with_token) == "deny"
    denial = office.denial()
    rule = denial["accesses"][0]["rules"][0]["id"]
    answer = office.except_path("src/a.py", rule=rule, denial=denial["id"], arguments=with_token)
    found = office.run("inbox", "show", answer["id"], "--format", "json").json["provenance"]
    assert (found["principal"], found["strength"], found["session"]) == ("@builder", "verified", "s1")
    assert "who: says: @builder (verified when it was handed in)" in office.run("inbox", "show", answer["id"]).out
    assert office.approve(answer["id"]).code == 0
    assert office.call("src/a.py", *with_token) == "pass"
    assert office.call("src/b.py", *with_token) == "deny"
    assert office.call("src/a.py", *with_token, "--no-grants") == "deny"
