"""Types of what ``explain --format json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from agentowners.documents import Count, Number, one_of, says
from agentowners.explain.model import EditKind
from agentowners.identity.match import Match, Name
from agentowners.policy.model import Action, Decision
from agentowners.report.shared.finding import DiagnosticJson
from agentowners.report.verdict.document import DecisionWord, ObligationJson, PrincipalJson, RuleJson, SourceJson


class AskedApprovalsJson(TypedDict):
    """Approvals that are asked for."""

    required: Annotated[Count, says("How many.")]
    obligations: Annotated[list[ObligationJson], says("Of whom.")]


class EditJson(TypedDict):
    """One thing that might be different."""

    kind: Annotated[
        str,
        one_of(EditKind),
        says(
            "A rule, default or mode taken out; a pattern written into a rule; a line written into a file; "
            "somebody else acting; the principal proved; another ref; another action."
        ),
    ]
    text: Annotated[
        str, says("The text of what is taken out, the pattern or line to write, the principal, the ref or the action.")
    ]
    source: Annotated[str | None, says("The policy file that changes.")]
    rule: Annotated[str | None, says("Id of the rule, default or mode that changes.")]
    line: Annotated[Number | None, says("Where it stands.")]
    pattern: Annotated[str | None, says("The ref pattern that the ref is an example of.")]
    section: Annotated[str | None, says("Of a YAML file: the list that the line is written into.")]


WhatIfJson = TypedDict(
    "WhatIfJson",
    {
        "if": Annotated[list[EditJson], says("All of these together.")],
        "decision": Annotated[DecisionWord, says("The decision then.")],
        "observed_only": Annotated[bool, says("Whether it would only be observed.")],
        "approvals_required": Annotated[Count, says("Approvals required then.")],
        "rules": Annotated[
            list[RuleJson],
            says(
                "Rules and defaults of the policy that would carry the decision; a line that is only supposed is not among them."
            ),
        ],
        "changes": Annotated[bool, says("Whether anything is decided otherwise.")],
    },
)
WhatIfJson.__doc__ = "What would be decided if some things were different."


class ShareJson(TypedDict):
    """A layer's decision for a principal."""

    principal: Annotated[str, says("The principal.")]
    decision: Annotated[DecisionWord, says("The decision.")]
    by: Annotated[
        str,
        one_of("rules", "default", "lifted", "nothing"),
        says("What decides: rules, the default, an `unprotect` line that takes the path out, or nothing, which allows."),
    ]
    rules: Annotated[list[str], says("Ids of the rules, or of the default, that carry it.")]
    rung: Annotated[
        str | None,
        one_of("named", "group", "humans", "anyone", None),
        says(
            "For a default, how it is the principal's: it names it, is its group's, the humans' for who is "
            "unattributed, or anyone's."
        ),
    ]
    unprotected: Annotated[list[str], says("Ids of the `unprotect` lines that take the path out of the layer.")]
    observe_only: Annotated[bool, says("Whether the layer only observes the principal.")]


class ChosenForJson(TypedDict):
    """Principal whose default it is."""

    principal: Annotated[str, says("The principal.")]
    rung: Annotated[str, one_of("named", "group", "humans", "anyone"), says("How it is the principal's default.")]


class NameMatchJson(TypedDict):
    """A principal pattern, held against one principal."""

    pattern: Annotated[str, says("As written, with its at-sign.")]
    match: Annotated[str, one_of(Match), says("Whether it means the principal; `maybe` where that is not known here.")]
    by: Annotated[str, one_of(Name), says("Which of the principal's names it was held against.")]


class PrincipalMatchJson(TypedDict):
    """A statement's principal patterns, held against one principal."""

    principal: Annotated[str, says("The principal.")]
    matches: Annotated[
        bool, says("Whether the statement applies to it: what restricts applies on any doubt, what loosens on proof alone.")
    ]
    withheld: Annotated[bool, says("Whether it would, if it were proved who acts.")]
    patterns: Annotated[list[NameMatchJson], says("Each pattern by itself.")]


class PrincipalsMatchJson(TypedDict):
    """Its principal patterns, held against each principal."""

    matches: Annotated[bool, says("Whether the statement applies to any of the principals.")]
    each: Annotated[list[PrincipalMatchJson], says("Each principal by itself.")]


class ExplainedDefaultJson(TypedDict):
    """A default of a layer."""

    id: Annotated[str, says("Its id.")]
    line: Annotated[Number | None, says("Its line.")]
    text: Annotated[str, says("Its canonical text.")]
    decision: Annotated[DecisionWord, says("What it says.")]
    standing: Annotated[
        str,
        one_of("decides", "outweighed", "observed", "withheld", "unused", "no"),
        says("As for a rule; `unused`: it is the default of somebody here, and a rule matches."),
    ]
    why: Annotated[str, says("The reason in words.")]
    chosen_for: Annotated[list[ChosenForJson], says("The principals whose default it is.")]
    principals: Annotated[PrincipalsMatchJson, says("Whom it may be for.")]


class PatternMatchJson(TypedDict):
    """A pattern, held against the path or the ref."""

    pattern: Annotated[str, says("As written, with its `!`.")]
    negative: Annotated[bool, says("Whether it takes out.")]
    matches: Annotated[bool, says("Whether it matches.")]
    respelled: Annotated[
        NotRequired[bool],
        says("There and true where it matches because the path is another spelling of the same place: `.Claude/settings.json`."),
    ]


class PatternsMatchJson(TypedDict):
    """Its patterns, held against the path or the ref."""

    matches: Annotated[bool, says("Whether the answer is yes.")]
    patterns: Annotated[list[PatternMatchJson], says("Each pattern by itself; none means that everything will do.")]


class ExplainedUnprotectJson(TypedDict):
    """An `unprotect` line."""

    id: Annotated[str, says("Its id.")]
    line: Annotated[Number | None, says("Its line.")]
    text: Annotated[str, says("Its canonical text.")]
    reason: Annotated[str | None, says("Its reason.")]
    used: Annotated[bool, says("Whether it takes the path out of the built-in layer.")]
    why: Annotated[str, says("The reason in words.")]
    path: Annotated[PatternsMatchJson, says("Whether the path is in it.")]
    principals: Annotated[PrincipalsMatchJson, says("Whom it applies to.")]


class ExplainedObserverJson(TypedDict):
    """A `mode observe-only` line."""

    id: Annotated[str, says("Its id.")]
    line: Annotated[Number | None, says("Its line.")]
    why: Annotated[str, says("The reason in words.")]
    principals: Annotated[PrincipalsMatchJson, says("Whom it means.")]


class ActionMatchJson(TypedDict):
    """Its actions, held against the one that is asked about."""

    matches: Annotated[bool, says("Whether the answer is yes.")]
    actions: Annotated[list[Annotated[str, one_of(Action)]], says("The actions it names; none means every action.")]


class ExplainedRuleJson(TypedDict):
    """A rule with the answer to each of its four questions. It matches where all four are yes for some principal."""

    id: Annotated[str, says("Its id.")]
    line: Annotated[Number | None, says("Its line; null for a built-in rule.")]
    text: Annotated[str, says("Its canonical text, without the reason.")]
    mode: Annotated[str | None, says("The mode that compiles to it.")]
    decision: Annotated[DecisionWord, says("What it says.")]
    reason: Annotated[str | None, says("Its reason.")]
    standing: Annotated[
        str,
        one_of("decides", "outweighed", "observed", "lifted", "withheld", "no"),
        says(
            "What becomes of it: it carries the decision; it matches and something stricter stands; its "
            "layer only observes; an `unprotect` line takes the path out; it would allow if it were proved "
            "who acts; it does not match."
        ),
    ]
    matches: Annotated[bool, says("Whether it matches.")]
    matched_for: Annotated[list[str], says("The principals for whom it does.")]
    why: Annotated[str, says("The reason in words.")]
    path: Annotated[PatternsMatchJson, says("Whether the path is in it.")]
    ref: Annotated[PatternsMatchJson, says("Whether the ref is in it.")]
    action: Annotated[ActionMatchJson, says("Whether it speaks of the action.")]
    principals: Annotated[PrincipalsMatchJson, says("Whom it applies to.")]


class ExplainedLayerJson(TypedDict):
    """One layer."""

    source: Annotated[str, says("Path of the policy file, or `builtin`.")]
    builtin: Annotated[bool, says("Whether it is the built-in layer.")]
    decision: Annotated[DecisionWord, says("What it decides, the strictest over the principals.")]
    observe_only: Annotated[bool, says("Whether it only observes every principal here.")]
    principals: Annotated[list[ShareJson], says("What it decides for each principal.")]
    defaults: Annotated[list[ExplainedDefaultJson], says("Its defaults, in file order.")]
    unprotects: Annotated[list[ExplainedUnprotectJson], says("Its `unprotect` lines, in file order.")]
    observers: Annotated[list[ExplainedObserverJson], says("Its `mode observe-only` lines, in file order.")]
    rules: Annotated[
        list[ExplainedRuleJson],
        says(
            "Every rule in file order, those of modes as what they compile to; with `--matching` only those "
            "that match or are withheld."
        ),
    ]


class ExplainedPathJson(TypedDict):
    """Why one path is decided as it is."""

    path: Annotated[str, says("The path; lone surrogates stand for bytes that are not UTF-8.")]
    action: Annotated[str, one_of(Action), says("What is supposed to be done to it.")]
    decision: Annotated[DecisionWord, says("The decision, as `check` would report it.")]
    observed_only: Annotated[bool, says("Whether the decision comes from layers that only observe, so that nothing is enforced.")]
    principal: Annotated[
        str | None,
        says("The first principal for whom the decision is this strict; null where nothing restricts and no rule allows."),
    ]
    deciding: Annotated[list[RuleJson], says("The rules and defaults that carry the decision, in file order.")]
    matched: Annotated[list[str], says("Ids of every rule that matches, of all layers, in file order.")]
    approvals: Annotated[AskedApprovalsJson, says("Approvals that are asked for.")]
    claims: Annotated[list[WhatIfJson], says("What would change the decision, most useful first; each was put to the engine.")]
    layers: Annotated[list[ExplainedLayerJson], says("Each policy file, and the built-in layer last.")]


class ExplainedPolicyJson(TypedDict):
    """The policy."""

    read: Annotated[str, says("Where it was read from, as a clause.")]
    digest: Annotated[str | None, says("What tells one policy from another; null where it does not parse.")]
    sources: Annotated[list[SourceJson], says("Its files.")]


class ExplanationJson(TypedDict):
    """Printed by `agentowners explain --json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    decision: Annotated[
        str, one_of(Decision, ""), says("The strictest decision about the paths; empty where the policy does not parse.")
    ]
    ref: Annotated[str, says("Full name of the ref that the change is supposed to go to.")]
    repository: Annotated[str | None, says("`owner/name`; null where the clone does not tell.")]
    principals: Annotated[list[PrincipalJson], says("Who is supposed to act.")]
    policy: Annotated[ExplainedPolicyJson, says("The policy.")]
    diagnostics: Annotated[list[DiagnosticJson], says("What there is to say about the policy's text.")]
    paths: Annotated[
        list[ExplainedPathJson],
        says("One explanation for each path, in the order asked for; none where the policy does not parse."),
    ]
