"""Texts, refs and tokens as policies can tell them apart: one of each kind."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from itertools import islice, product
from typing import Final

from msgspec import Struct

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.policy.model import OidcClaims, Policy
from agentowners.proof.machine import Effort, Exhausted, Machine, State
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet, Prover
from agentowners.proof.search import Domain, Witness

_MOST: Final = 400
"""Kinds that are told apart."""
_STEPS: Final = 1_500_000
"""Small steps, so that it takes a second or two at the most."""
_TRIES: Final = 3
"""Texts that are tried at the same states, so that one is found which is not somebody's name already."""
_PLAIN: Final = "xyqw07"

_States = tuple[tuple[int, State], ...]
"""Globs that may still match, each with the state of its machine."""


class Kinds(Struct, frozen=True):
    """A text of each kind."""

    texts: tuple[str, ...]
    """The shortest of each; none of what no glob describes."""
    complete: bool
    """True if there are no other kinds."""


def kinds_of(
    globs: Iterable[str], literals: Collection[str] = (), *, any_run: bool = False, suffix: str = "", not_last: str = ""
) -> Kinds:
    """A text for each set of globs that describe something in common and that no other glob describes.

    Args:
        globs: ``*`` is any run without a slash, ``**`` any run; letter case counts.
        literals: texts that stand for themselves, and so for no kind.
        any_run: if ``*`` is any run, too.
        suffix: what a text may also have behind it, so that two texts differ where with it they do.
        not_last: characters that no text ends in.
    """
    texts = [re.sub(r"\*+", "**", glob) if any_run else glob for glob in dict.fromkeys(globs)]
    letters = (set().union(*texts) - {"*"}) | (set() if any_run else {"/"})
    alphabet = [*[char for char in _PLAIN if char not in letters][:1], *sorted(letters)]
    effort, complete = Effort(_STEPS), False
    by_kind: dict[tuple[frozenset[int], frozenset[int]], str | None] = {}
    with suppress(Exhausted):
        machines = [Machine(_expression(text), effort, whole=True) for text in texts]
        start: _States = tuple(enumerate(machine.start for machine in machines))
        waiting = deque([(start, "")])
        visits = Counter([start])
        while waiting and len(by_kind) <= _MOST:
            states, text = waiting.popleft()
            effort.spend(len(states) * (len(alphabet) + len(suffix)))
            kind = _accepting(states), _accepting(_advanced(states, suffix, machines)) if suffix else frozenset()
            if any(kind) and text and by_kind.get(kind) is None:
                by_kind[kind] = None if text in literals or text[-1] in not_last else text
            for char in alphabet:
                after = _advanced(states, char, machines)
                if after and visits[after] < _TRIES:
                    visits[after] += 1
                    waiting.append((after, text + char))
        complete = not waiting
    only_taken = [kind for kind, text in by_kind.items() if text is None]
    complete = complete and not any("*" in texts[number] for kind in only_taken for number in kind[0] | kind[1])
    return Kinds(tuple(text for text in by_kind.values() if text is not None), complete)


def _expression(glob: str) -> str:
    runs = {"": "", "*": "[^/]*"}
    parts = re.split(r"(\*+)", glob)
    return "(?s)^" + "".join(runs.get(part, ".*") if part.strip("*") == "" else re.escape(part) for part in parts) + "$"


def _advanced(states: _States, text: str, machines: Sequence[Machine]) -> _States:
    for char in map(ord, text):
        after = ((number, machines[number].step(state, char)) for number, state in states)
        states = tuple([(number, state) for number, state in after if not state.dead])
    return states


def _accepting(states: _States) -> frozenset[int]:
    return frozenset(number for number, state in states if state.accepts)


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
        split = [kind for inside, outside in kinds for kind in (((*inside, text), outside), (inside, (*outside, text)))]
        answers = [(kind, _ref_of(kind, (), prover)) for kind in split]
        known = known and all(answer is not Doubt.NOT_KNOWN for _, answer in answers)
        kinds = [kind for kind, answer in answers if isinstance(answer, Witness)]
        if len(kinds) > _MOST_REFS:
            return (MAIN, *names), False
    refs = [MAIN, *names]
    for kind in kinds:
        answer = _ref_of(kind, tuple(names), prover)
        if isinstance(answer, Witness):
            refs.append(answer.text)
        known = known and answer is not Doubt.NOT_KNOWN
    return tuple(dict.fromkeys(refs)), known


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
    tokens: list[tuple[Evidence, str]] = []
    doubts: list[str] = []
    for issuer in issuers:
        checks = {frozenset((entry.keys, entry.algorithms, entry.audience) for entry in own.get(issuer, ())) for own in each}
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
        tokens += [_token(issuer, dict(claims)) for claims in islice(combined, _MANY)]
        if next(combined, None) is not None:
            doubts.append("more kinds of tokens than are told apart")
    return tokens, doubts


def _token_entries(policy: Policy) -> dict[str, list[OidcClaims]]:
    """Entries of a policy for each issuer."""
    by_issuer: dict[str, list[OidcClaims]] = {}
    for oidc in (oidc for layer in policy.layers for entry in layer.agents for oidc in entry.oidc):
        by_issuer.setdefault(oidc.issuer, []).append(oidc)
    return by_issuer


def _token(issuer: str, claims: dict[str, str]) -> tuple[Evidence, str]:
    subject = claims.get("sub", _OTHER_VALUE)
    text = json.dumps({"iss": issuer, **claims})
    name = f"a token of {issuer if subject == _OTHER_VALUE else subject}"
    return Evidence(Signal.TOKEN, Strength.VERIFIED, text=text), name


def _claim_values(patterns: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """A value of each kind of a claim, a literal one being a kind of its own, and whether these are all."""
    plain = tuple(dict.fromkeys(pattern for pattern in patterns if "*" not in pattern))
    kinds = kinds_of([pattern for pattern in dict.fromkeys(patterns) if "*" in pattern], plain, any_run=True)
    return (*plain, *kinds.texts, _OTHER_VALUE), kinds.complete
