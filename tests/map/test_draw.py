"""A map says of every file what the engine says of a change of that file alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentowners.change.model import Change, FileChange, Kind, Status
from agentowners.cli.offline import answer
from agentowners.engine.settle import inquire
from agentowners.map.draw import draw
from agentowners.map.folders import Counting, folders_of
from agentowners.map.model import Standpoint, principals_of, refs_of_interest
from agentowners.policy.model import Decision, Policy
from agentowners.proof.difference import Direction
from tests.engine.build import declared, policy
from tests.examples import examples

MAIN = "refs/heads/main"
RELEASE = "refs/heads/release"
POLICY = """\
default @agents require_approval
/src/ @agents allow
*.lock @agents require_approval(2) @acme/sre
/security/ @agents block
/security/docs/ @copilot block
/docs/* @copilot allow
/src/ refs/heads/release @claude block
mode observe-only @codex
unprotect .github/workflows/x.yml @copilot
"""
OTHER = """\
/security/ @agents require_approval
/src/ @agents block
*.lock @agents require_approval(2) @acme/web
"""
SEGMENTS = ["src", "security", "docs", "a.py", "x.lock", ".github", "workflows", "x.yml", "\udcff", "<b>", "AGENTOWNERS"]
WHO = [Standpoint(f"@{name}", ref) for name in ("agents", "copilot", "claude", "codex", "octocat") for ref in (MAIN, RELEASE)]
PATHS = st.dictionaries(
    st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4).map("/".join),
    st.sampled_from([Kind.FILE, Kind.FILE, Kind.SYMLINK, Kind.SUBMODULE]),
    max_size=12,
)


def alone(rules: Policy, standpoint: Standpoint, path: str, kind: Kind) -> tuple[Decision, tuple[str, ...], bool]:
    """Decision, deciding rules and whether it is only observed, by the engine, of one file."""
    file = FileChange(path, Status.MODIFIED, before=kind, after=kind)
    change = Change(standpoint.ref, (file,), (declared(standpoint.principal.removeprefix("@")),))
    verdict = inquire(rules, change, answer)
    judgement = verdict.files[0].judgement
    carrying = judgement.observed_rules if verdict.observed_only else judgement.rules
    return verdict.decision, tuple(rule.id for rule in carrying), verdict.observed_only


@given(PATHS)
@examples(4)
def test_it_agrees_with_the_engine_about_every_file(files: dict[str, Kind]) -> None:
    rules, older = policy(POLICY), policy(OTHER)
    found = draw(files, rules, WHO, answer, other=older)
    assert list(found.paths) == sorted(files)
    assert found.before is not None
    for place, standpoint in enumerate(WHO):
        for path, number in zip(found.paths, found.classes, strict=True):
            for table, judged in ((found.now, rules), (found.before, older)):
                shade = found.shades[table[place][number]]
                drawn = (shade.decision, tuple(rule.id for rule in shade.rules), shade.observed)
                assert drawn == alone(judged, standpoint, path, files[path]), (path, standpoint)


def test_directions_are_those_of_diff() -> None:
    files = dict.fromkeys(["security/k", "src/a.py", "x.lock", "README"], Kind.FILE)
    found = draw(files, policy(POLICY), [Standpoint("@agents", MAIN)], answer, other=policy(OTHER))
    ways = dict(zip(found.paths, (found.directions(0)[number] for number in found.classes), strict=True))
    assert ways == {
        "security/k": Direction.STRICTER,
        "src/a.py": Direction.LOOSER,
        "x.lock": Direction.INCOMPARABLE,
        "README": Direction.STRICTER,
    }


def test_a_hundred_files_of_a_kind_are_judged_as_one() -> None:
    found = draw({f"src/{number}.py": Kind.FILE for number in range(100)}, policy(POLICY), WHO, answer)
    assert set(found.classes) == {0}
    assert all(len(table) == 1 for table in found.now)


@given(PATHS)
@examples(25)
def test_folders_count_every_file_once(files: dict[str, Kind]) -> None:
    files = {path: kind for path, kind in files.items() if not any(other.startswith(f"{path}/") for other in files)}
    found = draw(files, policy(POLICY), WHO[:1], answer)
    root = folders_of(found)
    counting = Counting(found, 0)
    counts = counting.of(root.classes)
    assert counts.blocked + counts.approval + counts.allowed == len(files)
    for _, folder in root.walk(9):
        below = [path for path in files if path.startswith(folder.path)]
        assert folder.classes.total() == len(below)
        assert [found.paths[place] for place in folder.files] == sorted(p for p in below if "/" not in p[len(folder.path) :])


def test_the_contributors_and_branches_that_a_policy_speaks_of() -> None:
    rules = policy(
        "agent shop-bot login=shop group=bots\n/a/ @copilot @acme/sre @octocat block\n/b/ @Shop-Bot !@claude block\n"
        "/c/ refs/heads/release/* @cursor-* block\n/d/ refs/heads/production @humans @bots require_approval\n"
    )
    assert principals_of([rules]) == ("@agents", "@copilot", "@shop-bot", "@bots")
    branches = ["refs/heads/main", "refs/heads/release/1", "refs/heads/release/2"]
    assert refs_of_interest([rules], MAIN, branches) == (MAIN, "refs/heads/release/1", "refs/heads/production")
    assert principals_of([policy("")]) == ("@agents",)
