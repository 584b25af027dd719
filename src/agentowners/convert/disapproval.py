"""policy-bot's disapproval: predicates any of which refuses a change, and people who may."""

from __future__ import annotations

from agentowners.convert.model import BLOCK, EVERYTHING, LEFT_OUT, LOOSER, Piece, negated, note, title
from agentowners.convert.people import principals_of
from agentowners.convert.policy_bot import patterns_of, read_actors, read_paths
from agentowners.convert.reading import OriginalYaml
from agentowners.convert.regexes import ref_patterns
from agentowners.policy.model import Rule
from agentowners.policy.patterns import PrincipalPattern, RefPattern
from agentowners.yamltext.nodes import Field

_NO_FORM = "has no form in a policy: a change that it would refuse is not refused"


def disapprovals(yaml: OriginalYaml, policy: dict[str, Field], audience: tuple[PrincipalPattern, ...]) -> list[Piece]:
    """The rules that refuse what the predicates refuse, and what is said of the rest."""
    fields = yaml.below(policy, "disapproval")
    pieces: list[Piece] = []
    for key, field in yaml.below(fields, "if").items():
        span = yaml.span(field.key)
        rule = _rule(yaml, key, field, audience)
        pieces.append(note(LOOSER, f"`{key}` {_NO_FORM}", span) if rule is None else Piece(title(span, key), (rule,)))
    for key, field in fields.items():
        span = yaml.span(field.key)
        if key == "requires":
            words = "a person's disapproval refuses nothing here: whoever asks for changes only does not approve"
            pieces.append(note(LOOSER, words, span))
        elif key == "options":
            pieces.append(note(LEFT_OUT, "how somebody disapproves has no meaning here", span))
        elif key != "if":
            pieces.append(note(LEFT_OUT, f"policy-bot knows no `{key}` here", span))
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
            return Rule(negated(patterns) or (EVERYTHING,), (), audience, BLOCK)
        ignored = read_paths(yaml, inner.get("ignore"))
        return Rule((*patterns, *negated(patterns_of(ignored))), (), audience, BLOCK) if patterns else None
    if key == "targets_branch":
        expression = yaml.text(inner, "pattern")
        refs = None if expression is None else ref_patterns(expression)
        return Rule((), tuple(map(RefPattern, refs.texts)), audience, BLOCK) if refs is not None and refs.texts else None
    if key in ("has_author_in", "has_contributor_in"):
        actors = read_actors(yaml, inner)
        principals = principals_of(actors.names)
        if principals and len(principals) == len(actors.names) and not actors.organizations and actors.least is None:
            return Rule((EVERYTHING,), (), principals, BLOCK)
    return None
