"""A GitHub API server on loopback, backed by real git repositories, stricter than the real one.

It imports nothing from `agentowners`. The tests, the demonstration and the image test all talk to it over HTTP.

    with GitHubServer() as server:                       # http.server on 127.0.0.1, a free port
        server.add_user("octocat")                       # id and type from a table of known accounts, else chosen
        repo = server.add_repository("acme/shop")        # owner "acme" becomes an Organization (owner_type=...)
        base = repo.commit("main", {"README.md": b"hello\n", ".github/AGENTOWNERS": b"..."})
        repo.branch("copilot/fix", base)                 # (`repo.commit` makes a missing branch from `main` by itself)
        repo.commit("copilot/fix", {"README.md": b"bye\n", "old.py": None, "link": Symlink("README.md")},
                    message="fix", author="Copilot", verified=True)
        pull = repo.open_pull("copilot/fix", base="main", author="Copilot", title="Fix", body="")
        review = repo.review(pull, "octocat", "APPROVED")           # commit=sha for another commit than the head
        token = server.token("actions", permissions={"contents": "read", "pull-requests": "write", "checks": "write"})
        payload = server.payload("pull_request_target", "synchronize", pull=pull)
        ... talk to server.url (= GITHUB_API_URL) with the token ...
        repo.check_runs(pull.head_sha)                   # list[CheckRun]: name, status, conclusion, title, annotations, app
        pull.labels, pull.comments, repo.labels          # the state, read back
        server.requests                                  # list[RequestRecord(method, path, query, status, ...)]
        server.violations                                # what broke the OpenAPI description; the fixture fails on any

`GitHubServer`:
    add_user(login, *, id=None, type="User", emails=(), name=None) -> Account
    add_organization(login) -> Account;  rename(login, new), delete_account(login)       (what it did is then the ghost's)
    add_app(slug, *, id=None, permissions=None) -> App                  (and its account `<slug>[bot]`)
    install(app, "acme", {"contents": "write"}, repositories=None) -> Installation      (app_keys.give_key(app) -> PEM)
    add_team("acme/sre", members=("octocat",), *, maintainers=(), parent=None) -> Team
    add_repository("acme/shop", *, owner_type="Organization", private=False, default_branch="main", files=None) -> Repository
    repository("acme/shop") -> Repository
    token(kind="actions"|"app"|"user"|"jwt", *, permissions=None, app=None, login=None, repository=None, fork=False) -> str
    queue(repo, [pull, ...], method="merge") -> MergeGroup              (head_sha, head_ref, base_ref, base_sha, pulls, merges)
    land(group)                                                         (MergeRefused while a required check does not pass)
    payload(event, action=None, *, pull=None, repo=None, **facts) -> dict
    faults: Faults    .add(action, *, method=None, path=None, times=1, after=0); see faults.py
    limits: Limits    sizes that real GitHub has, to be made small in tests (files=3000, commits=250, tree_entries=100_000 ...)

`Repository`:
    commit(branch, files, *, message, author, committer, parents, verified, date) -> sha
        files: {path (str or bytes): bytes | str | None (delete)
                                     | Symlink(target) | Submodule(sha) | Executable(content) | Rename(old)}
        author, committer: a login, or (name, email); verified: True, False or a reason such as "unsigned"
    activity: who moved what (`/activity`); activity_told = N lets GitHub tell the newest N alone
    branch(name, sha), force_push(branch, sha), delete_branch(name), tip(name) -> sha, merge_base(a, b) -> sha
    open_pull(head, *, base, author, title, body, draft, fork=None, via_app=None) -> Pull      (fork: a Repository)
    fork(owner) -> Repository
    close(pull), reopen(pull), retarget(pull, base)
    review(pull, login, state, *, commit=None, body="") -> Review;  dismiss(review, by=...)
    label(pull, name, by=...), unlabel(pull, name), assign(pull, login, by=...), request_review(pull, login, by=...)
    open_issue(login, title, body, *, via_app=None) -> Issue            (close, label, assign as for pull requests)
    comment(pull or issue, login, body, *, via_app=None) -> Comment;  edit_comment(comment, body, by=), minimize_comment(comment)
    delete_comment(comment, by=), comment_line(pull, login, body, path=, line=), edit_body(pull or issue, body, by=)
    set_permission(login, "admin"|"maintain"|"write"|"triage"|"read"|"none"), add_team(slug, permission)
    protect(branch, checks=["AGENTOWNERS"] or [("AGENTOWNERS", app_id)])
    add_ruleset(name, rules, *, include=("~DEFAULT_BRANCH",), bypass=[...], enforcement="active") -> Ruleset
    add_environment(name, branches, secrets), add_deploy_key(title, read_only=True), settings: Settings (see settings.py)
    merge(pull, by, *, sha, method="merge"|"squash"|"rebase") -> sha    by git itself; MergeRefused where GitHub would refuse
    update_branch(pull, by, *, files=None, method="merge"|"rebase") -> sha
    make_test_merge(pull) -> sha or None, age_test_merge(pull) and server.wait(seconds): `merge_commit_sha`, see trials.py
    pull.mergeable_after = N (null for N requests), pull.rebaseable, pull.test_merge_kept = True (no new one is made)
    add_check_run(name, sha, *, app, status, conclusion) -> CheckRun,  check_runs(sha=None, name=None)
    add_workflow_run(...) -> WorkflowRun

`POST /graphql` (graph/) knows GitHub's whole public schema; a query that is not in it, or that it cannot answer, is a violation.

The pytest fixture `github` (fixtures.py) gives a fresh server and fails the test on violations that it did not expect:
`github.expect_violations()` returns and clears them.

As a process of its own: `python -m tests.github_server --scenario NAME --ready-file F`; see __main__.py.
"""

from __future__ import annotations

from tests.github_server.gitstore import Executable, Rename, Submodule, Symlink
from tests.github_server.model import MergeRefused
from tests.github_server.server import GitHubServer

__all__ = ["Executable", "GitHubServer", "MergeRefused", "Rename", "Submodule", "Symlink"]
