"""``check --base``: a range of a local repository."""

from __future__ import annotations

from msgspec.structs import replace

from agentowners.change.model import Change
from agentowners.cli.offline import Subject
from agentowners.cli.policies import from_disk, on_revision, standard_branch, unread_on
from agentowners.cli.request import Request
from agentowners.cli.work_tree import find_work_tree
from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.git.clone import Clone, inspect_clone, origin_repository
from agentowners.git.commit_paths import CommitPaths
from agentowners.git.diff import files_since, first_lines
from agentowners.git.history import history_between
from agentowners.git.landing import RangeLanding, landing
from agentowners.git.objects import Objects
from agentowners.git.revisions import find_branch, policy_sources, resolve
from agentowners.git.run import Git
from agentowners.identity.commits import commit_evidence
from agentowners.policy.builtin import POLICY_NAMES


def of_range(request: Request, base_name: str) -> Subject:
    """Everything that the head has and the base has not, judged by the policy on the base; an error where the clone may hide part
    of that."""
    git = Git()
    with Objects.of(git) as objects:
        base = resolve(objects, base_name)
        head = resolve(objects, request.head or "HEAD")
        clone = inspect_clone(git, base_name)
        base = replace(base, branch=clone.branch)
        on_disk = from_disk(request.policy_files)
        sources = on_disk or policy_sources(objects, base, POLICY_NAMES)
        sources = sources or on_revision(objects, base, find_branch(objects, standard_branch(git)))
        unread = () if on_disk else unread_on(git, objects, base, sources)
    ref = request.ref or base.branch or standard_branch(git)
    change = Change(ref=ref, files=(), evidence=(), repository=origin_repository(git), head=head.commit, by_writer=True)
    subject = range_subject(request, git, clone, base.commit, change, sources, base_name)
    return replace(subject, diagnostics=(*unread, *subject.diagnostics))


def range_subject(
    request: Request,
    git: Git,
    clone: Clone,
    base: str,
    change: Change,
    sources: tuple[Source, ...],
    name: str,
    *,
    straight: bool = False,
) -> Subject:
    """A change completed by what its range holds: files, commits, and the evidence in them.

    The change holds what is known beside the range that starts at ``base``, its head among it; ``name`` is the range's in notes.
    It is ``straight`` where files are compared with the base itself, and not with its common ancestors with the head.
    """
    head = change.head or ""
    history = history_between(git, clone, base, head)
    commits = tuple(commit.sha for commit in history.commits)
    paths = CommitPaths(clone, commits)
    bases = (base,) if straight else history.bases
    lands = RangeLanding(files_since(git, bases, head)) if straight else landing(git, clone, base, head, history, paths)
    evidence = (item for commit in history.commits for item in commit_evidence(commit, change.author, offline=True))
    return Subject(
        change=replace(
            change,
            files=lands.files,
            evidence=request.principals or (*change.evidence, *evidence),
            author=None if request.principals else change.author,
            commits=commits,
            conflict=lands.conflict,
        ),
        sources=sources,
        supposed=request.principals,
        named=find_work_tree(git).names(request.policy_files) if request.policy_files else (),
        diagnostics=tuple(
            Diagnostic("landing-not-looked-at", Severity.NOTE, note, Span(name, 1, 1, 1, 1)) for note in lands.notes
        ),
        first_lines=lambda: first_lines(git, bases, head),
        paths_of=paths.of,
    )
