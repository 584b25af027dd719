"""Why an approval does not count, and what can be done about it: the conditions of section 7 of the policy reference."""

from __future__ import annotations

from agentowners.change.model import Account, AccountType, Evidence, Review, ReviewState, Signal, Strength, Via
from agentowners.engine.contributions import CONTRIBUTIONS, ContributionReach, Contributions
from agentowners.engine.facts import Facts, Known, Need, PermissionOf, Reply, Requesters, Unavailable
from agentowners.engine.ruling import Obligation, Ruling
from agentowners.identity.accounts import same_account
from agentowners.identity.model import Group
from agentowners.identity.resolve import resolve
from agentowners.policy.model import ByComment, EffectiveApprovals, Permission
from agentowners.policy.patterns import ascii_lower
from agentowners.text.wording import quote

Rejection = tuple[str, str | None]
"""Why, as what continues the reviewer's name; and the way out."""
_OPENED = CONTRIBUTIONS[Signal.AUTHOR]
_SOMEBODY_ELSE = "somebody else has to approve"


class ReviewRejections:
    """Holds reviews against the conditions, first as such, then for each obligation."""

    def __init__(self, settings: EffectiveApprovals, ruling: Ruling, facts: Facts, *, observed: bool) -> None:
        """Ask for nothing yet; what has to be asked for is collected in ``needs``. ``observed`` says that the obligations are
        those of layers that only observe."""
        self.needs: set[Need] = set()
        self._settings = settings
        self._change = ruling.change
        self._definitions = ruling.definitions
        self._facts = facts
        self._reach = ContributionReach(ruling, facts, observed=observed)
        self._by_agent = any(principal.group is Group.AGENTS for principal in ruling.principals)
        self._contributions = Contributions(ruling.change, ruling.definitions)

    def to(self, review: Review) -> Rejection | None:
        """Why a review does not count for anything, or None where it does for something, perhaps."""
        in_comment = review.via is Via.COMMENT
        if review.state is ReviewState.CHANGES_REQUESTED:
            return "requested changes", "the same person can approve once they are made"
        if review.state is ReviewState.DISMISSED:
            if in_comment:
                return "took the approval back in a comment", "the same person can approve again"
            return "had the approval dismissed", "the same person can approve again"
        reviewer = review.reviewer
        if reviewer is None:
            return "no longer has an account", _SOMEBODY_ELSE
        # what the same person cannot mend comes first; what has to be asked for comes last
        return (
            self._to_kind(reviewer, review)
            or self._to_maker(reviewer, review)
            or self._to_age(review)
            or self._to_requester(reviewer)
            or self._to_standing(reviewer)
        )

    def to_part(self, review: Review, place: int, obligation: Obligation) -> Rejection | None:
        """Why a review that counts as such does not for an obligation, given by its place too."""
        reviewer = review.reviewer
        if reviewer is None:
            return "no longer has an account", _SOMEBODY_ELSE
        if self._is_own_word(reviewer, review):
            return (_OPENED, f"{_SOMEBODY_ELSE}: it is asked because of people too") if obligation.of_people else None
        for evidence in self._barring(reviewer):
            touched, path = self._reach.touched(evidence, place, self.needs)
            if touched:
                return _contribution(evidence, path), _CONTRIBUTORS_COUNT
        return None

    def to_named(self, login: str, place: int, obligation: Obligation) -> str | None:
        """Why an approval of somebody whom a rule names would not count, given by login in lower case, as far as it shows
        without asking."""
        author = self._change.author
        if author is not None and ascii_lower(author.login) == login:
            by_comment = self._settings.by_comment is ByComment.AUTHOR and not obligation.of_people
            return None if by_comment else _OPENED
        if self._settings.contributors_count:
            return None
        for evidence in self._contributions.by_login(login):
            needs: set[Need] = set()
            touched, path = self._reach.touched(evidence, place, needs)
            if touched and not needs:
                return _contribution(evidence, path)
        return None

    def answer(self, need: Need) -> Reply | None:
        """The answer to a need, which is noted where there is none yet."""
        answer = self._facts.get(need)
        if answer is None:
            self.needs.add(need)
        return answer

    def _to_kind(self, account: Account, review: Review) -> Rejection | None:
        way_out = "a person has to approve"
        if account.type is AccountType.BOT:
            return "is a bot", way_out
        if account.type is not AccountType.USER:
            return "is not a user", way_out
        observations = [Evidence(Signal.AUTHOR, Strength.VERIFIED, account=account)]
        observations += [Evidence(Signal.BODY, Strength.ASSERTED, text=review.body)] if review.body else []
        observations += self._contributions.observed(account)
        for principal in resolve(observations, self._definitions, account):
            if principal.group in (Group.AGENTS, Group.BOTS):
                why = f" ({principal.evidence[0]})" if principal.evidence else ""
                return f"is an agent, {principal.name}{why}", way_out
        return None

    def _to_maker(self, account: Account, review: Review) -> Rejection | None:
        author = self._change.author
        if author is not None and same_account(author, account):
            if self._is_own_word(account, review):
                return None
            if review.via is Via.COMMENT:
                return _OPENED, f"{_SOMEBODY_ELSE} (`approvals by_comment=author` lets their comment count for what agents made)"
            return _OPENED, _SOMEBODY_ELSE
        for evidence in self._barring(account):
            if evidence.commits is None:
                return _contribution(evidence, None), _CONTRIBUTORS_COUNT
        return None

    def _barring(self, reviewer: Account) -> list[Evidence]:
        """Contributions that keep an approval from counting for the paths they are about."""
        if self._settings.contributors_count:
            return []
        contributions = self._contributions.of(reviewer)
        if contributions and self._settings.requester_counts and all(map(self._contributions.is_credit, contributions)):
            # agents credit whoever set them to work
            answer = self.answer(Requesters())
            return [] if any(same_account(account, reviewer) for account in accounts_in(answer)) else contributions
        return contributions

    def _is_own_word(self, account: Account, review: Review) -> bool:
        """True for the comment by which whoever opened the change may approve what agents made of it."""
        author = self._change.author
        by_author = author is not None and same_account(author, account)
        return by_author and review.via is Via.COMMENT and self._settings.by_comment is ByComment.AUTHOR

    def _to_age(self, review: Review) -> Rejection | None:
        if review.via is Via.COMMENT and review.outdated is not None:
            return review.outdated, "approve it as it is now"
        if not self._settings.dismiss_stale:
            return None
        if review.commit is None or review.commit not in (self._change.head, *self._change.unchanged_since):
            return "gave it to an older commit", "approve the newest commit (`approvals dismiss_stale=false` keeps old approvals)"
        if review.outdated is not None:
            return review.outdated, "approve it as it is now (`approvals dismiss_stale=false` keeps old approvals)"
        return None

    def _to_requester(self, reviewer: Account) -> Rejection | None:
        if self._by_agent and not self._settings.requester_counts:
            answer = self.answer(Requesters())
            if isinstance(answer, Unavailable):
                return (
                    f"may be who set the agent to work: {answer.why}",
                    "`approvals requester_counts=true` lets requesters count",
                )
            if any(same_account(account, reviewer) for account in accounts_in(answer)):
                return "set the agent to work", f"{_SOMEBODY_ELSE} (`approvals requester_counts=true` lets requesters count)"
        return None

    def _to_standing(self, account: Account) -> Rejection | None:
        needed = self._settings.minimum_permission
        answer = self.answer(PermissionOf(account))
        if isinstance(answer, Unavailable):
            way_out = "somebody whose permission can be read has to approve"
            return f"has a permission that cannot be read: {answer.why}", way_out
        permission = Permission.NONE
        if answer is not None and isinstance(answer.value, Permission):
            permission = answer.value
        if permission.rank < needed.rank:
            return (
                f"has {permission.value} permission, and {needed.value} is needed",
                f"somebody with {needed.value} permission has to approve (`approvals minimum_permission=...` sets it)",
            )
        return None


_CONTRIBUTORS_COUNT = f"{_SOMEBODY_ELSE} (`approvals contributors_count=true` lets contributors count)"


def _contribution(evidence: Evidence, path: str | None) -> str:
    changed = "" if path is None else f"which changes {quote(path.replace('`', '?'))}"
    seen = ", ".join([part for part in (evidence.where, changed) if part])
    return CONTRIBUTIONS[evidence.signal] + (f" ({seen})" if seen else "")


def accounts_in(answer: Reply | None) -> list[Account]:
    """The accounts that an answer lists."""
    if not isinstance(answer, Known) or not isinstance(answer.value, tuple):
        return []
    return [account for account in answer.value if isinstance(account, Account)]
