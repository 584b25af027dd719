"""An ``unprotect`` line for what the policy's own force rests on: policy files, workflows and actions, CODEOWNERS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.change.model import Account
from agentowners.identity.accounts import BOT_SUFFIX
from agentowners.identity.index import index_of
from agentowners.identity.model import Group
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.wording import listed_once
from agentowners.policy.builtin import NAME
from agentowners.policy.model import Unprotect
from agentowners.policy.patterns import LOGIN_PREFIX, PathPattern, PrincipalPattern
from agentowners.proof.prover import PatternSet
from agentowners.proof.samples import samples
from agentowners.proof.search import Witness
from agentowners.text.wording import quote

_WORKFLOWS: Final = ("/.github/workflows/*.yml", "/.github/workflows/*.yaml")
_ACTIONS: Final = ("/action.yml", "/action.yaml", "/.github/actions/*/action.yml", "/.github/actions/*/action.yaml")
_HELP: Final = "name what is meant more narrowly, or take these paths out of the line, as `!pattern`"


@check("unprotected-policy", "policy files, workflows or CODEOWNERS are taken out of the built-in protection")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern of such a line that takes vital files out, for somebody from whom they are protected."""
    lines = [(layer, line) for layer in subject.layers for line in layer.unprotects if _matters(subject, line)]
    if not lines:
        return
    vital = _vital(subject)
    for layer, line in lines:
        negative = tuple(pattern for pattern in line.patterns if pattern.negative)
        for index, pattern in enumerate(line.patterns):
            if pattern.negative:
                continue
            found = {what: _lost(subject, pattern, negative, files) for what, files in vital.items()}
            lost = {what: path for what, path in found.items() if path is not None}
            if lost:
                who = " ".join(map(str, line.principals))
                example = quote(next(iter(lost.values())))
                message = f"{quote(str(pattern))} gives up the protection of {listed_once(lost)} for {who}, {example} among them"
                yield mistake.finding(message, subject.places(layer).of(line).patterns[index], _HELP)


def _lost(subject: LintSubject, pattern: PathPattern, negative: tuple[PathPattern, ...], files: PatternSet) -> str | None:
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
        files = _files(tuple(one for one in files.positive if "*/" not in one and ".y" in text))
        if not files.positive:
            return None
    answer = prover.find([files, paths])
    return answer.text if isinstance(answer, Witness) else None


def _vital(subject: LintSubject) -> dict[str, PatternSet]:
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


def _matters(subject: LintSubject, line: Unprotect) -> bool:
    """True if the line is for anybody whom the built-in layer restricts, as far as names tell: a login may be anybody's, and no
    team has an agent in it."""
    return any(_may_be_restricted(subject, principal) for principal in line.principals)


def _may_be_restricted(subject: LintSubject, principal: PrincipalPattern) -> bool:
    group = subject.shadowing.inclusion.group(principal)
    if group is not None or principal.group is not None or principal.is_wildcard:
        return group != Group.HUMANS.value
    login = principal.key.removeprefix(LOGIN_PREFIX)
    index = index_of(subject.names.definitions)
    return login.endswith(BOT_SUFFIX) or any(index.by_account(Account(name)) for name in (login, f"{login}{BOT_SUFFIX}"))
