"""Patterns become RE2 expressions; the syntax authority is ``pathspec``.

``pathspec`` translates a pattern's shape: every literal stretch and every character class is replaced by a mark before, and
put back after. So its ideas of escapes, classes and blanks at the end, which are not git's, never come into play, and patterns
of one shape are translated once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from agentowners.policy.classes import read_class

PRIVATE: Final = 0x10F800
"""RE2 takes no surrogates: a byte that is not UTF-8 (a lone surrogate, in Python) is matched as a private-use character from
here on. No pattern holds one."""
_MARK: Final = chr(PRIVATE)
_SURROGATES: Final = range(0xD800, 0xE000)
_PART: Final = re.compile(r"[*?/]+|(?P<open>\[)|(?P<literal>(?:\\.|[^*?/\[\\])+)", re.DOTALL)

COMMON: Final = re.compile(rf"/?(?:(?:\*\*|\*|\*?(?:{_MARK}\*?){{1,3}})(?:/|\Z)){{1,4}}")
"""Shapes of up to four segments, in each of which up to three literals stand."""
_STARS: Final = {"*": "[^/]+", "**": "**"}
_SIMPLE: Final = re.compile(r"[A-Za-z0-9_./*-]*")
_LITERAL: Final = re.compile(r"[^*/]+")


def subject(text: str) -> str:
    """Text as these expressions match it: bytes that are not UTF-8 become private-use characters."""
    if text.isascii():
        return text
    return "".join(chr(PRIVATE + ord(char) - 0xD800) if ord(char) in _SURROGATES else char for char in text)


def ascii_lower(text: str) -> str:
    """Lower case for A to Z only: logins ignore ASCII case, and no other character may become an ASCII one."""
    return text.lower() if text.isascii() else re.sub("[A-Z]+", lambda match: match[0].lower(), text)


def path_regex(text: str) -> str:
    """The expression of a path pattern, given by its canonical text; see ``PathPattern.regex``."""
    shape, written = _take_apart(text)
    pieces = _shape_regex(shape).split(_MARK)
    return pieces[0] + "".join(put + piece for put, piece in zip(written, pieces[1:], strict=True))


def ref_regex(text: str) -> str:
    """The expression of a ref pattern, given by its canonical text; see ``RefPattern.regex``."""
    # With a slash in front it is anchored to the root, as refs always are; a ref is matched whole, not as a directory.
    expression = path_regex(f"/{text}").removesuffix("(?:/|$)").removesuffix("$")
    return expression + (".+$" if text.endswith(("/", "/**")) else "$")


def says_directory(regex: str) -> bool:
    """True if an expression of ``path_regex`` looks at nothing of a path but its directory: that of ``docs/`` or ``docs/*``."""
    return regex.endswith(("/", "[^/]*$")) or regex == _EVERYTHING


def says_name(text: str) -> bool:
    """True if a path pattern, if it does not say a directory, looks at each segment by itself: ``*.pem``, ``**/.env*``."""
    while text.startswith("**/"):
        text = text[3:]
    return "/" not in text


def beside(text: str) -> str:
    """The path pattern for all files in the directories in which a pattern with a slash may find one: ``a/**/*.py`` gives
    ``a/**/*``."""
    return text[: text.rindex("/") + 1] + "*"


def glob_regex(glob: str) -> str:
    """An RE2 expression, for whole texts in ASCII lower case, of a principal, e-mail or branch glob: ``*`` and ``**``."""
    parts = re.split(r"(\*+)", subject(ascii_lower(glob)))
    stars = {"*": "[^/]*"}
    return "(?s)^" + "".join(stars.get(part, ".*") if part.startswith("*") else re.escape(part) for part in parts) + "$"


_EVERYTHING: Final = "(?s)^.*"


@lru_cache(maxsize=4096)
def _shape_regex(shape: str) -> str:
    return composed(shape) if COMMON.fullmatch(shape) else translated(shape)


def composed(shape: str) -> str:
    """The expression of a common shape, the same text that ``translated`` makes of it: importing ``pathspec`` takes longer than
    a command may. A test compares all of them."""
    if shape == "*/":
        return f"{_EVERYTHING}/"
    segments = shape.removeprefix("/").split("/")
    if not shape.startswith("/") and len(segments) == 1 + shape.endswith("/"):
        segments.insert(0, "**")
    below = segments[-1] in ("", "**")
    segments = segments[: len(segments) - below]
    anywhere = segments[:1] == ["**"]
    segments = segments[anywhere:]
    if not segments or (anywhere and segments == ["*"]):
        return "(?s)/" if below and segments else _EVERYTHING
    end = "/" if below else "$" if segments[-1] == "*" else "(?:/|$)"
    written = [_STARS.get(segment) or segment.replace("*", "[^/]*") for segment in segments]
    if end == "$":
        written[-1] = "[^/]*"
    return f"(?s)^{'(?:.+/)?' * anywhere}{'/'.join(written).replace('/**/', '(?:/.+)?/')}{end}"


def translated(shape: str) -> str:
    """The expression of a shape, in which marks stand for what is literal, by ``pathspec``."""
    from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

    if shape == "*/":
        return f"{_EVERYTHING}/"
    expression: str | None = GitIgnoreBasicPattern.pattern_to_regex(shape)[0]
    if expression is None:
        raise ValueError(f"no pattern: {shape!r}")
    if expression == ".":
        return _EVERYTHING
    if expression.endswith("[^/]+/?$"):
        # One level below a directory; the empty name is a link or submodule standing where the directory stood.
        expression = expression.removesuffix("[^/]+/?$") + "[^/]*$"
    return f"(?s){expression}"


def _take_apart(text: str) -> tuple[str, list[str]]:
    """The shape of a pattern, with a mark for everything literal and every class, and the expressions that the marks stand
    for. A run of stars is ``**`` where it is a whole segment, elsewhere ``*``, as git reads them."""
    if _SIMPLE.fullmatch(text) and "**" not in text:
        return _LITERAL.sub(_MARK, text), [re.escape(literal) for literal in _LITERAL.findall(text)]
    marked: list[str] = []
    written: list[str] = []
    at = 0
    while at < len(text):
        token = _PART.match(text, at)
        if token is None:
            raise ValueError(f"no pattern: {text!r}")
        at = token.end()
        match token.lastgroup:
            case "open":
                expression, at = read_class(text, at - 1)
                written.append(expression)
                marked.append(_MARK)
            case "literal":
                literal = re.sub(r"\\(.)", r"\1", token[0], flags=re.DOTALL) if "\\" in token[0] else token[0]
                written.append(re.escape(subject(literal)))
                marked.append(_MARK)
            case _:
                marked.append(token[0])
    segments: list[str] = []
    for segment in "".join(marked).split("/"):
        if len(segment) < 2 or segment.strip("*"):
            segments.append(re.sub(r"\*\*+", "*", segment))
        elif segments[-1:] != ["**"]:
            segments.append("**")
    if len(segments) > 1 and segments[-2:] == ["**", ""]:
        # git: a directory below, not this one
        segments[-2] = "*"
    return "/".join(segments), written
