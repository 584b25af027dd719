"""Globs over logins, e-mails and the like: ``*`` is any run without a slash, ``**`` any run; ASCII case is ignored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from agentowners.diagnostics import AgentownersError
from agentowners.identity.model import AgentDefinition
from agentowners.policy.expressions import ascii_lower, glob_regex, subject


class Globs:
    """Globs, each with the definition that it shows. Most texts are told from most globs by how they begin."""

    def __init__(self, globs: Iterable[tuple[str, AgentDefinition]]) -> None:
        self._exact: dict[str, list[AgentDefinition]] = {}
        self._wild: list[tuple[str, str, AgentDefinition]] = []
        for glob, definition in globs:
            glob = ascii_lower(glob)
            if "*" in glob:
                self._wild.append((glob.partition("*")[0], glob, definition))
            else:
                self._exact.setdefault(glob, []).append(definition)

    def matching(self, text: str) -> list[AgentDefinition]:
        """Every definition that a text shows, as ``read`` tells it."""
        return [definition for definition, _ in self.read(text)]

    def read(self, text: str) -> list[tuple[AgentDefinition, bool]]:
        """Every definition that a text shows, once; with True, and first, where its glob is the very text.

        Raises:
            AgentownersError: a glob is too large to be compiled.
        """
        text = ascii_lower(text)
        by_id = {id(definition): (definition, True) for definition in self._exact.get(text, ())}
        for head, glob, definition in self._wild:
            if text.startswith(head) and id(definition) not in by_id and matches(glob, text):
                by_id[id(definition)] = definition, False
        return list(by_id.values())


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
        excerpt = expression if len(expression) <= 60 else f"{expression[:60]}…"
        raise AgentownersError(
            f"a pattern for identities does not compile: `{excerpt}`", help="make the globs under `agents` shorter"
        ) from error
    return lambda text: search(text) is not None
