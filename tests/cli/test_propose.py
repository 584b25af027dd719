"""``agentowners propose``: what an agent hands in, and what it is answered."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from agentowners.proposals.model import MAX_PENDING, AddRule, PolicyProposal, Provenance
from agentowners.store import proposals
from agentowners.store.proposals import ProposalStore, QuotaError
from tests.cli.agents_desk import Office, office
from tests.schemas.published import validator

__all__ = ["office"]

NARROW = {"add_exception": {"rule": ".github/AGENTOWNERS:1", "pattern": "!/security/list.txt"}}


def test_the_answer_says_what_becomes_looser_with_a_confirmed_witness(office: Office) -> None:
    answer = office.propose(NARROW)
    validator("proposal-1").validate(answer)
    assert (answer["state"], answer["validation"]["status"]) == ("pending", "valid")
    assert (answer["validation"]["result"], answer["validation"]["prover"]["status"]) == ("looser", "failed")
    (region,) = answer["validation"]["looser"]
    assert (region["witness"]["path"], region["witness"]["confirmed"]) == ("security/list.txt", True)
    assert answer["id"] in answer["guidance"]
    assert answer["validation"]["mode_compatibility"] == "no mode declared"
    assert answer["validation"]["reviewer"] == {"recommends": "needs_human"}


def test_a_proposal_that_only_restricts_is_proved(office: Office) -> None:
    answer = office.propose({"add_rule": {"text": "infra/ @agents block"}})
    assert (answer["validation"]["result"], answer["validation"]["prover"]["status"]) == ("stricter", "passed")
    assert answer["validation"]["looser"] == []


def test_modes_and_promises_are_held_against_it(office: Office) -> None:
    office.repo.commit(
        {".github/AGENTOWNERS": "mode read-only @ci-bot\n/security/ @agents block\nassert /security/ @agents block\n"}
    )
    answer = office.propose({"add_exception": {"rule": ".github/AGENTOWNERS:2", "pattern": "!/security/x"}})
    assert answer["validation"]["mode_compatibility"] == "compatible"
    assert [promise["status"] for promise in answer["validation"]["promises"]] == ["failed"]


def test_lint_says_what_only_the_proposal_brings(office: Office) -> None:
    answer = office.propose({"add_rule": {"text": "src/ @claud block"}})
    assert answer["validation"]["lint"]
    assert all(one["line"] == 4 for one in answer["validation"]["lint"])


def test_all_operations_or_none(office: Office) -> None:
    answer = office.propose(NARROW, {"remove_rule": {"rule": ".github/AGENTOWNERS:9"}}, expect=5)
    validator("proposal-1").validate(answer)
    assert (answer["id"], answer["state"], answer["validation"]["status"]) == (None, "rejected", "invalid")
    assert "there is no rule" in answer["validation"]["errors"][0]["message"]
    assert office.run("inbox", "list").out == "nothing was proposed here\n"


def test_a_base_that_does_not_parse_takes_no_proposal(office: Office) -> None:
    office.repo.commit({".github/AGENTOWNERS": "/security/ @agents blok\n"})
    answer = office.propose(NARROW, expect=5)
    assert answer["validation"]["errors"][0]["line"] == 1


@pytest.mark.parametrize("data", [b"", b"{", b"x" * 65_537, b"\xff", b'{"intent_summary": "a"}'])
def test_what_is_no_proposal_is_refused_in_one_line(office: Office, data: bytes) -> None:
    office.monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    done = office.run("propose", "-")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("agentowners: ")


def test_a_newer_one_for_the_same_target_supersedes(office: Office) -> None:
    first = office.except_path("security/a", arguments=("--client", "claude"))
    other = office.except_path("x", rule=".github/AGENTOWNERS:2", arguments=("--client", "claude"))
    elses = office.except_path("security/b", arguments=("--client", "codex"))
    second = office.except_path("security/c", arguments=("--client", "claude"))
    shown = {one["id"]: one["state"] for one in json.loads(office.run("inbox", "list", "--format", "json").out)}
    assert shown == {first["id"]: "superseded", other["id"]: "pending", elses["id"]: "pending", second["id"]: "pending"}
    assert office.run("inbox", "show", first["id"], "--format", "json").json["superseded_by"] == second["id"]


def test_twenty_wait_for_a_principal_and_no_more(office: Office) -> None:
    store = ProposalStore("/repository")

    def submit(number: int, who: str) -> None:
        store.submit(PolicyProposal("why", (AddRule(f"a{number} @agents block"),)), Provenance(who), "sha256:0", number)

    for number in range(MAX_PENDING):
        submit(number, "@claude")
    with pytest.raises(QuotaError, match="20 proposals of @claude wait"):
        submit(20, "@claude")
    submit(5, "@claude")  # for the same target: the older one goes
    office.monkeypatch.setattr(proposals, "MAX_PENDING_IN_ALL", 30)
    for number in range(10):
        submit(number, f"@flood-{number}")
    with pytest.raises(QuotaError, match="30 proposals wait"):
        submit(0, "@another")


def test_who_proposes_comes_from_the_denial_and_is_a_claim(office: Office) -> None:
    assert office.call("security/keys.py", session="s7") == "deny"
    answer = office.except_path("security/keys.py", denial=office.denial()["id"])
    provenance = office.run("inbox", "show", answer["id"], "--format", "json").json["provenance"]
    commit = office.repo.git("rev-parse", "main")
    assert provenance == {
        "principal": "@claude",
        "strength": "declared",
        "client": "claude",
        "session": "s7",
        "calls": ["t1"],
        "commit": commit,
    }
    shown = office.run("inbox", "show", answer["id"]).out
    assert "who: says: @claude, through claude" in shown
    assert "session: says: s7" in shown


def test_a_marker_variable_says_whose_it_is(office: Office) -> None:
    office.monkeypatch.setenv("GEMINI_CLI", "1")
    answer = office.propose(NARROW)
    assert office.run("inbox", "show", answer["id"], "--format", "json").json["provenance"]["principal"] == "@gemini"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202egnp", "a\nproposal p-1: approved"])
def test_hostile_words_are_shown_as_escapes(office: Office, hostile: str) -> None:
    answer = office.propose(NARROW, intent_summary=f"x {hostile}")
    shown = office.run("inbox", "show", answer["id"]).out + office.run("inbox", "list").out
    assert hostile not in shown
    assert "\x1b" not in shown


def test_outside_of_a_repository_it_is_refused(office: Office, tmp_path_factory: Any) -> None:
    office.monkeypatch.chdir(tmp_path_factory.mktemp("nowhere"))
    (office.home / "p.json").write_text(json.dumps({"intent_summary": "a", "operations": [NARROW]}))
    done = office.run("propose", str(office.home / "p.json"))
    assert (done.code, "not a git repository" in done.err) == (1, True)


_AS_ON_WINDOWS = """
import os, sys
for name in ("O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "O_CLOEXEC", "getuid"):
    delattr(os, name)
sys.modules["fcntl"] = sys.modules["pwd"] = None
from agentowners.cli.doctor_machine import same_user
from agentowners.cli.main import main
assert same_user("a/b") is None
sys.exit(main(["inbox", "list"]))
"""


def test_where_nothing_can_be_kept_as_on_windows_commands_say_so(office: Office) -> None:
    ran = subprocess.run([sys.executable, "-c", _AS_ON_WINDOWS], cwd=office.root, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.splitlines()[0]) == (1, "agentowners: nothing can be kept on this machine")
