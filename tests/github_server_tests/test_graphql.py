"""`POST /graphql`: what it tells, what it refuses, and how it fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client

ACME = '{ repository(owner: "acme", name: "shop") { %s } }'
PULL = ACME % "pullRequest(number: 1) { %s }"
PEOPLE = "login __typename ... on User { databaseId } ... on Bot { databaseId }"


def ask(client: Client, query: str, **variables: Any) -> Any:
    answer = client("POST", "/graphql", {"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_everybody_is_told_how_pull_requests_may_be_merged(client: Client, repo: Repository, github: GitHubServer) -> None:
    repo.settings.allow_rebase_merge = False
    client.use(github.token("actions", permissions={"contents": "read"}))
    query = "query Q($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { %s } }"
    query %= "rebaseMergeAllowed squashMergeAllowed"
    answer = ask(client, query, owner="acme", name="shop")
    assert answer == {"data": {"repository": {"rebaseMergeAllowed": False, "squashMergeAllowed": True}}}
    assert (github.requests[-1].path, github.requests[-1].operation) == ("/graphql", "graphql")


def test_a_pull_request_as_graphql_has_it(client: Client, pull: Pull, repo: Repository) -> None:
    repo.review(pull, "ann", "APPROVED")
    parts = "number mergeable baseRefOid headRefOid reviewDecision author { login __typename } potentialMergeCommit { oid }"
    files = "files(first: 10) { totalCount nodes { path changeType } pageInfo { hasNextPage } }"
    shown = ask(client, PULL % f"{parts} {files}")["data"]["repository"]["pullRequest"]
    assert shown["author"] == {"login": "copilot-swe-agent", "__typename": "Bot"}
    assert (shown["headRefOid"], shown["baseRefOid"], shown["mergeable"]) == (pull.head_sha, pull.base_sha, "MERGEABLE")
    assert shown["files"]["nodes"] == [
        {"path": "README.md", "changeType": "MODIFIED"},
        {"path": "new.py", "changeType": "ADDED"},
    ]
    assert shown["potentialMergeCommit"]["oid"] == client.get("pulls/1")["merge_commit_sha"]
    assert shown["reviewDecision"] == "APPROVED"
    repo.commit("main", {"README.md": "other\n"})
    shown = ask(client, PULL % "mergeable potentialMergeCommit { oid }")["data"]["repository"]["pullRequest"]
    assert shown == {"mergeable": "CONFLICTING", "potentialMergeCommit": None}


def test_a_bot_has_no_user_behind_a_commit_and_a_person_has(client: Client, pull: Pull, repo: Repository) -> None:
    repo.commit("copilot/fix", {"x": "1"}, author="ann")
    query = (
        PULL % "commits(last: 5) { nodes { commit { oid author { name user { login } } parents(first: 2) { nodes { oid } } } } }"
    )
    nodes = ask(client, query)["data"]["repository"]["pullRequest"]["commits"]["nodes"]
    assert [it["commit"]["author"]["user"] for it in nodes] == [None, {"login": "ann"}]
    assert nodes[1]["commit"]["parents"]["nodes"] == [{"oid": nodes[0]["commit"]["oid"]}]


def test_comments_tell_who_wrote_and_who_changed_them_when(
    client: Client, pull: Pull, repo: Repository, github: GitHubServer
) -> None:
    plain = repo.comment(pull, "ann", "one")
    edited = repo.comment(pull, "claude[bot]", "two")
    repo.edit_comment(edited, "three", by="bob")
    repo.minimize_comment(plain)
    fields = f"id databaseId body createdAt updatedAt lastEditedAt isMinimized url author {{ {PEOPLE} }} editor {{ {PEOPLE} }}"
    nodes = ask(client, PULL % f"comments(last: 100) {{ nodes {{ {fields} }} }}")["data"]["repository"]["pullRequest"][
        "comments"
    ]["nodes"]
    first, second = nodes
    assert (first["databaseId"], first["lastEditedAt"], first["editor"], first["isMinimized"]) == (plain.id, None, None, True)
    assert first["createdAt"] < first["updatedAt"]
    assert first["author"] == {"login": "ann", "__typename": "User", "databaseId": github.account("ann").id}
    assert second["author"] == {"login": "claude", "__typename": "Bot", "databaseId": 209825114}
    assert (second["body"], second["editor"]["login"], second["lastEditedAt"]) == ("three", "bob", second["updatedAt"])


def test_a_deleted_comment_is_told_of_here_alone(client: Client, pull: Pull, repo: Repository) -> None:
    repo.delete_comment(repo.comment(pull, "ann", "no"), by="bob")
    event = "... on CommentDeletedEvent { createdAt actor { login } deletedCommentAuthor { login } }"
    query = PULL % f"timelineItems(first: 100, itemTypes: [COMMENT_DELETED_EVENT]) {{ nodes {{ __typename {event} }} }}"
    [node] = ask(client, query)["data"]["repository"]["pullRequest"]["timelineItems"]["nodes"]
    assert (node["__typename"], node["actor"], node["deletedCommentAuthor"]) == (
        "CommentDeletedEvent",
        {"login": "bob"},
        {"login": "ann"},
    )
    assert client.get("issues/1/comments") == []
    assert [it["event"] for it in client.get("issues/1/timeline")] == ["committed"]


def test_pages_go_from_either_end(client: Client, pull: Pull, repo: Repository) -> None:
    for number in range(5):
        repo.comment(pull, "ann", str(number))
    page = "nodes { body } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } totalCount"
    query = "query($after: String) " + PULL % f"comments(first: 2, after: $after) {{ {page} }}"

    def comments(answer: Any) -> Any:
        return answer["data"]["repository"]["pullRequest"]["comments"]

    seen, after = [], None
    while True:
        shown = comments(ask(client, query, after=after))
        seen += [it["body"] for it in shown["nodes"]]
        after = shown["pageInfo"]["endCursor"]
        if not shown["pageInfo"]["hasNextPage"]:
            break
    assert (seen, shown["totalCount"]) == (["0", "1", "2", "3", "4"], 5)
    last = comments(ask(client, PULL % f"comments(last: 2) {{ {page} }}"))
    assert ([it["body"] for it in last["nodes"]], last["pageInfo"]["hasPreviousPage"]) == (["3", "4"], True)


def test_pull_requests_by_state_and_base(client: Client, pull: Pull, repo: Repository) -> None:
    repo.branch("release")
    repo.commit("topic", {"x": "1"})
    repo.open_pull("topic", base="release")
    repo.close(repo.open_pull("topic"))
    query = ACME % 'pullRequests(first: 10, states: [OPEN], baseRefName: "main") { nodes { number } }'
    assert ask(client, query)["data"]["repository"]["pullRequests"]["nodes"] == [{"number": 1}]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        (ACME % "nonsense", "nonsense"),
        (ACME % "rebaseMergeAllowed {", "Syntax"),
        (PULL % "comments { totalCount }", "`first` or `last`"),
        (PULL % "comments(first: 101) { totalCount }", "exceeds the `first` limit"),
        (
            ACME
            % "pullRequests(first: 100) { nodes { comments(first: 100) { nodes { reactions(first: 100) { totalCount } } } } }",
            "nodes",
        ),
        (PULL % "hovercard { contexts { message } }", "does not tell"),
    ],
)
def test_a_query_that_the_schema_does_not_have_is_a_violation(
    client: Client, pull: Pull, github: GitHubServer, query: str, word: str
) -> None:
    answer = ask(client, query)
    assert any(word in error["message"] for error in answer["errors"])
    assert [it for it in github.expect_violations() if word in it.detail]


def test_what_is_not_there_is_null_with_an_error(client: Client, pull: Pull, repo: Repository, github: GitHubServer) -> None:
    answer = ask(client, ACME % "pullRequest(number: 99) { number } rebaseMergeAllowed")
    assert answer["data"] == {"repository": {"pullRequest": None, "rebaseMergeAllowed": True}}
    assert [(it["type"], it["path"]) for it in answer["errors"]] == [("NOT_FOUND", ["repository", "pullRequest"])]
    client.use(github.token("actions", permissions={"contents": "read"}))
    answer = ask(client, PULL % "number")
    assert (answer["data"], answer["errors"][0]["type"]) == ({"repository": {"pullRequest": None}}, "FORBIDDEN")
    assert ask(client.use(github.token("actions")), '{ user(login: "Copilot") { login } }')["errors"][0]["type"] == "NOT_FOUND"
    assert client.use("nobody")("POST", "/graphql", {"query": ACME % "name"}).status_code == 401


def test_it_is_metered_apart_from_rest(client: Client, repo: Repository, github: GitHubServer) -> None:
    github.limits.graphql_rate = 2
    client.get("pulls")
    answers = [client("POST", "/graphql", {"query": "{ rateLimit { cost remaining used } }"}) for _ in range(3)]
    assert answers[0].json()["data"]["rateLimit"] == {"cost": 1, "remaining": 1, "used": 1}
    assert answers[0].headers["X-RateLimit-Resource"] == "graphql"
    assert answers[2].json()["errors"][0]["type"] == "RATE_LIMITED"
    assert int(client("GET", "pulls").headers["X-RateLimit-Used"]) == 2


def test_it_fails_in_every_way(client: Client, pull: Pull, github: GitHubServer) -> None:
    def spoiled(action: Any) -> Any:
        github.faults.add(action, path="^/graphql$")
        return client("POST", "/graphql", {"query": PULL % "author { login } comments(first: 1) { nodes { body } }"})

    pull.repo.comment(pull, "ann", "hi")
    assert spoiled("502").status_code == 502
    assert set(spoiled("graphql-errors").json()) == {"errors"}
    partial = spoiled("graphql-partial").json()
    assert partial["data"]["repository"]["pullRequest"]["author"] is None
    assert partial["errors"]
    assert spoiled("graphql-null").json() == {"data": None}
    assert spoiled("graphql-type").json()["data"]["repository"]["pullRequest"]["author"] == "odd"
    assert spoiled("empty-page").json()["data"]["repository"]["pullRequest"]["comments"] == {"nodes": []}
    assert spoiled("odd-json").json() is None


def test_an_issue_and_what_a_pull_request_closes(client: Client, pull: Pull, repo: Repository) -> None:
    issue = repo.open_issue("ann", "Please", "@copilot do it")
    repo.edit_body(issue, "@copilot do that", by="bob")
    pull.body = f"Fixes #{issue.number}"
    query = PULL % "closingIssuesReferences(first: 5) { nodes { number body lastEditedAt author { login } editor { login } } }"
    [node] = ask(client, query)["data"]["repository"]["pullRequest"]["closingIssuesReferences"]["nodes"]
    assert (node["number"], node["body"], node["author"]["login"], node["editor"]["login"]) == (
        2,
        "@copilot do that",
        "ann",
        "bob",
    )
    assert node["lastEditedAt"]
    shown = ask(client, ACME % "issue(number: 2) { state timelineItems(first: 5) { totalCount } }")["data"]["repository"]["issue"]
    assert shown == {"state": "OPEN", "timelineItems": {"totalCount": 0}}


def test_pygithub_asks_beside_the_apis_base(pull: Pull, github: GitHubServer) -> None:
    import github as pygithub

    token = github.token("actions")
    hub = pygithub.Github(auth=pygithub.Auth.Token(token), base_url=github.url, retry=None)
    _, answer = hub.requester.graphql_query(ACME % "rebaseMergeAllowed", {})
    assert answer["data"]["repository"]["rebaseMergeAllowed"] is True
    hub.close()
