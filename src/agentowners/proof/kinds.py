"""Texts, refs and tokens as policies can tell them apart: one of each kind."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from itertools import islice, product
from typing import Final

from msgspec import Struct

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.policy.model import OidcClaims, Policy
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet, Prover
from agentowners.proof.search import Domain, Witness

_MOST: Final = 400
"""Kinds that are told apart."""
_STEPS: Final = 1_500_000
"""Places of globs that are moved on from, so that it takes a second or two at the most."""
_TRIES: Final = 3
"""Texts that are tried at one set of places, so that one is found which is not somebody's name already."""
_PLAIN: Final = "xyqw07"

_Place = tuple[int, int]
"""A glob, and how many of its parts are behind."""
_Places = frozenset[_Place]


class Kinds(Struct, frozen=True):
    """A text of each kind."""

    texts: tuple[str, ...]
    """The shortest of each; none of what no glob describes."""
    complete: bool
    """True if there are no other kinds."""


def kinds_of(globs: Iterable[str], taken: Collection[str] = (), *, any_run: bool = False, suffix: str = "") -> Kinds:
    """A text for each set of globs that describe something in common and that no other glob describes.

    Args:
        globs: ``*`` is any run without a slash, ``**`` any run; letter case counts.
        taken: texts that stand for themselves, and so for no kind.
        any_run: if ``*`` is any run, too.
        suffix: what a text may also have behind it, so that two texts differ where with it they do.
    """
    parts = [_parts(glob, any_run=any_run) for glob in dict.fromkeys(globs)]
    if not parts:
        return Kinds((), complete=True)
    letters = {part for own in parts for part in own if len(part) == 1 and part != "*"} | (set() if any_run else {"/"})
    alphabet = [*[char for char in _PLAIN if char not in letters][:1], *sorted(letters)]
    start = _closed([(number, 0) for number in range(len(parts))], parts)
    waiting: deque[tuple[_Places, str]] = deque([(start, "")])
    visits: dict[_Places, int] = {start: 1}
    found: dict[tuple[frozenset[int], frozenset[int]], str | None] = {}
    complete, left = True, _STEPS
    while waiting:
        places, text = waiting.popleft()
        left -= len(places) * (len(alphabet) + len(suffix))
        if left < 0 or len(found) > _MOST:
            complete = False
            break
        kind = _ends(places, parts), _ends(_read(places, suffix, parts), parts) if suffix else frozenset()
        if any(kind) and text and found.get(kind) is None:
            found[kind] = None if text in taken else text
        for char in alphabet:
            after = _read(places, char, parts)
            if not after or visits.get(after, 0) >= _TRIES:
                continue
            visits[after] = visits.get(after, 0) + 1
            waiting.append((after, text + char))
    only_taken = [kind for kind, text in found.items() if text is None]
    complete = complete and not any(_is_open(parts[number]) for kind in only_taken for number in kind[0] | kind[1])
    return Kinds(tuple(text for text in found.values() if text is not None), complete)


def _is_open(parts: Sequence[str]) -> bool:
    return any(part.startswith("*") for part in parts)


def _parts(glob: str, *, any_run: bool) -> tuple[str, ...]:
    """Characters, ``*`` and ``**``."""
    found = re.findall(r"\*+|[^*]", glob, re.DOTALL)
    return tuple("**" if part[0] == "*" and (any_run or len(part) > 1) else part for part in found)


def _closed(places: Iterable[_Place], parts: Sequence[tuple[str, ...]]) -> _Places:
    """Places with those that a run of no characters leads to."""
    found: set[_Place] = set()
    for number, at in places:
        found.add((number, at))
        while at < len(parts[number]) and parts[number][at].startswith("*"):
            at += 1
            found.add((number, at))
    return frozenset(found)


def _read(places: _Places, text: str, parts: Sequence[tuple[str, ...]]) -> _Places:
    for char in text:
        after = []
        for number, at in places:
            part = parts[number][at] if at < len(parts[number]) else ""
            if part.startswith("*"):
                if part == "**" or char != "/":
                    after.append((number, at))
            elif part == char:
                after.append((number, at + 1))
        places = _closed(after, parts)
    return places


def _ends(places: _Places, parts: Sequence[tuple[str, ...]]) -> frozenset[int]:
    return frozenset(number for number, at in places if at == len(parts[number]))


MAIN: Final = "refs/heads/main"
_WILD: Final = frozenset("*?[\\")
_MOST_REFS: Final = 64
"""Kinds of refs that are told apart by wildcards."""


def refs_of(policies: Iterable[Policy], prover: Prover) -> tuple[tuple[str, ...], bool]:
    """A ref of each kind, the main branch first, and whether these are all kinds."""
    rules = [rule for policy in policies for layer in policy.layers for rule in layer.rules]
    rules += [promise.claim for policy in policies for layer in policy.layers for promise in layer.asserts]
    texts = dict.fromkeys(ref.text for rule in rules for ref in rule.refs)
    wild = [text for text in texts if text.endswith("/") or not _WILD.isdisjoint(text)]
    names = [text for text in texts if text not in set(wild)]
    kinds: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())]
    known = True
    for text in wild:
        split = [kind for one, other in kinds for kind in (((*one, text), other), (one, (*other, text)))]
        answers = [(kind, _ref_of(kind, (), prover)) for kind in split]
        known = known and all(answer is not Doubt.NOT_KNOWN for _, answer in answers)
        kinds = [kind for kind, answer in answers if isinstance(answer, Witness)]
        if len(kinds) > _MOST_REFS:
            return (MAIN, *names), False
    found = [MAIN, *names]
    for kind in kinds:
        answer = _ref_of(kind, tuple(names), prover)
        if isinstance(answer, Witness):
            found.append(answer.text)
        known = known and answer is not Doubt.NOT_KNOWN
    return tuple(dict.fromkeys(found)), known


def _ref_of(kind: tuple[tuple[str, ...], tuple[str, ...]], names: tuple[str, ...], prover: Prover) -> Witness | Doubt:
    inside, outside = kind
    heads = [] if any(text.startswith("refs/heads/") for text in inside) else [PatternSet(("refs/heads/*",))]
    sets = [ALL_REFS, *(PatternSet((text,)) for text in inside)]
    without = [PatternSet((text,)) for text in (*outside, *names)]
    answer = prover.find([*sets, *heads], without, Domain.REFS)
    return answer if isinstance(answer, Witness) or not heads else prover.find(sets, without, Domain.REFS)


_MANY: Final = 500
_OTHER_VALUE: Final = "-"
"""A claim's value that hardly any pattern describes."""


def tokens_of(policies: Sequence[Policy], issuers: Iterable[str]) -> tuple[list[tuple[Evidence, str]], list[str]]:
    """Tokens of issuers as evidence, each with a name for people; and reasons why there may be others."""
    each = [_token_entries(policy) for policy in policies]
    found: list[tuple[Evidence, str]] = []
    doubts: list[str] = []
    for issuer in issuers:
        checks = {frozenset((one.keys, one.algorithms, one.audience) for one in own.get(issuer, ())) for own in each}
        if len(checks - {frozenset()}) > 1:
            doubts.append("how tokens of an issuer are checked is not the same")
        patterns: dict[str, list[str]] = {}
        for oidc in dict.fromkeys(oidc for own in each for oidc in own.get(issuer, ())):
            for name, pattern in oidc.claims:
                patterns.setdefault(name, []).append(pattern)
        choices: list[list[tuple[str, str]]] = []
        for name, some in patterns.items():
            values, complete = _claim_values(some)
            choices.append([(name, value) for value in values])
            doubts += [] if complete else ["more kinds of claims than are told apart"]
        combined = product(*choices)
        found += [_token(issuer, dict(claims)) for claims in islice(combined, _MANY)]
        if next(combined, None) is not None:
            doubts.append("more kinds of tokens than are told apart")
    return found, doubts


def _token_entries(policy: Policy) -> dict[str, list[OidcClaims]]:
    """Entries of a policy for each issuer."""
    found: dict[str, list[OidcClaims]] = {}
    for oidc in (oidc for layer in policy.layers for entry in layer.agents for oidc in entry.oidc):
        found.setdefault(oidc.issuer, []).append(oidc)
    return found


def _token(issuer: str, claims: dict[str, str]) -> tuple[Evidence, str]:
    subject = claims.get("sub", _OTHER_VALUE)
    text = json.dumps({"iss": issuer, **claims})
    name = f"a token of {issuer if subject == _OTHER_VALUE else subject}"
    return Evidence(Signal.TOKEN, Strength.VERIFIED, text=text), name


def _claim_values(patterns: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """A value of each kind of a claim, a literal one being a kind of its own, and whether these are all."""
    plain = tuple(dict.fromkeys(pattern for pattern in patterns if "*" not in pattern))
    found = kinds_of([pattern for pattern in dict.fromkeys(patterns) if "*" in pattern], plain, any_run=True)
    return (*plain, *found.texts, _OTHER_VALUE), found.complete
