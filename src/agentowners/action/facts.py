"""Answers to what the engine has to ask: permissions, teams, who set the agent to work, what stands at a path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, assert_never

from msgspec import Struct, field

from agentowners.action.commit_paths import PullCommitPaths
from agentowners.action.landing import Ground
from agentowners.action.requesters import MAX_ISSUES, callers, closed_by, names_of, requesters
from agentowners.change.model import Account, AccountType, Change, Kind
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import (
    Answer,
    KindsOf,
    Known,
    MembersOf,
    Need,
    PathsOf,
    PermissionOf,
    Reply,
    Requesters,
    Unavailable,
)
from agentowners.engine.verdict import Verdict
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import Pull, Remark
from agentowners.github.reading import MalformedError
from agentowners.identity.logins import logins_without_id
from agentowners.identity.model import AgentDefinition
from agentowners.policy.model import Permission, Policy
from agentowners.policy.patterns import bare_name
from agentowners.report.shared.escape import quoted
from agentowners.text.wording import listed

MAX_LOOKUPS: Final = 5
"""As many names are looked up for one note of a verdict."""
MAX_KINDS: Final = 200
"""As many paths are looked up; where more would matter, restrictions hold for each as if it were a link."""


class JobFacts:
    """Answers that hold for every change of one job, each asked for once; ``PlatformError`` where GitHub does not answer."""

    def __init__(self, host: GitHubHost) -> None:
        self.host = host
        self._answers: dict[Need, Reply] = {}
        self._unknown: dict[str, bool] = {}
        """By login, whether nobody has it."""

    def about_pull(
        self, pull: Pull, change: Change, definitions: tuple[AgentDefinition, ...], background: Background
    ) -> Callable[[Need], Reply]:
        """Answers to the needs of judging a pull request and its change."""
        requesters = partial(_requesters, self.host, pull, change, definitions, background)
        return _Asker(self, pull.base, pull.head, requesters, background.paths)

    def about_push(self, before: str, after: str) -> Callable[[Need], Reply]:
        """Answers to the needs of judging a push, which nobody is known to have asked for."""
        return _Asker(self, before, after)

    def may_write(self, account: Account | None) -> bool:
        """True if somebody may write to the repository. A bot is taken to: an App acts only where it was installed."""
        if account is None or account.type is AccountType.BOT:
            return account is not None
        permission = self.permission(account)
        return permission is not None and permission.rank >= Permission.WRITE.rank

    def permission(self, account: Account | None) -> Permission | None:
        """Somebody's permission; None where it cannot be told, which is neither that they may write nor that they may not."""
        answer = None if account is None else self.permission_reply(account)
        return answer.value if isinstance(answer, Known) and isinstance(answer.value, Permission) else None

    def permission_reply(self, account: Account) -> Reply:
        """The same as an answer to the engine."""
        ask = partial(self.host.people.permission, account)
        return self.once(PermissionOf(account), ask, "the token may not read permissions")

    def once(self, need: Need, ask: Callable[[], Answer], missing: str) -> Reply:
        """The answer to a need that is the same for every change.

        Raises:
            PlatformError: GitHub does not answer at all, which no strict reading makes up for.
        """
        if need not in self._answers:
            self._answers[need] = attempt(ask, missing)
        return self._answers[need]

    def nobodys(self, policy: Policy) -> str | None:
        """A note on logins that nobody has now, by which a policy knows agents without their ids; None where there are none."""
        unknown = self._unknown_of(logins_without_id(policy))
        if not unknown:
            return None
        login, agent = ("login", "an agent") if len(unknown) == 1 else ("logins", "agents")
        return (
            f"nobody has the {login} {listed(unknown)} now, by which alone the policy knows {agent}: whoever it is may go by "
            "another name here (write the account's `id` in the policy)"
        )

    def strangers(self, verdict: Verdict) -> str | None:
        """A note on those of whom an approval is still asked and whom GitHub does not know; None where there are none.

        A login that somebody else has taken since is that person's: nothing tells it from the one that was meant.
        """
        approvers = [
            approver
            for each in verdict.approvals.obligations
            if not each.met
            for approver in each.approvers
            if "/" not in approver
        ]
        unknown = self._unknown_of(approvers)
        if not unknown:
            return None
        login = "login" if len(unknown) == 1 else "logins"
        return (
            f"asked for approval, but nobody has the {login} {listed(unknown)} now: write in the rule what they are called today"
        )

    def _unknown_of(self, names: Iterable[str]) -> list[str]:
        """The first few of some names, quoted, that nobody has; each is looked up once a job."""
        few = list(dict.fromkeys(names))[:MAX_LOOKUPS]
        for login in map(bare_name, few):
            if login not in self._unknown:
                self._unknown[login] = self._is_unknown(login)
        return [quoted(name) for name in few if self._unknown[bare_name(name)]]

    def _is_unknown(self, login: str) -> bool:
        try:
            self.host.people.permission(Account(login))
        except PlatformError as error:
            return error.trouble is Trouble.NOT_FOUND
        except AgentownersError:
            # an answer that makes no sense is worth no note, and neither is one that does not come
            return False
        return False


def attempt(ask: Callable[[], Answer], missing: str) -> Reply:
    """An answer, or why GitHub does not give it to this token."""
    try:
        return Known(ask())
    except MalformedError as error:
        return Unavailable(error.message)
    except PlatformError as error:
        match error.trouble:
            case Trouble.FORBIDDEN | Trouble.NOT_FOUND:
                return Unavailable(missing)
            case Trouble.INCOMPLETE:
                return Unavailable(error.message)
            case _:
                raise


class Background(Struct, frozen=True):
    """Facts about a pull request beside the change itself."""

    paths: PullCommitPaths
    pushed_at: str | None
    """When its branch was last moved, by GitHub's clock; None where that is not known."""
    note: Callable[[str], None]
    """Takes what could not be told, for people."""
    ground: Ground | None = None
    """The base branch under it; None where what lands was known already."""


def _requesters(
    host: GitHubHost, pull: Pull, change: Change, definitions: tuple[AgentDefinition, ...], background: Background
) -> tuple[Account, ...]:
    """Everybody who is known to have set an agent to work on a pull request."""
    names = names_of(change.evidence, pull.author, definitions)

    def asked_on(number: int, *, issue: bool) -> tuple[Account, ...]:
        assigned = requesters(host.timelines.assignments(number, issue=issue), pull.author, definitions)
        return (*assigned, *callers(host.timelines.remarks(number, issue=issue), names, background.pushed_at))

    own = [Remark(author=pull.author, body=pull.body)] if pull.author is not None else []
    accounts = [*callers(own, names), *asked_on(pull.number, issue=False)]
    closed = closed_by(pull.body, change.repository)
    for number in closed[:MAX_ISSUES]:
        with suppress_trouble(Trouble.FORBIDDEN, Trouble.NOT_FOUND):
            text = host.pulls.issue(number)
            accounts += callers([text] if text is not None else [], names)
            accounts += asked_on(number, issue=True)
            continue
        background.note(
            f"#{number}, which the description says is closed, cannot be read (`issues: read`): who called an agent there is not "
            "known"
        )
    if len(closed) > MAX_ISSUES:
        background.note(
            f"the description says that {len(closed)} issues are closed: who called an agent was looked for in {MAX_ISSUES} of "
            "them"
        )
    return tuple(dict.fromkeys(accounts))


class _Asker(Struct):
    """Answers about the change between two commits, each asked for once."""

    facts: JobFacts
    base: str
    head: str
    requesters: Callable[[], tuple[Account, ...]] = tuple
    paths: PullCommitPaths | None = None
    asked: int = 0
    merge_base: str | None = None
    """The older end of the change, found when it is first needed."""
    answers: dict[Need, Reply] = field(default_factory=dict)

    def __call__(self, need: Need) -> Reply:
        if need not in self.answers:
            self.answers[need] = self._answer(need)
        return self.answers[need]

    def _answer(self, need: Need) -> Reply:
        match need:
            case PermissionOf(account):
                return self.facts.permission_reply(account)
            case MembersOf(owner, team):
                missing = "the token lacks `members: read`, or there is no such team"
                return self.facts.once(need, lambda: self.facts.host.people.members(owner, team), missing)
            case Requesters():
                return attempt(self.requesters, "the token may not read the pull request's timeline (`pull-requests: read`)")
            case KindsOf(path):
                self.asked += 1
                if self.asked > MAX_KINDS:
                    return Unavailable(f"more than {MAX_KINDS} paths would have to be looked up")
                return attempt(lambda: self._kinds(path), "the token may not read the repository (`contents: read`)")
            case PathsOf(commit):
                paths = self.paths
                if paths is None:
                    return Unavailable("the commit's files were not looked at")
                return attempt(lambda: paths.of(commit), "the token may not read the commit (`contents: read`)")
            case _:
                assert_never(need)

    def _kinds(self, path: str) -> tuple[Kind, Kind]:
        host = self.facts.host
        if self.merge_base is None:
            self.merge_base = host.commits.compare(self.base, self.head).merge_base
        kinds = host.trees.kind(self.merge_base, path), host.trees.kind(self.head, path)
        if kinds == (Kind.NOTHING, Kind.NOTHING):
            # GitHub does not write every path that is not UTF-8 in one way
            raise MalformedError("GitHub lists a change of the path, and has it neither before nor after")
        return kinds
