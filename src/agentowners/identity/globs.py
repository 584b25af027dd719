"""Globs over logins, e-mails and the like: ``*`` is any run without a slash, ``**`` any run; ASCII case is ignored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Generic, TypeVar

from agentowners.diagnostics import AgentownersError
from agentowners.policy.expressions import ascii_lower, glob_regex, subject

_T = TypeVar("_T")


class Globs(Generic[_T]):
    """Globs, each with what it stands for. Most texts are told from most globs by how they begin."""

    def __init__(self, globs: Iterable[tuple[str, _T]]) -> None:
        """Take up pairs of a glob and what it stands for."""
        self._exact: dict[str, list[_T]] = {}
        self._wild: list[tuple[str, str, _T]] = []
        for glob, meant in globs:
            glob = ascii_lower(glob)
            if "*" in glob:
                self._wild.append((glob.partition("*")[0], glob, meant))
            else:
                self._exact.setdefault(glob, []).append(meant)

    def matching(self, text: str) -> list[_T]:
        """Everything that a text stands for, as ``read`` tells it."""
        return [meant for meant, _ in self.read(text)]

    def read(self, text: str) -> list[tuple[_T, bool]]:
        """Everything that a text stands for, each once; with True, and first, where a glob is the very text.

        Raises:
            AgentownersError: a glob is too large to be compiled.
        """
        text = ascii_lower(text)
        found = {id(meant): (meant, True) for meant in self._exact.get(text, ())}
        for head, glob, meant in self._wild:
            if text.startswith(head) and id(meant) not in found and matches(glob, text):
                found[id(meant)] = meant, False
        return list(found.values())


def matches(glob: str, text: str) -> bool:
    """True if the whole of ``text`` is what ``glob`` describes; takes time linear in ``text``, whatever the glob.

    Raises:
        AgentownersError: the glob is too large to be compiled.
    """
    glob, text = ascii_lower(glob), ascii_lower(text)
    head, star, tail = glob.partition("*")
    if not star:
        return glob == text
    if tail == "*":
        return text.startswith(head)
    if not text.startswith(head):
        return False
    return searches(glob_regex(glob), text)


def searches(expression: str, text: str) -> bool:
    """True if an RE2 expression is found anywhere in ``text``, which may hold any characters at all.

    Raises:
        AgentownersError: the expression is too large to be compiled.
    """
    return _compiled(expression)(subject(text))


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Callable[[str], bool]:
    import re2  # only where a glob needs it: the import costs more than all that is done here for a usual change

    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(expression, options).search
    except re2.error as error:
        shown = expression if len(expression) <= 60 else f"{expression[:60]}…"
        raise AgentownersError(
            f"a pattern for identities does not compile: `{shown}`", help="make the globs under `agents` shorter"
        ) from error
    return lambda text: search(text) is not None
