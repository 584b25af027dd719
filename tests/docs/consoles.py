"""Shell sessions of the documentation: run in the shop, and compared with what they show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from agentowners.cases.model import FILE_NAMES
from tests.docs import shop, tutorial
from tests.docs.pages import Block, Page, page
from tests.docs.policies import in_force, name

_MARK = "--- end of command ---"


def commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a session, each with the output shown after it."""
    found: list[tuple[str, str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (f"{found[-1][0]}\n{line}", "")
        else:
            assert found, f"{block}: begins with output"
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return [(command, output.strip("\n")) for command, output in found]


def today(where: Page, block: Block, place: Path) -> list[tuple[str, str]]:
    """The commands of a session, each with the output that there is today, under the policy and with the test
    cases that the page shows before it."""
    if "no-policy" in block.words:
        return run(block, {}, place)
    if where.path == tutorial.PAGE:
        return tutorial.walk(where).sessions[block.line]
    policies = in_force(where, block.line)
    if "broken" in block.words:
        broken = [other for other in where.blocks if "invalid" in other.words and other.line < block.line][-1]
        policies = {name(broken): broken.text}
    if not policies:
        policies = {other.title: other.text for other in page("README.md").blocks if other.language == "agentowners"}
    cases = {other.title: other.text for other in where.blocks if other.title in FILE_NAMES and other.line < block.line}
    return run(block, policies | cases, place)


def document(where: Page, block: Block, place: Path) -> str:
    """What the command that a block says it was made by prints today."""
    session = Block(block.page, block.line, "console", block.words, {}, f"$ {block.attributes['made-by']}\n")
    ((_, printed),) = today(where, session, place)
    return printed


def run(block: Block, policies: dict[str, str], place: Path) -> list[tuple[str, str]]:
    """The same, with the output that there is today."""
    shop.build(place, policies)
    return session(block, place)


def session(block: Block, place: Path) -> list[tuple[str, str]]:
    """The commands of a session, run in a repository as it is, each with its output."""
    listed = [command for command, _ in commands(block)]
    script = "".join(f"{{ {command}\n}} 2>&1\ncode=$?\necho; echo '{_MARK}'\n(exit $code)\n" for command in listed)
    done = subprocess.run(["bash", "-c", script], cwd=place, env=environment(), capture_output=True, check=False, timeout=60)
    assert not done.stderr, done.stderr.decode()
    outputs = done.stdout.decode().split(_MARK + "\n")
    assert len(outputs) == len(listed) + 1, f"{block}: a command did not end"
    return [(command, output.strip("\n")) for command, output in zip(listed, outputs, strict=False)]


def environment() -> dict[str, str]:
    """Where commands run: as on any machine, with the tool that is tested here."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return shop.clean_environment() | {"PATH": path}
