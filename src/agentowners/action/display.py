"""Displays a verdict on the pull request itself, and asks those for their review whom it waits for. Whatever goes wrong here is a
note, never a failed verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.action.inputs import Inputs
from agentowners.action.judge import JudgedPull
from agentowners.change.model import Account, Review, ReviewState
from agentowners.diagnostics import AgentownersError
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Outcome, SettledObligation, Verdict
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import Pull
from agentowners.policy.model import Decision
from agentowners.policy.patterns import ascii_lower, bare_name
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import asks, is_advisory
from agentowners.report.verdict.labels import label_style, labels, stale
from agentowners.report.verdict.markdown import comment_marker, sticky_comment
from agentowners.text.wording import listed

MAX_ASKED: Final = 10
_MAX_LOOKUPS: Final = 20
"""As many people are looked up to find those who could approve; where a policy names more, nobody is asked."""
_REFUSALS: Final = (Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INVALID)


class Display(Struct):
    """Labels and the sticky comment of pull requests in one run, and requests for reviews of them."""

    host: GitHubHost
    inputs: Inputs
    server: str
    """Address at which people open GitHub, for links."""
    notice: Callable[[str], None]
    """Takes a line for the job's log."""
    _lacking: set[str] = field(default_factory=set)
    """Labels that could not be put on: not tried, and not told of, a second time."""
    _asked: set[int] = field(default_factory=set)
    """Pull requests that were looked at: judged again in the same run, nobody is asked twice."""

    def show(self, case: JudgedPull, check_name: str, app: int | None) -> None:
        """Bring a pull request's labels, its comment where there is to be one, and the requests for its review in line.

        Args:
            case: as it was judged, not another that shares its head.
            check_name: tells one gate's comment from another's.
            app: the App that the token speaks for: only its comments are ours.
        """
        self._show(case.pull, case.outcome, check_name, app)
        number = case.pull.number
        if self.inputs.request_reviews and number not in self._asked and self._waits(case):
            self._asked.add(number)
            self._try(f"not everybody can be asked to review #{number}", lambda: self._ask(number, self._whom(case)))

    def _show(self, pull: Pull, outcome: Outcome, check_name: str, app: int | None) -> None:
        inputs = self.inputs
        wanted = labels(outcome, inputs.enforcement, inputs.label_prefix)
        present = {name.casefold() for name in pull.labels}
        for name in sorted(wanted):
            if name.casefold() not in present:
                self._add(pull, name)
        for name in sorted(stale(pull.labels, wanted, inputs.label_prefix)):
            self._remove(pull, name)
        if inputs.comment:
            body = sticky_comment(outcome, inputs.enforcement, check_name, self.server)
            begins = asks(outcome)
            self._try("the comment cannot be kept up to date", lambda: self._comment(pull, body, check_name, app, begins))

    def _add(self, pull: Pull, name: str) -> None:
        if name in self._lacking:
            return
        what = f"the label {quoted(name)} cannot be put on #{pull.number}"
        way_out = "`agentowners doctor --apply` creates it; or create it once by hand, or give the job `issues: write`"
        if self._try(what, lambda: self.host.conversation.add_label(pull.number, name, *label_style(name)), way_out):
            self._lacking.add(name)

    def _remove(self, pull: Pull, name: str) -> None:
        def remove() -> None:
            with suppress_trouble(Trouble.NOT_FOUND):  # somebody else took it off meanwhile
                self.host.conversation.remove_label(pull.number, name)

        self._try(f"the label {quoted(name)} cannot be taken off #{pull.number}", remove)

    def _comment(self, pull: Pull, body: str, check_name: str, app: int | None, begins: bool) -> None:
        """Bring our comments up to date; ``begins`` is True where there is to be one if there is none yet."""
        marker = comment_marker(check_name)
        ours = [c for c in self.host.conversation.comments(pull.number) if c.app == app and c.body.startswith(marker)]
        if begins and not ours:
            self.host.conversation.add_comment(pull.number, body)
        # there is one, unless GitHub did not list it once: then none of them may go on telling what was
        for comment in ours:
            if comment.body != body:
                self.host.conversation.change_comment(comment.id, body)

    def _try(self, what: str, act: Callable[[], None], way_out: str | None = None) -> bool:
        """True if GitHub refuses it, and will again; that, and any other failure, is noted."""
        refused = False
        try:
            act()
        except AgentownersError as error:
            refused = isinstance(error, PlatformError) and error.trouble in _REFUSALS
            self.notice(f"{what}: {error.message}" + (f"; {way_out}" if way_out is not None and refused else ""))
        return refused

    def _waits(self, case: JudgedPull) -> bool:
        outcome = case.outcome
        return (
            isinstance(outcome, Verdict)
            and outcome.decision is Decision.REQUIRE_APPROVAL
            and not outcome.conflict
            and not is_advisory(outcome, self.inputs.enforcement)
            and not case.pull.draft
        )

    def _whom(self, case: JudgedPull) -> list[str]:
        """Names as the policy writes them: of people who could approve, and of teams of this repository's owner."""
        unmet = _unmet(case)
        given = {ascii_lower(login) for obligation in unmet for login in obligation.granted_by}
        named = {ascii_lower(bare_name(name)): name for obligation in unmet for name in obligation.approvers}
        if not named:
            return []
        already = self.host.timelines.review_requests(case.pull.number)
        left = {key: name for key, name in named.items() if key.rpartition("/")[2] not in already and key not in given}
        owner = ascii_lower(self.host.repository.partition("/")[0])
        teams = [name for key, name in left.items() if key.startswith(f"{owner}/")]
        people = [name for key, name in left.items() if "/" not in key]
        if len(people) + len(teams) > _MAX_LOOKUPS:
            return self._too_many(case, len(people) + len(teams))
        able = _able(case, [account for account in map(self._account, people) if account is not None])
        reviewers = [name for name in people if ascii_lower(bare_name(name)) in able] + teams
        return reviewers if len(reviewers) <= MAX_ASKED else self._too_many(case, len(reviewers))

    def _too_many(self, case: JudgedPull, count: int) -> list[str]:
        self.notice(f"nobody is asked to review #{case.pull.number}: the policy names {count}, and at most {MAX_ASKED} are asked")
        return []

    def _account(self, name: str) -> Account | None:
        with suppress_trouble(Trouble.NOT_FOUND):
            return self.host.people.named(bare_name(name))
        return None

    def _ask(self, number: int, names: Sequence[str]) -> None:
        """Ask all at once; where GitHub refuses, which it does for all because of one, each alone."""
        if not names:
            return
        refused: dict[tuple[str, str], list[str]] = {}
        for group in (names, *([name] for name in names if len(names) > 1)):
            try:
                self.host.conversation.request_reviews(number, *_apart(group))
            except PlatformError as error:
                if error.trouble not in _REFUSALS:
                    raise
                if len(group) == 1:
                    refused.setdefault((error.message, _way_out(error.trouble, group[0])), []).append(quoted(group[0]))
            else:
                if group is names:
                    break
        self.host.timelines.forget(number)
        for (message, way_out), whom in refused.items():
            self.notice(f"{listed(whom)} cannot be asked to review #{number}: {message}; {way_out}")


def _way_out(trouble: Trouble, name: str) -> str:
    if "/" in name:
        return "a team takes the token of an App"
    if trouble is Trouble.FORBIDDEN:
        return "give the job `pull-requests: write`"
    return "whoever is asked needs access to the repository"


def _apart(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Logins, and the slugs of teams."""
    bare = [bare_name(name) for name in names]
    return [name for name in bare if "/" not in name], [name.partition("/")[2] for name in bare if "/" in name]


def _unmet(case: JudgedPull) -> list[SettledObligation]:
    return [o for o in case.outcome.approvals.obligations if not o.met] if isinstance(case.outcome, Verdict) else []


def _able(case: JudgedPull, people: Sequence[Account]) -> frozenset[str]:
    """Logins, in lower case, of those whose approval would count for something that is still missing.

    The engine itself says so: of the change as if they had all approved it.
    """
    if case.basis is None or not people:
        return frozenset()
    change = case.basis.change
    newest = max((review.id for review in change.reviews), default=0)
    reviews = [Review(newest + place, person, ReviewState.APPROVED, change.head) for place, person in enumerate(people, 1)]
    would_be = inquire(case.basis.policy, replace(change, reviews=(*change.reviews, *reviews)), case.basis.ask)
    missing = {(o.count, o.approvers) for o in _unmet(case)}
    return frozenset(
        ascii_lower(login) for o in would_be.approvals.obligations if (o.count, o.approvers) in missing for login in o.granted_by
    )
