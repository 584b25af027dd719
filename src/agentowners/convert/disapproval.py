"""policy-bot's disapproval: predicates any of which refuses a change, and people who may."""

from __future__ import annotations

from msgspec.structs import replace

from agentowners.convert.model import LEFT_OUT, LOOSER, Piece, remark, title
from agentowners.convert.people import principals_of
from agentowners.convert.policy_bot import patterns_of, read_actors, read_paths
from agentowners.convert.reading import OriginalYaml
from agentowners.convert.regexes import ref_patterns
from agentowners.diagnostics import Span
from agentowners.policy.model import Decision, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern
from agentowners.yamltext.nodes import Field

_BLOCK = Outcome(Decision.BLOCK)
_NO_FORM = "has no form in a policy: a change that it would refuse is not refused"


def disapprovals(yaml: OriginalYaml, policy: dict[str, Field], audience: tuple[PrincipalPattern, ...]) -> list[Piece]:
    """The rules that refuse what the predicates refuse, and what is said of the rest."""
    fields = yaml.below(policy, "disapproval")
    pieces: list[Piece] = []
    for key, field in yaml.below(fields, "if").items():
        span = yaml.span(field.key)
        rule = _rule(yaml, key, field, audience)
        if rule is None:
            pieces.append(_said(span, LOOSER, f"`{key}` {_NO_FORM}"))
        else:
            pieces.append(Piece(title(span, key), (rule,)))
    for key, field in fields.items():
        span = yaml.span(field.key)
        if key == "requires":
            words = "a person's disapproval refuses nothing here: whoever asks for changes only does not approve"
            pieces.append(_said(span, LOOSER, words))
        elif key == "options":
            pieces.append(_said(span, LEFT_OUT, "how somebody disapproves has no meaning here"))
        elif key != "if":
            pieces.append(_said(span, LEFT_OUT, f"policy-bot knows no `{key}` here"))
    return pieces


def _rule(yaml: OriginalYaml, key: str, field: Field, audience: tuple[PrincipalPattern, ...]) -> Rule | None:
    """The rule that refuses at least what a predicate refuses; None where there is none."""
    inner = yaml.fields(field.value, f"`{key}`")
    if key in ("changed_files", "only_changed_files", "no_changed_files"):
        found = read_paths(yaml, inner.get("paths"))
        if any(translation is None for _, translation in found):
            return None
        patterns = patterns_of(found)
        if key == "no_changed_files":
            if "ignore" in inner:
                return None
            return Rule(_negative(patterns) or (PathPattern("**"),), (), audience, _BLOCK)
        ignored = read_paths(yaml, inner.get("ignore"))
        return Rule((*patterns, *_negative(patterns_of(ignored))), (), audience, _BLOCK) if patterns else None
    if key == "targets_branch":
        expression = yaml.text(inner, "pattern")
        refs = None if expression is None else ref_patterns(expression)
        return Rule((), tuple(map(RefPattern, refs.texts)), audience, _BLOCK) if refs is not None and refs.texts else None
    if key in ("has_author_in", "has_contributor_in"):
        actors = read_actors(yaml, inner)
        principals = principals_of(actors.names)
        if principals and len(principals) == len(actors.names) and not actors.organizations and actors.least is None:
            return Rule((PathPattern("**"),), (), principals, _BLOCK)
    return None


def _negative(patterns: list[PathPattern]) -> tuple[PathPattern, ...]:
    return tuple(replace(pattern, negative=True) for pattern in patterns)


def _said(span: Span, id: str, words: str) -> Piece:
    return Piece(title(span), (), (remark(id, words, span),))
