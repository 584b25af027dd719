"""A tree of Prow's OWNERS files, read as Prow's approve plugin reads it.

Source: https://docs.prow.k8s.io/docs/components/plugins/approve/approvers/ and ``pkg/repoowners`` of Prow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from agentowners.convert.model import LEFT_OUT, remark
from agentowners.convert.reading import OriginalYaml
from agentowners.diagnostics import Diagnostic, Source, Span
from agentowners.yamltext.nodes import Field

OWNERS: Final = "OWNERS"
ALIASES: Final = "OWNERS_ALIASES"
_OPTIONS: Final = ("no_parent_owners", "auto_approve_unowned_subfolders")
_WORDS: Final = {
    "reviewers": "reviewers only give advice: who may approve is another list",
    "required_reviewers": "Prow only asks them for their review",
    "labels": "labels are Prow's own",
    "emeritus_approvers": "they approve nothing any more",
    "emeritus_reviewers": "they review nothing any more",
}
_EVERYTHING: Final = ".*"


class OwnersFilter(Struct, frozen=True):
    """Approvers of those files of a folder that a regular expression matches."""

    expression: str
    approvers: tuple[str, ...]
    span: Span


class OwnersFolder(Struct, frozen=True):
    """An OWNERS file."""

    folder: str
    """From the root; empty for the root itself."""
    span: Span
    approvers: tuple[str, ...] = ()
    """Approvers of everything below."""
    filters: tuple[OwnersFilter, ...] = ()
    no_parents: bool = False
    auto_approves: bool = False
    """True if what lies deeper than the folder's own files needs no approval."""
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def decides(self) -> bool:
        """True if it names approvers."""
        return bool(self.approvers or any(one.approvers for one in self.filters))


def read_folders(sources: Iterable[Source]) -> dict[str, OwnersFolder]:
    """The OWNERS files by folder, aliases put in.

    Raises:
        PolicyError: one of them is no YAML, or of another form.
    """
    found = {source.path: source for source in sources}
    aliases = _aliases(found[ALIASES]) if ALIASES in found else {}
    folders: dict[str, OwnersFolder] = {}
    for path, source in sorted(found.items()):
        if path.rpartition("/")[2] == OWNERS:
            folders[path.rpartition("/")[0]] = _folder(source, aliases)
    return folders


def _aliases(source: Source) -> dict[str, tuple[str, ...]]:
    yaml = OriginalYaml(source)
    groups = yaml.below(yaml.fields(yaml.root, "the file"), "aliases")
    found = {name.lower(): tuple(item.text for item in yaml.texts(field)) for name, field in groups.items()}
    yaml.finish()
    return found


def _folder(source: Source, aliases: Mapping[str, tuple[str, ...]]) -> OwnersFolder:
    yaml = OriginalYaml(source)
    fields = yaml.fields(yaml.root, "the file")
    options = yaml.below(fields, "options")
    remarks: list[Diagnostic] = []
    simple = any(yaml.items(fields.get(key)) for key in ("approvers", "reviewers", "required_reviewers", "labels"))
    approvers = _people(yaml, fields.get("approvers"), aliases)
    filters: list[OwnersFilter] = []
    for expression, field in yaml.below(fields, "filters").items():
        if simple:
            remarks.append(remark(LEFT_OUT, "Prow reads no filters beside the lists of the whole folder", yaml.span(field.key)))
            break
        inner = yaml.fields(field.value, "a filter")
        people = _people(yaml, inner.get("approvers"), aliases)
        remarks += _left_out(yaml, inner, ("approvers",))
        if expression == _EVERYTHING:
            approvers += people
        elif people:
            filters.append(OwnersFilter(expression, people, yaml.span(field.key)))
    remarks += _left_out(yaml, fields, ("approvers", "filters", "options"))
    remarks += _left_out(yaml, options, _OPTIONS)
    no_parents, auto = (yaml.flag(options, key) for key in _OPTIONS)
    place = fields["approvers"].key if "approvers" in fields else yaml.root
    span = Span(source.path, 1, 1, 1, 1) if place is None else yaml.span(place)
    yaml.finish()
    folder = source.path.rpartition("/")[0]
    return OwnersFolder(folder, span, approvers, tuple(filters), no_parents, auto, tuple(remarks))


def _people(yaml: OriginalYaml, field: Field | None, aliases: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Logins in lower case, as Prow compares them, each once."""
    found: dict[str, None] = {}
    for item in yaml.texts(field):
        name = item.text.strip().removeprefix("@").lower()
        found.update(dict.fromkeys(login.removeprefix("@").lower() for login in aliases.get(name, (name,))))
    return tuple(found)


def _left_out(yaml: OriginalYaml, fields: Mapping[str, Field], known: tuple[str, ...]) -> list[Diagnostic]:
    return [
        remark(LEFT_OUT, f"`{key}`: {_WORDS.get(key, 'Prow knows no such key')}", yaml.span(field.key))
        for key, field in fields.items()
        if key not in known
    ]
