"""A pull request becomes an outcome: facts fetched afresh, the policy of its base, a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.action.base_merges import BaseMerges
from agentowners.action.comment_reviews import CommentFacts, spoken, with_comments
from agentowners.action.commit_paths import PullCommitPaths
from agentowners.action.contributions import ContributionFacts, contributions
from agentowners.action.facts import Background, JobFacts
from agentowners.action.failure import no_verdict
from agentowners.action.landing import Ground, Landing
from agentowners.action.policies import BranchPolicies
from agentowners.action.replaying import may_differ, replayed
from agentowners.change.model import AccountType, Change, Evidence, FileChange, Review, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Need, Reply
from agentowners.engine.settings import effective_settings
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import NoVerdict, Outcome, Verdict
from agentowners.github.host import GitHubHost
from agentowners.github.model import Activity, CommitHistory, Pull
from agentowners.identity.resolve import definitions
from agentowners.policy.model import ByComment, Policy
from agentowners.proof.signals import reviewers_of
from agentowners.report.verdict.conclusion import Enforcement, conclude
from agentowners.report.verdict.labels import is_ours

_BRANCH = "refs/heads/"


class Basis(Struct, frozen=True):
    """Grounds of a verdict, by which it can be reached again."""

    policy: Policy
    change: Change
    ask: Callable[[Need], Reply]


_NOT_YET: Final = NoVerdict("Not judged", "it is being judged")


class JudgedPull(Struct):
    """A pull request as it was judged, with the facts that its verdict stands on; filled in while it is judged."""

    pull: Pull
    outcome: Outcome = _NOT_YET
    notes: list[str] = field(default_factory=list)
    """Worth a person's look; they hold nothing back."""
    reviews: tuple[Review, ...] = ()
    spoken: CommentFacts | None = None
    """Comments to the gate, where they were asked for."""
    earlier: tuple[str, ...] = ()
    """Heads that the pull request had before, newest first."""
    basis: Basis | None = None
    """None where no verdict was reached, or nobody keeps it."""

    def note(self, *notes: str | None) -> None:
        """Keep notes, each once."""
        self.notes += [note for note in dict.fromkeys(notes) if note is not None and note not in self.notes]


class Judge(Struct):
    """Judges pull requests of one repository."""

    host: GitHubHost
    policies: BranchPolicies
    facts: JobFacts
    label_prefix: str
    told: tuple[int, Activity] | None = None
    """A pull request's number, and the push to its branch of which the event told."""
    waits: bool = True
    """True if to wait while GitHub still works out whether a pull request can be merged."""
    keeps_basis: bool = False
    """True if verdicts are to be reached again with other reviews; of many pull requests that takes memory. Where the policy
    names reviewers, what they say of its change is looked at too."""

    def judge(
        self, pull: Pull, *, ref: str | None = None, history: CommitHistory | None = None, landing: Landing | None = None
    ) -> JudgedPull:
        """A pull request judged; whatever is foreseen to go wrong becomes an outcome that does not pass.

        Args:
            pull: as it was just fetched.
            ref: full name of the ref it goes to, where that is not its own base.
            history: its commits, where they are known already.
            landing: what is to be judged of it, where that is known already.
        """
        case, target = JudgedPull(pull), ref or f"{_BRANCH}{pull.base_ref}"
        try:
            case.outcome = self._verdict(case, target, history, landing)
        except AgentownersError as error:
            case.outcome = no_verdict(
                error, repository=self.host.repository, pull_request=pull.number, head=pull.head, ref=target
            )
        return case

    def _verdict(self, case: JudgedPull, target: str, history: CommitHistory | None, landing: Landing | None) -> Verdict:
        pull, branch = case.pull, target.removeprefix(_BRANCH)
        policy = self.policies.for_branch(branch, pull.default_branch)
        case.note(*self.policies.remarks(branch))
        change, background = self._change(case, target, history, landing)
        case.note(*self.policies.nested(change.files, branch))
        ask = self.facts.about_pull(pull, change, definitions(policy), background)
        if background.ground is not None:
            further, note = replayed(background.ground, policy, change, ask)
            case.note(note)
            if further:
                change = replace(change, files=(*change.files, *further))
                background.paths.look_singly()
                ask = self.facts.about_pull(pull, change, definitions(policy), background)
        verdict = inquire(policy, change, ask)
        if verdict.approvals.obligations and effective_settings(policy).by_comment is not ByComment.NEVER:
            change = self._with_comments(case, change, background)
            verdict = inquire(policy, change, ask)
        if self.keeps_basis or reviewers_of(policy):
            case.basis = Basis(policy, change, ask)
        case.note(self.facts.strangers(verdict), self._organisation_would(policy, change, ask))
        if background.paths.merges.is_here:
            # a stranger's pull request is worth no look-up
            case.note(self.facts.nobodys(policy))
        return verdict

    def _organisation_would(self, policy: Policy, change: Change, ask: Callable[[Need], Reply]) -> str | None:
        """The verdict if the organisation's policy were enforced, where it is only reported."""
        try:
            would = self.policies.if_enforced(policy)
            if would is None:
                return None
            return f"Organisation would: {conclude(inquire(would, change, ask), Enforcement.ACTIVE).title}"
        except AgentownersError as error:
            return f"Organisation would: not known, {error.message}"

    def _change(
        self, case: JudgedPull, ref: str, history: CommitHistory | None, landing: Landing | None
    ) -> tuple[Change, Background]:
        """Everything about a pull request that can be had before it is decided, but what only a rebase would write.

        Raises:
            PlatformError: a part of it cannot be had, or not whole.
        """
        pull = case.pull
        listed = self.host.pulls.files(pull) if landing is None else ()
        commits = history or self.host.pulls.history(pull)
        merges = BaseMerges(self.host, pull, commits, partial(self.facts.may_write, pull.author))
        ground = Ground(self.host, pull, merges, self.waits)
        lands = landing or ground.landing(listed)
        # what was waited for in vain is not waited for again
        self.waits = ground.waits
        facts = ContributionFacts(())
        if lands.files or (landing is None and not lands.conflict and may_differ(ground)):
            activity = self.told[1] if self.told is not None and self.told[0] == pull.number else None
            facts = contributions(merges, activity)
        case.note(*lands.notes, *facts.notes)
        paths = PullCommitPaths(merges, listed or lands.files)
        background = Background(paths, facts.pushed_at, case.note, ground if landing is None else None)
        case.earlier = facts.earlier
        evidence = (*pull_evidence(self.host, pull, self.label_prefix, case.note), *facts.evidence)
        case.reviews = self.host.pulls.reviews(pull.number)
        change = change_of(merges, ref, lands.files, evidence, case.reviews, conflict=lands.conflict)
        return change, background

    def _with_comments(self, case: JudgedPull, change: Change, background: Background) -> Change:
        """A change with what comments say of it; nothing is asked for where nobody has to approve or comments do not count."""
        number = case.pull.number
        comments = case.spoken = spoken(self.host, number, change.reviews)
        if comments.untold is not None:
            case.note(f"no comment counts as an approval: {comments.untold}")
        with_them = with_comments(change, comments, self.host.pulls.review_times(number))
        return replace(with_them, unchanged_since=background.paths.merges.unchanged_since(with_them.reviews))

    def still_holds(self, cases: Iterable[JudgedPull]) -> bool:
        """True where the facts by which pull requests were judged are still the facts: about each, as far as they matter.

        Raises:
            PlatformError: they cannot be had again.
        """
        return all(self._holds(case) for case in cases)

    def _holds(self, case: JudgedPull) -> bool:
        number, pulls = case.pull.number, self.host.pulls
        now = pulls.get(number)
        if not now.open:
            return True
        if self._matters(now) != self._matters(case.pull):
            return False
        if not isinstance(case.outcome, Verdict) or not case.outcome.approvals.obligations:
            return True
        if not pulls.same_reviews(number, case.reviews):
            return False
        if case.spoken is None:
            return True
        self.host.timelines.forget(number)
        return spoken(self.host, number, case.reviews) == case.spoken

    def _matters(self, pull: Pull) -> tuple[object, ...]:
        """Parts of a pull request that bear on its verdict; files and commits follow from the head."""
        labels = frozenset(label for label in pull.labels if not is_ours(label, self.label_prefix))
        return pull.author, pull.body, pull.head, pull.head_ref, pull.base_ref, labels, pull.mergeable is False


def change_of(
    merges: BaseMerges,
    ref: str,
    files: tuple[FileChange, ...],
    evidence: tuple[Evidence, ...],
    reviews: tuple[Review, ...],
    *,
    conflict: bool = False,
) -> Change:
    """A pull request, with its merges of the base, as a change."""
    pull, history = merges.pull, merges.history
    return Change(
        ref=ref,
        files=files,
        evidence=evidence,
        author=pull.author,
        reviews=reviews,
        repository=merges.host.repository,
        pull_request=pull.number,
        head=pull.head,
        unchanged_since=merges.unchanged_since(reviews),
        emails=history.emails,
        conflict=conflict,
        commits=tuple(listed.sha for listed in reversed(history.commits)),
    )


def pull_evidence(host: GitHubHost, pull: Pull, label_prefix: str, note: Callable[[str], None]) -> list[Evidence]:
    """Evidence about a pull request's makers beside its commits; ``note`` takes what could not be told."""
    # also where GitHub names no author: somebody opened it
    evidence = [Evidence(Signal.AUTHOR, Strength.VERIFIED, account=pull.author)]
    # a bot's own App adds nothing to the bot's account; an App that acts for a person does
    if pull.author is None or pull.author.type is not AccountType.BOT:
        app = host.pulls.app(pull.number)
        evidence += [Evidence(Signal.APP, Strength.VERIFIED, name=app.slug)] if app.slug else []
        if app.untold is not None:
            note(f"whether an App acted for the author cannot be told: {app.untold}")
    evidence.append(Evidence(Signal.BRANCH, Strength.ASSERTED, text=pull.head_ref))
    evidence += [Evidence(Signal.BODY, Strength.ASSERTED, text=pull.body)] if pull.body else []
    evidence += [
        Evidence(Signal.LABEL, Strength.ASSERTED, text=label) for label in pull.labels if not is_ours(label, label_prefix)
    ]
    return evidence
