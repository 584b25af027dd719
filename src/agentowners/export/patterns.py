"""Path patterns in the languages of other tools: at least, or at most, what the policy's own match."""

from __future__ import annotations

import re
from typing import Final

from agentowners.policy.classes import read_class
from agentowners.policy.patterns import PathPattern

_PARENTHESES: Final = "()"


def gitignore(pattern: PathPattern, at_least: bool) -> tuple[str, ...] | None:
    """A pattern as gitignore reads it from the project's root on, the way Claude Code's rules have it.

    Classes, escapes and parentheses become ``?`` where more may be matched; ``docs/*`` is everything below there. A pattern that
    is for other spellings too is in either letter case.
    """
    plain = _simple(pattern.text, "?", at_least=at_least)
    if plain is None:
        return None
    if plain == "**":
        return ("/**",)
    body = plain.removeprefix("/")
    anchored = "/" in plain.removesuffix("/")
    if not at_least and body.rpartition("/")[2] == "*":
        return None
    if pattern.any_spelling:
        body = re.sub("[A-Za-z]", lambda match: f"[{match[0].lower()}{match[0].upper()}]", body)
    whole = f"/{body}" if anchored or body.startswith("**/") else f"/**/{body}"
    if whole.endswith("/**"):
        return (whole,)
    name = whole.removesuffix("/")
    return (f"{name}/**",) if whole.endswith("/") and not at_least else (name, f"{name}/**")


def plain_globs(pattern: PathPattern, at_least: bool) -> tuple[str, ...] | None:
    """A pattern as globs whose finer points nobody has written down, the way Copilot's rules have them.

    More may be matched: then each form that the pattern could be meant by is listed, and what is not a name or a star becomes
    one. No more may be: then only names, with ``**`` at their end, are sure.
    """
    plain = _simple(pattern.text, "*", at_least=at_least)
    if plain is None:
        return None
    if plain == "**":
        return ("/**",)
    anchored = "/" in plain.removesuffix("/")
    body = plain.removeprefix("/")
    below = body.endswith(("/", "/**"))
    body = body.removesuffix("**").removesuffix("/") if below else body
    if not at_least:
        if not anchored or "*" in body or "?" in body:
            return None
        return (f"/{body}/**",) if below else (f"/{body}", f"/{body}/**")
    bodies = [body.replace("?", "*")]
    if not anchored:
        bodies.append(f"**/{bodies[0]}")
    shorter = [body.replace("**/", "") for body in bodies]
    globs = [*bodies, *shorter]
    listed = [f"/{glob}" for glob in globs] if not below else []
    if body.rpartition("/")[2] != "*" or below:
        listed += [f"/{glob}/**" for glob in globs]
    return tuple(dict.fromkeys(listed))


def fnmatch_globs(pattern: PathPattern) -> tuple[str, ...]:
    """Globs of ``fnmatch`` that match at least what a pattern does, the way GitHub's rulesets have them."""
    plain = without_classes(pattern.text)
    if plain == "**":
        return "**/*", "**/.*"
    anchored = "/" in plain.removesuffix("/")
    body = plain.removeprefix("/")
    whole = body if anchored or body.startswith("**/") else f"**/{body}"
    name = whole.removesuffix("**").removesuffix("/") if whole.endswith(("/", "/**")) else whole
    below = (f"{name}/**/*", f"{name}/**/.*")
    if name.rpartition("/")[2] == "*" and name == whole:
        return name, f"{name.removesuffix('*')}.*"
    return below if name != whole and whole.endswith("/**") else (name, *below)


def without_classes(text: str) -> str:
    """The text with ``?`` for whatever is no plain character, star or question mark: it matches at least as much."""
    return _simple(text, "?", at_least=True) or text


def _simple(text: str, wild: str, *, at_least: bool) -> str | None:
    """The text with nothing special but stars and question marks; None where it would have to match no more."""
    if not re.search(r"[\[\\()]", text) and text.isprintable():
        return text
    if not at_least:
        return None
    out: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            out.append(wild)
            at += 2
        elif char == "[":
            out.append(wild)
            at = read_class(text, at)[1]
        else:
            out.append(wild if char in _PARENTHESES or not char.isprintable() else char)
            at += 1
    return "".join(out)
