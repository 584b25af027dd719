"""A shell command becomes what it touches. What its words do not tell is said, never guessed at.

The grammar is tree-sitter's for bash, which is an extra: without it nothing of a command is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from agentowners.dispatch.model import CallError, Reach, Touch, Touches
from agentowners.dispatch.programs import PROGRAMS, Unclear, Words, only_asks
from agentowners.dispatch.touches import patched_files
from agentowners.policy.model import Action

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_BYTES: Final = 64 << 10
_MOST_PLACES: Final = 8
_MOST_TOPS: Final = 100
_MOST_DEPTH: Final = 150
_ODD: Final = re.compile(r"[^\S \t\n]|[\x00-\x08\x0e-\x1f\x7f\u0080-\u009f\u200b-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]")
"""Blanks and characters that the grammar and bash take for different things."""
_GLOB: Final = re.compile(r"(?<!\\)[*?\[]")
_BRACES: Final = re.compile(r"(?<!\\)\{")
_UNKNOWN: Final = "\0"
"""Stands for a word that is not known."""
_NOWHERE: Final = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty"})
_STANDARD: Final = ("/bin/", "/usr/bin/")
_GROUPS: Final = frozenset(
    {
        *("program", "compound_statement", "do_group", "if_statement", "elif_clause", "else_clause", "while_statement"),
        *("for_statement", "case_statement", "case_item", "negated_command", "c_style_for_statement"),
    }
)
_REDIRECTS: Final = ("file_redirect", "heredoc_redirect", "herestring_redirect")
_EXPANSIONS: Final = {
    "simple_expansion": "a variable",
    "expansion": "a variable",
    "command_substitution": "the output of another command",
    "process_substitution": "the output of another command",
    "arithmetic_expansion": "a sum",
    "brace_expression": "braces",
    "ansi_c_string": "a text in `$'..'`",
    "translated_string": "a translated text",
    "extglob_pattern": "a pattern",
}

_RUN_BY_TESTS: Final = re.compile(rb"\$\(|`")
"""In the subscript of a number, even within quotes."""
_HOMES: Final = re.compile(r"(?:^|[=:])~[^/=:]")
_HERE: Final = re.compile(r"(^|[=:])~\+(?=/|$)")
"""Spelling of the working directory."""

_CRASHES: Final = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\U00010000-\\U0010ffff]")
"""Characters on which tree-sitter-bash 0.25 was seen to crash, which no client takes for a refusal."""

Places = tuple[str, ...]
"""Absolute paths of the directories that a part of a command may run in."""


def read_command(command: str, directory: str) -> Touches:
    """Touches of a command that runs in a directory, given by its absolute path."""
    if len(command) > _MOST_BYTES:
        return Touches(opaque=("the command is too long",))
    try:
        from tree_sitter import Language, Parser
        from tree_sitter_bash import language
    except ImportError:
        return Touches(opaque=("the grammar of shell commands is not installed (`agentowners[hooks]`)",))
    source = _CRASHES.sub("_", command).encode("utf-8", "replace")
    reader = _CommandReader(source)
    if _CRASHES.search(command):
        reader.opaque("a character that the grammar of shell commands cannot read safely")
    if _ODD.search(command):
        reader.opaque("a blank or control character that shells read differently")
    root = Parser(Language(language())).parse(source).root_node
    if root.has_error:
        reader.opaque("it is not understood as a shell command")
    reader.sequence(root, (directory,), 0)
    return Touches(tuple(reader.touches), tuple(reader.reasons))


class _CommandReader:
    """Goes through a command's tree, and keeps what it finds."""

    def __init__(self, source: bytes) -> None:
        self.touches: dict[Touch, None] = {}
        self.reasons: dict[str, None] = {}
        self._behind: dict[int, list[Node]] = {}
        self._source = source

    def opaque(self, why: str) -> None:
        self.reasons[why] = None

    def sequence(self, node: Node, places: Places, depth: int) -> tuple[Places, Places]:
        """Read what a node runs.

        Returns:
            The places for what follows if it succeeds, and whether it succeeds or not.
        """
        if depth > _MOST_DEPTH:
            self.opaque("it is nested too deeply")
            return places, places
        match node.type:
            case "command":
                return self._command(node, places, depth)
            case "redirected_statement":
                return self._redirected(node, places, depth)
            case "list":
                return self._list(node, places, depth)
            case "subshell" | "pipeline" | "command_substitution" | "process_substitution":
                self._each(node, places, depth)
            case "function_definition":
                self.opaque("it defines a function")
                self._each(node, places, depth)
            case "variable_assignment" | "variable_assignments" | "declaration_command" | "unset_command":
                self.opaque("it sets a variable")
                self._inside(node, places, depth)
            case "test_command" | "comment":
                if node.type == "test_command" and _RUN_BY_TESTS.search(node.text or b""):
                    self.opaque("a test may run what is quoted in it")
                self._inside(node, places, depth)
            case kind if kind in _GROUPS:
                if kind in ("for_statement", "c_style_for_statement"):
                    self.opaque("it sets a variable")
                elif any(child.type == "((" for child in node.children):
                    self.opaque("a word of it is a sum")
                places = self._each(node, places, depth)
            case _:
                if node.is_named:
                    self._word(node, places, depth)
        return places, places

    def _each(self, node: Node, places: Places, depth: int) -> Places:
        """Read one child after the other; the places after all of them."""
        for child in node.children:
            if child.type == "&":
                self.opaque("a part of it runs in the background")
            places = self._merge(places, self.sequence(child, places, depth + 1)[1]) if child.is_named else places
        return places

    def _list(self, node: Node, places: Places, depth: int) -> tuple[Places, Places]:
        first, second = node.named_children[0], node.named_children[-1]
        succeeds, either = self.sequence(first, places, depth + 1)
        if any(child.type == "&&" for child in node.children):
            then, after = self.sequence(second, succeeds, depth + 1)
            return then, self._merge(either, after)
        then, after = self.sequence(second, either, depth + 1)
        return self._merge(succeeds, then), self._merge(either, after)

    def _redirected(self, node: Node, places: Places, depth: int) -> tuple[Places, Places]:
        after = (places, places)
        behind = [word for child in node.children for word in _words_behind(child)]
        if behind:
            command = _last_command(node)
            if command is None:
                self.opaque("words stand behind a redirection")
            else:
                self._behind[command.id] = [*self._behind.get(command.id, ()), *behind]
        for child in node.children:
            if child.type in _REDIRECTS:
                self._redirect(child, places, depth + 1)
            elif child.is_named:
                after = self.sequence(child, places, depth + 1)
        return after

    def _redirect(self, node: Node, places: Places, depth: int) -> None:
        behind = {word.id for word in _words_behind(node)}
        if node.type != "file_redirect":
            for child in node.named_children:
                if child.type == "file_redirect":
                    self._redirect(child, places, depth + 1)
                elif child.type in ("heredoc_start", "heredoc_end") or child.id in behind:
                    continue
                elif child.type == "heredoc_body" or node.type == "herestring_redirect":
                    self._inside(child, places, depth + 1)
                else:
                    self.sequence(child, places, depth + 1)
            return
        operator = next((child.type for child in node.children if not child.is_named), ">")
        for child in node.named_children:
            if child.id in behind or child.type == "file_descriptor" or (operator in (">&", "<&") and child.type == "number"):
                continue
            target = self._word(child, places, depth)
            if target is None or target in _NOWHERE or target == "-":
                continue
            reads = operator == "<" and not node.has_error  # `<>` is not in the grammar
            self._touch(Action.FILE_READ if reads else Action.FILE_WRITE, target, places)

    def _command(self, node: Node, places: Places, depth: int) -> tuple[Places, Places]:
        spelled: list[str] = []
        clear = True
        behind = self._behind.pop(node.id, [])
        asks = only_asks([_literal(child) for child in (*node.named_children, *behind)])
        for child in (*node.children, *behind):
            if child.type in _REDIRECTS:
                self._redirect(child, places, depth + 1)
            elif child.type == "variable_assignment":
                self.opaque("it sets a variable")
                self._inside(child, places, depth + 1)
            elif child.is_named:
                inner = child.named_children[0] if child.type == "command_name" and child.named_children else child
                word = self._word(inner, places, depth, name=child.type == "command_name", query=asks)
                clear = clear and word is not None
                if word is not None or spelled:
                    spelled.append(_UNKNOWN if word is None else word)
        if not spelled:
            return places, places
        words = [word for word in spelled if word != _UNKNOWN]
        name = words[0]
        for place in _STANDARD:
            name = name.removeprefix(place)
        if name == "cd":
            return self._go(words[1:], places, clear=clear)
        if name in ("apply_patch", "applypatch"):
            self._patch(node, words, places)
            return places, places
        self._run(name, words[1:], places)
        if len(words) < len(spelled):  # what is not known may be no word at all, or one
            self._run(name, spelled[1:], places)
        return places, places

    def _run(self, name: str, words: Sequence[str], places: Places) -> None:
        program = PROGRAMS.get(name)
        if program is None:
            self.opaque(f"`{name[:60]}` may do more than its words say")
            for path in (path for word in words for path in _named(word)):
                self._touch(Action.FILE_WRITE, path, places, Reach.NAMED)
            return
        if name == "git" and list(words[:1]) == ["-C"] and len(words) > 2:
            places = places if words[1] == _UNKNOWN else _moved(words[1], places)
            words = words[2:]
        try:
            for effect in program(Words(words)):
                if effect.path not in ("", "-") and _UNKNOWN not in effect.path:
                    starts = _upward(places) if effect.from_top else places
                    self._touch(effect.action, effect.path, starts, effect.reach)
        except Unclear as unclear:
            self.opaque(f"`{name}`: {unclear}".replace(_UNKNOWN, "?"))

    def _go(self, words: Sequence[str], places: Places, *, clear: bool) -> tuple[Places, Places]:
        operands = [word for word in words if word != "--"]
        if not clear or len(operands) != 1 or operands[0].startswith(("-", "~")):
            self.opaque("`cd` without a plain word")
            return places, places
        new = _moved(operands[0], places)
        return new, self._merge(places, new)

    def _patch(self, node: Node, words: Sequence[str], places: Places) -> None:
        patch = words[1] if len(words) > 1 else self._source.decode("utf-8", "replace")
        try:
            for path in patched_files(patch):
                self._touch(Action.FILE_WRITE, path, places)
        except CallError as error:
            self.opaque(error.message)

    def _word(self, node: Node, places: Places, depth: int, *, name: bool = False, query: bool = False) -> str | None:
        """The text of a word; None where that takes more than reading it. A command's name without a slash is no path, nor is
        what is only asked about."""
        text = _literal(node)
        if text is None:
            self._inside(node, places, depth + 1)
            return None
        if _unquoted(node, _HOMES):
            text = _HERE.sub(r"\1.", text)
            if _HOMES.search(text):
                self.opaque("a home directory that the shell looks up")
        if _unquoted(node, _BRACES):
            self.opaque("braces that the shell expands")
        if _unquoted(node, _GLOB):
            self.opaque("a pattern that the shell expands")
            text = re.split(r"[*?\[]", text)[0].rpartition("/")[0] or "."
        if query or (name and "/" not in text):
            return text
        for path in _named(text):
            self._touch(Action.SHELL_EXECUTE, path, places)
        return text

    def _inside(self, node: Node, places: Places, depth: int) -> None:
        """Say what makes a word unclear, and read the commands in it."""
        if depth > _MOST_DEPTH:
            self.opaque("it is nested too deeply")
            return
        why = _EXPANSIONS.get(node.type)
        if why is not None:
            self.opaque(f"a word of it is {why}")
        for child in node.children:
            if child.type in ("command_substitution", "process_substitution"):
                self.opaque("a word of it is the output of another command")
                self.sequence(child, places, depth + 1)
            elif child.type == "command":
                self.sequence(child, places, depth + 1)
            elif child.type == "file_redirect":
                self._redirect(child, places, depth + 1)
            elif child.is_named:
                if child.type in ("word", "string", "raw_string") and _literal(child) is not None:
                    self._word(child, places, depth + 1)
                else:
                    self._inside(child, places, depth + 1)

    def _touch(self, action: Action, path: str, places: Places, reach: Reach = Reach.FILE) -> None:
        for place in places:
            self.touches[Touch(action, path, place, reach)] = None

    def _merge(self, first: Places, second: Places) -> Places:
        merged = tuple(dict.fromkeys((*first, *second)))
        if len(merged) > _MOST_PLACES:
            self.opaque("it goes to too many directories")
        return merged[:_MOST_PLACES]


def _moved(word: str, places: Places) -> Places:
    return tuple(dict.fromkeys(word if word.startswith("/") else f"{place}/{word}" for place in places))


def _words_behind(redirect: Node) -> list[Node]:
    """Words that the grammar takes for a redirection's, and the shell for the command's."""
    nested = redirect.named_children if redirect.type == "heredoc_redirect" else []
    words = [*redirect.children_by_field_name("destination")[1:], *redirect.children_by_field_name("argument")]
    return words + [word for child in nested if child.type == "file_redirect" for word in _words_behind(child)]


def _last_command(node: Node) -> Node | None:
    """The command that the redirections behind a statement are of."""
    last: Node | None = node
    while last is not None and last.type != "command":
        inner = [child for child in last.named_children if child.type not in _REDIRECTS]
        last = inner[-1] if inner and last.type in ("redirected_statement", "pipeline", "list", "negated_command") else None
    return last


def _upward(places: Places) -> Places:
    """Directories that may be the top of the repository."""
    directories: dict[str, None] = dict.fromkeys(places)
    for place in places:
        while (place := place.rpartition("/")[0]) and len(directories) < _MOST_TOPS:
            directories[place] = None
    return tuple(directories)


def _named(text: str) -> Iterator[str]:
    """The paths that a word may name: itself, and what stands behind an equals sign or an option's letter."""
    if "\0" in text or "\n" in text or len(text) > 1024:
        return
    if text and not text.startswith("-"):
        yield text
    elif text[1:2] != "-" and ("/" in text[2:] or "." in text[2:]):
        yield text[2:]
    name, equals, value = text.partition("=")
    if equals and value and " " not in name:
        yield value


def _unquoted(node: Node, pattern: re.Pattern[str]) -> bool:
    """True if a part of a word that stands outside of quotes holds such a character."""
    if node.type == "word":
        return pattern.search((node.text or b"").decode("utf-8", "replace")) is not None
    return node.type in ("concatenation", "command_name") and any(_unquoted(child, pattern) for child in node.named_children)


def _literal(node: Node) -> str | None:
    """The text that a word stands for, where the shell puts nothing in."""
    source = (node.text or b"").decode("utf-8", "replace")
    match node.type:
        case "word" | "number" | "variable_name" | "file_descriptor" | "test_operator":
            if node.named_child_count:
                return None
            return re.sub(r"\\(\n|.)", lambda match: "" if match[1] == "\n" else match[1], source, flags=re.DOTALL)
        case "raw_string":
            return source[1:-1]
        case "string":
            if any(child.is_named and child.type != "string_content" for child in node.children):
                return None
            return re.sub(r"\\([\"\\$`\n])", lambda match: "" if match[1] == "\n" else match[1], source[1:-1])
        case "concatenation" | "command_name":
            parts = [_literal(child) for child in node.named_children]
            whole = sum(child.end_byte - child.start_byte for child in node.named_children) == node.end_byte - node.start_byte
            return "".join(part for part in parts if part is not None) if whole and None not in parts else None
        case _:
            return None
