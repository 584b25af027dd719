"""The policies that the documentation shows: which apply where, and what they decide."""

from __future__ import annotations

import re

from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.cli.offline import answer
from agentowners.diagnostics import Source
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from tests.docs.pages import Block, Page

LINES = ".github/AGENTOWNERS"
STATUS = {
    "file_create": Status.ADDED,
    "file_modify": Status.MODIFIED,
    "file_delete": Status.REMOVED,
    "file_rename": Status.RENAMED,
    "file_write": Status.WRITTEN,
    "file_read": Status.READ,
    "shell_execute": Status.EXECUTED,
}
# How each agent signs its commits: evidence that is asserted, as in the catalogue.
EMAILS = {
    "@copilot": "198982749+Copilot@users.noreply.github.com",
    "@claude": "noreply@anthropic.com",
}


def is_policy(block: Block) -> bool:
    """Whether a block is a policy that is in force from there on."""
    if "invalid" in block.words or "compiled" in block.words or "same" in block.words:
        return False
    return (
        block.language == "agentowners" or "indented" in block.words or (block.language == "yaml" and name(block) in POLICY_NAMES)
    )


def name(block: Block) -> str:
    """The file that a policy block stands for."""
    return block.title or (LINES if block.language in ("agentowners", "") else ".agentowners.yml")


def in_force(page: Page, line: int) -> dict[str, str]:
    """The policy files that an example at a line is about: those of its section, else the last one before it."""
    before = [block for block in page.blocks if is_policy(block) and block.line < line]
    start = max((at for at, _ in page.headings if at < line), default=0)
    section = [block for block in before if block.line > start]
    named: dict[str, str] = {}
    for block in section or before[-1:]:
        if block.title == "" or name(block) in named:
            named.clear()
        named[name(block)] = block.text
    return named


def load(files: dict[str, str]) -> Policy:
    return load_policy([Source(path, text.encode()) for path, text in files.items()])


def judge(
    policy: Policy, path: str, who: str, branch: str = "main", action: str = "file_modify", ref: str | None = None
) -> Verdict:
    """What a policy says of one path, as a row of a table tells it."""
    old, arrow, new = path.partition(" → ")
    kinds = {
        "file_create": (Kind.NOTHING, Kind.FILE),
        "file_delete": (Kind.FILE, Kind.NOTHING),
        "file_rename": (Kind.FILE, Kind.FILE),
    }
    before, after = kinds.get(action, (Kind.FILE, Kind.FILE))
    file = FileChange(new if arrow else path, STATUS[action], old if arrow else None, before, after)
    return inquire(
        policy, Change(ref=ref or f"refs/heads/{branch}", files=(file,), evidence=_evidence(who), repository="acme/shop"), answer
    )


def _evidence(who: str) -> tuple[Evidence, ...]:
    found = []
    for one in who.split(" and "):
        match = re.fullmatch(r"`(@\S+)`( \(asserted\))?", one)
        assert match, f"not a contributor: {one}"
        if match[2]:
            found.append(Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, email=EMAILS[match[1]], name="x", where="commit 1a2b3c4"))
        else:
            found.append(Evidence(Signal.DECLARED, Strength.VERIFIED, name=match[1].removeprefix("@")))
    return tuple(found)
