"""Words that every format for people shares: the outcome in a sentence, and the next steps.

Everything here is prose as in error messages: one line, user text in backticks, to be escaped for the place it goes to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never

from agentowners.change.model import AccountType, Because
from agentowners.diagnostics import Severity
from agentowners.engine.verdict import AppliedRule, FileDecision, IgnoredReview, NoVerdict, Outcome, SettledObligation, Verdict
from agentowners.identity.model import Group as PrincipalGroup
from agentowners.identity.model import Principal
from agentowners.policy.model import Action, ByComment, Decision
from agentowners.report.shared.cut import count, shorten, shorten_middle
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import Enforcement, approvals_met, has_no_policy
from agentowners.report.verdict.groups import FileGroup, counts_for, groups, largest, strongest
from agentowners.text.wording import listed, short_ref

EXAMPLE_POLICY: Final = "security/**  @agents  block"
ANYONE: Final = "anyone who may approve"
LATER: Final = "nothing for now; once it is enforced, "
VALUE_LIMIT: Final = 300
"""Longest user text inside a sentence, in characters."""

_GROUPS: Final = {
    PrincipalGroup.AGENTS: "AI agent",
    PrincipalGroup.BOTS: "bot",
    PrincipalGroup.HUMANS: "person",
    PrincipalGroup.UNATTRIBUTED: "nobody known",
}
_DONE: Final = {
    Action.FILE_CREATE: "created",
    Action.FILE_DELETE: "deleted",
    Action.FILE_MODIFY: "modified",
    Action.FILE_RENAME: "renamed",
    Action.FILE_WRITE: "written",
    Action.FILE_READ: "read",
    Action.SHELL_EXECUTE: "executed",
}
_WHEN: Final = {Because.LISTED: "", Because.LANDS: " when merged", Because.REPLAYED: " when rebased"}


def value(text: str) -> str:
    """User text for a sentence: quoted, and cut in the middle where it is endless."""
    return quoted(shorten_middle(text, VALUE_LIMIT))


def what_was_done(file: FileDecision) -> str:
    """Effect of a change on a path, in a word or two: ``modified``, ``renamed away``, ``modified when merged``."""
    actions = frozenset(file.actions)
    if Action.FILE_RENAME in actions:
        effect = "renamed away" if Action.FILE_DELETE in actions else "renamed to this"
    else:
        effect = listed([word for action, word in _DONE.items() if action in actions])
    return effect + _WHEN[file.because]


def about(principal: Principal) -> str:
    """Kind of a contributor: ``AI agent, verified``."""
    return f"{_GROUPS[principal.group]}, {principal.strength.value}"


def evidence(principal: Principal) -> list[str]:
    """Phrases of the evidence about a contributor; author and committer of a commit that are known alike share one."""
    known = frozenset(principal.evidence)
    twins = {phrase: phrase.replace(" author ", " committer ", 1) for phrase in known if " author " in phrase}
    shared = {twin: phrase for phrase, twin in twins.items() if twin in known}
    both = {phrase: phrase.replace(" author ", " author and committer ", 1) for phrase in shared.values()}
    return [both.get(phrase, phrase) for phrase in principal.evidence if phrase not in shared]


def who(principal: Principal | None) -> str:
    """A contributor with name and kind."""
    return "anyone" if principal is None else f"{value(principal.name)} ({about(principal)})"


def sentence(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> str:
    """The outcome in a sentence."""
    if isinstance(outcome, NoVerdict):
        errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in outcome.diagnostics)
        text = f"The policy has {count(errors, 'error')}." if errors else full(outcome.message)
        return f"{text} Nothing was judged, so nothing passes."
    conflict = (
        f" It conflicts with {value(short_ref(outcome.ref))}, so that it cannot be merged as it is." if outcome.conflict else ""
    )
    if has_no_policy(outcome):
        return f"There is no policy here yet; what is protected by default is not touched.{conflict}"
    text = _judged(outcome) + conflict
    if outcome.observed_only:
        return f"{text} The policy only observes here: nothing is enforced."
    if enforcement is Enforcement.EVALUATE:
        return f"{text} Enforcement is set to evaluate: nothing is enforced."
    return text


def _judged(verdict: Verdict) -> str:
    total, file_groups = len(verdict.files), groups(verdict)
    blocked = [group for group in file_groups if group.said.decision is Decision.BLOCK]
    asking = [group for group in file_groups if group.said.decision is Decision.REQUIRE_APPROVAL]
    approvals = sum(len(group.files) for group in asking)
    match verdict.decision:
        case Decision.ALLOW:
            if not total:
                return "No file was changed."
            return f"{_capital(_of(total, total))} {'is' if total == 1 else 'are'} allowed."
        case Decision.BLOCK:
            names = list(dict.fromkeys(_contributor_name(group.said.principal) for group in blocked))
            files = _of(sum(len(group.files) for group in blocked), total)
            rest = f"; {count(approvals, 'more needs', 'more need')} approval" if approvals else ""
            return f"{_capital(listed(names))} may not change {files}{rest}."
        case Decision.REQUIRE_APPROVAL:
            files = _capital(_of(approvals, total))
            if approvals_met(verdict):
                return f"{files} needed approval, and everybody who was asked has approved."
            given = f"{verdict.approvals.granted} of {verdict.approvals.required} given so far"
            return f"{files} {'needs' if approvals == 1 else 'need'} approval: {given}."
        case _:
            assert_never(verdict.decision)


def _of(number: int, total: int) -> str:
    if number == total:
        few = {1: "the one changed file", 2: "both changed files"}
        return few.get(total, f"all {count(total, 'changed file')}")
    return f"{number:,} of {count(total, 'changed file')}"


def next_for(group: FileGroup, verdict: Verdict, *, advisory: bool = False) -> str:
    """Next step for some files of a verdict, as a clause: lower case, no period. Advisory verdicts put it off."""
    return (LATER if advisory and not group.met else "") + _clause(group, verdict)


def _clause(group: FileGroup, verdict: Verdict) -> str:
    is_single = len(group.files) == 1
    match group.said.decision:
        case Decision.BLOCK:
            leave = f"take {'this change' if is_single else 'these changes'} out"
            if group.rule is None:
                return leave
            permitted = f"to let {_contributor_name(group.said.principal)} make {'it' if is_single else 'them'}"
            return f"{leave}; {permitted}, first change {_place_to_change(group.rule, verdict)}"
        case Decision.REQUIRE_APPROVAL:
            if group.met:
                return "nothing"
            missing = asked(group.obligations)
            return f"ask for {listed(missing)}" if missing else f"ask {ANYONE}"
        case Decision.ALLOW:
            return "nothing"
        case _:
            assert_never(group.said.decision)


def withheld(group: FileGroup) -> str | None:
    """Why a rule that allows these files does not, as a clause; None where there is none."""
    rules = group.said.judgement.withheld
    if not rules or group.met:
        return None
    allow = f"{'rule' if len(rules) == 1 else 'rules'} {listed([value(rule) for rule in rules], limit=3)}"
    return f"{allow} would allow it if it were proved who did it; commits, trailers and branch names are no proof"


def _place_to_change(rule: AppliedRule, verdict: Verdict) -> str:
    """The place to change a rule. An id that the author did not choose names the file itself."""
    statement = f"{'the default' if rule.is_default else 'rule'} {value(rule.id)}"
    source = "" if rule.id.startswith(rule.source) else f" in {value(rule.source)}"
    ref = next((s.ref for s in verdict.sources if s.path == rule.source), None)
    return f"{statement}{source}" + (f" on {value(short_ref(ref))}" if ref else "")


def asked(obligations: Iterable[SettledObligation]) -> list[str]:
    """Approvals still missing, the widest last: ``1 approval from `@acme/sre```, ``2 in all from anyone who may approve``."""
    unmet = [obligation for obligation in strongest(obligations) if not obligation.met]
    alone = [obligation for obligation in unmet if not any(counts_for(other, obligation) for other in unmet)]
    phrases = []
    for obligation in [*alone, *(obligation for obligation in unmet if obligation not in alone)]:
        missing = obligation.count - len(obligation.granted_by)
        more = "more approval" if obligation.granted_by else "approval"
        number = count(missing, more) if obligation in alone else f"{missing:,} {more.removesuffix('approval')}in all"
        phrases.append(f"{number} from {approvers(obligation)}")
    return phrases


def approvers(obligation: SettledObligation) -> str:
    """People who may meet an obligation."""
    return listed([value(name) for name in obligation.approvers], word="or") or ANYONE


def also(obligation: SettledObligation, obligations: Iterable[SettledObligation]) -> str:
    """The wider obligations for which the approvals of this one count too, to go on after it; empty for none."""
    numbers = []
    for other in (other for other in largest(obligations) if counts_for(obligation, other)):
        number = "one" if other.count == 1 else f"{other.count:,}"
        part = "" if obligation.count >= other.count else f"{'one' if obligation.count == 1 else obligation.count} of "
        numbers.append(f"{part}the {number} from {approvers(other)}")
    includes_them = "is also" if obligation.count == 1 else "include"
    return f", which {includes_them} {listed(numbers)}" if numbers else ""


def granted(obligation: SettledObligation) -> str:
    """Progress of an obligation."""
    names = listed([value(login) for login in obligation.granted_by], limit=20)
    if obligation.met:
        return f"given by {names}"
    return f"{len(obligation.granted_by)} given, by {names}" if names else "none yet"


def next_steps(outcome: Outcome) -> tuple[str, ...]:
    """Next steps beside those of each reader about files, as sentences; none where there is nothing to do."""
    if isinstance(outcome, NoVerdict):
        # the mistake's own help stands beside its line
        steps = [full(outcome.help)] if outcome.help and outcome.help not in {d.help for d in outcome.diagnostics} else []
        if outcome.diagnostics and outcome.pull_request is not None and outcome.ref is not None:
            branch = value(short_ref(outcome.ref))
            steps.append(f"Correct the lines below on {branch}: the policy is read from there, not from the pull request.")
        elif outcome.diagnostics:
            steps.append("Correct the lines below.")
        return tuple(steps)
    if has_no_policy(outcome):
        path, branch = quoted(".github/AGENTOWNERS"), value(short_ref(outcome.ref))
        return (*_resolve(outcome), f"Add a policy as {path} on {branch}; one line is a beginning: {quoted(EXAMPLE_POLICY)}.")
    return _resolve(outcome)


def beside_files(verdict: Verdict) -> tuple[str, ...]:
    """Next steps that are not about some of the files, as sentences: what resolves a conflict, and how a comment approves."""
    head, allowed = verdict.head, verdict.approvals.by_comment is not ByComment.NEVER
    if not allowed or verdict.approvals.met or head is None or verdict.pull_request is None:
        return _resolve(verdict)
    return (*_resolve(verdict), f"A comment approves too, where its first line is {quoted(f'/agentowners approve {head}')}.")


def _resolve(verdict: Verdict) -> tuple[str, ...]:
    branch = value(short_ref(verdict.ref))
    step = f"Merge {branch} into the branch, or rebase the branch onto it, and resolve the conflict."
    return (step,) if verdict.conflict else ()


def known_by(group: FileGroup) -> str | None:
    """By which commits somebody is known who is known from commits alone, as a clause; None for anybody else."""
    principal = group.said.principal
    if principal is None or principal.commits is None or not principal.evidence:
        return None
    return f"known from commits: {listed([shorten(phrase, VALUE_LIMIT) for phrase in evidence(principal)], limit=3)}"


def unknown_bot(principal: Principal | None) -> str | None:
    """The way out for a bot that only its account's kind makes an agent, as a clause; None for anybody else."""
    if principal is None or principal.identity is not None or principal.group is not PrincipalGroup.AGENTS:
        return None
    account = principal.account
    if account is None or (account.type is not AccountType.BOT and not account.login.endswith("[bot]")):
        return None
    name = "".join(c if c.isalnum() else "-" for c in account.login.removesuffix("[bot]").lower() if c.isascii())
    line = f"agent {name} login={account.login} group=bots"
    return f"no agent is known by this name; if it is other automation, the policy can say so: {value(line)}"


def because(file: FileDecision) -> str | None:
    """Why a file is judged that the change does not list, as a clause; None for one that it lists."""
    place = "" if file.stands_for is None else value(file.stands_for)
    match file.because:
        case Because.LISTED:
            return None
        case Because.LANDS if place:
            return f"merging writes this file too, because the base branch has moved it here from {place}"
        case Because.LANDS:
            return "merging writes this file too, because a merge of two histories takes the base branch's change of it back"
        case Because.REPLAYED:
            moved = f" (as {place}, which the base branch has moved here)" if place else ""
            one_by_one = "and a rebase applies commits one by one"
            return f"merging writes this file too, because a commit on its own changes it{moved}, {one_by_one}"
        case _:
            assert_never(file.because)


def not_counted(review: IgnoredReview) -> str:
    """Why a review does not count, and for which rules where it does for others."""
    if not review.rules:
        return review.why
    return f"{review.why}, and so does not count for {listed([value(rule) for rule in review.rules], limit=3)}"


def judged_on(verdict: Verdict, index: int) -> str | None:
    """The paths that a contributor is judged on, as a clause; None where everybody is judged on every path."""
    all_of_them = len(verdict.files)
    if all(paths is None or len(paths) == all_of_them for paths in verdict.paths):
        return None
    paths = verdict.paths[index]
    if paths is None or len(paths) == all_of_them:
        return "judged on every path"
    return f"judged on {listed([value(path) for path in paths], limit=5)}" if paths else "judged on no path"


def _contributor_name(principal: Principal | None) -> str:
    return "the contributor" if principal is None else value(principal.name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def full(message: str) -> str:
    """A message as a sentence."""
    text = _capital(shorten(message, 1000)).rstrip(".")
    return text if text.endswith("?") else f"{text}."


def judged(verdict: Verdict) -> str:
    """The judged change: ``acme/shop#7 into main at 1a2b3c4d5e6f``."""
    number = f"#{verdict.pull_request}" if verdict.pull_request is not None else ""
    change = f"{value(verdict.repository + number)} " if verdict.repository is not None else "a change "
    head = f" at {value(verdict.head[:12])}" if verdict.head is not None else ""
    writer = ", as of somebody who may write" if verdict.by_writer else ""
    return f"{change}into {value(short_ref(verdict.ref))}{head}{writer}"


def remarks(verdict: Verdict) -> tuple[str, ...]:
    """Notes on how it was judged, as sentences."""
    notes = (d for d in verdict.diagnostics if d.severity is Severity.NOTE)
    return tuple(dict.fromkeys(full(d.message) + (f" {full(d.help)}" if d.help is not None else "") for d in notes))


def policy_files(verdict: Verdict) -> str:
    """The policy files that were applied, and where each was read."""
    names = [value(s.path) + (f" on {value(short_ref(s.ref))}" if s.ref else "") for s in verdict.sources]
    return listed(names, limit=20) or "none, only what is protected by default"
