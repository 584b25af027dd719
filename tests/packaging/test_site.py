"""The documentation as a site, and what is published of the code: links, navigation, wheel."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.packaging import ROOT, load_script, text

SITE = load_script("tools/site.py")
DIST = load_script("tools/check_dist.py")


@pytest.mark.parametrize(
    ("path", "markdown", "wanted"),
    [
        ("README.md", "[a](docs/agents.md#x)", "[a](agents.md#x)"),
        ("README.md", '<img src="docs/images/verdict.svg">', '<img src="images/verdict.svg">'),
        ("README.md", "[a](LICENSE)", f"[a]({SITE.REPOSITORY}/blob/main/LICENSE)"),
        ("docs/cli.md", "[a](commands/check.md)", "[a](commands/check.md)"),
        ("docs/commands/check.md", "[a](../agents.md)", "[a](../agents.md)"),
        ("docs/commands/check.md", "[a](../../README.md#set)", "[a](../index.md#set)"),
        ("docs/architecture.md", "[a](../src)", f"[a]({SITE.REPOSITORY}/tree/main/src)"),
        ("docs/cli.md", "[a](https://example.com/x) [b](#c)", "[a](https://example.com/x) [b](#c)"),
        ("docs/cli.md", "```text\n[a](../LICENSE)\n```\n", "```text\n[a](../LICENSE)\n```\n"),
    ],
)
def test_links_lead_to_pages_or_into_the_repository(path: str, markdown: str, wanted: str) -> None:
    assert SITE.relinked(markdown, path) == wanted


def test_every_page_stands_in_the_navigation_once() -> None:
    names = sorted(path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md"))
    listed = [line for table in SITE.navigation(names) for line in table.splitlines() if line in names]
    assert sorted(listed) == names
    assert not [table for table in SITE.navigation(names) if ":caption: More" in table and "/" in table], (
        "a folder without a section"
    )


def test_models_get_every_page_with_a_title_and_a_sentence(tmp_path: Path) -> None:
    for name in ("index", "cli"):
        (tmp_path / f"{name}.md").write_text(f"# Title of {name}\n\n```sh\nno\n```\n\nFirst [one](x.md). Second.\n", "utf-8")
    lines = SITE.index_for_models(tmp_path, ["cli"]).splitlines()
    assert lines[-1] == f"- [Title of cli]({SITE.ADDRESS}cli.html): First one."


def test_a_wheel_that_lacks_a_file_is_not_published(tmp_path: Path) -> None:
    assert list(DIST.faults_of(tmp_path)) == ["one wheel and one source distribution are expected, not 0 and 0"]
    with zipfile.ZipFile(tmp_path / "agentowners-1.whl", "w") as wheel:
        wheel.writestr("agentowners-1.dist-info/METADATA", "Metadata-Version: 2.4\nName: agentowners\nVersion: 1\nSummary: x\n")
    shutil.make_archive(str(tmp_path / "agentowners-1"), "gztar", tmp_path, "agentowners-1.whl")
    faults = list(DIST.faults_of(tmp_path))
    assert "the metadata has no project_urls" in faults
    assert "`agentowners/cli/main.py` is not in the wheel" in faults
    assert "`pyproject.toml` is not in the source distribution" in faults


def test_what_the_index_shows_leads_to_the_repository() -> None:
    project = text("pyproject.toml")
    assert SITE.REPOSITORY in project
    assert SITE.ADDRESS in project
