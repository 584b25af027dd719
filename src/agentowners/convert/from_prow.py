"""Prow's OWNERS files as a policy: for each path one rule, which asks somebody named in its folder or above it.

Source: https://docs.prow.k8s.io/docs/components/plugins/approve/approvers/ and ``pkg/repoowners`` of Prow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from agentowners.convert.model import LEFT_OUT, STRICTER, Conversion, Origin, Piece, negated, note, remark, title
from agentowners.convert.people import approvers_of, literal
from agentowners.convert.reading import OriginalYaml
from agentowners.convert.regexes import path_patterns
from agentowners.diagnostics import AgentownersError, Diagnostic, Source, Span
from agentowners.policy.model import BLOCK, Decision, Outcome, Rule
from agentowners.policy.patterns import EVERYTHING, PathPattern, PrincipalPattern
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
MAX_FILES: Final = 20_000
_NOBODY: Final = "nobody is named for these paths, so nobody can approve them in Prow but by hand"


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
        return bool(self.approvers or any(each.approvers for each in self.filters))


def from_prow(sources: Sequence[Source], audience: tuple[PrincipalPattern, ...]) -> Conversion:
    """Convert a repository's OWNERS and OWNERS_ALIASES files.

    Raises:
        PolicyError: one of them is no YAML, or of another form.
        AgentownersError: there is none.
    """
    folders = _read_folders(sources)
    if not folders:
        raise AgentownersError("there is no OWNERS file", help="name the repository's root, where Prow's OWNERS files are")
    deciding = {name for name, folder in folders.items() if folder.decides}
    below = _nearest(deciding)
    pieces: list[Piece] = []
    if "" not in deciding:
        root = folders.get("")
        span = Span(OWNERS, 1, 1, 1, 1) if root is None else root.span
        rule = Rule((EVERYTHING, *_without(below[""])), (), audience, BLOCK, reason=_NOBODY)
        pieces.append(Piece(title(span, "nobody named"), (rule,)))
    for name, folder in sorted(folders.items()):
        pieces += _pieces(folder, folders, _without(below.get(name, ())), audience)
    for source in sources:
        if source.path.endswith(f"/{ALIASES}"):
            words = "Prow reads aliases at the repository's root only"
            pieces.append(note(LEFT_OUT, words, Span(source.path, 1, 1, 1, 1)))
    head = (
        "Made of Prow's OWNERS files by agentowners convert; each rule stands below the place that it came from.",
        f"Prow asks an approver about everybody's changes; these rules are about {' '.join(map(str, audience))}.",
        "A path asks one of those named in its folder or above it; so each rule takes out the folders below that name others.",
        "An approval here is a review of the newest commit, and never its author's; Prow takes a comment, and the author's own.",
    )
    return Conversion(Origin.PROW, head, tuple(pieces))


def _read_folders(sources: Iterable[Source]) -> dict[str, OwnersFolder]:
    """The OWNERS files by folder, aliases put in."""
    by_path = {source.path: source for source in sources}
    aliases = _aliases(by_path[ALIASES]) if ALIASES in by_path else {}
    folders: dict[str, OwnersFolder] = {}
    for path, source in sorted(by_path.items()):
        if path.rpartition("/")[2] == OWNERS:
            folders[path.rpartition("/")[0]] = _folder(source, aliases)
    return folders


def _aliases(source: Source) -> dict[str, tuple[str, ...]]:
    yaml = OriginalYaml(source)
    groups = yaml.below(yaml.fields(yaml.root, "the file"), "aliases")
    aliases = {name.lower(): tuple(item.text for item in yaml.texts(field)) for name, field in groups.items()}
    yaml.finish()
    return aliases


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
    names: dict[str, None] = {}
    for item in yaml.texts(field):
        name = item.text.strip().removeprefix("@").lower()
        names.update(dict.fromkeys(login.removeprefix("@").lower() for login in aliases.get(name, (name,))))
    return tuple(names)


def _left_out(yaml: OriginalYaml, fields: Mapping[str, Field], known: tuple[str, ...]) -> list[Diagnostic]:
    return [
        remark(LEFT_OUT, f"`{key}`: {_WORDS.get(key, 'Prow knows no such key')}", yaml.span(field.key))
        for key, field in fields.items()
        if key not in known
    ]


def _nearest(deciding: set[str]) -> dict[str, list[str]]:
    """For each folder that decides, and the root, those below it with none between."""
    children: dict[str, list[str]] = {name: [] for name in (*deciding, "")}
    for name in sorted(deciding - {""}):
        above = name.rpartition("/")[0]
        while above not in children:
            above = above.rpartition("/")[0]
        children[above].append(name)
    return children


def _without(folders: Sequence[str]) -> tuple[PathPattern, ...]:
    return tuple(PathPattern(f"/{literal(folder)}/", negative=True) for folder in folders)


def _pieces(
    folder: OwnersFolder,
    folders: Mapping[str, OwnersFolder],
    without: tuple[PathPattern, ...],
    audience: tuple[PrincipalPattern, ...],
) -> Iterator[Piece]:
    if not folder.decides:
        if folder.remarks:
            yield Piece(title(folder.span), (), folder.remarks)
        return
    base = f"{literal(folder.folder)}/" if folder.folder else ""
    remarks = list(folder.remarks)
    exceptions: list[PathPattern] = []
    lost = False
    for part in folder.filters:
        texts = path_patterns(part.expression, base)
        if not texts:
            words = f"the filter `{part.expression[:80]}` has no form as patterns, so its approvers do not count"
            remarks.append(remark(STRICTER, words, part.span))
            lost = True
            continue
        patterns = [PathPattern(text) for text in texts]
        about: list[Diagnostic] = []
        outcome = _outcome((*part.approvers, *folder.approvers), folder, folders, about)
        rule = Rule((*patterns, *without, *negated(exceptions)), (), audience, outcome)
        yield Piece(title(part.span, part.expression[:80]), (rule,), tuple(about))
        exceptions += patterns
    outcome = _outcome(folder.approvers, folder, folders, remarks, lost=lost)
    scope = PathPattern(f"/{base}") if base else EVERYTHING
    if folder.auto_approves and not folder.filters:
        scope = PathPattern(f"/{base}*")
        if not base:
            words = "at the root, `auto_approve_unowned_subfolders` makes Prow approve the root's own files too"
            remarks.append(remark(STRICTER, words, folder.span))
    elif folder.auto_approves:
        remarks.append(remark(STRICTER, "`auto_approve_unowned_subfolders` beside filters is not carried over", folder.span))
    reason = _NOBODY if outcome == BLOCK else None
    yield Piece(
        title(folder.span), (Rule((scope, *without, *negated(exceptions)), (), audience, outcome, reason=reason),), tuple(remarks)
    )


def _outcome(
    names: tuple[str, ...],
    folder: OwnersFolder,
    folders: Mapping[str, OwnersFolder],
    remarks: list[Diagnostic],
    *,
    lost: bool = False,
) -> Outcome:
    """One approval by somebody named here or above; refused where there is nobody.

    ``remarks`` takes what there is to say; ``lost`` tells that somebody is named for some of these paths who does not count here.
    """
    everybody = dict.fromkeys(names)
    ends = folder.no_parents and (lost or bool(everybody))
    place = folder.folder
    while place and not ends:
        place = place.rpartition("/")[0]
        at = folders.get(place)
        if at is None:
            continue
        lost = lost or bool(at.filters)
        ends = at.no_parents and (lost or bool(everybody or at.approvers))
        everybody.update(dict.fromkeys(at.approvers))
        if at.filters:
            words = f"whom the filters of `{at.span.path}` name above this folder does not count here"
            remarks.append(remark(STRICTER, words, folder.span))
    approvers, others = approvers_of(everybody)
    remarks += [remark(STRICTER, words, folder.span) for words in others]
    return Outcome(Decision.REQUIRE_APPROVAL, 1, approvers) if approvers else BLOCK
