"""What becomes of an account: its login changes, or it is gone and all it did is nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github_server.model import Account, Discussed, Pull

if TYPE_CHECKING:
    from tests.github_server.repository import Repository
    from tests.github_server.server import GitHubServer


def rename(server: GitHubServer, login: str, new: str) -> None:
    """Give an account another login. Its id, what it did and what it may do stay; the old login is anybody's to take."""
    account = server.accounts.pop(login.lower())
    assert new.lower() not in server.accounts, f"{new} is taken"
    assert not any(repo.owner is account for repo in server.repositories.values()), f"{login} owns repositories"
    old, account.login = account.login, new
    server.accounts[new.lower()] = account
    for repo in server.repositories.values():
        if old.lower() in repo.permissions:
            repo.permissions[new.lower()] = repo.permissions.pop(old.lower())
    for team in server.teams.values():
        if old in team.roles:
            team.roles[new] = team.roles.pop(old)


def delete(server: GitHubServer, login: str) -> None:
    """Delete an account: what it did is the ghost's, its commits are linked to nobody, its permissions are gone."""
    account = server.accounts.pop(login.lower())
    for team in server.teams.values():
        team.roles.pop(account.login, None)
    for repo in server.repositories.values():
        repo.permissions.pop(account.login.lower(), None)
        repo.activity[:] = [(*it[:5], _left(server, it[5], account), it[6]) for it in repo.activity]
        for pull in repo.pulls.values():
            _leave_pull(server, pull, account)
        for on in _discussed(repo):
            _leave(server, on, account)


def _discussed(repo: Repository) -> list[Discussed]:
    return [*repo.pulls.values(), *repo.issues.values()]


def _left(server: GitHubServer, it: Account, gone: Account) -> Account:
    return server.ghost if it is gone else it


def _leave_pull(server: GitHubServer, pull: Pull, gone: Account) -> None:
    pull.reviewers = [it for it in pull.reviewers if it is not gone]
    pull.merged_by = server.ghost if pull.merged_by is gone else pull.merged_by
    for review in pull.reviews:
        review.user = _left(server, review.user, gone)


def _leave(server: GitHubServer, on: Discussed, gone: Account) -> None:
    on.user = _left(server, on.user, gone)
    on.editor = server.ghost if on.editor is gone else on.editor
    on.assignees = [it for it in on.assignees if it is not gone]
    for comment in on.comments:
        comment.user = _left(server, comment.user, gone)
        comment.editor = server.ghost if comment.editor is gone else comment.editor
    for event in on.timeline:
        event.actor = _left(server, event.actor, gone)
        event.data |= {name: server.ghost for name, value in event.data.items() if value is gone}
