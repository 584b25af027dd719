"""Code owners as rules about agents, so that a path never needs more or other people than CODEOWNERS asks for.

In CODEOWNERS the last line that matches a path counts; in a policy every rule that matches does. So each rule takes out what a
later line gives to others. What cannot be said that way in a line that one can read is left out, and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.convert.codeowners import OwnersLine, OwnersNote, is_everything, is_inside, may_meet, parse, same_owners
from agentowners.engine.matcher import Matcher, MatcherError
from agentowners.policy.model import Decision, Outcome, Rule
from agentowners.policy.patterns import PathPattern
from agentowners.proof.prover import Doubt, PatternSet, Prover
from agentowners.starter.concerns import SECRETS
from agentowners.starter.model import AGENTS, OwnersFile

MAX_RULES: Final = 10
MAX_EXCEPTIONS: Final = 8
_LISTED: Final = 12
_ENVIRONMENTS: Final = frozenset({".env*", *SECRETS.exempt, *SECRETS.free})


class OwnerRules(Struct, frozen=True):
    """Rules made of a CODEOWNERS file."""

    rules: tuple[Rule, ...] = ()
    """At most one of them matches any path."""
    notes: tuple[str, ...] = ()
    """Lines that are not among them, and why; nothing of the file's text is in it, only numbers of lines."""


class _Group(Struct, frozen=True):
    """Lines that follow each other and ask the same people."""

    entries: tuple[OwnersLine, ...]
    """Those that decide about some file; never empty."""
    exceptions: tuple[PathPattern, ...]

    @property
    def lines(self) -> list[int]:
        return [entry.line for entry in self.entries]

    @property
    def rule(self) -> Rule:
        named = list(dict.fromkeys(entry.pattern for entry in self.entries))
        positive = [
            candidate for candidate in named if not any(is_inside(candidate, other) for other in named if other != candidate)
        ]
        negative = dict.fromkeys(replace(pattern, negative=True) for pattern in self.exceptions)
        outcome = Outcome(Decision.REQUIRE_APPROVAL, 1, self.entries[0].owners)
        reason = "its code owners" if outcome.approvers else "it has code owners whom a policy cannot name: anyone may approve"
        return Rule((*positive, *negative), (), AGENTS, outcome, reason=reason)


def owner_rules(
    file: OwnersFile, files: Iterable[str], agents: Collection[str], is_sensitive: Callable[[str], bool], block: Rule
) -> OwnerRules:
    """Take over what a CODEOWNERS file says of the files that there are.

    Args:
        file: the file.
        files: every path of the repository.
        agents: logins and identities, in lower case, that are no people.
        is_sensitive: whether a path is worth a person's look; lines about such paths are taken first.
        block: what agents may not change at all, so that asking its owners would be for nothing.
    """
    read = parse(file.data, agents)
    if read.refused is not None:
        return OwnerRules(notes=(f"{file.path} {read.refused}: nothing of it is repeated here.",))
    try:
        won, sensitive = _decided(read.entries, files, is_sensitive)
    except MatcherError:
        return OwnerRules(notes=(f"{file.path} has patterns that are too large together: nothing of it is repeated here.",))
    runs = _runs(read.entries, won)
    looked_at = runs if len(runs) <= MAX_RULES else _most_needed(runs, read.entries, won, sensitive)
    prover = Prover()
    drafts = [_group(run, read.entries, won) for run in looked_at]
    # later lines may certainly decide about every path of a group
    alive = (group for group in drafts if prover.find([PatternSet.of(group.rule.patterns)]) is not Doubt.NONE)
    groups = [_without_idle(group, prover) for group in alive if not _is_within(group, block, prover)]
    odd = {entry.pattern for entry in read.entries if entry.is_odd}
    selection = [group for group in groups if len(group.exceptions) <= MAX_EXCEPTIONS and odd.isdisjoint(group.exceptions)]
    idle = [entry.line for index, entry in enumerate(read.entries) if entry.owners and not entry.is_odd and index not in won]
    tangled = [line for group in groups if group not in selection for line in group.lines]
    others = [read.entries[index].line for run in runs if run not in looked_at for index in run]
    notes = {
        **{why.value: [line for line, reason in read.left_out if reason is why] for why in OwnersNote},
        "decides about no file that is here": idle,
        "has more exceptions than a line can hold, or an odd one": tangled,
        "one of too many, and about less than the others": others,
    }
    return OwnerRules(tuple(group.rule for group in selection), tuple(_note(why, lines) for why, lines in notes.items() if lines))


def _most_needed(
    runs: list[list[int]], entries: tuple[OwnersLine, ...], won: Counter[int], sensitive: Counter[int]
) -> list[list[int]]:
    """Those about everything, and those about what is sensitive: to take some of the others would be arbitrary."""

    def rank(run: list[int]) -> tuple[bool, int, int]:
        everything = any(is_everything(entries[index].pattern) for index in run)
        return everything, sum(sensitive[index] for index in run), sum(won[index] for index in run)

    needed = [run for run in runs if any(rank(run)[:2])]
    return sorted(sorted(needed, key=rank, reverse=True)[:MAX_RULES])


def _decided(
    entries: tuple[OwnersLine, ...], files: Iterable[str], is_sensitive: Callable[[str], bool]
) -> tuple[Counter[int], Counter[int]]:
    """Number of files, and of sensitive ones, that each line decides about, by its index."""
    matcher = Matcher.of(entry.pattern for entry in entries)
    last = {matcher.number(entry.pattern): index for index, entry in enumerate(entries)}
    won: Counter[int] = Counter()
    sensitive: Counter[int] = Counter()
    for path in files:
        numbers = matcher.match(path)
        if numbers:
            index = max([last[number] for number in numbers])
            won[index] += 1
            sensitive[index] += is_sensitive(path)
    return won, sensitive


def _runs(entries: tuple[OwnersLine, ...], won: Counter[int]) -> list[list[int]]:
    """The lines with owners that get a rule, those together that nothing else stands between."""
    runs: list[list[int]] = []
    last = -1
    for index, entry in enumerate(entries):
        # a line whose owners cannot be named gets a rule before it decides: else a file put there later would be free
        if not entry.is_owned or entry.is_odd or (index not in won and entry.owners):
            continue
        if not runs or not all(same_owners(a, b) for a, b in pairwise(entries[last : index + 1])):
            runs.append([])
        runs[-1].append(index)
        last = index
    return runs


def _group(run: list[int], entries: tuple[OwnersLine, ...], won: Counter[int]) -> _Group:
    members = [entries[index] for index in run]
    exceptions: list[PathPattern] = []
    for index, entry in enumerate(entries[run[-1] + 1 :], start=run[-1] + 1):
        # Nobody is asked by a line that decides about no file yet, so what it will decide about stays with the owners before it:
        # else a file put there later would have none. And an odd pattern hardly matches what it was meant for.
        is_idle = index not in won and (entry.is_odd or bool(entry.owners))
        if is_idle or same_owners(entry, members[0]) or not any(may_meet(member.pattern, entry.pattern) for member in members):
            continue
        if not any(is_inside(entry.pattern, other) for other in exceptions):
            exceptions = [other for other in exceptions if not is_inside(other, entry.pattern)] + [entry.pattern]
        if len(exceptions) > 10 * MAX_EXCEPTIONS:
            break
    return _Group(tuple(members), tuple(exceptions))


def _is_within(group: _Group, block: Rule, prover: Prover) -> bool:
    # a directory called like a template could hold a key, which nobody means: so keys are asked about without the templates
    keys = [pattern for pattern in block.patterns if pattern.text not in _ENVIRONMENTS]
    outers = [PatternSet.of(block.patterns), PatternSet.of(keys)]
    return all(
        any(prover.find([PatternSet((entry.pattern.text,))], [outer]) is Doubt.NONE for outer in outers)
        for entry in group.entries
    )


def _without_idle(group: _Group, prover: Prover) -> _Group:
    """The group less exceptions that take nothing out, where that is certain."""
    exceptions = list(group.exceptions)
    if len(exceptions) > 2 * MAX_EXCEPTIONS:
        return group
    positive = tuple(entry.pattern.text for entry in group.entries)
    for pattern in group.exceptions:
        others = tuple(other.text for other in exceptions if other != pattern)
        if prover.find([PatternSet(positive, others), PatternSet((pattern.text,))]) is Doubt.NONE:
            exceptions.remove(pattern)
    return replace(group, exceptions=tuple(exceptions))


def _note(why: str, lines: list[int]) -> str:
    numbers = ", ".join(map(str, lines[:_LISTED]))
    more = f" and {len(lines) - _LISTED} more" if len(lines) > _LISTED else ""
    return f"line {numbers}: {why}" if len(lines) == 1 else f"lines {numbers}{more}: {why}"
