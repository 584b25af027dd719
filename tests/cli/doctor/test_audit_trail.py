"""The bucket of the audit trail: found in the gate's workflow, asked, and written to before anything is changed."""

from __future__ import annotations

from typing import Any

import pytest

from agentowners.audit.entry import EntryPlace
from agentowners.sinks.probe import QUESTIONS, StoreAnswer
from agentowners.sinks.store import StoreError
from tests.audit.test_events import problems
from tests.checkup.repository import GATE
from tests.cli.doctor.shop import found
from tests.cli.run import Runner
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.sinks.logs import checked
from tests.sinks.memory import MemoryStore

WORKFLOW = ".github/workflows/agentowners.yml"
BUCKET = "    with:\n      audit-s3: s3://acme-audit/trail\n      audit-s3-endpoint: https://store.example\n"


class Bucket:
    """A bucket that is there, as ``doctor`` comes to it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.opened: list[tuple[str, str | None]] = []
        self.answers = tuple(StoreAnswer(name, True, "yes") for name in QUESTIONS)

    def open(self, bucket: str, endpoint: str | None = None) -> MemoryStore:
        self.opened.append((bucket, endpoint))
        return self.store


@pytest.fixture
def bucket(acme: Repository, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    made = Bucket()
    monkeypatch.setattr("agentowners.cli.doctor_audit.S3Store", made.open)
    monkeypatch.setattr("agentowners.cli.doctor_audit.probe", lambda store, prefix: made.answers)
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    acme.commit("main", {WORKFLOW: GATE + BUCKET}, message="audit")
    return made


def store_finding(ran: Any) -> dict[str, Any]:
    return found(ran, "audit-store", None)


def test_the_workflow_tells_which_bucket_is_asked(bucket: Bucket, ask: Runner) -> None:
    assert store_finding(ask("--format", "json"))["guarantee"] == "strong"
    assert bucket.opened == [("acme-audit", "https://store.example")]
    ask("--audit", "s3://other/x", "--audit-endpoint", "https://there.example")
    assert bucket.opened[1:] == [("other", "https://there.example")]
    assert "audit-store" not in {finding["id"] for finding in ask("--audit", "none", "--format", "json").json["findings"]}


def test_a_workflow_of_another_repository_that_names_no_bucket_is_no_finding(
    bucket: Bucket, acme: Repository, ask: Runner
) -> None:
    acme.commit("main", {WORKFLOW: GATE.replace("agentowners/agentowners-action/", "acme/.github/")}, message="elsewhere")
    assert "audit-store" not in {finding["id"] for finding in ask("--format", "json").json["findings"]}
    assert bucket.opened == []


def test_what_does_not_hold_is_said_with_what_to_do(bucket: Bucket, ask: Runner) -> None:
    bucket.answers = (*bucket.answers[:-1], StoreAnswer("marker-refused", False, "done"))
    finding = store_finding(ask("--format", "json"))
    assert (finding["guarantee"], finding["known"]) == ("unavailable", True)
    assert "marker-refused (done)" in finding["why"]


@pytest.mark.parametrize("why", ["no credentials", "an expression"])
def test_a_bucket_that_gives_no_answer_is_not_known(bucket: Bucket, acme: Repository, ask: Runner, why: str) -> None:
    if why == "no credentials":
        bucket.answers = tuple(StoreAnswer(name, False, "not answered: NoCredentialsError") for name in QUESTIONS)
    else:
        acme.commit("main", {WORKFLOW: GATE + "    with:\n      audit-s3: ${{ vars.BUCKET }}\n"}, message="vars")
    finding = store_finding(ask("--format", "json"))
    assert (finding["known"], finding["why"].startswith("cannot be told: ")) == (False, True)


def test_what_it_sets_up_is_written_down_before(bucket: Bucket, acme: Repository, ask: Runner, github: GitHubServer) -> None:
    github.requests.clear()
    ran = ask("--apply", "--yes")
    log = f"github.com/{acme.id}"
    kept = checked(bucket.store, log, "trail")
    ((place, entry),) = kept.entries
    assert (place, kept.faults) == (EntryPlace(log, 0, 1), ())
    assert [p for event in entry.events for p in problems(event)] == []
    wrote = [f"{one.method} {one.path}" for one in github.requests if one.method != "GET"]
    events: Any = entry.events
    assert [event["api"]["operation"] for event in events] == wrote
    assert str(kept.receipts[0]) in ran.err


def test_where_it_cannot_be_written_down_nothing_is_changed(
    bucket: Bucket, acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(prefix: str) -> Any:
        raise StoreError("`s3://acme-audit` refuses to list: 403 AccessDenied", help="the role needs more rights")

    monkeypatch.setattr(bucket.store, "listing", refuse)
    ran = ask("--apply", "--yes")
    assert (ran.code, "nothing was changed: the audit log cannot be written" in ran.err) == (1, True)
    assert acme.rulesets == {}
    acme.commit("main", {WORKFLOW: GATE + BUCKET + '      audit-required: "false"\n'}, message="not required")
    assert "audit: missing: " in ask("--apply", "--yes").err
    assert acme.rulesets != {}
