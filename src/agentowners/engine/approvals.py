"""Section 7 of the policy reference: which reviews count, and why each other one does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agentowners.change.model import Account, AccountType, Change, Evidence, Review, ReviewState, Signal, Strength
from agentowners.engine.facts import Facts, Known, MembersOf, Need, PermissionOf, Requesters, Unavailable
from agentowners.engine.obligations import Ask, missing, required
from agentowners.engine.verdict import Approvals, IgnoredReview, SettledObligation
from agentowners.identity.accounts import noreply_account, same_account
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.identity.resolve import resolve
from agentowners.policy.model import EffectiveApprovals, Permission, Policy
from agentowners.policy.patterns import Approver, ascii_lower

_DECISIVE = frozenset({ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED})
_OPENED = "opened the change"
_CONTRIBUTIONS = {
    Signal.AUTHOR: _OPENED,
    Signal.PUSHER: "pushed to its branch",
    Signal.SIGNATURE: "signed a commit of it",
    Signal.COMMIT_AUTHOR: "is the author of a commit of it",
    Signal.COMMITTER: "is the committer of a commit of it",
    Signal.CO_AUTHOR: "is a co-author of a commit of it",
}


@dataclass(slots=True)
class Weighing:
    """What came of the reviews; ``needs`` is not empty where facts are missing, and then nothing is final."""

    approvals: Approvals
    needs: set[Need] = field(default_factory=set)


def effective_settings(policy: Policy) -> EffectiveApprovals:
    """Of the settings of several layers the strictest; where none says anything, the standard."""
    said = [layer.approvals for layer in policy.layers]
    standard = EffectiveApprovals()
    permissions = [settings.minimum_permission for settings in said if settings.minimum_permission is not None]
    return EffectiveApprovals(
        dismiss_stale=_strictest([s.dismiss_stale for s in said], strict=True, standard=standard.dismiss_stale),
        minimum_permission=max(permissions, key=lambda p: p.rank, default=standard.minimum_permission),
        requester_counts=_strictest([s.requester_counts for s in said], strict=False, standard=standard.requester_counts),
        contributors_count=_strictest([s.contributors_count for s in said], strict=False, standard=standard.contributors_count),
    )


def _strictest(said: Sequence[bool | None], *, strict: bool, standard: bool) -> bool:
    values = [value for value in said if value is not None]
    return standard if not values else (strict if strict in values else not strict)


def weigh(
    asks: Sequence[Ask],
    policy: Policy,
    change: Change,
    principals: Sequence[Principal],
    definitions: tuple[AgentDefinition, ...],
    facts: Facts,
) -> Weighing:
    """Count the reviews of a change towards what is asked for. An approval about which a fact is missing does not count."""
    if not asks:
        return Weighing(Approvals())
    scale = _Scale(effective_settings(policy), change, principals, definitions, facts)
    counting: list[Account] = []
    ignored: list[IgnoredReview] = []
    for review in _latest(change.reviews):
        objection = scale.objection(review)
        if objection is None and review.reviewer is not None:
            counting.append(review.reviewer)
        elif objection is not None:
            ignored.append(IgnoredReview("ghost" if review.reviewer is None else review.reviewer.login, *objection))
    obligations = tuple(scale.obligation(ask, counting) for ask in asks)
    granting = {login for obligation in obligations for login in obligation.granted_by}
    asked = ", ".join(dict.fromkeys(str(approver) for ask in asks for approver in ask.approvers))
    ignored += [
        IgnoredReview(a.login, f"is not one of {asked}", "one of those named by the rule has to approve")
        for a in counting
        if a.login not in granting
    ]
    total = required(obligations)
    return Weighing(Approvals(total, total - missing(obligations), obligations, tuple(ignored)), scale.needs)


def _latest(reviews: Sequence[Review]) -> list[Review]:
    """Each person's latest decisive review, in order."""
    latest: dict[object, Review] = {}
    for review in reviews:
        if review.state not in _DECISIVE:
            continue
        who = review.reviewer
        key: object = ("gone", review.id) if who is None else (who.id if who.id is not None else ascii_lower(who.login))
        latest.pop(key, None)
        latest[key] = review
    return list(latest.values())


class _Scale:
    """Holds reviews against the conditions of section 7."""

    def __init__(
        self,
        settings: EffectiveApprovals,
        change: Change,
        principals: Sequence[Principal],
        definitions: tuple[AgentDefinition, ...],
        facts: Facts,
    ) -> None:
        self.needs: set[Need] = set()
        self._settings = settings
        self._change = change
        self._definitions = definitions
        self._facts = facts
        self._by_agent = any(principal.group is Group.AGENTS for principal in principals)

    def objection(self, review: Review) -> tuple[str, str | None] | None:
        """Why a review does not count and what can be done about it, or None where it counts."""
        if review.state is ReviewState.CHANGES_REQUESTED:
            return "requested changes", "the same person can approve once they are made"
        if review.state is ReviewState.DISMISSED:
            return "had the approval dismissed", "the same person can approve again"
        who = review.reviewer
        if who is None:
            return "no longer has an account", "somebody else has to approve"
        # what the same person cannot mend comes first; what has to be asked for comes last
        return (
            self._objection_to_kind(who, review)
            or self._objection_to_maker(who)
            or self._objection_to_age(review)
            or self._objection_to_requester(who)
            or self._objection_to_standing(who)
        )

    def _objection_to_age(self, review: Review) -> tuple[str, str | None] | None:
        if not self._settings.dismiss_stale:
            return None
        if review.commit is None or review.commit not in (self._change.head, *self._change.unchanged_since):
            return "gave it to an older commit", "approve the newest commit (`approvals dismiss_stale=false` keeps old approvals)"
        if review.outdated is not None:
            return review.outdated, "approve it as it is now (`approvals dismiss_stale=false` keeps old approvals)"
        return None

    def _objection_to_kind(self, who: Account, review: Review) -> tuple[str, str | None] | None:
        way_out = "a person has to approve"
        if who.type is AccountType.BOT:
            return "is a bot", way_out
        if who.type is not AccountType.USER:
            return "is not a user", way_out
        observations = [Evidence(Signal.AUTHOR, Strength.VERIFIED, account=who)]
        observations += [Evidence(Signal.BODY, Strength.ASSERTED, text=review.body)] if review.body else []
        observations += [e for e in self._change.evidence if e.account is not None and same_account(e.account, who)]
        for principal in resolve(observations, self._definitions, who):
            if principal.group in (Group.AGENTS, Group.BOTS):
                why = f" ({principal.evidence[0]})" if principal.evidence else ""
                return f"is an agent, {principal.name}{why}", way_out
        return None

    def _objection_to_maker(self, who: Account) -> tuple[str, str | None] | None:
        if self._change.author is not None and same_account(self._change.author, who):
            return _OPENED, "somebody else has to approve"
        if not self._settings.contributors_count:
            for evidence in self._change.evidence:
                if evidence.signal in _CONTRIBUTIONS and any(same_account(a, who) for a in self._accounts(evidence)):
                    return _contribution(
                        evidence
                    ), "somebody else has to approve (`approvals contributors_count=true` lets contributors count)"
        return None

    def _objection_to_requester(self, who: Account) -> tuple[str, str | None] | None:
        if self._by_agent and not self._settings.requester_counts:
            answer = self._answer(Requesters())
            if isinstance(answer, Unavailable):
                return (
                    f"may be who set the agent to work: {answer.why}",
                    "`approvals requester_counts=true` lets requesters count",
                )
            if any(same_account(account, who) for account in _accounts(answer)):
                return (
                    "set the agent to work",
                    "somebody else has to approve (`approvals requester_counts=true` lets requesters count)",
                )
        return None

    def _objection_to_standing(self, who: Account) -> tuple[str, str | None] | None:
        needed = self._settings.minimum_permission
        answer = self._answer(PermissionOf(who))
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

    def _accounts(self, evidence: Evidence) -> list[Account]:
        accounts = [evidence.account] if evidence.account is not None else []
        if evidence.email is not None:
            linked = self._change.emails.get(evidence.email.lower())
            noreply = noreply_account(evidence.email)
            accounts += [account for account in (linked, noreply) if account is not None]
        return accounts

    def _answer(self, need: Need) -> Known | Unavailable | None:
        answer = self._facts.get(need)
        if answer is None:
            self.needs.add(need)
        return answer

    def obligation(self, ask: Ask, counting: Sequence[Account]) -> SettledObligation:
        """An obligation with those among the counting reviewers who meet it."""
        notes = dict.fromkeys(self._out_of_reach(ask))
        granted = [who for who in counting if not ask.approvers or self._is_one_of(who, ask.approvers, notes)]
        return SettledObligation(
            count=ask.count,
            approvers=tuple(str(approver) for approver in ask.approvers),
            rules=ask.rules,
            granted_by=tuple(who.login for who in granted),
            note="; ".join(notes) or None,
        )

    def _out_of_reach(self, ask: Ask) -> list[str]:
        """Why nobody at all can give what is asked, as far as it shows without asking the platform, with the way out."""
        found = [
            f"`{team}` is not a team of this repository's owner, so nobody can approve for it; name one of `@{self._owner}/...`"
            for team in ask.approvers
            if self._is_elsewhere(team)
        ]
        if not ask.approvers or any("/" in approver.key for approver in ask.approvers):
            return found
        named = len(ask.approvers)
        barred = [f"`{who}` {self._makers[who.key]}" for who in ask.approvers if who.key in self._makers]
        if named - len(barred) >= ask.count:
            return found
        asked = "1 approval is asked for" if ask.count == 1 else f"{ask.count} approvals are asked for"
        why = ", ".join([f"{asked}, {named} {'person is' if named == 1 else 'people are'} named", *barred])
        return [*found, f"the named people are too few: {why}; name more of them in the rule"]

    @cached_property
    def _makers(self) -> Mapping[str, str]:
        """What those who made the change did, by login in lower case: for each the first thing that bars an approval."""
        found: dict[str, str] = {}
        if self._change.author is not None:
            found[ascii_lower(self._change.author.login)] = _OPENED
        for evidence in () if self._settings.contributors_count else self._change.evidence:
            if evidence.signal in _CONTRIBUTIONS:
                for account in self._accounts(evidence):
                    found.setdefault(ascii_lower(account.login), _contribution(evidence))
        return found

    @property
    def _owner(self) -> str | None:
        here = self._change.repository
        return None if here is None else ascii_lower(here.partition("/")[0])

    def _is_elsewhere(self, approver: Approver) -> bool:
        owner, slash, _ = approver.key.partition("/")
        return slash != "" and self._owner is not None and owner != self._owner

    def _is_one_of(self, who: Account, approvers: Sequence[Approver], notes: dict[str, None]) -> bool:
        member = False
        for approver in approvers:
            owner, slash, team = approver.key.partition("/")
            if not slash:
                member = member or approver.key == ascii_lower(who.login)
                continue
            if self._is_elsewhere(approver):
                continue
            answer = self._answer(MembersOf(owner, team))
            if isinstance(answer, Unavailable):
                notes[f"cannot read team `{approver}`: {answer.why}"] = None
            member = member or any(same_account(account, who) for account in _accounts(answer))
        return member


def _contribution(evidence: Evidence) -> str:
    return _CONTRIBUTIONS[evidence.signal] + (f" ({evidence.where})" if evidence.where else "")


def _accounts(answer: Known | Unavailable | None) -> list[Account]:
    if not isinstance(answer, Known) or not isinstance(answer.value, tuple):
        return []
    return [account for account in answer.value if isinstance(account, Account)]
