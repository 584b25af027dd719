"""What people and bots say on issues and pull requests, and the labels and assignees that both have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tests.github_server.governance import Governance
from tests.github_server.model import Account, App, Comment, Discussed, Event, Issue, Label, LineComment, Pull

if TYPE_CHECKING:
    from tests.github_server.repository import Repository
    from tests.github_server.server import GitHubServer


class Discussions(Governance):
    """The side of a repository where people write; `Repository` adds what there is to write about."""

    def __init__(self, server: GitHubServer, owner: Account, *, private: bool) -> None:
        super().__init__(server, owner, private=private)
        self.pulls: dict[int, Pull] = {}
        self.issues: dict[int, Issue] = {}
        self.labels: dict[str, Label] = {}
        self.last_number = 0

    @property
    def repository(self) -> Repository:
        """Itself, with all that it has."""
        return cast("Repository", self)

    def close(self, on: Discussed, by: str | None = None) -> None:
        """Close an issue, or a pull request without merging it."""
        on.state, on.closed_at, on.updated_at = "closed", self.server.now(), self.server.now()
        self.add_event(on, "closed", self.server.account(by) if by else on.user, {})

    def reopen(self, on: Discussed, by: str | None = None) -> None:
        """Open it again."""
        on.state, on.closed_at, on.updated_at = "open", None, self.server.now()
        self.add_event(on, "reopened", self.server.account(by) if by else on.user, {})

    def assign(self, on: Discussed, login: str, by: str | None = None) -> None:
        """Assign a person or an agent."""
        user = self.server.account(login)
        if user not in on.assignees:
            on.assignees.append(user)
            self.add_event(on, "assigned", self.server.account(by) if by else on.user, {"assignee": user})

    def unassign(self, on: Discussed, login: str, by: str | None = None) -> None:
        """Take an assignee off."""
        user = self.server.account(login)
        if user in on.assignees:
            on.assignees.remove(user)
            self.add_event(on, "unassigned", self.server.account(by) if by else on.user, {"assignee": user})

    def open_issue(self, login: str, title: str, body: str | None = "", *, via_app: App | None = None) -> Issue:
        """Open an issue; it and the pull requests are numbered together."""
        self.last_number += 1
        now = self.server.now()
        user = self.server.account(login)
        issue = Issue(self.server.next_id(), self.last_number, self.repository, user, title, body, via_app, now, now)
        self.issues[issue.number] = issue
        return issue

    def edit_body(self, on: Discussed, body: str | None, by: str | None = None) -> None:
        """Change the text of an issue or of a pull request's description."""
        on.body, on.updated_at = body, self.server.now()
        on.last_edited_at, on.editor = on.updated_at, self.server.account(by) if by else on.user

    def comment(self, on: Discussed, login: str, body: str, app: App | None = None, *, via_app: App | None = None) -> Comment:
        """Comment on an issue or a pull request, through an App or not.

        As on GitHub, `updated_at` is a second later than `created_at`, though nobody edited anything.
        """
        user, now = self.server.account(login), self.server.now()
        comment = Comment(self.server.next_id(), on.number, user, body, now, self.server.now(), app or via_app)
        on.comments.append(comment)
        self.add_event(on, "commented", user, {"comment": comment})
        return comment

    def edit_comment(self, comment: Comment, body: str, by: str | Account | None = None) -> None:
        """Change a comment's text; whoever may write can change others' too."""
        comment.previous_body, comment.body, comment.updated_at = comment.body, body, self.server.now()
        comment.last_edited_at, comment.editor = comment.updated_at, self._who(by) if by else comment.user

    def minimize_comment(self, comment: Comment, reason: str = "outdated") -> None:
        """Hide a comment, which moves its `updated_at`."""
        comment.minimized, comment.updated_at = reason, self.server.now()

    def delete_comment(self, comment: Comment, by: str | Account | None = None) -> None:
        """Delete a comment; of that only GraphQL's timeline tells."""
        on = self.discussed(comment.number)
        on.comments.remove(comment)
        on.timeline = [it for it in on.timeline if it.data.get("comment") is not comment]
        self.add_event(on, "comment_deleted", self._who(by) if by else comment.user, {"deleted_author": comment.user})

    def comment_line(self, pull: Pull, login: str, body: str, *, path: str, line: int = 1) -> LineComment:
        """Comment on a line of a pull request's files; it stands in the timeline (`line-commented`), not among the comments."""
        user, now = self.server.account(login), self.server.now()
        made = LineComment(self.server.next_id(), user, body, path, line, pull.head_sha, now)
        self.add_event(pull, "line-commented", user, {"comments": [made]})
        return made

    def discussed(self, number: int) -> Discussed:
        """The pull request or issue of a number; KeyError where there is none."""
        return self.pulls[number] if number in self.pulls else self.issues[number]

    def add_event(self, on: Discussed, event: str, actor: Account, data: dict[str, Any], app: App | None = None) -> None:
        """Add to the timeline."""
        on.timeline.append(Event(self.server.next_id(), event, actor, self.server.now(), app, data))

    # --- labels ---

    def add_label(self, name: str, color: str = "ededed", description: str | None = None) -> Label:
        """Create a label, or return the one of that name (case does not count)."""
        known = self.find_label(name)
        if known is None:
            known = self.labels[name] = Label(self.server.next_id(), name, color, description)
        return known

    def find_label(self, name: str) -> Label | None:
        """The label of a name, ignoring case."""
        return next((label for label in self.labels.values() if label.name.lower() == name.lower()), None)

    def label(self, on: Discussed, name: str, by: str | Account = "octocat", app: App | None = None) -> None:
        """Put a label on a pull request, creating it if need be."""
        label = self.add_label(name)
        if label.name not in on.labels:
            on.labels.append(label.name)
            self.add_event(on, "labeled", self._who(by), {"label": {"name": label.name, "color": label.color}}, app)

    def unlabel(self, on: Discussed, name: str, by: str | Account = "octocat", app: App | None = None) -> None:
        """Take a label off a pull request."""
        label = self.find_label(name)
        assert label, name
        on.labels.remove(label.name)
        self.add_event(on, "unlabeled", self._who(by), {"label": {"name": label.name, "color": label.color}}, app)

    def _who(self, by: str | Account) -> Account:
        return by if isinstance(by, Account) else self.server.account(by)
