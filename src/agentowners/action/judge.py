"""A pull request becomes an outcome: facts fetched afresh, the policy of its base, a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from agentowners.action.facts import Facts
from agentowners.action.failure import no_verdict
from agentowners.action.host import Host
from agentowners.action.policies import Policies
from agentowners.change.model import Account, AccountType, Change, Evidence, Review, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Outcome, Verdict
from agentowners.github.model import History, Pull
from agentowners.identity.commits import commit_evidence
from agentowners.identity.resolve import definitions
from agentowners.report.labels import is_ours

_BRANCH = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges pull requests of one repository."""

    host: Host
    repository: str
    policies: Policies
    facts: Facts
    label_prefix: str
    _reviews: dict[int, tuple[Review, ...]] = field(default_factory=dict)
    """Of each pull request, those that it was last judged by."""

    def outcome(self, pull: Pull, *, ref: str | None = None, history: History | None = None) -> Outcome:
        """The outcome of judging a pull request; whatever is foreseen to go wrong becomes one that does not pass.

        Args:
            pull: as it was just fetched.
            ref: full name of the ref it goes to, where that is not its own base.
            history: its commits, where they are known already.
        """
        target = ref or f"{_BRANCH}{pull.base_ref}"
        try:
            policy = self.policies.for_branch(target.removeprefix(_BRANCH), pull.default_branch)
            change = self.change(pull, target, history)
            return inquire(policy, change, self.facts.about_pull(pull, definitions(policy)))
        except AgentownersError as error:
            return no_verdict(error, repository=self.repository, pull_request=pull.number, head=pull.head, ref=target)

    def change(self, pull: Pull, ref: str, history: History | None = None) -> Change:
        """Everything about a pull request that can be had before anything is decided.

        Raises:
            PlatformError: a part of it cannot be had, or not whole.
        """
        files = self.host.pulls.files(pull)
        commits = history or self.host.pulls.history(pull)
        evidence = (*self._evidence(pull), *evidence_of(commits, pull.author))
        reviews = self._reviews[pull.number] = self.host.pulls.reviews(pull.number)
        return Change(
            ref=ref,
            files=files,
            evidence=evidence,
            author=pull.author,
            reviews=reviews,
            repository=self.repository,
            pull_request=pull.number,
            head=pull.head,
            emails=commits.emails,
        )

    def still_holds(self, cases: Iterable[tuple[Pull, Outcome]]) -> bool:
        """Whether the facts by which pull requests were judged are still the facts: about each of them, as far as they matter.

        Raises:
            PlatformError: they cannot be had again.
        """
        for pull, outcome in cases:
            now = self.host.pulls.get(pull.number)
            if now.open and self._matters(now) != self._matters(pull):
                return False
            asks = isinstance(outcome, Verdict) and bool(outcome.approvals.obligations)
            if now.open and asks and not self.host.pulls.same_reviews(pull.number, self._reviews[pull.number]):
                return False
        return True

    def _matters(self, pull: Pull) -> tuple[object, ...]:
        """What of a pull request has a part in its verdict; files and commits follow from the head."""
        labels = frozenset(label for label in pull.labels if not is_ours(label, self.label_prefix))
        return pull.author, pull.body, pull.head, pull.head_ref, pull.base_ref, labels

    def _evidence(self, pull: Pull) -> list[Evidence]:
        # also where GitHub names no author: somebody opened it
        found = [Evidence(Signal.AUTHOR, Strength.VERIFIED, account=pull.author)]
        # a bot's own App adds nothing to the bot's account; an App that acts for a person does
        if pull.author is None or pull.author.type is not AccountType.BOT:
            app = self.host.pulls.app(pull.number)
            found += [Evidence(Signal.APP, Strength.VERIFIED, name=app)] if app else []
        found.append(Evidence(Signal.BRANCH, Strength.ASSERTED, text=pull.head_ref))
        found += [Evidence(Signal.BODY, Strength.ASSERTED, text=pull.body)] if pull.body else []
        found += [
            Evidence(Signal.LABEL, Strength.ASSERTED, text=label)
            for label in pull.labels
            if not is_ours(label, self.label_prefix)
        ]
        return found


def evidence_of(history: History, author: Account | None) -> tuple[Evidence, ...]:
    """What all commits say about their makers."""
    return tuple(evidence for listed in history.commits for evidence in commit_evidence(listed.commit, author))
