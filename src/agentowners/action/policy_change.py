"""The section of the check run about a change of the policy: made after the verdict is published, and without a part in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from msgspec import to_builtins

from agentowners import __version__
from agentowners.action.board import Board
from agentowners.action.judge import JudgedPull
from agentowners.action.policies import BranchPolicies
from agentowners.action.publisher import Publisher
from agentowners.checkup.workflows import read_workflow
from agentowners.diagnostics import AgentownersError, Severity
from agentowners.engine.contributions import Contributions
from agentowners.engine.facts import Known, Requesters
from agentowners.engine.rejection_reasons import accounts_in
from agentowners.engine.verdict import Verdict
from agentowners.github.host import GitHubHost
from agentowners.github.model import Pull
from agentowners.identity.resolve import definitions
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from agentowners.proof.signals import Advice, AdviceTerms, ReviewerAdvice, advice, advice_line, reviewers_of
from agentowners.report.diff.json import policy_digest
from agentowners.report.shared.escape import for_markdown_prose
from agentowners.report.verdict.annotations import Annotation

_SECONDS: Final = 60
_FILES: Final = 100_000
_TITLES: Final = 255


def add_policy_section(publisher: Publisher, policies: BranchPolicies, board: Board, case: JudgedPull) -> None:
    """Say on the check run what a pull request changes about the policy; nothing where it changes none of it.

    The check's conclusion stays as it is, whatever comes of this.

    Raises:
        AgentownersError: the check run or the audit trail cannot be written.
    """
    where = publisher.surroundings
    if not isinstance(case.outcome, Verdict):
        return
    changed = sorted({file.path for file in case.outcome.files})
    paths = [path for path in changed if policies.is_policy(path)]
    host, pull = publisher.host, case.pull
    setup = setup_changes(where.workflow, changed, lambda path: _read_on_base(host, pull, path))
    if not paths and not setup:
        return
    try:
        question = _question(publisher, policies, case, case.outcome, paths)
    except AgentownersError as error:
        board.add_section(_unknown(for_markdown_prose(error.message))["section"], ())
        return
    question |= {"changed": changed, "paths": paths or setup, "setup": setup}
    answer = ask_child(question)
    if publisher.audit is not None:
        from agentowners.action.auditing import policy_change_act

        act = policy_change_act(answer["proof"], [*paths, *setup], question["digests"], board, pull.number, where)
        receipt, problem = publisher.audit.note([act], str(pull.number))
        if problem is not None:
            raise problem
        board.receipts += () if receipt is None else (receipt,)
    board.add_section(answer["section"], [_annotation(*note) for note in answer["annotations"]])


def _question(
    publisher: Publisher, policies: BranchPolicies, case: JudgedPull, verdict: Verdict, paths: Sequence[str]
) -> dict[str, Any]:
    """The two policies, and what else the child is told of them.

    Raises:
        AgentownersError: something of it cannot be read.
    """
    pull, host = case.pull, publisher.host
    old = policies.sources_for(pull.base_ref, pull.default_branch)
    new = policies.sources_after(pull.base_ref, pull.default_branch, pull.head, paths)
    digests = policy_digest(old, __version__), policy_digest(new, __version__)
    advisers = _advice(case, verdict, load_policy(old), advice_line(*digests))
    people = [
        ReviewerAdvice(f"@{reviewer.login}", Advice.APPROVE, pull.head, counts=True) for reviewer in verdict.approvals.counted
    ]
    above = policies.organisation
    return {
        "ceiling": () if above is None or above.source is None else (above.source,),
        "enforced": above is not None and above.enforced,
        "old": old,
        "new": new,
        "digests": digests,
        "owner": publisher.surroundings.repository.partition("/")[0],
        "files": _files(host, pull.base),
        "reviewers": (*advisers, *people),
    }


def ask_child(question: dict[str, Any]) -> dict[str, Any]:
    """The child's answer; that it gave none is an answer, too."""
    try:
        process = subprocess.run(
            [sys.executable, "-m", "agentowners.action.policy_worker"],
            input=json.dumps(to_builtins(question)).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env={},
        )
        answer: dict[str, Any] = json.loads(process.stdout)
    except subprocess.TimeoutExpired:
        return _unknown(f"it took more than {_SECONDS} seconds")
    except (subprocess.CalledProcessError, OSError, ValueError):
        return _unknown("the comparison ended without an answer")
    return answer


def _unknown(why: str) -> dict[str, Any]:
    section = f"### Policy change\n\n| signal | says |\n|---|---|\n| Prover | unknown: {why} |\n"
    return {"section": section, "annotations": [], "proof": {"prover": "unknown", "because": [why]}}


def _advice(case: JudgedPull, verdict: Verdict, policy: Policy, line: str) -> tuple[ReviewerAdvice, ...]:
    """Words of the reviewers whom the base's policy names; who set an agent to work is looked up only where there are any."""
    ids = reviewers_of(policy)
    if not ids or case.basis is None:
        return ()
    makers = Contributions(case.basis.change, definitions(policy))
    reviewers = dict.fromkeys(
        review.reviewer for review in case.reviews if review.reviewer is not None and review.reviewer.id in ids
    )
    involved = [reviewer for reviewer in reviewers if makers.of(reviewer)]
    involved += [principal.account for principal in verdict.principals if principal.account is not None]
    involved += [case.pull.author] if case.pull.author is not None else []
    answer = case.basis.ask(Requesters())
    requesters = tuple(accounts_in(answer)) if isinstance(answer, Known) else None
    return advice(ids, case.reviews, AdviceTerms(case.pull.head, line, tuple(involved), requesters))


def _read_on_base(host: GitHubHost, pull: Pull, path: str) -> bytes | None:
    """A file of the base; None where there is none that can be read."""
    with suppress(AgentownersError):
        sources = host.policies.at_commit(pull.base, [path], f"refs/heads/{pull.base_ref}")
        return sources[0].data if sources else None
    return None


def _files(host: GitHubHost, commit: str) -> list[str] | None:
    """The files of the base, where GitHub lists them whole."""
    try:
        tree = host.trees.whole(commit)
    except AgentownersError:
        return None
    if tree is None:
        return None
    return [path for path, entries in tree.items() if not all(entry.is_tree for entry in entries)][:_FILES]


def _annotation(place: list[Any], title: str, message: str) -> Annotation:
    path, line, end_line = place
    return Annotation(path, line, end_line, Severity.WARNING, title[:_TITLES], message, "")


_ACTIONS: Final = ".github/actions/"
"""Folder of actions that are called by others of their kind, too."""
_WORKFLOWS: Final = ".github/workflows/"
_MOST: Final = 10
"""As many workflows that call each other are looked into."""


def setup_changes(workflow: str | None, changed: Sequence[str], read: Callable[[str], bytes | None]) -> list[str]:
    """Changed files by which the gate itself is set up: the workflow that runs it, and what that calls of its own repository.

    Args:
        workflow: path of the workflow that runs; None where that is not known, and so nothing is.
        changed: paths, in order.
        read: gives the bytes of a workflow, None where there is none.
    """
    if workflow is None:
        return []
    texts: dict[str, str] = {}
    called, waiting = {workflow, _ACTIONS}, [workflow]
    while waiting and len(texts) < _MOST:
        path = waiting.pop()
        data = read(path) or b""
        texts[path] = data.decode("utf-8", "replace")
        for name in _calls(path, data):
            if name not in called and name.startswith(_WORKFLOWS):
                waiting.append(name)
            called.add(name)
    folders = tuple(f"{name.rstrip('/')}/" for name in called)
    return [
        path
        for path in changed
        if path in called or path.startswith(folders) or any(_mentions(text, path) for text in texts.values())
    ]


def _calls(path: str, data: bytes) -> Iterator[str]:
    """Workflows and folders of actions that a workflow calls of its own repository."""
    for job in read_workflow(path, data).jobs:
        for uses in (job.uses, *(step.uses for step in job.steps)):
            if uses.startswith("./"):
                yield uses.removeprefix("./").rstrip("/")


def _mentions(text: str, path: str) -> bool:
    """True if a text names a path: with its folder, or as ``./name``."""
    dot = r"(?:\./)?" if "/" in path else r"\./"
    return re.search(rf"(?<![\w./-]){dot}{re.escape(path)}(?![\w/-])", text) is not None
