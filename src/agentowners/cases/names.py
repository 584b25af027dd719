"""Names in a test case: one principal, one ref."""

from __future__ import annotations

from typing import Final

from agentowners.policy.patterns import PatternError, PrincipalPattern
from agentowners.text.wording import quote

_HEADS: Final = "refs/heads/"
_NOT_IN_REFS: Final = " *?[\\^~:"
"""Text that git allows in no ref."""


def principal_name(text: str) -> str:
    """The name of one principal, without its at-sign.

    Raises:
        PatternError: it names nobody, or more than one.
    """
    pattern = PrincipalPattern.parse(text)
    if pattern.is_wildcard:
        raise PatternError(f"{quote(text)} names more than one principal", 0, "name one; `as` takes a list")
    if pattern.group == "anyone":
        raise PatternError(f"{quote(text)} names nobody in particular", 0, "name one, or a group: `@agents`, `@bots`, `@humans`")
    if pattern.text.endswith("/"):
        raise PatternError(f"{quote(text)} names nobody", 0, "write what follows the slash")
    return pattern.text


def full_ref(text: str) -> str:
    """The full name of a ref.

    Raises:
        PatternError: it is none.
    """
    if not text.startswith("refs/"):
        raise PatternError(f"{quote(text)} is not the full name of a ref", 0, f"write `branch: {text}` for a branch")
    if not text.isprintable() or text.endswith("/") or "//" in text or any(char in text for char in _NOT_IN_REFS):
        raise PatternError(f"{quote(text)} is not the name of a ref", 0, "name one, `refs/heads/main` say; it takes no patterns")
    return text


def branch_ref(text: str) -> str:
    """The full name of the ref of a branch.

    Raises:
        PatternError: no branch can be called so.
    """
    if text == "":
        raise PatternError("empty name of a branch")
    if text.startswith("refs/"):
        raise PatternError(f"{quote(text)} is the full name of a ref", 0, "name it under `ref`")
    try:
        return full_ref(_HEADS + text)
    except PatternError:
        raise PatternError(f"{quote(text)} is not the name of a branch", 0, "name one; it takes no patterns") from None
