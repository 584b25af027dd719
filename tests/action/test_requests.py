"""What a run costs: the Actions token has 1,000 requests an hour for a whole repository. docs/requests.md tells it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.action.world import POLICY, World
from tests.github_server.server import GitHubServer

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "requests.md"
FIVE = {"src/a.py": "1\n", "src/b.py": "1\n", "src/c.py": "1\n", "docs/a.md": "1\n", "docs/b.md": "1\n"}
SHA = re.compile(r"\b[0-9a-f]{40}\b")


def shaped(world: World, sha: str) -> list[str]:
    """The last run's requests with ids replaced by what they stand for, as the docs write them."""
    shapes = []
    for request in world.requests:
        shape = request.replace(sha, "{head}")
        shape = SHA.sub("{sha}", shape)
        shape = re.sub(r"/(pulls|issues)/[0-9]+", r"/\1/{number}", shape)
        shape = re.sub(r"/check-runs/[0-9]+", "/check-runs/{id}", shape)
        shape = (
            shape.replace("/refs/heads/main", "/refs/heads/{base}")
            .replace("/branches/main", "/branches/{base}")
            .replace("/octocat/", "/{reviewer}/")
        )
        shapes.append(shape)
    return shapes


def documented(heading: str) -> list[str]:
    """The requests that the docs list under a heading, in order."""
    section = DOCS.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    assert section, heading
    return re.findall(r"^\| [0-9]+ \| `([^`]+)` \|", section, flags=re.MULTILINE)


def typical(world: World, *, author: str, branch: str, message: str) -> list[str]:
    """Five files, one review, a label that exists: the requests of the run in which the label goes on."""
    world.judge(world.pull({"src/z.py": "1\n"}, branch="copilot/earlier"))
    world.repo.branch(branch)
    world.repo.commit(branch, FIVE, author=author, message=message)
    pull = world.repo.open_pull(branch, base="main", author=author, title="Change", body="")
    world.repo.review(pull, "octocat", "APPROVED")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"
    assert pull.labels == ["agentowners/approvals-required-1"]
    # nothing is fetched twice, but what a pass stands on, which is looked at again after it was published
    again = [f"GET /pulls/{pull.number}", f"GET /pulls/{pull.number}/reviews"]
    assert world.requests[-2:] == again
    assert len(set(world.requests)) == len(world.requests) - 2
    return shaped(world, pull.head_sha)


def test_a_typical_pull_request_is_what_the_docs_say(world: World) -> None:
    requests = typical(world, author="Copilot", branch="copilot/fix", message="change")
    assert requests == documented("A pull request of an agent")
    assert len(requests) == 20


def test_a_persons_pull_request_with_an_agents_commits_is_what_the_docs_say(world: World) -> None:
    message = "change\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    assert typical(world, author="hubot", branch="fix", message=message) == documented("A person's pull request")


def test_a_base_that_has_moved_costs_two_requests_more(world: World) -> None:
    """Beside the look at what stands there now, which every run takes."""
    pull = world.pull(FIVE)
    world.repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    before = world.requests
    tip = world.repo.commit("main", {"README.md": "more\n"}, author="hubot")
    world.judge(pull)
    more = [r for r in world.requests if r not in before and not re.search("/check-runs|/git/trees/", r)]
    trial = pull.test_merge
    assert trial
    assert more == [f"GET /commits/{trial.sha}", f"GET /compare/{trial.base}...{tip}"]


def test_discovery_takes_at_most_five_requests(world: World) -> None:
    """Four to find the policy, one to find what is called like one elsewhere."""
    pull = world.pull(FIVE)
    world.judge(pull)
    assert sum("/git/" in request for request in world.requests) == 5


def test_where_the_policy_is_named_or_nothing_can_be_elsewhere_nothing_else_is_looked_for(
    github: GitHubServer, tmp_path: Path
) -> None:
    world = World.make(github, tmp_path, files={"README.md": "hello\n", ".github/workflows/ci.yml": "on: push\n"})
    world.judge(world.pull({"src/a.py": "1\n"}))
    assert sum("/git/trees/" in request for request in world.requests) == 2
    world.repo.commit("main", FIVE)
    world.inputs["policy-file"] = ".github/AGENTOWNERS"
    world.judge(world.pull({"src/b.py": "2\n"}, branch="copilot/other"))
    assert sum("/git/trees/" in request for request in world.requests) == 2


def test_a_second_policy_file_costs_one_request(world: World) -> None:
    world.repo.commit("main", {".agentowners.yml": "version: 1\n"})
    pull = world.pull(FIVE)
    world.judge(pull)
    assert sum("/git/" in request for request in world.requests) == 6


def test_lists_are_asked_for_in_pages_of_100(world: World) -> None:
    pull = world.pull({f"docs/{n:03}.md": "x\n" for n in range(250)})
    world.judge(pull)
    files = [r for r in world.server.requests if r.path.endswith("/files")]
    assert [dict(r.query)["per_page"] for r in files] == ["100"] * 3
    assert [dict(r.query).get("page", "1") for r in files] == ["1", "2", "3"]
    assert world.check(pull.head_sha).title == "Allowed"


def test_a_sweep_reads_each_bases_policy_once_and_then_whether_it_has_changed(github: GitHubServer, world: World) -> None:
    for number in range(3):
        world.pull({"docs/a.md": f"{number}\n"}, branch=f"copilot/{number}")
    assert world.run("schedule", None) == 0
    asked = [request for request in world.requests if "/git/" in request]
    assert sum("/git/blobs/" in request for request in asked) == 1
    assert asked.count("GET /git/trees/refs/heads/main") == 3
    assert len(asked) == 7


def test_every_request_names_its_client(world: World) -> None:
    """The server refuses requests without a user agent; this one says who it is."""
    from agentowners import __version__
    from agentowners.github.client import Api
    from tests.action.world import PATIENCE

    api = Api(world.token, world.server.url, "acme/shop", PATIENCE)
    try:
        # PyGithub keeps it to itself, so it is looked at where it is sent
        assert api._requester.kwargs["user_agent"] == f"agentowners/{__version__}"
    finally:
        api.close()


def test_the_policy_of_these_tests_asks_for_one_approval() -> None:
    assert b"src/**        @agents  require_approval\n" in POLICY


def test_several_merge_bases_cost_no_more_for_more_commits(world: World) -> None:
    """Which of the base's commits lead to which is asked of these, not looked for among all commits since each."""
    repo = world.repo
    start = repo.tip("main")
    ends = []
    for number in range(4):
        repo.branch(f"part-{number}", start)
        ends.append(repo.commit(f"part-{number}", {f"docs/{number}.md": "x\n"}, author="hubot"))
        part = repo.open_pull(f"part-{number}", base="main", author="hubot", title="Part", body="")
        repo.merge(part, "octocat")
    world.server.add_user("mallory")
    fork = repo.fork("mallory")
    fork.branch("fix", start)
    fork.commit("fix", {"docs/note.md": "x\n"}, author="mallory")
    for end in ends:
        fork.commit("fix", {"docs/note.md": end}, author="mallory", parents=[fork.tip("fix"), end])
    pull = repo.open_pull("fix", base="main", author="mallory", title="Fix", body="", fork=fork)
    counts: list[int] = []
    for _ in range(2):
        for number in range(110):
            fork.commit("fix", {"docs/note.md": f"{len(counts)} {number}\n"}, author="mallory", pushed_by="mallory")
        world.judge(pull)
        assert len({side for side in ends if any(side in request for request in world.requests)}) == 4
        counts.append(sum("/compare/" in request for request in world.requests))
    assert counts[1] == counts[0]
