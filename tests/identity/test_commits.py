from __future__ import annotations

import pytest

from agentowners.change.model import Account, Evidence, Signal
from agentowners.identity.commits import Commit, commit_evidence
from tests.identity.evidence import ASSERTED, COPILOT, HUBOT, OCTOCAT, VERIFIED, WEB_FLOW, shown, who

SHA = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
WHERE = "commit 1a2b3c4"
MESSAGE = Evidence(Signal.BODY, ASSERTED, text="fix", where=WHERE, commits=(SHA,))


def _commit(
    author: Account | None = OCTOCAT, committer: Account | None = OCTOCAT, verified: bool = False, message: str = "fix"
) -> Commit:
    return Commit(
        sha=SHA,
        author_name="Author",
        author_email="author@example.com",
        author=author,
        committer_name="Committer",
        committer_email="committer@example.com",
        committer=committer,
        verified=verified,
        message=message,
    )


def _made(signal: Signal, account: Account | None, strength: object = ASSERTED) -> Evidence:
    role = "author" if signal is Signal.COMMIT_AUTHOR else "committer"
    assert strength in (ASSERTED, VERIFIED)
    return Evidence(
        signal,
        VERIFIED if strength is VERIFIED else ASSERTED,
        account,
        role.title(),
        f"{role}@example.com",
        where=WHERE,
        commits=(SHA,),
    )


@pytest.mark.parametrize("author", [None, HUBOT])
def test_author_and_committer_are_asserted(author: Account | None) -> None:
    expected = (_made(Signal.COMMIT_AUTHOR, OCTOCAT), _made(Signal.COMMITTER, OCTOCAT))
    assert commit_evidence(_commit(), author) == (*expected, MESSAGE)


def test_the_changes_verified_author_is_verified_in_its_commits() -> None:
    expected = (_made(Signal.COMMIT_AUTHOR, OCTOCAT, VERIFIED), _made(Signal.COMMITTER, HUBOT))
    assert commit_evidence(_commit(committer=HUBOT), OCTOCAT) == (*expected, MESSAGE)


def test_threat_29_a_signature_is_the_committers_and_the_authors_only_where_they_are_one() -> None:
    signature = Evidence(Signal.SIGNATURE, VERIFIED, HUBOT, where=WHERE, commits=(SHA,))
    found = commit_evidence(_commit(COPILOT, HUBOT, verified=True), OCTOCAT)
    assert found == (_made(Signal.COMMIT_AUTHOR, COPILOT), _made(Signal.COMMITTER, HUBOT), signature, MESSAGE)
    assert shown(who(*found)) == ["@hubot humans verified", "@copilot agents asserted"]
    assert shown(who(*commit_evidence(_commit(HUBOT, HUBOT, verified=True), OCTOCAT))) == ["@hubot humans verified"]


def test_a_signature_without_an_account_proves_nothing() -> None:
    assert [e.signal for e in commit_evidence(_commit(committer=None, verified=True), None)] == [
        Signal.COMMIT_AUTHOR,
        Signal.COMMITTER,
        Signal.BODY,
    ]


@pytest.mark.parametrize("committer", [WEB_FLOW, None])
def test_githubs_own_committer_is_nobodys_contribution(committer: Account | None) -> None:
    commit = Commit(sha=SHA, author=OCTOCAT, committer_email="noreply@github.com", committer=committer, verified=True)
    assert commit_evidence(commit, None) == (Evidence(Signal.COMMIT_AUTHOR, ASSERTED, OCTOCAT, where=WHERE, commits=(SHA,)),)


def test_trailers_name_makers() -> None:
    message = (
        "fix\n\nprose\n\nCo-Authored-By: Claude <noreply@anthropic.com>\nAssisted-by: Crush <crush@charm.land>\n"
        "Assisted-by: Claude:opus\nReviewed-by: Jane <jane@example.com>\nAmp-Thread-ID: https://ampcode.com/threads/T-1\n"
    )
    found = commit_evidence(_commit(message=message), OCTOCAT)[2:]
    assert found == (
        Evidence(Signal.CO_AUTHOR, ASSERTED, None, "Claude", "noreply@anthropic.com", where=WHERE, commits=(SHA,)),
        Evidence(Signal.TRAILER, ASSERTED, text="Co-Authored-By: Claude <noreply@anthropic.com>", where=WHERE, commits=(SHA,)),
        Evidence(Signal.CO_AUTHOR, ASSERTED, None, "Crush", "crush@charm.land", where=WHERE, commits=(SHA,)),
        Evidence(Signal.TRAILER, ASSERTED, text="Assisted-by: Crush <crush@charm.land>", where=WHERE, commits=(SHA,)),
        Evidence(Signal.TRAILER, ASSERTED, text="Assisted-by: Claude:opus", where=WHERE, commits=(SHA,)),
        Evidence(Signal.TRAILER, ASSERTED, text="Reviewed-by: Jane <jane@example.com>", where=WHERE, commits=(SHA,)),
        Evidence(Signal.TRAILER, ASSERTED, text="Amp-Thread-ID: https://ampcode.com/threads/T-1", where=WHERE, commits=(SHA,)),
        Evidence(Signal.BODY, ASSERTED, text=message, where=WHERE, commits=(SHA,)),
    )
    names = shown(who(*commit_evidence(_commit(message=message), OCTOCAT), author=OCTOCAT))
    assert names == ["@octocat humans verified", "@claude agents asserted", "@crush agents asserted", "@amp agents asserted"]


def test_whoever_is_known_from_commits_alone_has_their_commits() -> None:
    footer = "fix\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    messages = {"a": footer, "b": "fix", "c": footer}
    commits = [Commit(sha=sha, author=OCTOCAT, author_email="o@x", message=text) for sha, text in messages.items()]
    found = [evidence for commit in commits for evidence in commit_evidence(commit, HUBOT)]
    assert [(p.name, p.commits) for p in who(*found, author=HUBOT)] == [
        ("@hubot", None),
        ("@octocat", ("a", "b", "c")),
        ("@unattributed", ("a", "b", "c")),
        ("@claude", ("a", "c")),
    ]


def test_whoever_anything_but_a_commit_names_is_everywhere() -> None:
    commit = Commit(sha="a", author=OCTOCAT, author_email="o@x", message="fix\n\nCo-authored-by: Claude <noreply@anthropic.com>")
    found = commit_evidence(commit, OCTOCAT)
    branch = Evidence(Signal.BRANCH, ASSERTED, text="claude/fix")
    scopes = {p.name: p.commits for p in who(*found, branch, author=OCTOCAT)}
    assert scopes == {"@octocat": None, "@unattributed": ("a",), "@claude": None}


def test_a_local_commit_is_judged_by_what_it_says() -> None:
    local = Commit(
        sha=SHA, author_name="x", author_email="198982749+Copilot@users.noreply.github.com", committer_email="root@localhost"
    )
    assert shown(who(*commit_evidence(local, None))) == ["@copilot agents asserted", "@unattributed unattributed asserted"]


@pytest.mark.parametrize("unit", ["Co-authored-by: x <y@z>\n\n", "a: b\n c\n", "<", "\r", "Co-authored-by: é <\udcff@x>\n"])
def test_a_hostile_message_of_200_kilobytes_is_read(unit: str) -> None:
    message = "subject\n\nCo-authored-by: " + unit * (200_000 // len(unit))
    assert shown(who(*commit_evidence(_commit(message=message), OCTOCAT), author=OCTOCAT)) == ["@octocat humans verified"]
