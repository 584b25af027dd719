"""The JSON verdict's types: what ``check --format json`` prints and the Action reports."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from agentowners.change.model import Because, Strength, Via
from agentowners.dispatch.document import DenialJson
from agentowners.documents import AtName, Count, Digest, Number, one_of, says
from agentowners.identity.model import Group
from agentowners.policy.model import Action, Decision
from agentowners.report.shared.finding import DiagnosticJson
from agentowners.report.verdict.conclusion import Conclusion

DecisionWord = Annotated[str, one_of(Decision)]


class PrincipalJson(TypedDict):
    """Someone who contributed."""

    name: Annotated[AtName, says("With an at-sign: identity, else login, else group.")]
    login: Annotated[str | None, says("The account's login, where an account is known.")]
    group: Annotated[str, one_of(Group)]
    strength: Annotated[str, one_of(Strength), says("Whether the platform vouches for it.")]
    evidence: Annotated[list[str], says("Why, one short phrase each, strongest first.")]
    scope: Annotated[
        NotRequired[str],
        one_of("everywhere", "paths"),
        says("Whether they are judged on every path, or only on the paths of the commits from which they are known."),
    ]
    commits: Annotated[NotRequired[list[str] | None], says("With the scope `paths`, these commits; else null.")]
    paths: Annotated[
        NotRequired[list[str] | None],
        says(
            "With the scope `paths`, the judged paths that those commits change, sorted (of very many, the "
            "first); null where not all of the commits were looked into, which counts as every path."
        ),
    ]
    vouched: Annotated[
        NotRequired[bool],
        says(
            "Whether the verdict is milder for them, who are asserted, because the change's author, a "
            "verified person who may write, answers for them."
        ),
    ]


class ObligationJson(TypedDict):
    """Approvals asked for."""

    count: Annotated[Number, says("How many people have to approve.")]
    approvers: Annotated[list[AtName], says("Who may; empty means anyone who may approve.")]
    granted_by: Annotated[list[str], says("Logins of those whose approval counts.")]
    met: bool
    rules: Annotated[list[str], says("Ids of the rules and defaults that ask for it.")]
    note: Annotated[NotRequired[str], says("Why it cannot be seen to be met.")]


class IgnoredReviewJson(TypedDict):
    """A review that does not count."""

    reviewer: Annotated[str, says("Login.")]
    why: Annotated[str, says("Continues the login.")]
    help: Annotated[NotRequired[str], says("The way out.")]
    rules: Annotated[
        NotRequired[list[str]],
        says("Ids of the rules for whose obligations alone it does not count; only where it counts for others."),
    ]


class CountedApprovalJson(TypedDict):
    """An approval that counts."""

    login: Annotated[str, says("Login of who gave it.")]
    via: Annotated[str, one_of(Via), says("How it was given.")]
    url: Annotated[str | None, says("Where it can be read; null where that is not known.")]


class ApprovalsJson(TypedDict):
    """The approvals asked for and given."""

    required: Annotated[Count, says("Approvals required.")]
    granted: Annotated[Count, says("Approvals that count; equal to `required` exactly when every obligation is met.")]
    obligations: Annotated[list[ObligationJson], says("What the rules ask for, each to be met.")]
    ignored: Annotated[list[IgnoredReviewJson], says("Reviews that do not count.")]
    counted: Annotated[NotRequired[list[CountedApprovalJson]], says("Approvals that count.")]


class RuleJson(TypedDict):
    """A rule or default that carries a decision."""

    id: Annotated[str, says("The id it was given, else `<path>:<line>`.")]
    source: Annotated[str, says("Path of the policy file, or `builtin`.")]
    line: Annotated[Number | None, says("Null for the built-in rules.")]
    text: Annotated[str, says("The rule in canonical line syntax, without the reason.")]
    decision: DecisionWord
    reason: Annotated[str | None, says("What its author gave as the reason.")]
    default: Annotated[NotRequired[Literal[True]], says("There where it is a default.")]


class ObservedDecisionJson(TypedDict):
    """Decision of the layers that only observe, where that restricts."""

    decision: DecisionWord
    principal: Annotated[str | None, says("The first principal for whom it would be this strict.")]
    rules: Annotated[list[RuleJson], says("Those that would carry it.")]


class JudgedPathJson(TypedDict):
    """One judged path."""

    path: Annotated[str, says("Repository-relative; bytes that are not UTF-8 appear as lone surrogates (`\\udc80`).")]
    actions: Annotated[list[Annotated[str, one_of(Action)]], says("What was done to it.")]
    because: Annotated[
        NotRequired[str],
        one_of(Because),
        says(
            "Why it is judged: the head changed it; merging writes it, though the head did not change it "
            "under this name; a single commit changes it, and a rebase applies commits one by one."
        ),
    ]
    stands_for: Annotated[
        NotRequired[str | None],
        says(
            "The path that lands here because the base branch has moved it: judged for whoever is judged on "
            "that one; null where there is none."
        ),
    ]
    decision: DecisionWord
    principal: Annotated[str | None, says("The first principal for whom the decision is this strict.")]
    rules: Annotated[list[RuleJson], says("Those that carry the decision, first in file order first.")]
    matched: Annotated[list[str], says("Ids of every rule that matched, in file order.")]
    unprotected: Annotated[list[str], says("Ids of the `unprotect` lines that were used.")]
    withheld: Annotated[
        NotRequired[list[str]],
        says("Ids of the rules that would allow it if the principal were verified; only where there are any."),
    ]
    observed: Annotated[
        NotRequired[ObservedDecisionJson], says("What layers that only observe would decide; only where that restricts.")
    ]
    denial: Annotated[
        NotRequired[DenialJson | None], says("For agents: what is denied, and what would change it; null where it is allowed.")
    ]
    principals: Annotated[NotRequired[list[AtName]], says("Names of those who are judged on it (of very many, the first).")]


class SourceJson(TypedDict):
    """One policy file."""

    path: Annotated[str, says("As named by whoever asked for it.")]
    ref: Annotated[str | None, says("Full name of the ref it was read from; null for a plain file.")]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$"), says("Of its bytes.")]


class PolicyJson(TypedDict):
    """The policy that was applied."""

    digest: Annotated[Digest | None, says("Over names and bytes of all sources; null where no verdict was reached.")]
    sources: Annotated[list[SourceJson], says("The policy files.")]


class ReceiptJson(TypedDict):
    """The receipt of the entry of the audit trail in which it stands, where there is one."""

    log: Annotated[str, says("The repository's log: its host and its number.")]
    n: Annotated[Number, says("The entry's number.")]
    digest: Annotated[Digest, says("The digest of the entry as it is stored.")]


class VerdictJson(TypedDict):
    """Printed by `agentowners check --format json`, and the GitHub Action's report."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    engine: Annotated[NotRequired[str], says("Version of the tool that judged.")]
    conflict: Annotated[
        NotRequired[bool], says("Whether the change conflicts with its base branch, so that it cannot pass as it is.")
    ]
    decision: Annotated[
        str,
        one_of(Decision, ""),
        says("What the policy says, the same before and after approvals are met; empty where no verdict was reached."),
    ]
    conclusion: Annotated[str, one_of(Conclusion), says("What the check run concludes.")]
    title: Annotated[str, Meta(max_length=255), says("The check run's title.")]
    ref: Annotated[str | None, says("Full name of the ref the change goes to; null where it is not known.")]
    head_sha: Annotated[str | None, says("The commit that was judged; null where there is none.")]
    repository: Annotated[str | None, says("`owner/name`; null where it is not known.")]
    pull_request: Annotated[Number | None, says("Number of the pull request; null where there is none.")]
    principals: Annotated[list[PrincipalJson], says("Everyone who contributed to the change.")]
    approvals: ApprovalsJson
    policy: PolicyJson
    diagnostics: Annotated[list[DiagnosticJson], says("What there is to say about the policy's text.")]
    message: Annotated[NotRequired[str], says("What happened, where no verdict was reached.")]
    help: Annotated[NotRequired[str | None], says("What to do about it, where no verdict was reached.")]
    audit: Annotated[
        NotRequired[ReceiptJson], says("The receipt of the entry of the audit trail in which it stands, where there is one.")
    ]
    files: Annotated[
        list[JudgedPathJson], says("Every judged path, sorted. A rename appears twice, as its old and as its new path.")
    ]
