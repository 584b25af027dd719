"""Names and signals in the definition of an identity, in either syntax (sections 3 and 4 of the policy reference)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from agentowners.policy.pattern_text import PatternError, check_seen
from agentowners.policy.patterns import GROUP_WORDS, LOGIN_PREFIX, PrincipalPattern, ascii_lower
from agentowners.text.wording import quote

NAMESPACE: Final = "/*"
"""End of a namespace's name; where a name is wrong it stands in for it, so that its logins are not blamed too."""
_MAX_ID: Final = 2**63
_MAX_GLOB: Final = 512


def agent_name(text: str) -> str:
    """The name of an identity, less an at-sign in front.

    Raises:
        PatternError: it is no name, a group word, or has a wildcard anywhere but as its last segment.
    """
    name = PrincipalPattern.parse(text).text
    shift = len(text) - len(name)
    if ascii_lower(name) in GROUP_WORDS:
        raise PatternError(f"{quote(name)} is a group, and cannot be defined", shift, "choose another name")
    if ascii_lower(name).startswith(LOGIN_PREFIX):
        raise PatternError(f"`{LOGIN_PREFIX}` cannot stand in the name of an identity", shift, "write the name alone")
    wildcard = name.removesuffix(NAMESPACE).find("*")
    if wildcard >= 0:
        help = "a namespace ends in `/*`; nothing else can vary"
        raise PatternError(f"wildcard in the name {quote(name)}", shift + wildcard, help)
    return name


def login(text: str, name: str) -> str:
    """A login that shows an identity, less an at-sign in front; a glob for a namespace.

    Raises:
        PatternError: it is no login, or a wildcard where the identity is no namespace.
    """
    if text in ("", "@"):
        raise PatternError("empty login")
    body = PrincipalPattern.parse(text).text
    shift = len(text) - len(body)
    if ascii_lower(body).startswith(LOGIN_PREFIX):
        raise PatternError(f"`{LOGIN_PREFIX}` is not part of a login", shift, "write the login alone")
    if "/" in body:
        raise PatternError("`/` cannot stand in a login", shift + body.index("/"))
    if "*" in body and not name.endswith(NAMESPACE):
        help = f"only a namespace, `{name}/*`, has logins that vary"
        raise PatternError(f"wildcard in a login of {quote(name)}", shift + body.index("*"), help)
    return body


def account_id(text: str) -> int:
    """A numeric account id in decimal.

    Raises:
        PatternError: it is not one.
    """
    if not (text.isascii() and text.isdecimal()) or text.startswith("0") or len(text) > len(str(_MAX_ID)) or int(text) >= _MAX_ID:
        raise PatternError(f"{quote(text)} is not the numeric id of an account", 0, "it is the `id` in `GET /users/<login>`")
    return int(text)


def email_glob(text: str) -> str:
    """A glob over e-mail addresses.

    Raises:
        PatternError: it is empty, or holds a blank or a control character.
    """
    return glob(text, "e-mail")


def branch_glob(text: str) -> str:
    """A glob over names of branches.

    Raises:
        PatternError: it is empty or the full name of a ref, or holds a blank or a control character.
    """
    if text.startswith("refs/"):
        raise PatternError(f"{quote(text)} is the full name of a ref", 0, "write the branch alone, without `refs/heads/`")
    return glob(text, "branch")


def line_glob(text: str, what: str) -> str:
    """A glob over whole lines: of a commit message's trailers, or of a description.

    Raises:
        PatternError: it is empty or all wildcard, begins or ends with a blank, or holds a control character.
    """
    if text != "" and not text.strip("*"):
        raise PatternError(f"{what} {quote(text)} matches every line", 0, "write what the agent's lines have in common")
    if text != text.strip(" "):
        at = 0 if text[0] == " " else len(text) - 1
        help = "lines are matched without the blanks around them"
        raise PatternError(f"{what} {quote(text)} begins or ends with a blank", at, help, 1)
    return glob(text, what, blanks=True)


def keys_path(text: str) -> str:
    """The path of a key set, from the repository's root.

    Raises:
        PatternError: it is none, or a wildcard.
    """
    check_seen(text, 0, "take it out")
    if not text.isprintable() or "\\" in text or any(part in ("", ".", "..") for part in text.split("/")):
        help = "write it from the repository's root, as in `.github/keys.json`"
        raise PatternError(f"{quote(text)} is not the path of a key set", 0, help)
    return text


def is_github_issuer(issuer: str) -> bool:
    """True if tokens of an issuer are those of GitHub's workflows: of github.com, an enterprise's own, or a server's own."""
    host, _, path = issuer.removeprefix("https://").partition("/")
    if host == "token.actions.githubusercontent.com":
        return True
    return (host.startswith("token.actions.") and host.endswith(".ghe.com")) or path.rstrip("/") == "_services/token"


def glob(text: str, what: str, *, blanks: bool = False) -> str:
    """A glob, or a name of which none is needed, as a token's issuer.

    Raises:
        PatternError: it is empty or too long, or holds a control character, or a blank where there may be none.
    """
    if text == "":
        raise PatternError(f"empty {what}")
    if len(text) > _MAX_GLOB:
        raise PatternError(f"{what} is longer than {_MAX_GLOB} characters")
    check_seen(text, 0, "take it out")
    for offset, char in enumerate(text):
        if not char.isprintable() or (char == " " and not blanks):
            raise PatternError(f"character U+{ord(char):04X} in the {what} {quote(text)}", offset, None, 1)
    return text


SIGNALS: Final[Mapping[str, tuple[str, Callable[[str, str], Any]]]] = {
    "login": ("logins", lambda name, text: login(text, name)),
    "id": ("ids", lambda _, text: account_id(text)),
    "email": ("emails", lambda _, text: email_glob(text)),
    "branch": ("branches", lambda _, text: branch_glob(text)),
    "trailer": ("trailers", lambda _, text: line_glob(text, "trailer")),
    "description": ("descriptions", lambda _, text: line_glob(text, "description")),
}
"""Signals of an identity, by their keys in lines: the entry's field, which is the key in YAML, and what reads a text, behind the
identity's name."""
