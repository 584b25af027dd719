"""A change that was judged becomes test cases: one for each group of paths that the same rules decide in the same way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count
from typing import Final

from msgspec.structs import replace

from agentowners.cases.compare import compare
from agentowners.cases.model import Case, Who
from agentowners.cases.parts import principal_name
from agentowners.cases.rules import RuleBook
from agentowners.cases.run import expectation, facts_unknown, judge, obligations_of
from agentowners.change.model import Change, FileChange, Kind, Status
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Known, Need, PathsOf, Reply
from agentowners.engine.path_changes import STATUS_OF, PathChange, collect_path_changes
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import AppliedRule, FileDecision, Verdict
from agentowners.identity.model import Principal
from agentowners.identity.resolve import definitions, resolve
from agentowners.policy.model import Action, Decision, Policy, Rule
from agentowners.policy.patterns import PatternError, ascii_lower
from agentowners.text.wording import quote
from agentowners.values import gathered

_WORDS: Final = {Decision.BLOCK: "blocked", Decision.REQUIRE_APPROVAL: "needs approval", Decision.ALLOW: "allowed"}
_RENAMED_AWAY: Final = (Action.FILE_DELETE, Action.FILE_RENAME)
_RENAMED_TO: Final = (Action.FILE_CREATE, Action.FILE_RENAME)
_WAY_OUT: Final = "write the case by hand, or name who makes the change with `--as`"


class CannotRecordError(AgentownersError):
    """A change that no test case can say as it is."""


def record_cases(
    policy: Policy,
    change: Change,
    label: str,
    repository: str | None = None,
    names: Collection[str] = (),
    paths_of: Callable[[str], frozenset[str] | None] | None = None,
) -> tuple[Case, ...]:
    """Judge a change, and write down what the policy says of it.

    Args:
        policy: with ids that differ (see ``rules.told_apart``).
        change: what happened; its reviews are not looked at.
        label: what the change is called in the names of the cases: ``copilot/count-items at 4de09e9``.
        repository: the one that the cases will be judged in, as their file says.
        names: those that other cases have.
        paths_of: tells the paths that a commit of the change changes; None where it cannot.

    Returns:
        Cases that pass, and say of each path exactly what the policy says of it in the change.

    Raises:
        CannotRecordError: the change holds something that a case cannot say, or nothing at all.
    """
    # a case says what holds for whoever makes the change, and not what a person who may write answers for
    change = replace(change, repository=change.repository or repository, by_writer=False)

    def answer(need: Need) -> Reply:
        paths = paths_of(need.commit) if paths_of is not None and isinstance(need, PathsOf) else None
        return facts_unknown(need) if paths is None else Known(paths)

    verdict = inquire(policy, change, answer)
    if not verdict.files:
        raise CannotRecordError("nothing is changed, so there is nothing to record")
    _refuse_bytes(change, verdict)
    elsewhere = inquire(policy, replace(change, repository=repository), answer)
    if _said(elsewhere.files) != _said(verdict.files):
        raise CannotRecordError(
            f"what the policy says hangs on the change being one in {quote(str(change.repository))}",
            help=f"write `repository: {change.repository}` at the top of the file of test cases",
        )
    problems: list[str] = []
    book = RuleBook(policy)
    for contributors in _ways_to_say(verdict.principals, policy, problems):
        cases = _cases(verdict, contributors, change, label, set(names))
        judged = judge(cases, policy, repository)
        files = [file for outcome in judged for file in outcome.files]
        if _said(files) == _said(verdict.files) and all(compare(outcome, book).passed for outcome in judged):
            return cases
        problems.append("the policy says something else of whom a case can name")
    makers = ", ".join(quote(principal.name) for principal in verdict.principals)
    raise CannotRecordError(f"no test case can say who made this change ({makers}): {problems[-1]}", help=_WAY_OUT)


def _refuse_bytes(change: Change, verdict: Verdict) -> None:
    for text in (change.ref, *(file.path for file in verdict.files)):
        if any("\ud800" <= char <= "\udfff" for char in text):
            escaped = text.encode("utf-8", "backslashreplace").decode()
            raise CannotRecordError(
                f"{quote(escaped)} is not UTF-8, which YAML cannot hold", help="leave it out with `--changes`"
            )


def _ways_to_say(principals: Sequence[Principal], policy: Policy, problems: list[str]) -> Iterator[tuple[Who, ...]]:
    """Names under which the very principals of a change appear: first by identity, then by account."""
    known = definitions(policy)
    for by_account in (False, True):
        contributors = tuple(
            Who(_principal_name(principal, by_account=by_account), principal.strength) for principal in principals
        )
        try:
            for principal in contributors:
                principal_name(principal.name)
            outcome = resolve([principal.evidence for principal in contributors], known, None)
        except (PatternError, AgentownersError) as error:
            problems.append(error.message)
            continue
        alike = {_like(principal) for principal in outcome} == {_like(principal) for principal in principals}
        if alike and len(outcome) == len(principals):
            yield contributors
        else:
            problems.append("whom a case can name is of another group, or another principal")


def _principal_name(principal: Principal, *, by_account: bool) -> str:
    account = principal.account
    if principal.identity is not None and (account is None or not by_account):
        return principal.identity
    if account is None:
        return principal.group.value
    return f"login:{account.login}" if by_account else account.login


def _like(principal: Principal) -> object:
    identity = None if principal.identity is None else ascii_lower(principal.identity)
    login = None if principal.account is None or identity is not None else ascii_lower(principal.account.login)
    return principal.group, principal.strength, identity, login


def _cases(verdict: Verdict, contributors: tuple[Who, ...], change: Change, label: str, names: set[str]) -> tuple[Case, ...]:
    groups = gathered(
        ((file.judgement.decision, tuple(map(_lasting_name, file.judgement.rules)), file.principals), file)
        for file in verdict.files
    )
    ordered = sorted(groups.values(), key=lambda files: (-files[0].judgement.decision.strictness, files[0].path))
    cases = []
    for files in ordered:
        judgement = files[0].judgement
        rules = tuple(dict.fromkeys(map(_lasting_name, judgement.rules)))
        expected = expectation(judgement.decision, rules, obligations_of(verdict, files))
        name = _unused(f"{label}: {_WORDS[judgement.decision]}", names)
        judged = frozenset(files[0].principals)
        makers = tuple(
            contributor for contributor, principal in zip(contributors, verdict.principals, strict=True) if principal in judged
        )
        cases.append(Case(makers, _changes(change, verdict, files), change.ref, expected, name))
    return tuple(cases)


def _lasting_name(rule: AppliedRule) -> str:
    """A name that stays the rule's when lines are added above it."""
    statement = rule.statement
    if isinstance(statement, Rule):
        return statement.name or (rule.text if statement.span is not None else rule.id)
    return rule.text


def _unused(name: str, names: set[str]) -> str:
    choice = next(text for number in count(1) if (text := name if number == 1 else f"{name} ({number})") not in names)
    names.add(choice)
    return choice


def _changes(change: Change, verdict: Verdict, files: Sequence[FileDecision]) -> tuple[FileChange, ...]:
    """Changes to some judged paths, in as few words as will do."""
    path_changes = collect_path_changes(change.files)
    actions = {file.path: file.actions for file in files}
    changes: list[FileChange] = []
    renamed: set[str] = set()
    for file in change.files:
        old, new = file.previous_path, file.path
        both = file.status is Status.RENAMED and old is not None and not renamed & {old, new}
        if both and (actions.get(old or ""), actions.get(new)) == (_RENAMED_AWAY, _RENAMED_TO):
            kind = _kind(path_changes[new])
            if kind is _kind(path_changes[old or ""]):
                renamed |= {old or "", new}
                changes.append(FileChange(new, Status.RENAMED, old, kind, kind))
    for path in (file.path for file in files if file.path not in renamed):
        kind = _kind(path_changes[path])
        if actions[path] == (Action.FILE_MODIFY,) and kind is Kind.UNKNOWN:
            changes.append(FileChange(path, Status.CHANGED, None, kind, kind))
        else:
            changes += [FileChange(path, STATUS_OF[action], None, kind, kind) for action in actions[path]]
    return tuple(sorted(changes, key=lambda file: file.path))


def _kind(path_change: PathChange) -> Kind:
    """Kind that a path counts as; a link counts alike on either side."""
    kinds = {path_change.before, path_change.after}
    links = kinds & {Kind.SYMLINK, Kind.SUBMODULE}
    if links:
        return min(links)
    return Kind.UNKNOWN if Kind.UNKNOWN in kinds else Kind.FILE


def _said(files: Sequence[FileDecision]) -> dict[str, object]:
    return {
        file.path: (file.actions, file.judgement.decision, tuple((rule.source, rule.id) for rule in file.judgement.rules))
        for file in files
    }
