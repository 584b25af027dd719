"""Regular expressions over paths and branches, of Go's syntax, as patterns that match the same.

Literal text, ``.``, classes, groups of alternatives, ``^`` and ``$`` at the ends, and ``?``, ``*`` and ``+`` are understood. An
expression that says more has no patterns, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentowners.policy.patterns import PathPattern, PatternError, RefPattern

MAX_PATTERNS: Final = 32
"""Patterns that one expression may become."""
_MAX_LENGTH: Final = 1_000
_MAX_STEPS: Final = 20_000
"""Elements that are looked at for one sequence: of many dots each may be a slash, and no ways may come of that at all."""
_RUN: Final = ".*"
_ANY: Final = "."
_STAR: Final = "*"
_START: Final = "^"
_END: Final = "$"
_TOKEN: Final = re.compile(
    r"(?P<escaped>\\[^A-Za-z0-9])|\\(?P<known>[dwA])|(?P<set>\[\^?\]?(?:\\[^A-Za-z0-9]|[^\]\\\[])*\])"
    r"|(?P<open>\((?:\?:)?(?!\?))|(?P<sign>[).|^$?*+])|(?P<plain>[^\\\[\](){}|?*+^$.])",
    re.DOTALL,
)
_QUANTIFIER: Final = re.compile("([?*+])([?*+]?)")
_KNOWN: Final = {"d": "[0-9]", "w": "[0-9A-Za-z_]", "A": _START}
_LITERAL: Final = frozenset("*?[\\")


class _NotUnderstoodError(Exception):
    """The expression says what patterns cannot."""


_Sequence = tuple[str, ...]
"""Elements in a row: a character as a pattern has it, ``/``, ``.`` (any character), ``.*``, ``*``, ``^`` and ``$``."""


def path_patterns(expression: str, base: str = "") -> tuple[str, ...] | None:
    """Path patterns for an expression that is searched for in a path, given from a directory on.

    Args:
        expression: as Go's ``regexp`` takes it.
        base: the directory, as a pattern has it, with a slash at its end; empty for the root.

    Returns:
        None where it has no form as patterns; no patterns where it matches no path there could be.
    """
    return _translated(expression, f"/{base}", is_ref=False)


def ref_patterns(expression: str) -> tuple[str, ...] | None:
    """Ref patterns for an expression that is searched for in a branch's short name, in the same way."""
    return _translated(expression, "refs/heads/", is_ref=True)


def _translated(expression: str, base: str, *, is_ref: bool) -> tuple[str, ...] | None:
    try:
        sequences = _RegexReader(expression).read()
        texts = [text for sequence in sequences for text in _texts(_merged(sequence), is_ref=is_ref)]
    except _NotUnderstoodError:
        return None
    if len(texts) > MAX_PATTERNS:
        return None
    named: dict[str, None] = {}
    for text in texts:
        whole = base + text
        if whole.startswith("/**/") and "/" not in whole[4:] and whole[4:] != "*":
            whole = whole[4:]
        elif whole == "/**":
            whole = "**"
        try:
            canonical = RefPattern.parse(whole).text if is_ref else PathPattern.parse(whole).text
        except PatternError:
            if _is_nowhere(text):
                continue
            return None
        named[canonical] = None
    return tuple(named)


def _is_nowhere(text: str) -> bool:
    """True if no path could match: an empty name, or one that no path has."""
    return any(part in ("", ".", "..") for part in text.split("/"))


class _RegexReader:
    def __init__(self, expression: str) -> None:
        if len(expression) > _MAX_LENGTH:
            raise _NotUnderstoodError
        self._ignores_case = expression.startswith("(?i)")
        self._text = expression.removeprefix("(?i)")
        self._at = 0

    def read(self) -> list[_Sequence]:
        """Every sequence of elements that the expression stands for, with runs at the ends that are not anchored."""
        sequences = self._alternatives(0)
        if self._at < len(self._text):
            raise _NotUnderstoodError
        return [_anchored(sequence) for sequence in sequences]

    def _alternatives(self, depth: int) -> list[_Sequence]:
        if depth > 10:
            raise _NotUnderstoodError
        alternatives: list[_Sequence] = []
        sequences: list[_Sequence] = [()]
        while self._at < len(self._text):
            token = _TOKEN.match(self._text, self._at)
            if token is None:
                raise _NotUnderstoodError
            if token["sign"] == ")":
                break
            self._at = token.end()
            if token["sign"] == "|":
                alternatives += sequences
                sequences = [()]
                continue
            choices = self._quantified(self._atom(token, depth))
            sequences = [(*sequence, *other) for sequence in sequences for other in choices]
            if len(sequences) + len(alternatives) > MAX_PATTERNS:
                raise _NotUnderstoodError
        return alternatives + sequences

    def _atom(self, token: re.Match[str], depth: int) -> list[_Sequence]:
        if token["open"]:
            inner = self._alternatives(depth + 1)
            if self._text[self._at : self._at + 1] != ")":
                raise _NotUnderstoodError
            self._at += 1
            return inner
        if token["known"]:
            return [(_KNOWN[token["known"]],)]
        if token["set"]:
            return [(self._set(token["set"]),)]
        if token["sign"]:
            if token["sign"] in "?*+":
                raise _NotUnderstoodError
            return [(token["sign"],)]
        char = token[0][-1]
        if char == "." or char in _LITERAL:
            return [("\\" + char if char in _LITERAL else _DOT,)]
        if self._ignores_case and char.isascii() and char.isalpha():
            return [(f"[{char.lower()}{char.upper()}]",)]
        if self._ignores_case and char.isalpha():
            raise _NotUnderstoodError
        return [(char,)]

    def _set(self, text: str) -> str:
        if text == "[^/]":
            return "?"
        if self._ignores_case or not re.fullmatch(r"\[(?!-)[A-Za-z0-9_.-]+(?<!-)\]", text):
            raise _NotUnderstoodError
        if any(low > high or low < "/" < high for low, high in re.findall(r"(.)-(.)", text[1:-1])):
            raise _NotUnderstoodError
        return text

    def _quantified(self, atom: list[_Sequence]) -> list[_Sequence]:
        match = _QUANTIFIER.match(self._text, self._at)
        if match is None:
            return atom
        self._at = match.end()
        sign, lazy = match.groups()
        if lazy not in ("", "?"):
            raise _NotUnderstoodError
        if sign == "?":
            return [*atom, ()]
        if atom == [(_ANY,)]:
            return [(_RUN,)] if sign == "*" else [(_ANY, _RUN)]
        if atom == [("?",)]:
            return [(_STAR,)] if sign == "*" else [("?", _STAR)]
        raise _NotUnderstoodError


_DOT: Final = "\\."
"""A dot that is meant."""


def _anchored(sequence: _Sequence) -> _Sequence:
    """The sequence with its ends; an anchor inside is not understood."""
    start = sequence[:1] == (_START,)
    while sequence[:1] == (_START,):
        sequence = sequence[1:]
    end = sequence[-1:] == (_END,)
    while sequence[-1:] == (_END,):
        sequence = sequence[:-1]
    if _START in sequence or _END in sequence:
        raise _NotUnderstoodError
    return (*(() if start else (_RUN,)), *sequence, *(() if end else (_RUN,)))


def _merged(sequence: _Sequence) -> _Sequence:
    """The sequence with one run for those that follow each other."""
    merged: list[str] = []
    for element in sequence:
        if element in (_RUN, _STAR) and merged and merged[-1] in (_RUN, _STAR):
            merged[-1] = _RUN if _RUN in (element, merged[-1]) else _STAR
        else:
            merged.append(element)
    return tuple(merged)


def _texts(sequence: _Sequence, *, is_ref: bool) -> Iterator[str]:
    """Pattern texts, below the base, for a sequence: each run is within a name, or goes over directories."""
    waiting = [("", 0)]
    for _ in range(_MAX_STEPS):
        if not waiting:
            return
        text, at = waiting.pop()
        opens = not text or text.endswith("/")
        rest = sequence[at + 1 : at + 2]
        ways: tuple[str, ...] = ()
        if at == len(sequence):
            if not opens:
                yield text
        elif sequence[at] == _ANY:
            ways = ("?",) if opens else ("?", "/")
        elif sequence[at] != _RUN:
            if sequence[at] != "/" or not opens:  # a path has no empty name
                ways = ("." if sequence[at] == _DOT else sequence[at],)
        elif not rest:
            yield f"{text}**" if opens else f"{text}*"
            if is_ref and not opens:
                yield f"{text}*/**"
        elif rest == ("/",):
            ways = ("*/**",)
        else:
            ways = ("**/*",) if opens else ("*", "*/**/*")
        waiting += [(text + way, at + 1) for way in reversed(ways)]
    raise _NotUnderstoodError
