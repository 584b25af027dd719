"""Whether and how a pull request merges: required checks, conflicts, the merge itself, and the queue's groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.github_server.gitstore import Files, Signature
from tests.github_server.model import Account, MergeGroup, MergeRefused, Pull

if TYPE_CHECKING:
    from tests.github_server.repository import Repository


def missing_checks(repo: Repository, branch: str, sha: str) -> list[str]:
    """Required contexts that do not pass on a commit.

    Sources disagree on whether the newest run of a name decides or every run does, so a context passes here only if every run
    of that name from the right App does (which the newest is one of).
    """
    missing = []
    for context, app_id in repo.required_checks(branch):
        runs = [run for run in repo.check_runs(sha, context) if app_id in (None, run.app.id)]
        if not runs or not all(run.passing for run in runs):
            missing.append(context)
    return missing


def merge_tree(pull: Pull, base: str | None = None) -> str | None:
    """The tree of the base (its tip) with the pull request merged, None where there is a conflict."""
    store = pull.repo.store
    ours = base or pull.repo.tip(pull.base_ref)
    ancestor = store.merge_base(ours, pull.head_sha)
    if ancestor is None:
        return None
    if ancestor == ours:
        return store.read_commit(pull.head_sha).tree
    if ancestor == pull.head_sha:
        return store.read_commit(ours).tree
    key = (ancestor, ours, pull.head_sha)
    cache = pull.repo.server.merge_cache
    if key not in cache:
        cache[key] = store.merge_trees(ancestor, ours, pull.head_sha)
    return cache[key]


def trial_merge(pull: Pull) -> str | None:
    """`refs/pull/N/merge`: what `pull_request` workflows run on; None where there is a conflict."""
    tree = merge_tree(pull)
    if tree is None:
        return None
    base = pull.repo.tip(pull.base_ref)
    ref = f"refs/pull/{pull.number}/merge"
    known = pull.repo.store.refs.get(ref)
    if known is None or pull.repo.store.read_commit(known).parents != (base, pull.head_sha):
        who = Signature("GitHub", "noreply@github.com", pull.updated_at)
        message = f"Merge {pull.head_sha} into {base}"
        known = pull.repo.store.commit_tree(tree, message, who, who, (base, pull.head_sha))
        pull.repo.store.set_ref(ref, known)
        pull.repo.server.verification[known] = "valid"
    return known


def merge(pull: Pull, by: Account, *, sha: str | None, method: str) -> str:
    """Merge a pull request; MergeRefused with GitHub's status where it would not."""
    repo = pull.repo
    if pull.state != "open":
        raise MergeRefused(405, "Pull Request is not mergeable")
    if sha is not None and sha != pull.head_sha:
        raise MergeRefused(409, "Head branch was modified. Review and try the merge again.")
    if pull.draft:
        raise MergeRefused(405, "Pull Request is still a draft")
    _refuse_missing(repo, pull.base_ref, pull.head_sha)
    tree = merge_tree(pull)
    if tree is None:
        raise MergeRefused(405, "Pull Request is not mergeable")
    base = repo.tip(pull.base_ref)
    now = repo.server.now()
    who = Signature(by.name or by.login, by.email, now)
    committer = Signature("GitHub", "noreply@github.com", now)
    parents = (base, pull.head_sha) if method == "merge" else (base,)
    message = f"Merge pull request #{pull.number} from {pull.head_repo.owner.login}/{pull.head_ref}\n\n{pull.title}"
    if method != "merge":
        message = f"{pull.title} (#{pull.number})"
    commit = repo.store.commit_tree(tree, message, who, committer, parents)
    repo.server.verification[commit] = "valid"
    repo.store.set_ref(f"refs/heads/{pull.base_ref}", commit)
    repo.moved(pull.base_ref, base, commit, by)
    _close_merged(pull, by, commit, base)
    return commit


def update_branch(pull: Pull, by: Account, files: Files) -> str:
    """Merge the base into the head branch, in the person's name and with GitHub's signature; `files` resolve it."""
    repo = pull.head_repo
    old, base = pull.head_sha, pull.repo.tip(pull.base_ref)
    tree = merge_tree(pull) or repo.store.read_commit(old).tree
    now = repo.server.now()
    who, committer = Signature(by.name or by.login, by.email, now), Signature("GitHub", "noreply@github.com", now)
    message = f"Merge branch '{pull.base_ref}' into {pull.head_ref}"
    merged = repo.store.commit_tree(tree, message, who, committer, (old, base))
    if files:
        # on top of the merge's tree, and then with its parents
        scratch = repo.store.commit("refs/heads/scratch", files, message, who, committer, [merged])
        repo.store.set_ref("refs/heads/scratch", None)
        merged = repo.store.commit_tree(repo.store.read_commit(scratch).tree, message, who, committer, (old, base))
    repo.server.verification[merged] = "valid"
    repo.store.set_ref(f"refs/heads/{pull.head_ref}", merged)
    repo.moved(pull.head_ref, old, merged, by)
    return merged


def _refuse_missing(repo: Repository, branch: str, sha: str) -> None:
    missing = missing_checks(repo, branch, sha)
    if missing:
        names = ", ".join(f'"{name}"' for name in missing)
        raise MergeRefused(405, f"Required status check {names} is expected.")


def _close_merged(pull: Pull, by: Account, commit: str, base: str) -> None:
    now = pull.repo.server.now()
    pull.state, pull.closed_at, pull.merged_at, pull.merged_by = "closed", now, now, by
    pull.merge_commit_sha, pull.base_sha, pull.updated_at = commit, base, now
    pull.repo.add_event(pull, "merged", by, {"commit_id": commit})
    pull.repo.add_event(pull, "closed", by, {})


def queue(repo: Repository, pulls: Sequence[Pull]) -> MergeGroup:
    """Build the commit that the merge queue tests: the base with every pull request merged on top, one after the other."""
    base_ref = pulls[0].base_ref
    base = tip = repo.tip(base_ref)
    assert all(pull.base_ref == base_ref for pull in pulls), "a group has one base"
    who = Signature("GitHub", "noreply@github.com", repo.server.now())
    for pull in pulls:
        tree = merge_tree(pull, tip)
        if tree is None:
            raise MergeRefused(405, f"#{pull.number} conflicts with the group")
        message = f"Merge pull request #{pull.number} from {pull.head_repo.owner.login}/{pull.head_ref}\n\n{pull.title}"
        tip = repo.store.commit_tree(tree, message, who, who, (tip, pull.head_sha))
        repo.server.verification[tip] = "valid"
    ref = f"gh-readonly-queue/{base_ref}/pr-{pulls[-1].number}-{base}"
    repo.store.set_ref(f"refs/heads/{ref}", tip)
    return MergeGroup(repo, tip, f"refs/heads/{ref}", base, f"refs/heads/{base_ref}", list(pulls))


def land(group: MergeGroup) -> None:
    """Let the queue move the base to the group's commit; MergeRefused while a required check does not pass on it."""
    repo, branch = group.repo, group.base_ref.removeprefix("refs/heads/")
    _refuse_missing(repo, branch, group.head_sha)
    if repo.tip(branch) != group.base_sha:
        raise MergeRefused(409, "the base has moved since the group was built")
    by = repo.server.account("github-merge-queue[bot]")
    repo.store.set_ref(group.base_ref, group.head_sha)
    repo.store.set_ref(group.head_ref, None)
    repo.moved(branch, group.base_sha, group.head_sha, by)
    for pull in group.pulls:
        _close_merged(pull, by, group.head_sha, group.base_sha)
