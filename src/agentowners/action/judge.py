"""A pull request becomes an outcome: facts fetched afresh, the policy of its base, a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from agentowners.action.approvers import strangers
from agentowners.action.base_merges import BaseMerges
from agentowners.action.comment_facts import CommentFacts, spoken, with_comments
from agentowners.action.commit_paths import PullCommitPaths
from agentowners.action.contributions import ContributionFacts, contributions
from agentowners.action.facts import Background, JobFacts
from agentowners.action.failure import no_verdict
from agentowners.action.host import Host
from agentowners.action.landing import Ground, Landing
from agentowners.action.policies import BranchPolicies
from agentowners.action.replaying import may_differ, replayed
from agentowners.change.model import AccountType, Change, Evidence, Review, ReviewState, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.settings import effective_settings
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Outcome, Verdict
from agentowners.github.model import Activity, CommitHistory, Pull
from agentowners.identity.resolve import definitions
from agentowners.policy.model import ByComment
from agentowners.records import replace
from agentowners.report.verdict.labels import is_ours

_BRANCH = "refs/heads/"


@dataclass(slots=True)
class Judge:
    """Judges pull requests of one repository."""

    host: Host
    repository: str
    policies: BranchPolicies
    facts: JobFacts
    label_prefix: str
    told: dict[int, Activity] = field(default_factory=dict)
    """Of a pull request, the push that the event told of."""
    notes: dict[int, list[str]] = field(default_factory=dict)
    """Of each pull request, what is worth a person's look and holds nothing back."""
    waits: bool = True
    """Whether to wait while GitHub still works out whether a pull request can be merged."""
    _reviews: dict[int, tuple[Review, ...]] = field(default_factory=dict)
    """Of each pull request, those that it was last judged by."""
    _spoken: dict[int, CommentFacts] = field(default_factory=dict)
    """Of each pull request, what was said to the gate there, where it was asked for."""
    _backgrounds: dict[int, Background] = field(default_factory=dict)

    def outcome(
        self, pull: Pull, *, ref: str | None = None, history: CommitHistory | None = None, landing: Landing | None = None
    ) -> Outcome:
        """The outcome of judging a pull request; whatever is foreseen to go wrong becomes one that does not pass.

        Args:
            pull: as it was just fetched.
            ref: full name of the ref it goes to, where that is not its own base.
            history: its commits, where they are known already.
            landing: what is to be judged of it, where that is known already.
        """
        target = ref or f"{_BRANCH}{pull.base_ref}"
        self.notes.pop(pull.number, None)
        self._spoken.pop(pull.number, None)
        try:
            policy = self.policies.for_branch(target.removeprefix(_BRANCH), pull.default_branch)
            for remark in self.policies.remarks(target.removeprefix(_BRANCH)):
                self._note(pull.number, remark)
            change = self.change(pull, target, history, landing)
            background = self._backgrounds[pull.number]
            ask = self.facts.about_pull(pull, change, definitions(policy), background)
            if background.ground is not None:
                further, note = replayed(background.ground, policy, change, ask)
                self._note(pull.number, note)
                if further:
                    change = replace(change, files=(*change.files, *further))
                    background.paths.look_singly()
                    ask = self.facts.about_pull(pull, change, definitions(policy), background)
            verdict = inquire(policy, change, ask)
            if verdict.approvals.obligations and effective_settings(policy).by_comment is not ByComment.NEVER:
                verdict = inquire(policy, self._with_comments(pull, change), ask)
            self._note(pull.number, strangers(self.host, verdict))
            if (pull.head_repository or "").lower() == self.repository.lower():
                # a stranger's pull request is worth no look-up
                self._note(pull.number, self.facts.logins.nobodys(policy))
            return verdict
        except AgentownersError as error:
            return no_verdict(error, repository=self.repository, pull_request=pull.number, head=pull.head, ref=target)

    def change(self, pull: Pull, ref: str, history: CommitHistory | None = None, landing: Landing | None = None) -> Change:
        """Everything about a pull request that can be had before it is decided, but what only a rebase would write; see
        ``outcome``.

        Raises:
            PlatformError: a part of it cannot be had, or not whole.
        """
        listed = self.host.pulls.files(pull) if landing is None else ()
        commits = history or self.host.pulls.history(pull)
        may_write = partial(self.facts.may_write, pull.author)
        here = (pull.head_repository or "").lower() == self.repository.lower()
        merges = BaseMerges(self.host, pull, commits, lambda: here or may_write())
        ground = Ground(self.host, pull, merges, self.waits)
        lands = landing or ground.landing(listed)
        # what was waited for in vain is not waited for again
        self.waits = ground.waits
        made = ContributionFacts(())
        if lands.files or (landing is None and not lands.conflict and may_differ(ground)):
            made = contributions(self.host, self.repository, pull, merges, self.told.get(pull.number))
        self._note(pull.number, *lands.notes, *made.notes)
        paths = PullCommitPaths(self.host, pull, merges, may_write, listed or lands.files)
        note = partial(self._note, pull.number)
        self._backgrounds[pull.number] = Background(
            paths, made.pushed_at, made.earlier, note, ground if landing is None else None
        )
        evidence = (*self._evidence(pull), *made.evidence)
        reviews = self._reviews[pull.number] = self.host.pulls.reviews(pull.number)
        approved = [review.commit for review in reviews if review.state is ReviewState.APPROVED and review.commit is not None]
        return Change(
            ref=ref,
            files=lands.files,
            evidence=evidence,
            author=pull.author,
            reviews=reviews,
            repository=self.repository,
            pull_request=pull.number,
            head=pull.head,
            unchanged_since=merges.unchanged_since(approved),
            emails=commits.emails,
            conflict=lands.conflict,
            commits=tuple(listed.sha for listed in reversed(commits.commits)),
        )

    def earlier_heads(self, number: int) -> tuple[str, ...]:
        """The heads that a pull request had before it was last judged, newest first, as far as that is known."""
        background = self._backgrounds.get(number)
        return () if background is None else background.earlier

    def _with_comments(self, pull: Pull, change: Change) -> Change:
        """A change with what comments say of it; nothing is asked for where nobody has to approve or comments do not count."""
        said = self._spoken[pull.number] = spoken(self.host, pull.number, change.reviews)
        if said.untold is not None:
            self._note(pull.number, f"no comment counts as an approval: {said.untold}")
        with_them = with_comments(change, said, self.host.pulls.review_times(pull.number))
        approved = (review.commit for review in with_them.reviews if review.state is ReviewState.APPROVED)
        merges = self._backgrounds[pull.number].paths.merges
        return replace(with_them, unchanged_since=merges.unchanged_since(sha for sha in approved if sha is not None))

    def _note(self, number: int, *notes: str | None) -> None:
        said = self.notes.setdefault(number, [])
        said += [note for note in dict.fromkeys(notes) if note is not None and note not in said]

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
            if now.open and asks and pull.number in self._spoken and not self._same_words(pull.number):
                return False
        return True

    def _same_words(self, number: int) -> bool:
        self.host.timelines.forget(number)
        return spoken(self.host, number, self._reviews[number]) == self._spoken[number]

    def _matters(self, pull: Pull) -> tuple[object, ...]:
        """What of a pull request has a part in its verdict; files and commits follow from the head."""
        labels = frozenset(label for label in pull.labels if not is_ours(label, self.label_prefix))
        return pull.author, pull.body, pull.head, pull.head_ref, pull.base_ref, labels, pull.mergeable is False

    def _evidence(self, pull: Pull) -> list[Evidence]:
        # also where GitHub names no author: somebody opened it
        found = [Evidence(Signal.AUTHOR, Strength.VERIFIED, account=pull.author)]
        # a bot's own App adds nothing to the bot's account; an App that acts for a person does
        if pull.author is None or pull.author.type is not AccountType.BOT:
            app = self.host.pulls.app(pull.number)
            found += [Evidence(Signal.APP, Strength.VERIFIED, name=app.slug)] if app.slug else []
            if app.untold is not None:
                self._note(pull.number, f"whether an App acted for the author cannot be told: {app.untold}")
        found.append(Evidence(Signal.BRANCH, Strength.ASSERTED, text=pull.head_ref))
        found += [Evidence(Signal.BODY, Strength.ASSERTED, text=pull.body)] if pull.body else []
        found += [
            Evidence(Signal.LABEL, Strength.ASSERTED, text=label)
            for label in pull.labels
            if not is_ours(label, self.label_prefix)
        ]
        return found
