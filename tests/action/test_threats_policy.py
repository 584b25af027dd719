"""Ways around a gate by what a policy and a change say: names, patterns, YAML, signs of agents. Others: test_threats."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.action.world import World

BLOCKED = {"security/keys.py": "KEY = 2\n"}
WAITING = {"infra/main.tf": "b\n"}


def under(world: World, policy: str, *, path: str = ".github/AGENTOWNERS") -> World:
    """The same world under another policy."""
    world.repo.commit("main", {".github/AGENTOWNERS": None} | {path: policy}, message="policy")
    return world


def title(world: World, files: Mapping[str, str], **facts: str) -> str | None:
    """What the check says of an agent's change."""
    pull = world.pull(files, **facts)
    world.judge(pull)
    assert len({run.conclusion for run in world.checks(pull.head_sha)}) == 1
    return world.check(pull.head_sha).title


@pytest.mark.parametrize("allowed", ["docs/aaa.md", "docs/zzz.md", "README.md"])
def test_threat_02_one_allowed_file_launders_nothing(world: World, allowed: str) -> None:
    assert title(world, {allowed: "new\n"} | BLOCKED) == "Blocked: 1 file"


def test_threat_14_a_change_without_lines_counts_as_any_other(world: World) -> None:
    world.server.limits.patch_bytes = 10
    assert title(world, {"security/big.py": "x = 1\n" * 5000}) == "Blocked: 1 file"


@pytest.mark.parametrize("pattern", ["a*" * 12 + "b", "**/" * 8 + "a*" * 6 + "b", "[ab]*" * 12 + "c"])
def test_threat_18_a_pattern_that_would_backtrack_for_years_is_matched(world: World, pattern: str) -> None:
    """A matcher that backtracks does not come to an end here."""
    under(world, f"{pattern} @agents block\nsecurity/** @agents block\n")
    name = "a" * 100
    assert title(world, {f"{name}/{name}/{name}": "x\n"}) == "Allowed"
    assert title(world, {f"{name}bc": "x\n"}, branch="copilot/b") in ("Blocked: 1 file", "Allowed")
    assert title(world, {f"{name}/{name}": "x\n"} | BLOCKED, branch="copilot/c") == "Blocked: 1 file"


@pytest.mark.parametrize("named", ["octocat", "OctoCat", "OCTOCAT"])
def test_threat_19_the_case_of_a_login_makes_nobody_else(world: World, named: str) -> None:
    under(world, f"infra/** @agents require_approval @{named}\n")
    pull = world.pull(WAITING)
    world.repo.review(pull, "hubot", "APPROVED")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"
    world.repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"


@pytest.mark.parametrize("named", ["@Claude", "@claude"])
def test_threat_19_the_bot_suffix_makes_nobody_else(world: World, named: str) -> None:
    under(world, f"security/** {named} block\n")
    assert title(world, BLOCKED, branch="fix", author="claude[bot]") == "Blocked: 1 file"


def test_threat_19_a_bot_of_another_name_now_is_known_by_its_number(world: World) -> None:
    under(world, "security/** @copilot block\n")
    world.server.add_user("Copilot")
    account = world.server.accounts.pop("copilot")
    account.login = "renamed-since[bot]"
    world.server.accounts["renamed-since[bot]"] = account
    assert title(world, BLOCKED, branch="fix", author="renamed-since[bot]") == "Blocked: 1 file"


@pytest.mark.parametrize(
    ("pattern", "changed", "said"),
    [
        ("/foo/bar", "foo/barbaz", "Allowed"),
        ("/foo/bar", "foo/bar", "Blocked: 1 file"),
        ("/foo/bar", "foo/bar/deep/x", "Blocked: 1 file"),
        ("vault/*", "vault/deep/x", "Allowed"),
        ("vault/**", "vault/deep/x", "Blocked: 1 file"),
        ("package.json", "web/app/package.json", "Blocked: 1 file"),
        (".env", "a/b/.env", "Blocked: 1 file"),
        ("/.env", "a/b/.env", "Allowed"),
    ],
)
def test_threat_20_a_pattern_covers_what_the_table_says(world: World, pattern: str, changed: str, said: str) -> None:
    under(world, f"{pattern} @agents block\n")
    assert title(world, {changed: "x\n"}) == said


@pytest.mark.parametrize(
    ("author", "message", "body"),
    [
        ("hubot", "bump @openai/codex from 1 to 2\n\nas Claude Code and Copilot would", ""),
        ("hubot", "raider: fix the aider's path in .codex/ and devin.md", "Not Generated with [Claude Code], see cursor.com"),
        ("dependabot[bot]", "bump @openai/codex", "> Co-authored-by: Claude <noreply@anthropic.com>\n\n`claude/` `codex/`"),
    ],
)
def test_threat_21_who_mentions_an_agent_is_none(world: World, author: str, message: str, body: str) -> None:
    world.repo.branch("fix")
    world.repo.commit("fix", BLOCKED, author=author, message=message)
    pull = world.repo.open_pull("fix", base="main", author=author, title="Change", body=body)
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Allowed"


def test_threat_21_who_forges_a_sign_only_tightens(world: World) -> None:
    world.repo.branch("fix")
    world.repo.commit("fix", BLOCKED, author="hubot", message="fix\n\nCo-authored-by: Claude <noreply@anthropic.com>")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Change", body="")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS + 'rules:\n  - patterns: ["docs/**"]\n    principals: *i\n    decision: allow\n',
        'rules:\n  - patterns: ["security/**"]\n    decision: block\n    decision: allow\n',
        'rules:\n  - patterns: ["security/**"]\n    decision: block\nrules: []\n',
        'rules:\n  - patterns: ["security/**"]\n    decision: no\n',
        "rules: !!python/object/apply:os.system ['true']\n",
        "[" * 5000,
    ],
)
def test_threat_24_yaml_that_could_be_read_in_two_ways_is_a_failure(world: World, text: str) -> None:
    under(world, text, path=".agentowners.yml")
    for branch, files in (("copilot/a", BLOCKED), ("copilot/b", {"docs/index.md": "new\n"})):
        pull = world.pull(files, branch=branch)
        assert world.judge(pull) == 1
        assert (world.check(pull.head_sha).conclusion, world.check(pull.head_sha).title) == ("failure", "Policy does not parse")


def test_threat_24_no_is_a_name_and_not_false(world: World) -> None:
    under(world, 'rules:\n  - patterns: [no, "on", off]\n    decision: block\n', path=".agentowners.yml")
    assert title(world, {"deep/no": "x\n", "off": "x\n"}) == "Blocked: 2 files"
