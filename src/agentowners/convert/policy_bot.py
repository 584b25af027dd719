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

PEOPLE: Final = ("has_author_in", "has_contributor_in")
FILES: Final = ("changed_files", "only_changed_files")
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

    @property
    def are_named(self) -> bool:
        """True if they are users and teams, and nobody else."""
        return bool(self.names) and not self.organizations and self.least is None


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

    def add(self, yaml: OriginalYaml, key: str, member: Field) -> None:
        """Add a predicate, as far as it has a form in a policy."""
        span = yaml.span(member.key)
        if key not in (*FILES, "no_changed_files", "targets_branch", *PEOPLE):
            self.lose(f"`{key}` has no form in a policy, so the rule applies whether or not it holds", span)
            return
        fields = yaml.fields(member.value, f"`{key}`")
        if key in FILES:
            self._add_paths(yaml, key, fields, span)
        elif key in PEOPLE:
            self._add_people(key, read_actors(yaml, fields), span)
        elif key == "targets_branch":
            refs = read_refs(yaml, fields)
            if not refs:
                self.lose(f"the expression of `{key}` has no form as patterns, so the rule applies to every branch", span)
            self.refs += refs
        else:
            patterns, have_form = read_paths(yaml, fields.get("paths"))
            if "ignore" in fields or not have_form:
                self.lose(f"`{key}` has no form as patterns, so the rule applies whether or not it holds", span)
                return
            words = f"`{key}` takes out these files alone, and not the changes that hold one"
            self.remarks.append(remark(STRICTER, words, span))
            self.without += patterns

    def _add_paths(self, yaml: OriginalYaml, key: str, fields: dict[str, Field], span: Span) -> None:
        patterns, have_form = read_paths(yaml, fields.get("paths"))
        ignored, all_ignored = read_paths(yaml, fields.get("ignore") if key == "changed_files" else None)
        if not have_form:
            self.lose(f"an expression of `{key}` has no form as patterns, so the rule applies to every path", span)
        elif self.paths:
            self.lose(f"`{key}` beside another list of files: only the first one limits the rule", span)
        elif not patterns:
            self.lose(f"`{key}` matches no path there could be, and the rule applies to every one", span)
        else:
            self.paths += patterns
        if not all_ignored:
            self.lose("an expression of `ignore` has no form as patterns: its files are not ignored", span)
        self.without += ignored

    def _add_people(self, key: str, actors: Actors, span: Span) -> None:
        principals = principals_of(actors.names)
        is_team = any("/" in name for name in actors.names)
        if key == "has_contributor_in" or len(principals) < len(actors.names) or is_team:
            self.frees = False
        if actors.organizations or actors.least is not None or is_team or self.principals:
            self.lose(f"`{key}` names more than users, so the rule applies to everybody's changes", span)
        elif not principals or len(principals) < len(actors.names):
            self.lose(f"`{key}` names nobody whom a policy can name, so the rule applies to everybody's changes", span)
        else:
            self.principals += principals


def read_rule(yaml: OriginalYaml, fields: dict[str, Field], span: Span) -> ApprovalRule:
    """A rule with its predicates, options and requirements."""
    name = yaml.text(fields, "name") or ""
    predicates = yaml.below(fields, "if")
    requires = yaml.below(fields, "requires")
    conditions = yaml.below(requires, "conditions")
    read = _Predicates()
    for key, member in predicates.items():
        read.add(yaml, key, member)
    remarks = [*read.remarks, *_options(yaml, yaml.below(fields, "options"))]
    for key, member in conditions.items():
        words = f"the condition `{key}` has no form in a policy: keep it as a required check of its own"
        remarks.append(remark(LOOSER, words, yaml.span(member.key)))
    for key, member in (*fields.items(), *requires.items()):
        if key not in ("name", "description", "if", "options", "requires", "count", "conditions", *ACTORS):
            remarks.append(remark(LEFT_OUT, f"policy-bot knows no `{key}` here", yaml.span(member.key)))
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
    return Actors(tuple(names), organizations, min(known, key=lambda permission: permission.rank, default=None))


def read_paths(yaml: OriginalYaml, field: Field | None) -> tuple[list[PathPattern], bool]:
    """Patterns of a list of expressions, each once; and True unless one of these has no form as patterns."""
    translations = [path_patterns(item.text) for item in yaml.texts(field)]
    texts = dict.fromkeys(text for patterns in translations if patterns is not None for text in patterns)
    return [PathPattern(text) for text in texts], None not in translations


def read_refs(yaml: OriginalYaml, fields: dict[str, Field]) -> list[RefPattern]:
    """Branches that the expression under ``pattern`` matches; none where it has no form as patterns."""
    expression = yaml.text(fields, "pattern")
    translation = None if expression is None else ref_patterns(expression)
    return [RefPattern(text) for text in translation or ()]


def _count(yaml: OriginalYaml, requires: dict[str, Field]) -> int:
    if "count" not in requires:
        return 0
    text = yaml.nodes.number(requires["count"].value, "`count`")
    return int(text) if text is not None and text.lstrip("-").isdecimal() and len(text) < 10 else 0


_STRICTER_OPTIONS: Final = {
    "allow_author": "the author's own approval does not count here",
    "allow_contributor": "the approval of who contributed does not count here",
    "allow_non_author_contributor": "the approval of who contributed does not count here",
    "ignore_update_merges": "whoever made a commit counts as a contributor here",
    "ignore_commits_by": "whoever made a commit counts as a contributor here",
}


def _options(yaml: OriginalYaml, fields: dict[str, Field]) -> list[Diagnostic]:
    remarks: list[Diagnostic] = []
    for key, member in fields.items():
        span = yaml.span(member.key)
        if key in _STRICTER_OPTIONS:
            if key == "ignore_commits_by" or yaml.flag(fields, key):
                remarks.append(remark(STRICTER, f"`{key}`: {_STRICTER_OPTIONS[key]}", span))
        elif key == "methods":
            methods = yaml.fields(member.value, "`methods`")
            for name, method in methods.items():
                if name == "github_review_comment_patterns":
                    note = remark(LOOSER, f"`{name}`: a review counts here whatever its text is", yaml.span(method.key))
                elif name != "github_review":
                    note = remark(STRICTER, f"`{name}`: only a review counts here", yaml.span(method.key))
                elif not yaml.flag(methods, name):
                    note = remark(LOOSER, "`github_review: false`: a review counts here all the same", yaml.span(method.key))
                else:
                    continue
                remarks.append(note)
        elif key != "invalidate_on_push":
            remarks.append(remark(LEFT_OUT, f"`{key}` decides about no change", span))
    return remarks
