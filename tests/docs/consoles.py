"""Shell sessions of the documentation: run in the shop, and compared with what they show."""

from __future__ import annotations

from pathlib import Path

from agentowners.cases.model import FILE_NAMES
from tests.docs import doctoring, shop, tutorial
from tests.docs.pages import Block, Page, page
from tests.docs.policies import in_force, name
from tests.docs.sessions import session
from tests.gallery import repository as gallery


def today(where: Page, block: Block, place: Path) -> list[tuple[str, str]]:
    """The commands of a session, each with the output that there is today, under the policy and with the test
    cases that the page shows before it."""
    if "no-policy" in block.words:
        return run(block, {}, place)
    if doctoring.WORD in block.words:
        return doctoring.on_github(block, place)
    if where.path == gallery.PAGE:
        gallery.build(place)
        return session(block, place)
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
    made = Block(block.page, block.line, "console", block.words, {}, f"$ {block.attributes['made-by']}\n")
    ((_, printed),) = today(where, made, place)
    return printed


def run(block: Block, policies: dict[str, str], place: Path) -> list[tuple[str, str]]:
    """The same, with the output that there is today."""
    shop.build(place, policies)
    return session(block, place)
