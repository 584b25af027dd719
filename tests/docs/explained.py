"""Writes the words of ``lint --explain`` about checks from their documentation: ``python -m tests.docs.explained``."""

from __future__ import annotations

import re
import textwrap
from typing import Final

from agentowners.lint.registry import CHECKS
from tests.docs.pages import ROOT, Block, page
from tests.docs.policies import is_policy

EXPLAINED: Final = ROOT / "src/agentowners/cli/explained.toml"
_LINK: Final = re.compile(r"\[([^]]*)\]\([^)]*\)")


def words(id: str) -> tuple[str, Block]:
    """The first paragraph of a check's section, without links, and the policy that shows the mistake."""
    where = page("docs/commands/lint.md")
    (line,) = [line for line, heading in where.headings if heading == id]
    paragraph = "\n".join(where.text.splitlines()[line:]).strip().partition("\n\n")[0].replace("\n", " ")
    return _LINK.sub(r"\1", paragraph), next(block for block in where.blocks if block.line > line and is_policy(block))


def _entry(id: str) -> str:
    text, example = words(id)
    lines = " \\\n".join(textwrap.wrap(text.replace("\\", "\\\\"), 108, break_on_hyphens=False, break_long_words=False))
    syntax = "yaml = true\n" if example.language == "yaml" else ""
    return f"[{id}]\ntext = \"\"\"\\\n{lines}\\\n\"\"\"\nexample = '''\n{example.text}'''\n{syntax}"


def main() -> None:
    """Write the entries of checks; those of errors, which no page has, stay."""
    first, *entries = re.split(r"(?m)^(?=\[)", EXPLAINED.read_text("utf-8"))
    checks = {check.id for check in CHECKS}
    others = [entry for entry in entries if entry[1 : entry.index("]")] not in checks]
    EXPLAINED.write_text(first + "\n".join([*(_entry(check.id) for check in CHECKS), "".join(others)]), encoding="utf-8")


if __name__ == "__main__":
    main()
