"""Replays a policy over the changes that were merged last, by git alone."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from agentowners.change.model import Change
from agentowners.cli.subject import Subject
from agentowners.git.clone import inspect_clone
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.diff import changed_since
from agentowners.git.history import history_between
from agentowners.git.run import Git, text
from agentowners.identity.commits import commit_evidence
from agentowners.policy.model import Decision, Policy
from agentowners.report.shared.cut import count
from agentowners.report.shared.escape import for_terminal

MERGED: Final = 50
_SHOWN: Final = 5
_SUBJECT: Final = 70
_WORDS: Final = {Decision.BLOCK: "blocked", Decision.REQUIRE_APPROVAL: "needs approval", Decision.ALLOW: "allowed"}


class PastChange(NamedTuple):
    """A commit on the first-parent line of a branch: what one merge brought, whether squashed, rebased or neither."""

    sha: str
    parent: str
    subject: str


def merged_changes(git: Git, tip: str) -> list[PastChange]:
    """The newest changes of a branch, the newest first.

    Raises:
        GitError: the history cannot be read.
    """
    listed = git.run(
        "log", "-z", "--first-parent", f"--max-count={MERGED}", "--no-patch", "--format=tformat:%H %P%x00%s", tip, "--"
    )
    fields = text(listed).split("\0")[:-1]
    rows = zip(fields[::2], fields[1::2], strict=True)
    return [PastChange(ids.split()[0], ids.split()[1], subject) for ids, subject in rows if " " in ids.strip()]


def judge_past(git: Git, policy: Policy, ref: str, repository: str | None, changes: list[PastChange]) -> str:
    """Lines about what the policy would have decided about each change; by the evidence in commits, as ``check`` has it.

    Raises:
        GitError: the repository cannot be read.
    """
    clone = inspect_clone(git, ref)
    counts: Counter[Decision] = Counter()
    restricted: list[tuple[Decision, PastChange]] = []
    for past in changes:
        history = history_between(git, clone, past.parent, past.sha)
        commits = tuple(commit.sha for commit in history.commits)
        evidence = tuple(item for commit in history.commits for item in commit_evidence(commit, None, offline=True))
        change = Change(
            ref=ref,
            files=changed_since(git, past.parent, past.sha),
            evidence=evidence,
            repository=repository,
            head=past.sha,
            by_writer=True,
            commits=commits,
        )
        decision = Subject(change=change, sources=(), paths_of=CommitPaths(clone, commits).of).judge_by(policy).decision
        counts[decision] += 1
        if decision.restricts:
            restricted.append((decision, past))
    return _told(len(changes), counts, restricted)


def _told(changes: int, counts: Counter[Decision], restricted: list[tuple[Decision, PastChange]]) -> str:
    lines = [
        f"of the last {count(changes, 'merged change')}, judged by git alone, it would have allowed {counts[Decision.ALLOW]:,}, "
        f"asked for approval of {counts[Decision.REQUIRE_APPROVAL]:,}, and blocked {counts[Decision.BLOCK]:,}"
    ]
    ordered = sorted(restricted, key=lambda item: -item[0].strictness)
    for decision, past in ordered[:_SHOWN]:
        lines.append(f"  {_WORDS[decision]}: {past.sha[:7]} {for_terminal(past.subject[:_SUBJECT])}")
    if len(ordered) > _SHOWN:
        lines.append(f"  and {len(ordered) - _SHOWN:,} more")
    return "".join(f"{line}\n" for line in lines)
