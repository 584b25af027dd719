"""Whether and how a pull request merges: required checks, conflicts, the merge itself, and the queue's groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.github_server import gitmerge
from tests.github_server.gitstore import Files, Signature
from tests.github_server.model import Account, MergeGroup, MergeRefused, Pull
from tests.github_server.squash import squash_message
from tests.github_server.trials import merge_tree, trial_merge

if TYPE_CHECKING:
    from tests.github_server.repository import Repository

__all__ = ["land", "merge", "merge_tree", "missing_checks", "queue", "trial_merge", "update_branch"]

METHODS = {"merge": "allow_merge_commit", "squash": "allow_squash_merge", "rebase": "allow_rebase_merge"}


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


def merge(pull: Pull, by: Account, *, sha: str | None, method: str) -> str:
    """Merge a pull request; MergeRefused with GitHub's status where it would not."""
    repo = pull.repo
    if pull.state != "open":
        raise MergeRefused(405, "Pull Request is not mergeable")
    if sha is not None and sha != pull.head_sha:
        raise MergeRefused(409, "Head branch was modified. Review and try the merge again.")
    if pull.draft:
        raise MergeRefused(405, "Pull Request is still a draft")
    if not getattr(repo.settings, METHODS[method]):
        raise MergeRefused(405, f"{method.capitalize()} merges are not allowed on this repository.")
    _refuse_missing(repo, pull.base_ref, pull.head_sha)
    base = repo.tip(pull.base_ref)
    commit = _put_on(pull, base, by, method)
    repo.store.set_ref(f"refs/heads/{pull.base_ref}", commit)
    if commit != base:
        repo.moved(pull.base_ref, base, commit, by, kind="pr_merge")
    _close_merged(pull, by, commit, base)
    return commit


def _put_on(pull: Pull, tip: str, by: Account | None, method: str) -> str:
    """The commit that merging on top of another makes, the merge queue's own without anybody; MergeRefused on a conflict."""
    repo, now = pull.repo, pull.repo.server.now()
    tree = merge_tree(pull, tip)
    if tree is None:
        raise MergeRefused(405, "Pull Request is not mergeable")
    committer = Signature("GitHub", "noreply@github.com", now)
    merger = Signature(by.name or by.login, by.email, now) if by else committer
    if method == "rebase":
        return _rebase(pull, tip, tree, merger)
    author = merger if method == "merge" else Signature(pull.user.name or pull.user.login, pull.user.email, now)
    message = f"Merge pull request #{pull.number} from {pull.head_repo.owner.login}/{pull.head_ref}\n\n{pull.title}"
    if method == "squash":
        message = squash_message(pull)
    commit = repo.store.commit_tree(tree, message, author, committer, (tip, pull.head_sha) if method == "merge" else (tip,))
    repo.server.verification[commit] = "valid"
    return commit


def _rebase(pull: Pull, tip: str, merged: str, committer: Signature) -> str:
    store, settings = pull.repo.store, pull.repo.settings
    commits = gitmerge.to_rebase(store, pull.head_sha, tip)
    made = gitmerge.rebase(store, commits, tip, committer)
    if made is None or (settings.refuse_unsafe_rebases and store.read_commit(made).tree != merged):
        raise MergeRefused(405, "This branch can't be rebased")
    return made


def update_branch(pull: Pull, by: Account, files: Files, method: str = "merge") -> str:
    """Bring the head up to date in the person's name: by a merge with GitHub's signature (`files` resolve it), or a rebase."""
    repo = pull.head_repo
    old, base = pull.head_sha, pull.repo.tip(pull.base_ref)
    now = repo.server.now()
    who, committer = Signature(by.name or by.login, by.email, now), Signature("GitHub", "noreply@github.com", now)
    if method == "rebase":
        made = gitmerge.rebase(repo.store, gitmerge.to_rebase(repo.store, old, base), base, who)
        if made is None:
            raise MergeRefused(422, "merge conflict between base and head")
        repo.force_push(pull.head_ref, made, by.login)
        return made
    tree = merge_tree(pull) or repo.store.read_commit(old).tree
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


def queue(repo: Repository, pulls: Sequence[Pull], method: str = "merge") -> MergeGroup:
    """Build what the merge queue tests: the base with every pull request merged on top, one after the other."""
    base_ref = pulls[0].base_ref
    base = tip = repo.tip(base_ref)
    assert all(pull.base_ref == base_ref for pull in pulls), "a group has one base"
    merges = {}
    for pull in pulls:
        try:
            tip = merges[pull.number] = _put_on(pull, tip, None, method)
        except MergeRefused:
            raise MergeRefused(405, f"#{pull.number} conflicts with the group") from None
    ref = f"gh-readonly-queue/{base_ref}/pr-{pulls[-1].number}-{base}"
    repo.store.set_ref(f"refs/heads/{ref}", tip)
    return MergeGroup(repo, tip, f"refs/heads/{ref}", base, f"refs/heads/{base_ref}", list(pulls), method, merges)


def land(group: MergeGroup) -> None:
    """Let the queue move the base to the group's commit; MergeRefused while a required check does not pass on it."""
    repo, branch = group.repo, group.base_ref.removeprefix("refs/heads/")
    _refuse_missing(repo, branch, group.head_sha)
    if repo.tip(branch) != group.base_sha:
        raise MergeRefused(409, "the base has moved since the group was built")
    by = repo.server.account("github-merge-queue[bot]")
    repo.store.set_ref(group.base_ref, group.head_sha)
    repo.store.set_ref(group.head_ref, None)
    repo.moved(branch, group.base_sha, group.head_sha, by, kind="merge_queue_merge")
    for pull in group.pulls:
        _close_merged(pull, by, group.merges.get(pull.number, group.head_sha), group.base_sha)
