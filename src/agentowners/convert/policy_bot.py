"""policy-bot's ``.policy.yml``: its rules, with the places where each can apply.

Source: https://github.com/palantir/policy-bot, README and ``policy/``.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, negated, remark
from agentowners.convert.people import principals_of
from agentowners.convert.reading import OriginalYaml
from agentowners.convert.regexes import path_patterns, ref_patterns
from agentowners.diagnostics import Diagnostic, Span
from agentowners.policy.model import MAX_APPROVALS, Permission
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern
from agentowners.yamltext.nodes import Field

ACTORS: Final = ("users", "teams", "organizations", "permissions", "admins", "write_collaborators")
_PERMISSIONS: Final = {permission.value: permission for permission in Permission if permission is not Permission.NONE}


class ActiveScope(Struct, frozen=True):
    """Places where a rule applies: each empty part is no limit."""

    paths: tuple[PathPattern, ...] = ()
    refs: tuple[RefPattern, ...] = ()
    principals: tuple[PrincipalPattern, ...] = ()


class Actors(Struct, frozen=True):
    """Those whose approval counts, or who made the change."""

    names: tuple[str, ...] = ()
    """Users and teams."""
    organizations: tuple[str, ...] = ()
    least: Permission | None = None
    """The least of the permissions with any of which somebody is one of them."""

    @property
    def is_nobody(self) -> bool:
        """True if nothing says who."""
        return not self.names and not self.organizations and self.least is None


class ApprovalRule(Struct, frozen=True):
    """One of ``approval_rules``."""

    name: str
    span: Span
    within: ActiveScope
    """Certainly no smaller than where the rule is active."""
    frees: ActiveScope | None
    """Certainly no larger than where the rule is active; None where that has no form."""
    is_conditional: bool
    count: int
    actors: Actors
    conditions: bool = False
    """True if more than approvals is required, which no policy here can hold."""
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def is_free(self) -> bool:
        """True if it approves by itself where it is active."""
        return self.count <= 0 and not self.conditions


class _Predicates(Struct):
    """Predicates that have to hold together, as far as they were read."""

    paths: list[PathPattern] = field(default_factory=list)
    without: list[PathPattern] = field(default_factory=list)
    refs: list[RefPattern] = field(default_factory=list)
    principals: list[PrincipalPattern] = field(default_factory=list)
    frees: bool = True
    remarks: list[Diagnostic] = field(default_factory=list)

    def lose(self, words: str, span: Span) -> None:
        """Say that something makes the rule apply to more than it did, so that it certainly frees nothing."""
        self.frees = False
        self.remarks.append(remark(STRICTER, words, span))


def read_rule(yaml: OriginalYaml, fields: dict[str, Field], span: Span) -> ApprovalRule:
    """A rule with its predicates, options and requirements."""
    name = yaml.text(fields, "name") or ""
    predicates = yaml.below(fields, "if")
    requires = yaml.below(fields, "requires")
    conditions = yaml.below(requires, "conditions")
    read = _predicates(yaml, predicates)
    remarks = [*read.remarks, *_options(yaml, yaml.below(fields, "options"))]
    for key, one in conditions.items():
        words = f"the condition `{key}` has no form in a policy: keep it as a required check of its own"
        remarks.append(remark(LOOSER, words, yaml.span(one.key)))
    for key, one in (*fields.items(), *requires.items()):
        if key not in ("name", "description", "if", "options", "requires", "count", "conditions", *ACTORS):
            remarks.append(remark(LEFT_OUT, f"policy-bot knows no `{key}` here", yaml.span(one.key)))
    count = _count(yaml, requires)
    if count > MAX_APPROVALS:
        words = f"{count:,} approvals are more than a rule can ask for, so it refuses"
        remarks.append(remark(STRICTER, words, yaml.span(requires["count"].key)))
    scope = ActiveScope(tuple(dict.fromkeys((*read.paths, *negated(read.without)))), tuple(read.refs), tuple(read.principals))
    return ApprovalRule(
        name,
        span,
        scope,
        scope if read.frees else None,
        bool(predicates),
        count,
        read_actors(yaml, requires),
        bool(conditions),
        tuple(remarks),
    )


def read_actors(yaml: OriginalYaml, fields: dict[str, Field]) -> Actors:
    """Users, teams, organizations and permissions."""
    names = [item.text for key in ("users", "teams") for item in yaml.texts(fields.get(key))]
    permissions = [item.text.lower() for item in yaml.texts(fields.get("permissions"))]
    permissions += ["admin"] * yaml.flag(fields, "admins") + ["write"] * yaml.flag(fields, "write_collaborators")
    known = [_PERMISSIONS[text] for text in permissions if text in _PERMISSIONS]
    organizations = tuple(item.text for item in yaml.texts(fields.get("organizations")))
    return Actors(tuple(names), organizations, min(known, key=lambda one: one.rank, default=None))


def read_paths(yaml: OriginalYaml, field: Field | None) -> tuple[list[PathPattern], bool]:
    """Patterns of a list of expressions, each once; and True unless one of these has no form as patterns."""
    found = [path_patterns(item.text) for item in yaml.texts(field)]
    texts = dict.fromkeys(text for patterns in found if patterns is not None for text in patterns)
    return [PathPattern(text) for text in texts], None not in found


def read_refs(yaml: OriginalYaml, fields: dict[str, Field]) -> list[RefPattern]:
    """Branches that the expression under ``pattern`` matches; none where it has no form as patterns."""
    expression = yaml.text(fields, "pattern")
    found = None if expression is None else ref_patterns(expression)
    return [RefPattern(text) for text in found or ()]


def _count(yaml: OriginalYaml, requires: dict[str, Field]) -> int:
    if "count" not in requires:
        return 0
    text = yaml.nodes.number(requires["count"].value, "`count`")
    return int(text) if text is not None and text.lstrip("-").isdecimal() and len(text) < 10 else 0


def _predicates(yaml: OriginalYaml, fields: dict[str, Field]) -> _Predicates:
    read = _Predicates()
    for key, one in fields.items():
        match key:
            case "changed_files" | "only_changed_files":
                _add_paths(yaml, key, one, read)
            case "no_changed_files":
                _add_missing(yaml, one, read)
            case "targets_branch":
                _add_branch(yaml, one, read)
            case "has_author_in" | "has_contributor_in":
                _add_people(yaml, key, one, read)
            case _:
                read.lose(f"`{key}` has no form in a policy, so the rule applies whether or not it holds", yaml.span(one.key))
    return read


def _add_paths(yaml: OriginalYaml, key: str, one: Field, read: _Predicates) -> None:
    inner = yaml.fields(one.value, f"`{key}`")
    span = yaml.span(one.key)
    patterns, have_form = read_paths(yaml, inner.get("paths"))
    ignored, all_ignored = read_paths(yaml, inner.get("ignore") if key == "changed_files" else None)
    if not have_form:
        read.lose(f"an expression of `{key}` has no form as patterns, so the rule applies to every path", span)
    elif read.paths:
        read.lose(f"`{key}` beside another list of files: only the first one limits the rule", span)
    elif not patterns:
        read.lose(f"`{key}` matches no path there could be, and the rule applies to every one", span)
    else:
        read.paths += patterns
    if not all_ignored:
        read.lose("an expression of `ignore` has no form as patterns: its files are not ignored", span)
    read.without += ignored


def _add_missing(yaml: OriginalYaml, one: Field, read: _Predicates) -> None:
    """``no_changed_files``: where a file is changed that must not be, the rule is off; here it is off for that file alone."""
    inner = yaml.fields(one.value, "`no_changed_files`")
    patterns, have_form = read_paths(yaml, inner.get("paths"))
    span = yaml.span(one.key)
    if "ignore" in inner or not have_form:
        read.lose("`no_changed_files` has no form as patterns, so the rule applies whether or not it holds", span)
        return
    words = "`no_changed_files` takes out these files alone, and not the changes that hold one"
    read.remarks.append(remark(STRICTER, words, span))
    read.without += patterns


def _add_branch(yaml: OriginalYaml, one: Field, read: _Predicates) -> None:
    refs = read_refs(yaml, yaml.fields(one.value, "`targets_branch`"))
    if not refs:
        words = "the expression of `targets_branch` has no form as patterns, so the rule applies to every branch"
        read.lose(words, yaml.span(one.key))
    read.refs += refs


def _add_people(yaml: OriginalYaml, key: str, one: Field, read: _Predicates) -> None:
    inner = yaml.fields(one.value, f"`{key}`")
    actors = read_actors(yaml, inner)
    span = yaml.span(one.key)
    principals = principals_of(actors.names)
    if key == "has_contributor_in" or len(principals) < len(actors.names) or any("/" in one.text for one in principals):
        read.frees = False
    if actors.organizations or actors.least is not None or any("/" in name for name in actors.names) or read.principals:
        read.lose(f"`{key}` names more than users, so the rule applies to everybody's changes", span)
    elif not principals or len(principals) < len(actors.names):
        read.lose(f"`{key}` names nobody whom a policy can name, so the rule applies to everybody's changes", span)
    else:
        read.principals += principals


_STRICTER_OPTIONS: Final = {
    "allow_author": "the author's own approval does not count here",
    "allow_contributor": "the approval of who contributed does not count here",
    "allow_non_author_contributor": "the approval of who contributed does not count here",
    "ignore_update_merges": "whoever made a commit counts as a contributor here",
    "ignore_commits_by": "whoever made a commit counts as a contributor here",
}


def _options(yaml: OriginalYaml, fields: dict[str, Field]) -> list[Diagnostic]:
    remarks: list[Diagnostic] = []
    for key, one in fields.items():
        span = yaml.span(one.key)
        if key in _STRICTER_OPTIONS:
            if key == "ignore_commits_by" or yaml.flag(fields, key):
                remarks.append(remark(STRICTER, f"`{key}`: {_STRICTER_OPTIONS[key]}", span))
        elif key == "methods":
            remarks += _methods(yaml, yaml.fields(one.value, "`methods`"))
        elif key != "invalidate_on_push":
            remarks.append(remark(LEFT_OUT, f"`{key}` decides about no change", span))
    return remarks


def _methods(yaml: OriginalYaml, fields: dict[str, Field]) -> list[Diagnostic]:
    remarks: list[Diagnostic] = []
    for key, one in fields.items():
        span = yaml.span(one.key)
        if key == "github_review":
            if not yaml.flag(fields, key):
                remarks.append(remark(LOOSER, "`github_review: false`: a review counts here all the same", span))
        elif key == "github_review_comment_patterns":
            remarks.append(remark(LOOSER, f"`{key}`: a review counts here whatever its text is", span))
        else:
            remarks.append(remark(STRICTER, f"`{key}`: only a review counts here", span))
    return remarks
