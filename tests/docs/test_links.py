"""Every link inside the repository leads somewhere."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, Page, pages, read


@pytest.mark.parametrize("page", [pytest.param(page, id=page.path) for page in pages()])
def test_links_lead_somewhere(page: Page) -> None:
    for line, target in page.links:
        if re.match(r"[a-z]+:", target):
            assert target.startswith(("https://", "mailto:")), f"{page.path}:{line}: {target}"
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / page.path).parent / path if path else ROOT / page.path
        assert file.resolve().is_relative_to(ROOT), f"{page.path}:{line}: {target} leaves the repository"
        assert file.exists(), f"{page.path}:{line}: {target} is not there"
        if anchor:
            assert anchor in read(file.resolve()).anchors, f"{page.path}:{line}: {target} has no such heading"


def test_every_page_is_linked_from_the_front_page() -> None:
    readme = read(ROOT / "README.md")
    linked = {target.partition("#")[0] for _, target in readme.links}
    assert {page.path for page in pages() if not page.path.startswith(("docs/commands/", "docs/adr/0", "docs/clients/"))} - {
        "README.md"
    } <= linked


def test_every_command_has_a_page_that_is_linked_from_the_index() -> None:
    linked = {target.partition("#")[0] for _, target in read(ROOT / "docs/cli.md").links}
    assert {page.path.removeprefix("docs/") for page in pages() if page.path.startswith("docs/commands/")} <= linked


def test_what_the_code_says_of_the_pages_is_there() -> None:
    headings = " ".join(heading for _, heading in read(ROOT / "docs/policy-reference.md").headings)
    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for name in re.findall(r"docs/[a-z/-]+\.md", text):
            assert (ROOT / name).exists(), f"{file}: {name}"
        for number in re.findall(r"[Ss]ection ([0-9]+)", text):
            assert f"{number}. " in headings, f"{file}: section {number}"
