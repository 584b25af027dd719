"""Guarantees on each branch: the required check and its App, ways around it, other ways to move the branch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from agentowners.checkup.facts import ACTIONS_APP, Branch, Bypass, RepositoryFacts, known, missing
from agentowners.checkup.findings import APPLY, Asked, CheckupFinding, Guarantee, Question
from agentowners.checkup.gate import Gate, check_name
from agentowners.engine.facts import Unavailable
from agentowners.text.wording import listed

_CLASSIC: Final = "branch protection"
_ROLES: Final = {2: "the maintain role", 4: "the write role", 5: "repository administrators"}
"""Source: https://registry.terraform.io/providers/integrations/github/latest/docs/resources/repository_ruleset"""
_PEOPLE: Final = {"OrganizationAdmin": "organization administrators", "Team": "team", "User": "user"}
_OPEN: Final = "let `gh-readonly-queue/**` use it too, or do without the queue"


def on_branches(facts: RepositoryFacts, gates: Sequence[Gate]) -> Iterator[CheckupFinding]:
    """The findings on every branch."""
    for branch in facts.branches:
        requirements = _requirements(facts, branch, gates)
        yield _required(facts, branch, gates, requirements)
        held = _best([requirement.held for requirement in requirements])
        if held is not None:
            yield _bypass(facts, branch, held)
        yield _direct(facts, branch, required=bool(requirements))
        yield _queue(facts, branch, gates)
        yield _base(facts, branch, gates, requirements)
    if facts.left_out:
        question = Asked(Question.BRANCHES, "further branches")
        yield question.untold(
            Unavailable(f"{facts.left_out} more are protected or named by the policy"), "name them: `--branch B`"
        )


class _Held(Struct, frozen=True):
    """A protection: its strength, its source, and who gets around it."""

    guarantee: Guarantee
    by: str
    around: str = ""
    missing: Unavailable | None = None
    """The missing fact where it could not be told."""


class _Requirement(Struct, frozen=True):
    """One thing that requires the gate's check on a branch, or the gate's workflow itself."""

    app: int | None
    held: _Held
    workflow: bool = False


def requires_workflow(branch: Branch, gates: Sequence[Gate]) -> bool:
    """True if a ruleset requires the gate's workflow itself."""
    return any(_is_gate(path, gates) for rule in branch.known_rules for path in rule.workflows)


def names_own_app(branch: Branch, gates: Sequence[Gate]) -> bool:
    """True if the check is required from an App that is not GitHub Actions."""
    name = check_name(gates, branch.name)
    return any(check.name == name and check.app not in (None, ACTIONS_APP) for check in branch.required)


def _is_gate(path: str, gates: Sequence[Gate]) -> bool:
    return "agentowners" in path.rpartition("/")[2].lower() or any(gate.workflow.path == path for gate in gates)


def _requirements(facts: RepositoryFacts, branch: Branch, gates: Sequence[Gate]) -> list[_Requirement]:
    name = check_name(gates, branch.name)
    requirements: list[_Requirement] = []
    for rule in branch.known_rules:
        held = _by_ruleset(facts, rule.ruleset)
        requirements += [_Requirement(check.app, held) for check in rule.checks if check.name == name]
        requirements += [_Requirement(None, held, workflow=True) for path in rule.workflows if _is_gate(path, gates)]
    classic = branch.known_classic
    checks = classic.checks if classic is not None else branch.seen
    for_admins = classic.for_admins if classic is not None else branch.seen_for_admins
    return requirements + [_Requirement(check.app, _by_classic(for_admins)) for check in checks if check.name == name]


def _required(
    facts: RepositoryFacts, branch: Branch, gates: Sequence[Gate], requirements: Sequence[_Requirement]
) -> CheckupFinding:
    name = check_name(gates, branch.name)
    question = Asked(Question.REQUIRED, f"the required check on `{branch.name}`", branch.name)
    apply = APPLY if branch.meant else f"{APPLY} --branch {branch.name}"
    if not requirements:
        if facts.unprotectable:
            fix = "make the repository public, or choose a plan that protects branches"
            return question.unavailable(
                "nothing can be required: GitHub protects no branches of private repositories on this plan", fix
            )
        untold = missing(branch.rules, branch.classic)
        return question.untold(untold) if untold is not None else question.unavailable(f"nothing requires `{name}`", apply)
    if any(requirement.workflow for requirement in requirements):
        return question.strong("a ruleset requires the gate's workflow itself")
    if isinstance(facts.workflows, Unavailable):
        return question.untold(facts.workflows)
    own = any(gate.own_app for gate in gates)
    fix = f"{apply} --app NUMBER" if own else apply
    named = [requirement.app for requirement in requirements if requirement.app is not None]
    fitting = [app for app in named if (app != ACTIONS_APP) == own or not gates]
    if fitting:
        source = "GitHub Actions" if fitting[0] == ACTIONS_APP else f"App {fitting[0]}"
        return question.strong(f"`{name}` is required, and {source} has to report it")
    if named:
        wanted, reports = ("GitHub Actions", "an App of your own") if own else (f"App {named[0]}", "GitHub Actions")
        return question.unavailable(
            f"`{name}` is required from {wanted}, and the gate reports as {reports}: nothing can be merged", fix
        )
    return question.best_effort(f"`{name}` is required, and any App may report it", fix)


def _bypass(facts: RepositoryFacts, branch: Branch, held: _Held) -> CheckupFinding:
    question = Asked(Question.BYPASS, f"ways around the required check on `{branch.name}`", branch.name)
    # without the workflows it is not known how the check is called
    untold = held.missing or missing(facts.workflows)
    if untold is not None:
        return question.untold(untold)
    if held.guarantee is Guarantee.STRONG:
        return question.strong(f"{held.by} binds everybody")
    fix = f"take them off the bypass list of {held.by}"
    if held.by == _CLASSIC:
        fix = "turn on `Do not allow bypassing the above settings` in the branch protection"
    return question.graded(held.guarantee, f"{held.by} does not bind {held.around}", fix)


def _direct(facts: RepositoryFacts, branch: Branch, *, required: bool) -> CheckupFinding:
    question = Asked(Question.DIRECT_PUSH, f"pushes to `{branch.name}`", branch.name)
    classic = branch.known_classic
    allowed, weak = [], []
    for kind, words, by_protection in (
        ("pull_request", "pushes without a pull request", classic is not None and classic.pull_requests),
        ("non_fast_forward", "force pushes", classic is not None and not classic.force_pushes),
        ("deletion", "deleting it", classic is not None and not classic.deletions),
    ):
        held = [_by_ruleset(facts, rule.ruleset) for rule in branch.known_rules if rule.kind == kind]
        if by_protection and classic is not None:
            held.append(_by_classic(classic.for_admins, classic.direct if kind == "pull_request" else ()))
        best = _best(held)
        if best is None:
            allowed.append(words)
        elif best.guarantee is not Guarantee.STRONG:
            weak.append(best)
    unread = missing(branch.rules, branch.classic) if allowed else None
    untold = next((held.missing for held in weak if held.missing is not None), unread)
    if untold is not None:
        return question.untold(untold)
    if not allowed and not weak:
        return question.strong("pull requests are required; force pushes and deleting it are refused")
    if allowed:
        why = f"nothing refuses {listed(allowed, word='or')}" + ("; what is pushed still needs the check" if required else "")
        fix = f"add to a ruleset of `{branch.name}`: require a pull request, restrict deletions, block force pushes"
        return question.graded(Guarantee.BEST_EFFORT if required else Guarantee.UNAVAILABLE, why, fix)
    worst = min(weak, key=lambda held: held.guarantee.rank)
    return question.graded(
        worst.guarantee, f"{worst.by} does not bind {worst.around}", f"take them off the bypass list of {worst.by}"
    )


def _queue(facts: RepositoryFacts, branch: Branch, gates: Sequence[Gate]) -> CheckupFinding:
    question = Asked(Question.MERGE_QUEUE, f"the moment before a merge into `{branch.name}`", branch.name)
    wired = any("merge_group" in gate.workflow.events for gate in gates)
    if any(rule.kind == "merge_queue" for rule in branch.known_rules):
        shut = _shut_out(facts, branch, gates)
        if isinstance(shut, Unavailable):
            return question.untold(shut)
        if shut is not None:
            return question.unavailable(f"the merge queue's branches may not use the environment `{shut}`: nothing lands", _OPEN)
        if wired or requires_workflow(branch, gates):
            return question.strong("a merge queue judges every group before it lands")
        return question.unavailable(
            "the merge queue waits for a check that the gate is not woken for", "add `merge_group:` to the gate's events"
        )
    if isinstance(branch.rules, Unavailable):
        return question.untold(branch.rules)
    why = "until the run that an event starts, for seconds, the last verdict stands"
    if facts.organization and not any(gate.environment is not None for gate in gates):
        return question.best_effort(why, "turn on the merge queue, where your plan has it; and let no agent merge on its own")
    if check_name(gates, "") == check_name(gates, branch.name):
        return question.best_effort(why, "set `check-name: AGENTOWNERS ({base})` and require that; then retargeting wins nothing")
    return question.best_effort(f"{why}; retargeting wins nothing, for the check names its base", None)


def _base(facts: RepositoryFacts, branch: Branch, gates: Sequence[Gate], requirements: Sequence[_Requirement]) -> CheckupFinding:
    """The finding about a base that moves on: what lands is what was judged, or not."""
    question = Asked(Question.BASE_MOVES, f"a base that moves on under a pull request into `{branch.name}`", branch.name)
    queued = any(rule.kind == "merge_queue" for rule in branch.known_rules)
    if queued and any("merge_group" in gate.workflow.events for gate in gates):
        return question.strong("a merge queue judges what each group writes")
    untold = missing(facts.workflows, branch.rules)
    if untold is not None:
        return question.untold(untold)
    classic = branch.known_classic
    strict = (classic is not None and classic.strict) or any(rule.strict and rule.checks for rule in branch.known_rules)
    if requirements and strict:
        return question.strong("branches have to be up to date, so what lands is what is listed")
    why = "a pass is of the base as it was; a push to it judges again what it can have changed, some seconds later"
    if facts.rebases is not False:
        may = "is allowed" if facts.rebases else "may be allowed"
        why += f". Merging by rebase {may}, and of more than 30 commits not all are looked into"
    return question.best_effort(why, "turn on the merge queue, or require branches to be up to date before merging")


def _shut_out(facts: RepositoryFacts, branch: Branch, gates: Sequence[Gate]) -> str | Unavailable | None:
    """The environment of the gate that the queue may not use; where it cannot be told, that."""
    for gate in gates:
        if gate.environment is None or "merge_group" not in gate.workflow.events:
            continue
        environment = facts.environment(gate.environment)
        if isinstance(environment, Unavailable):
            return environment
        patterns = None if environment.value is None else environment.value.branches
        if patterns is not None and not any(pattern.startswith("gh-readonly-queue/") for pattern in patterns):
            return gate.environment
    return None


def _by_classic(for_admins: bool, direct: Sequence[str] = ()) -> _Held:
    """Strength of classic protection."""
    around = ["administrators"] if not for_admins else []
    around += direct
    return _Held(Guarantee.BEST_EFFORT if around else Guarantee.STRONG, _CLASSIC, ", ".join(around))


def _by_ruleset(facts: RepositoryFacts, number: int) -> _Held:
    """Strength of a ruleset."""
    ruleset = facts.rulesets.get(number, Unavailable(f"ruleset {number} could not be read", "administration: read"))
    if isinstance(ruleset, Unavailable):
        return _Held(Guarantee.UNAVAILABLE, f"ruleset {number}", missing=ruleset)
    name = f"the ruleset `{ruleset.value.name}`" + (
        "" if ruleset.value.source == facts.repository else f" of `{ruleset.value.source}`"
    )
    if isinstance(ruleset.value.bypass, Unavailable):
        return _Held(Guarantee.UNAVAILABLE, name, missing=ruleset.value.bypass)
    graded = [_actor(actor, facts) for actor in ruleset.value.bypass.value]
    worst = min((grade for grade, _ in graded), key=lambda grade: grade.rank, default=Guarantee.STRONG)
    return _Held(worst, name, ", ".join(words for _, words in graded))


def _best(held: Sequence[_Held]) -> _Held | None:
    """The strongest of several that hold one thing: who gets around one is held by the other."""
    return max(held, key=lambda it: (it.guarantee.rank, it.missing is None), default=None)


def _actor(actor: Bypass, facts: RepositoryFacts) -> tuple[Guarantee, str]:
    if actor.kind == "RepositoryRole":
        wide = actor.id not in (2, 5)  # a role that is not known may be one that everybody has
        words = _ROLES.get(actor.id or 0, f"role {actor.id}")
        return (Guarantee.UNAVAILABLE if wide else Guarantee.BEST_EFFORT), words
    if actor.kind in _PEOPLE:
        words = _PEOPLE[actor.kind]
        return Guarantee.BEST_EFFORT, words if actor.kind == "OrganizationAdmin" else f"{words} {actor.id}"
    if actor.kind == "DeployKey":
        return Guarantee.UNAVAILABLE, "deploy keys"
    app = next((app for app in known(facts.apps) or () if app.id == actor.id), None)
    if app is not None and not facts.is_agents_app(app.slug):
        return Guarantee.BEST_EFFORT, f"the App `{app.slug}`"
    return Guarantee.UNAVAILABLE, f"App {actor.id}" if app is None else f"the agent's App `{app.slug}`"
