"""``check --changes``: a list of paths, a what-if about one who is named or about an agent that is not."""

from __future__ import annotations

from agentowners.change.model import Change
from agentowners.cli.changes import parse_changes
from agentowners.cli.inputs import read_input
from agentowners.cli.policies import STANDARD_REF, from_disk, names_in_repository, on_revision, standard_branch
from agentowners.cli.subject import Request, Subject
from agentowners.cli.what_if import UNNAMED_AGENT
from agentowners.diagnostics import AgentownersError, Source
from agentowners.git.clone import origin_repository
from agentowners.git.objects import Objects
from agentowners.git.revisions import find_branch, resolve
from agentowners.git.run import Git, NoRepositoryError


def of_list(request: Request, path: str) -> Subject:
    """The files that a list names.

    Raises:
        UsageError: the list is not understood.
        AgentownersError: the list or a policy file cannot be read, or there is no repository to find a policy in.
    """
    files = parse_changes(read_input(path, "list of paths"), nul=request.nul, status=request.status)
    git = Git()
    on_disk = from_disk(request.policy_files)
    try:
        ref = request.ref or standard_branch(git)
        sources = on_disk or _sources(git, ref)
        repository = origin_repository(git)
    except NoRepositoryError as error:
        if not on_disk:
            raise AgentownersError(error.message, help="run it inside a clone, or name the policy with `--policy-file`") from None
        ref, sources, repository = request.ref or STANDARD_REF, on_disk, None
    change = Change(ref=ref, files=files, evidence=request.principals or (UNNAMED_AGENT,), repository=repository)
    return Subject(change=change, sources=sources, named=names_in_repository(git, request.policy_files) if on_disk else ())


def _sources(git: Git, ref: str) -> tuple[Source, ...]:
    """The policy on the branch that the change goes to, as far as the clone has it, else on the default branch, else on HEAD."""
    with Objects.of(git) as objects:
        standard = find_branch(objects, standard_branch(git))
        return on_revision(objects, find_branch(objects, ref) or standard or resolve(objects, "HEAD"), standard)
