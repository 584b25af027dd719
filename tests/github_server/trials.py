"""Test merges: `merge_commit_sha` of an open pull request and `refs/pull/N/merge`, with the rules by which GitHub makes new ones.

A test merge is made when the head is pushed, when the merge base of the two branches changes, and when the last one is older than
twelve hours; a push to the base branch makes none, and neither does changing to a base branch with the same merge base. Whether
there is a conflict is always told of the branches as they are.
https://github.blog/changelog/2026-02-19-changes-to-test-merge-commit-generation-for-pull-requests

They are made when somebody asks, as they would have been when it was time.
"""

from __future__ import annotations

import re

from tests.github_server import gitmerge
from tests.github_server.gitstore import Signature
from tests.github_server.model import Pull, TestMerge

TOO_OLD = 12 * 3600
_REF = re.compile(r"refs/pull/([0-9]+)/merge")


def merge_tree(pull: Pull, base: str | None = None) -> str | None:
    """The tree of the base (its tip) with the pull request merged, None where there is a conflict."""
    repo = pull.repo
    ours = base or repo.branches().get(pull.base_ref, pull.base_sha)
    key = (ours, pull.head_sha)
    cache = repo.server.merge_cache
    if key not in cache:
        cache[key] = gitmerge.merge_tree(repo.store, ours, pull.head_sha)
    return cache[key]


def base_moved(pull: Pull, tip: str) -> None:
    """Remember where the base went; what this makes of the test merge is looked at when somebody asks."""
    pull.base_tips.append(tip)


def head_moved(pull: Pull) -> None:
    """A new head: the next test merge is with the base as it is now."""
    pull.base_tips = [pull.base_sha]


def trial_merge(pull: Pull) -> str | None:
    """`refs/pull/N/merge`, what `pull_request` workflows run on; None where there is a conflict with the base as it is."""
    return None if merge_tree(pull) is None else current(pull)


def current(pull: Pull) -> str | None:
    """The test merge that GitHub would have now, made where it was due; None where it was due and there was a conflict."""
    made = pull.test_merge
    if pull.state == "open" and not (made and pull.test_merge_kept):
        for tip in _due(pull, made):
            made = pull.test_merge = make(pull, tip)
        pull.base_tips.clear()
    return made.sha if made else None


def _due(pull: Pull, made: TestMerge | None) -> list[str]:
    tips = pull.base_tips or [pull.repo.branches().get(pull.base_ref, pull.base_sha)]
    if made is None or made.head != pull.head_sha:
        due, bases = [tips[0]], pull.repo.store.merge_bases(tips[0], pull.head_sha)
    else:
        due, bases = [], made.merge_bases
    if pull.repo.store.merge_bases(tips[-1], pull.head_sha) != bases:
        # where the merge base went and came back nothing is made: the last one says the same
        due = [next(tip for tip in tips if pull.repo.store.merge_bases(tip, pull.head_sha) != bases)]
    is_old = made is not None and pull.repo.server.clock - made.made_at > TOO_OLD
    nothing_there = made is not None and made.sha is None and made.base != tips[-1]
    return due or ([tips[-1]] if is_old or nothing_there else [])


def make(pull: Pull, base: str) -> TestMerge:
    """A test merge with a commit of the base; its first parent is that commit, its second the head."""
    store, server = pull.repo.store, pull.repo.server
    tree, sha = merge_tree(pull, base), None
    if tree is not None:
        who = Signature("GitHub", "noreply@github.com", pull.updated_at)
        sha = store.commit_tree(tree, f"Merge {pull.head_sha} into {base}", who, who, (base, pull.head_sha))
        server.verification[sha] = "valid"
        store.set_ref(f"refs/pull/{pull.number}/merge", sha)
    return TestMerge(sha, base, pull.head_sha, store.merge_bases(base, pull.head_sha), server.clock)


def refresh(pulls: dict[int, Pull], ref: str) -> None:
    """Make `refs/pull/N/merge` what it would be, where a ref is one or begins many."""
    match = _REF.fullmatch(ref)
    for pull in pulls.values():
        if pull.state == "open" and (pull.number == int(match[1]) if match else f"refs/pull/{pull.number}/merge".startswith(ref)):
            current(pull)
