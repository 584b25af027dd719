"""Prow's OWNERS files as a policy: for each path one rule, which asks somebody named in its folder or above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agentowners.convert.model import (
    BLOCK,
    EVERYTHING,
    LEFT_OUT,
    STRICTER,
    Conversion,
    Origin,
    Piece,
    negated,
    note,
    remark,
    title,
)
from agentowners.convert.people import approvers_of, literal
from agentowners.convert.prow import ALIASES, OWNERS, OwnersFolder, read_folders
from agentowners.convert.regexes import path_patterns
from agentowners.diagnostics import AgentownersError, Diagnostic, Source, Span
from agentowners.policy.model import Decision, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern

MAX_FILES: Final = 20_000
_NOBODY: Final = "nobody is named for these paths, so nobody can approve them in Prow but by hand"


def from_prow(sources: Sequence[Source], audience: tuple[PrincipalPattern, ...]) -> Conversion:
    """Convert a repository's OWNERS and OWNERS_ALIASES files.

    Raises:
        PolicyError: one of them is no YAML, or of another form.
        AgentownersError: there is none.
    """
    folders = read_folders(sources)
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


def _nearest(deciding: set[str]) -> dict[str, list[str]]:
    """For each folder that decides, and the root, those below it with none between."""
    found: dict[str, list[str]] = {name: [] for name in (*deciding, "")}
    for name in sorted(deciding - {""}):
        above = name
        while above:
            above = above.rpartition("/")[0]
            if above in found:
                found[above].append(name)
                break
    return found


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
    taken: list[PathPattern] = []
    lost = False
    for one in folder.filters:
        found = path_patterns(one.expression, base)
        if found is None or not found.texts:
            words = f"the filter `{one.expression[:80]}` has no form as patterns, so its approvers do not count"
            remarks.append(remark(STRICTER, words, one.span))
            lost = True
            continue
        patterns = [PathPattern(text) for text in found.texts]
        about: list[Diagnostic] = []
        outcome = _outcome((*one.approvers, *folder.approvers), folder, folders, about)
        rule = Rule((*patterns, *without, *negated(taken)), (), audience, outcome)
        yield Piece(title(one.span, one.expression[:80]), (rule,), tuple(about))
        taken += patterns
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
        title(folder.span), (Rule((scope, *without, *negated(taken)), (), audience, outcome, reason=reason),), tuple(remarks)
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
    named = approvers_of(everybody)
    remarks += [remark(STRICTER, words, folder.span) for words in named.words]
    if not named.approvers:
        return BLOCK
    return Outcome(Decision.REQUIRE_APPROVAL, 1, named.approvers)
