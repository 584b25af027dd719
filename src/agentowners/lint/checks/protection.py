"""Approvals that nobody can give, protection that is given up, and settings that do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from agentowners.change.model import Account, AccountType
from agentowners.diagnostics import Severity, Span
from agentowners.engine.settings import STRICTNESS, effective_settings
from agentowners.identity.accounts import BOT_SUFFIX
from agentowners.identity.index import index_of
from agentowners.identity.model import Group
from agentowners.identity.resolve import is_agent
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.policy.builtin import NAME
from agentowners.policy.model import ApprovalSettings, Default, Layer, Outcome, Rule
from agentowners.policy.patterns import LOGIN_PREFIX, Approver, PathPattern, PrincipalPattern, ascii_lower
from agentowners.policy.words import settings_said
from agentowners.proof.prover import PatternSet
from agentowners.proof.samples import samples
from agentowners.proof.search import Witness
from agentowners.text.wording import listed, quote

_WORKFLOWS: Final = ("/.github/workflows/*.yml", "/.github/workflows/*.yaml")
_ACTIONS: Final = ("/action.yml", "/action.yaml", "/.github/actions/*/action.yml", "/.github/actions/*/action.yaml")


@check("unsatisfiable-approvers", "more approvals are asked for than those named can give")
def unsatisfiable_approvers(subject: LintSubject) -> Iterator[LintFinding]:
    """Each rule and default that asks for more approvals than the people whom it names can give. A team may have any number of
    members, so that nothing is certain where one is named.

    Each is looked at by itself: an obligation is met by so many distinct people of its own, and one person may meet any number
    of obligations. Who may approve at all depends on the change, not on the obligation. So if every person who may approve a
    change does, every obligation is met that can be met at all; obligations that can be met one by one can be met together.
    """
    # Where contributors count, a person whom the rule is about may approve what somebody else opened.
    makers_count = effective_settings(subject.policy).contributors_count
    for layer in subject.layers:
        statements: tuple[Rule | Default, ...] = (*layer.rules, *layer.defaults)
        for statement in statements:
            outcome = statement.outcome
            if not outcome.approvers or any("/" in approver.key for approver in outcome.approvers):
                continue
            able, unable = _able_approvers(subject, layer, statement)
            if len(able) < outcome.count:
                message = f"{_asks(outcome)} and {_naming(outcome, unable)}"
                yield _too_few(subject, layer, statement, message)
            elif not makers_count:
                yield from _own_approvers(subject, layer, statement, able)


def _own_approvers(
    subject: LintSubject, layer: Layer, statement: Rule | Default, able: dict[str, Approver]
) -> Iterator[LintFinding]:
    """A finding where those whom the statement is about are the approvers themselves: nobody approves what they took part in."""
    principals = statement.named if isinstance(statement, Rule) else (statement.principal,)
    logins = [_login_of(subject, principal) for principal in principals]
    stuck = [login for login in logins if login in able and len(able) - 1 < statement.outcome.count]
    if not stuck:
        return
    people = listed(list(dict.fromkeys(f"`@{login}`" for login in stuck)), 4)
    message = f"{_asks(statement.outcome)}, and beside {people}, who cannot approve changes of their own, too few are named"
    finding = _too_few(subject, layer, statement, message)
    everyone = len(stuck) == len(logins)
    yield finding if everyone else replace(finding, diagnostic=replace(finding.diagnostic, severity=Severity.NOTE))


def _able_approvers(subject: LintSubject, layer: Layer, statement: Rule | Default) -> tuple[dict[str, Approver], list[str]]:
    """The approvers who may count, by login, and why each other one never does."""
    able: dict[str, Approver] = {}
    unable: list[str] = []
    for index, approver in enumerate(statement.outcome.approvers):
        why = is_agent(Account(approver.text, type=AccountType.USER), subject.names.definitions)
        if approver.key.endswith("[bot]"):
            why = why or "is a bot"
        elif why is None and approver.key in subject.names.identities:
            # An account may have the login all the same, and then it is written with the prefix.
            place = subject.places(layer).of(statement).approvers[index]
            if LOGIN_PREFIX not in ascii_lower(place.text[place.column - 1 : place.end_column - 1]):
                why = "is an agent's name"
        if why is None:
            able[approver.key] = approver
        else:
            unable.append(f"`{approver}` {why}")
    return able, unable


def _login_of(subject: LintSubject, principal: PrincipalPattern) -> str | None:
    """The login, in lower case, of the one person whom a principal means."""
    key = principal.key.removeprefix(LOGIN_PREFIX)
    if principal.group is not None or principal.is_wildcard or "/" in key:
        return None
    return None if key in subject.names.identities and key == principal.key else key


def _asks(outcome: Outcome) -> str:
    return f"this asks for {outcome.count} approval{'s' if outcome.count > 1 else ''}"


def _naming(outcome: Outcome, unable: list[str]) -> str:
    number = len(outcome.approvers)
    named = f"names {number} approver{'s' if number > 1 else ''}"
    return f"{named}, of whom {' and '.join(unable)}" if unable else named


def _too_few(subject: LintSubject, layer: Layer, statement: Rule | Default, message: str) -> LintFinding:
    """A finding at the approvers, from the first to the last, where they stand on one line; else at the decision."""
    places = subject.places(layer).of(statement)
    span, approvers = places.decision or places.whole, places.approvers
    if approvers and all(each.line == approvers[0].line == each.end_line for each in approvers):
        span = replace(approvers[0], end_column=approvers[-1].end_column)
    return unsatisfiable_approvers.finding(message, span, "name more people, or a team: `@owner/team`")


@check("unprotected-policy", "policy files, workflows or CODEOWNERS are taken out of the built-in protection")
def unprotected_policy(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern of such a line that takes vital files out, for somebody from whom they are protected."""
    lines = [
        (layer, line)
        for layer in subject.layers
        for line in layer.unprotects
        if any(_may_be_restricted(subject, principal) for principal in line.principals)
    ]
    if not lines:
        return
    vital = _vital_files(subject)
    help = "name what is meant more narrowly, or take these paths out of the line, as `!pattern`"
    for layer, line in lines:
        negative = tuple(pattern for pattern in line.patterns if pattern.negative)
        for index, pattern in enumerate(line.patterns):
            if pattern.negative:
                continue
            paths = {what: _vital_file(subject, pattern, negative, files) for what, files in vital.items()}
            lost = {what: path for what, path in paths.items() if path is not None}
            if lost:
                names = " ".join(map(str, line.principals))
                of_whom = f"{listed(list(lost), 4)} for {names}, {quote(next(iter(lost.values())))} among them"
                message = f"{quote(str(pattern))} gives up the protection of {of_whom}"
                yield unprotected_policy.finding(message, subject.places(layer).of(line).patterns[index], help)


def _vital_file(subject: LintSubject, pattern: PathPattern, negative: tuple[PathPattern, ...], files: PatternSet) -> str | None:
    """A vital file that the pattern takes out of the protection."""
    prover = subject.shadowing.prover
    paths = PatternSet.of([pattern, *negative])
    for odd in samples(files.positive):
        path = odd.replace("~", "x")
        if prover.has(paths, Witness(path)):
            return path
    text = pattern.text.rstrip("/")
    if text.startswith("**/") or "/" not in text:
        # It would match a directory of that name too, or a workflow `README.yml` where it is `README*`: nobody means that.
        files = _files(tuple(glob for glob in files.positive if "*/" not in glob and ".y" in text))
        if not files.positive:
            return None
    answer = prover.find([files, paths])
    return answer.text if isinstance(answer, Witness) else None


def _vital_files(subject: LintSubject) -> dict[str, PatternSet]:
    """The files themselves. Nothing lies below a file, so that a pattern of directories' names at any depth takes none out."""
    named = {rule.id: tuple(pattern.text for pattern in rule.patterns) for rule in subject.builtin.rules}
    return {
        "policy files": _files(named[f"{NAME}:policy"]),
        "workflows": _files(_WORKFLOWS),
        "actions": _files(_ACTIONS),
        "`CODEOWNERS`": _files(named[f"{NAME}:codeowners"]),
    }


def _files(texts: tuple[str, ...]) -> PatternSet:
    return PatternSet(texts, tuple(f"{text}/" for text in texts))


def _may_be_restricted(subject: LintSubject, principal: PrincipalPattern) -> bool:
    """True if the built-in layer restricts anybody whom a principal means, as far as names tell: a login may be anybody's, and no
    team has an agent in it."""
    group = subject.shadowing.inclusion.group(principal)
    if group is not None or principal.group is not None or principal.is_wildcard:
        return group != Group.HUMANS.value
    login = principal.key.removeprefix(LOGIN_PREFIX)
    index = index_of(subject.names.definitions)
    return login.endswith(BOT_SUFFIX) or any(index.by_account(Account(name)) for name in (login, f"{login}{BOT_SUFFIX}"))


@check("setting-without-effect", "a setting of `approvals` does nothing, or there is none")
def setting_without_effect(subject: LintSubject) -> Iterator[LintFinding]:
    """Each setting of a file that a further file of the same source, the repository or the organisation, says more strictly, and
    each ``approvals`` without one."""
    for layer in subject.layers:
        place = subject.places(layer).keyword("approvals")
        if place is not None and layer.approvals == ApprovalSettings():
            message = "`approvals` without a setting says nothing"
            yield setting_without_effect.finding(message, place, "take it out, or say what holds")
        others = [other for other in subject.layers if other is not layer and other.organisation == layer.organisation]
        for key, value in settings_said(layer.approvals).items():
            strictness = STRICTNESS[key](getattr(layer.approvals, key))
            for other in others:
                there = settings_said(other.approvals).get(key)
                if there is not None and STRICTNESS[key](getattr(other.approvals, key)) > strictness:
                    message = f"`{key}` is `{value}` here and `{there}` in `{other.name}`, which stands"
                    where = place or Span(layer.name, 1, 1, 1, 1)
                    help = "the strictest of several files holds: take it out of one of them"
                    yield setting_without_effect.finding(message, where, help)
                    break
