"""``check --base``: a range of a local repository."""

from __future__ import annotations

from agentowners.change.model import Change
from agentowners.cli.policies import from_disk, names_in_repository, on_revision, standard_branch
from agentowners.cli.subject import Request, Subject
from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.git.clone import inspect_clone, origin_repository
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.diff import first_lines
from agentowners.git.history import history_between
from agentowners.git.landing import RangeLanding, landing
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, find_branch, resolve
from agentowners.git.run import Git
from agentowners.identity.commits import commit_evidence
from agentowners.records import replace


def of_range(request: Request, base_name: str) -> Subject:
    """Everything that the head has and the base has not, judged by the policy on the base.

    Raises:
        AgentownersError: the repository, a revision or a policy file cannot be read, or the clone may hide part of the range.
    """
    git = Git()
    with Objects.of(git) as objects:
        base = resolve(objects, base_name)
        head = resolve(objects, request.head or "HEAD")
        clone = inspect_clone(git, base_name)
        base = replace(base, branch=clone.branch)
        on_disk = from_disk(request.policy_files)
        sources = on_disk or on_revision(objects, base) or _on_default_branch(git, objects, base)
    history = history_between(git, clone, base.commit, head.commit)
    commits = tuple(commit.sha for commit in history.commits)
    paths = CommitPaths(clone, commits)
    found = landing(git, clone, base.commit, head.commit, history, paths)
    evidence = tuple(item for commit in history.commits for item in commit_evidence(commit, None, offline=True))
    change = Change(
        ref=request.ref or base.branch or standard_branch(git),
        files=found.files,
        evidence=request.principals or evidence,
        repository=origin_repository(git),
        head=head.commit,
        commits=commits,
        conflict=found.conflict,
        by_writer=True,
    )
    return Subject(
        change=change,
        sources=sources,
        named=names_in_repository(git, request.policy_files) if on_disk else (),
        diagnostics=not_looked_at(found, base_name),
        first_lines=lambda: first_lines(git, history.bases, head.commit),
        paths_of=paths.of,
    )


def not_looked_at(found: RangeLanding, where: str) -> tuple[Diagnostic, ...]:
    """Notes of what about a range was not looked at; ``where`` is what it was named by."""
    return tuple(Diagnostic("landing-not-looked-at", Severity.NOTE, note, Span(where, 1, 1, 1, 1)) for note in found.notes)


def _on_default_branch(git: Git, objects: Objects, base: Revision) -> tuple[Source, ...]:
    return on_revision(objects, base, find_branch(objects, standard_branch(git)))
