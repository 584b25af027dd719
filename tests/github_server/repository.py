"""A repository on the server: what people and bots do to it, without HTTP. Every method keeps the state as GitHub would."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.github_server import merging, trials
from tests.github_server.diffs import Differ, FileDiff
from tests.github_server.discussions import Discussions
from tests.github_server.gitstore import ZERO, Files, GitStore, Signature
from tests.github_server.model import (
    Account,
    App,
    Pull,
    Review,
    Team,
    WorkflowRun,
)

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer

Person = str | tuple[str, str]
REVIEW_STATES = frozenset({"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"})


class Repository(Discussions):
    """One repository; make it with `server.add_repository` or `fork`."""

    def __init__(
        self,
        server: GitHubServer,
        id: int,
        owner: Account,
        name: str,
        default_branch: str,
        *,
        private: bool,
        parent: Repository | None,
    ) -> None:
        super().__init__(server, owner, private=private)
        self.id = id
        self.name = name
        self.full_name = f"{owner.login}/{name}"
        self.default_branch = default_branch
        self.parent = parent
        self.created_at = server.now()
        self.store: GitStore = GitStore(server.directory / f"{id}.git", default_branch, parent.store if parent else None)
        self.differ = Differ(self.store)
        self.activity: list[tuple[int, str, str, str, str, Account, int]] = []
        self.activity_told: int | None = None
        """Set by tests: GitHub tells of no more than so many moves, the newest, of what is asked for."""

    # --- branches and commits ---

    def tip(self, branch: str) -> str:
        """The commit a branch points at; KeyError where there is no such branch."""
        return self.store.refs[f"refs/heads/{branch}"]

    def branches(self) -> dict[str, str]:
        """Name and tip of every branch."""
        return {ref.removeprefix("refs/heads/"): sha for ref, sha in self.store.refs.items() if ref.startswith("refs/heads/")}

    def resolve(self, name: str) -> str | None:
        """The commit that a branch, a tag, a full ref, `heads/x` or a commit id names."""
        for ref in (f"refs/heads/{name}", f"refs/tags/{name}", name, f"refs/{name}"):
            if ref.startswith("refs/pull/"):
                trials.refresh(self.pulls, ref)
            if ref in self.store.refs:
                return self.store.refs[ref]
        if re.fullmatch(r"[0-9a-f]{40}", name):
            try:
                return self.store.read_commit(name).sha
            except KeyError:
                return None
        return self.tip(self.default_branch) if name == "HEAD" and self.branches() else None

    def commit(
        self,
        branch: str,
        files: Files,
        *,
        message: str = "change",
        author: Person = "octocat",
        committer: Person | None = None,
        parents: Sequence[str] | None = None,
        verified: bool | str = False,
        date: int | None = None,
        pushed_by: str | None = None,
    ) -> str:
        """Commit on a branch (made from the default branch, or as a root, where it is missing) and return the commit's id.

        `verified` is True, or False ("unsigned"), or GitHub's own word for why a signature does not count ("unknown_key", ...).
        With `parents` that do not contain the branch's tip this is a force push. The author pushes, if nobody else is named.
        """
        when = date if date is not None else self.server.now()
        ref = f"refs/heads/{branch}"
        old = self.store.refs.get(ref)
        if parents is None:
            start = old or self.store.refs.get(f"refs/heads/{self.default_branch}")
            parents = [start] if start else []
        writer = self._signature(author, when)
        recorder = self._signature(committer, when) if committer is not None else writer
        sha = self.store.commit(ref, files, message, writer, recorder, parents)
        self.server.verification[sha] = "valid" if verified is True else "unsigned" if verified is False else verified
        pusher = self.server.account(pushed_by) if pushed_by else self.server.find_account(writer.email)
        self.moved(branch, old, sha, pusher or self.server.ghost)
        return sha

    def _signature(self, who: Person, when: int) -> Signature:
        if isinstance(who, str):
            account = self.server.account(who)
            return Signature(account.name or account.login, account.email, when)
        return Signature(who[0], who[1], when)

    def branch(self, name: str, sha: str | None = None, by: str | None = None) -> str:
        """Make a branch at a commit, by default the default branch's tip."""
        target = sha or self.tip(self.default_branch)
        self.store.set_ref(f"refs/heads/{name}", target)
        self.activity.append(
            (
                self.server.next_id(),
                ZERO,
                target,
                f"refs/heads/{name}",
                "branch_creation",
                self.server.account(by) if by else self.server.ghost,
                self.server.now(),
            )
        )
        return target

    def force_push(self, branch: str, sha: str, by: str = "octocat") -> None:
        """Point a branch at any commit."""
        old = self.tip(branch)
        self.store.set_ref(f"refs/heads/{branch}", sha)
        self.moved(branch, old, sha, self.server.account(by))

    def delete_branch(self, branch: str, by: str = "octocat") -> None:
        """Delete a branch. Pull requests from it are closed, and those to it, unless it was merged: they go where it went."""
        ref, actor = f"refs/heads/{branch}", self.server.account(by)
        self.activity.append((self.server.next_id(), self.tip(branch), ZERO, ref, "branch_deletion", actor, self.server.now()))
        self.store.set_ref(ref, None)
        for pull in self.server.open_pulls(self, branch):
            pull.repo.close(pull)
        merged = [pull for pull in self.pulls.values() if pull.merged_at and (pull.head_repo, pull.head_ref) == (self, branch)]
        for pull in [pull for pull in self.pulls.values() if pull.state == "open" and pull.base_ref == branch]:
            self.add_event(pull, "base_ref_deleted", actor, {})
            if merged:
                self.retarget(pull, merged[-1].base_ref, by, event="automatic_base_change_succeeded")
            else:
                self.close(pull, by)

    def moved(self, branch: str, old: str | None, new: str, by: Account, kind: str | None = None) -> None:
        """Tell the activity log and the open pull requests that a branch has moved."""
        forced = old is not None and old != new and self.store.merge_base(old, new) != old
        kind = kind or ("branch_creation" if old is None else "force_push" if forced else "push")
        self.activity.append((self.server.next_id(), old or ZERO, new, f"refs/heads/{branch}", kind, by, self.server.now()))
        for pull in self.server.open_pulls(self, branch):
            before = set(self._own_commits(pull))
            pull.head_sha, pull.base_sha, pull.updated_at = new, pull.repo.tip(pull.base_ref), self.server.now()
            pull.repo.store.set_ref(f"refs/pull/{pull.number}/head", new)
            trials.head_moved(pull)
            if forced:
                self.add_event(pull, "head_ref_force_pushed", by, {"commit_id": new})
            for sha in self._own_commits(pull):
                if sha not in before:
                    self.add_event(pull, "committed", by, {"sha": sha})
        for pull in self.pulls.values():
            if pull.state == "open" and pull.base_ref == branch:
                trials.base_moved(pull, new)

    def merge_base(self, one: str, other: str) -> str:
        """The best common ancestor of two commits."""
        found = self.store.merge_base(one, other)
        assert found, "no common ancestor"
        return found

    def fork(self, owner: str) -> Repository:
        """A fork under another account, with the same branches."""
        fork = self.server.make_repository(f"{owner}/{self.name}", "User", self.private, self.default_branch, self)
        for ref, sha in self.store.refs.items():
            if ref.startswith("refs/heads/"):
                fork.store.set_ref(ref, sha)
        return fork

    # --- pull requests ---

    def open_pull(
        self,
        head: str,
        *,
        base: str | None = None,
        author: str = "octocat",
        title: str = "A change",
        body: str | None = "",
        draft: bool = False,
        fork: Repository | None = None,
        via_app: App | None = None,
    ) -> Pull:
        """Open a pull request from a branch of this repository, or of a fork."""
        source = fork or self
        base = base or self.default_branch
        self.last_number += 1
        now = self.server.now()
        user = self.server.account(author)
        pull = Pull(
            self.server.next_id(),
            self.last_number,
            self,
            source,
            head,
            source.tip(head),
            base,
            self.tip(base),
            user,
            title,
            body,
            draft,
            via_app,
            now,
            now,
        )
        self.pulls[pull.number] = pull
        trials.head_moved(pull)
        self.store.set_ref(f"refs/pull/{pull.number}/head", pull.head_sha)
        for sha in self._own_commits(pull):
            self.add_event(pull, "committed", user, {"sha": sha})
        return pull

    def commits_of(self, pull: Pull) -> list[str]:
        """The commits of a pull request, parents first."""
        return self._own_commits(pull)

    def _own_commits(self, pull: Pull) -> list[str]:
        return self.store.commits(pull.head_sha, [self._base(pull)])

    @staticmethod
    def _base(pull: Pull) -> str:
        # a merged pull request's base branch has moved on; a deleted one is gone
        tip = pull.repo.branches().get(pull.base_ref)
        return pull.base_sha if pull.merged_at or tip is None else tip

    def files_of(self, pull: Pull) -> list[FileDiff]:
        """The files of a pull request: from the merge base to the head."""
        base = self._base(pull)
        return self.differ.diff(self.store.merge_base(base, pull.head_sha) or base, pull.head_sha)

    def retarget(self, pull: Pull, base: str, by: str | None = None, *, event: str = "base_ref_changed") -> None:
        """Change the base branch."""
        former = pull.base_ref
        pull.base_sha, pull.base_ref, pull.updated_at = self.tip(base), base, self.server.now()
        trials.base_moved(pull, pull.base_sha)
        self.add_event(pull, event, self.server.account(by) if by else pull.user, {})
        pull.timeline[-1] = replace(pull.timeline[-1], bases=(former, base))

    def make_test_merge(self, pull: Pull) -> str | None:
        """Make a test merge of the branches as they are, whether or not it is due; None where there is a conflict."""
        pull.test_merge = trials.make(pull, self.tip(pull.base_ref))
        pull.base_tips.clear()
        return pull.test_merge.sha

    def age_test_merge(self, pull: Pull) -> None:
        """Let the test merge become older than twelve hours: whoever asks next gets a new one."""
        trials.current(pull)
        assert pull.test_merge
        pull.test_merge = replace(pull.test_merge, made_at=pull.test_merge.made_at - trials.TOO_OLD - 1)

    def update_branch(self, pull: Pull, by: str, *, files: Files | None = None, method: str = "merge") -> str:
        """The button that brings the head up to date, by merge or rebase; with `files`, the site's editor for conflicts.

        Returns the new head's id.
        """
        return merging.update_branch(pull, self.server.account(by), files or {}, method)

    def merge(self, pull: Pull, by: str = "octocat", *, sha: str | None = None, method: str = "merge") -> str:
        """Merge, or raise MergeRefused as GitHub would; the new commit's id."""
        return merging.merge(pull, self.server.account(by), sha=sha, method=method)

    def review(self, pull: Pull, login: str, state: str, *, commit: str | None = None, body: str = "") -> Review:
        """Add a review: APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING; by default on the head commit."""
        assert state in REVIEW_STATES, state
        user = self.server.account(login)
        review = Review(self.server.next_id(), user, state, body, commit or pull.head_sha, self.server.now())
        pull.reviews.append(review)
        if state != "PENDING":
            self.add_event(pull, "reviewed", user, {"review": review})
            pull.reviewers = [asked for asked in pull.reviewers if asked is not user]
        return review

    def dismiss(self, review: Review, by: str = "octocat", message: str = "dismissed") -> None:
        """Dismiss a review."""
        pull = next(pull for pull in self.pulls.values() if review in pull.reviews)
        old, review.state = review.state, "DISMISSED"
        facts = {"state": old.lower(), "review_id": review.id, "dismissal_message": message}
        self.add_event(pull, "review_dismissed", self.server.account(by), {"dismissed_review": facts})

    def request_review(self, pull: Pull, login: str, by: str | None = None) -> None:
        """Ask a person for a review."""
        user = self.server.account(login)
        asker = self.server.account(by) if by else pull.user
        pull.reviewers.append(user)
        self.add_event(pull, "review_requested", asker, {"review_requester": asker, "requested_reviewer": user})

    def request_team(self, pull: Pull, team: Team, by: str) -> None:
        """Ask a team for a review."""
        asker = self.server.account(by)
        pull.teams.append(team)
        self.add_event(pull, "review_requested", asker, {"review_requester": asker, "requested_team": team})

    def withdraw_request(self, pull: Pull, login: str, by: str) -> None:
        """Take a request for a person's review back."""
        user, asker = self.server.account(login), self.server.account(by)
        if user in pull.reviewers:
            pull.reviewers.remove(user)
            self.add_event(pull, "review_request_removed", asker, {"review_requester": asker, "requested_reviewer": user})

    # --- workflows ---

    def add_workflow_run(
        self,
        *,
        event: str,
        head_branch: str,
        head_sha: str,
        head_repo: Repository | None = None,
        name: str = "signal",
        path: str = ".github/workflows/signal.yml",
        actor: str = "octocat",
        status: str = "completed",
        conclusion: str | None = "success",
        attempt: int = 1,
    ) -> WorkflowRun:
        """A run of a workflow in this repository."""
        run = WorkflowRun(
            self.server.next_id(),
            name,
            path,
            event,
            head_branch,
            head_sha,
            head_repo or self,
            self.server.account(actor),
            len(self.workflow_runs) + 1,
            attempt,
            status,
            conclusion,
            self.server.now(),
        )
        self.workflow_runs[run.id] = run
        return run
