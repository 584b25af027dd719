"""The way out for lines that are wrong as people often get them wrong: by habits of CODEOWNERS, of YAML, of prose and of code.

Nothing here decides whether a line is wrong; it is asked only once it is known to be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agentowners.policy.line_tree import Token
from agentowners.policy.patterns import GROUP_WORDS, Approver, PatternError
from agentowners.policy.words import DECISIONS, DIRECTIVES, suggest_decision
from agentowners.text.wording import alternatives, nearest, quote

WRITE_A_DECISION: Final = "write " + alternatives(["allow", "require_approval", "require_approval(N)", "block"])
TOO_EARLY: Final = "principal-too-early"
"""Id of the error about ``!@name`` before any principal."""
TAKEN_OUT_OF_RULES: Final = "only from a rule can somebody be taken out"
_COMMENTS: Final = ("//", "--", ";", "/*")
FOREIGN_COMMENT: Final = "a comment begins with `#`"
REASON_IS_COMMENT: Final = "the reason is the comment: write `# ...`"
_PROSE: Final = r"[A-Za-z0-9][^@=(]*"
_NAME: Final = r"[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]+)?"


def no_principal(patterns: Sequence[Token], clause: Sequence[Token] = ()) -> str:
    """For a statement that names nobody: perhaps the at-sign is all that is missing, or it stands behind the decision."""
    late = next((token.text for token in clause if token.text[0] == "@"), None)
    if late is not None:
        return f"write {quote(late)} before the decision"
    last = patterns[-1].text if patterns else ""
    if (swallowed := _with_backslashes(patterns)) is not None:
        return swallowed
    if last in GROUP_WORDS:
        return f"did you mean `@{last}`?"
    return "say who it is for, with an at-sign: `@agents`"


def _with_backslashes(patterns: Sequence[Token]) -> str | None:
    """For a path as Windows writes it, whose last backslash takes the blank behind it, and whom the rule is about with it."""
    path, blank, name = (patterns[0].text if patterns else "").partition("\\ @")
    if not blank or " " in path or "/" in path:
        return None
    written = "/".join(["", *filter(None, path.split("\\")), ""])
    return f"a path is written with slashes: {quote(f'{written} @{name}')}"


def taken_out_too_early(text: str) -> str:
    """For ``!@name`` where patterns stand."""
    path = f"!\\{text[1:]}"
    return f"write it behind whom the rule is about, as `@agents {quote(text)[1:-1]}`; a path is written {quote(path)}"


def nothing_but_patterns(patterns: Sequence[Token]) -> str:
    """For a rule with neither a principal nor a decision."""
    if patterns and patterns[0].text in ("rules:", "version:", "defaults:", "agents:"):
        return "this looks like YAML, which is read from a file whose name ends in `.yml`"
    return meant_directive(patterns) or "a rule is patterns, principals and a decision: `/src/ @agents block`"


def meant_directive(patterns: Sequence[Token]) -> str | None:
    """For a line that begins almost as a directive does."""
    first = patterns[0].text if patterns else ""
    directive = nearest(first, DIRECTIVES) if first.isalpha() else None
    return None if directive is None else f"did you mean `{directive}`?"


def no_decision(patterns: Sequence[Token], principals: Sequence[Token]) -> str:
    """For a rule that names somebody and decides nothing: the decision stands too early, or the line is one of CODEOWNERS."""
    early = next((token.text for token in patterns if token.text in DECISIONS), None)
    if early is not None:
        return f"write `{early}` after the principals"
    hint = meant_directive(patterns)
    if hint is not None:
        return f"{hint} a rule needs a decision: {WRITE_A_DECISION}"
    people = " ".join(token.text for token in principals)
    if not principals or not all(_is_approver(token.text) for token in principals):
        return WRITE_A_DECISION
    paths = " ".join(token.text for token in patterns)
    return f"{WRITE_A_DECISION}; if they are to approve what agents change, {quote(f'{paths} @agents require_approval {people}')}"


def not_a_decision(text: str) -> str:
    """For a word where the decision has to stand."""
    word, hash_sign, _ = text.partition("#")
    if hash_sign and word in DECISIONS:
        return "a comment begins with a blank and `#`"
    word, parenthesis, count = text.partition("(")
    suggestion = suggest_decision(word)
    if parenthesis and "`require_approval`" in suggestion and count[:-1].isdecimal():
        return f"did you mean `require_approval({quote(count[:-1])[1:-1]})`?"
    return suggestion


def after_decision(text: str, decision: str, standard: str) -> str:
    """For words behind the decision that are neither approvers nor attributes."""
    if " " in text:
        return f"a reason begins with a hash: {quote('# ' + text)}"
    if decision == "require_approval":
        if text.isascii() and text.isdecimal():
            return f"write {quote(f'require_approval({text})')}"
        if re.fullmatch(_NAME, text):
            return f"{standard}; an approver begins with `@`"
    return standard


def approvers_stand_behind(decision: str, key: str, value: str) -> str:
    """For ``approvers=`` and ``approvals=``, which are YAML's: with what was meant written out, where that can be told."""
    approvers = [f"@{name.lstrip('@')}" for name in value.split(",") if re.fullmatch(f"@?{_NAME}", name)]
    if key == "approvals" and value.isascii() and value.isdecimal():
        return f"the number stands in the decision: {quote(f'require_approval({value})')}"
    example = " ".join([decision if decision.startswith("require_approval") else "require_approval", *(approvers or ["@login"])])
    return f"approvers stand after the decision: {quote(example)}"


def prose(tokens: Sequence[Token], start: int) -> int:
    """End of a sentence that begins with the token at ``start``: a sentence is one mistake, however long it is."""
    end = start + 1
    while end < len(tokens) and re.fullmatch(_PROSE, tokens[end].text) and tokens[end].text not in DECISIONS:
        end += 1
    return end


def is_foreign_comment(text: str) -> bool:
    """True if a word begins what is a comment in another language, so that no word after it means anything."""
    return text.startswith(_COMMENTS)


def _is_approver(text: str) -> bool:
    try:
        Approver.parse(text)
    except PatternError:
        return False
    return True
