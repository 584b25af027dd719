"""Builds the documentation as a site: docs/ and the README as they are, with search, light and dark, and llms.txt.

usage: site.py [FOLDER]
"""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/agentowners/agentowners-action"
ADDRESS = "https://agentowners.github.io/agentowners-action/"
SECTIONS = {
    "Policy": (
        "tutorial",
        "gallery",
        "set-up",
        "pull-request",
        "policy-reference",
        "recipes",
        "agents",
        "tokens",
        "proposals",
        "audit",
    ),
    "GitHub Action": ("action-reference", "security-model", "requests"),
    "Command line": ("cli", "commands/*", "pre-commit", "editors"),
    "Agents' clients": ("clients/*",),
    "Contributors": ("architecture", "style", "adr/README", "adr/0*"),
}
"""Sections of the navigation; a page that none of them names follows under "More"."""
LINK = re.compile(r"(!?\[[^\]]*\]\(|<(?:img|source|a)\s[^>]*?(?:src|srcset|href)=\")([^)\s\"#]+)(#[^)\s\"]*)?(?=[)\"])")
"""A link or image of a page, in Markdown or HTML; the second group is its target."""

_FENCE = re.compile(r"(?ms)^( *)```.*?^\1```[^\n]*$")
_CONFIGURATION = """\
project = "AGENTOWNERS"
html_title = "AGENTOWNERS"
html_baseurl = "{address}"
html_theme = "furo"
html_theme_options = {{"source_repository": "{repository}/", "source_branch": "main", "source_directory": "docs/"}}
html_extra_path = ["extra"]
extensions = ["myst_parser"]
exclude_patterns = ["extra"]
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]
"""


def main(arguments: list[str]) -> int:
    """Builds the site and returns Sphinx's exit code; a link that leads nowhere is an error."""
    site = Path(arguments[0]) if arguments else ROOT / "build/site"
    source = site.with_name(f"{site.name}-source")
    shutil.rmtree(source, ignore_errors=True)
    names = sorted(path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md"))
    for name in ("README", *(f"docs/{name}" for name in names)):
        text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
        page = source / ("index.md" if name == "README" else f"{name.removeprefix('docs/')}.md")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(relinked(text, f"{name}.md") + ("".join(navigation(names)) if name == "README" else ""), encoding="utf-8")
    shutil.copytree(ROOT / "docs/images", source / "images")
    shutil.copytree(ROOT / "docs/images", source / "extra/images")
    (source / "extra/llms.txt").write_text(index_for_models(source, names), encoding="utf-8")
    (source / "conf.py").write_text(_CONFIGURATION.format(address=ADDRESS, repository=REPOSITORY), encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", str(source), str(site)]
    return subprocess.run(command, check=False).returncode


def navigation(names: list[str]) -> Iterator[str]:
    """Yields a hidden table of contents for each section; every page stands in one."""
    left = dict.fromkeys(names)
    for section, patterns in (*SECTIONS.items(), ("More", ("*",))):
        pages = [
            name
            for pattern in patterns
            for name in left
            if Path(name).match(pattern) and (pattern == "*" or "/" in pattern or "/" not in name)
        ]
        if pages:
            yield f"\n\n```{{toctree}}\n:hidden:\n:caption: {section}\n\n" + "\n".join(pages) + "\n```\n"
        for page in pages:
            left.pop(page, None)


def index_for_models(source: Path, names: list[str]) -> str:
    """The text of llms.txt (https://llmstxt.org): every page with its title and first sentence."""
    lines = [
        "# AGENTOWNERS",
        "",
        "> CODEOWNERS for AI agents: a policy file says what an agent may change, and a required check enforces it.",
        "",
    ]
    for name in ("index", *names):
        text = _FENCE.sub("", (source / f"{name}.md").read_text(encoding="utf-8")).replace("**Situation.** ", "")
        title = re.search(r"(?m)^# (.+)$", text)
        paragraph = next((part for part in text.split("\n\n") if part[:1].isalpha()), "")
        sentence = re.split(r"(?<=[.:])\s", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(paragraph.split())))[0]
        lines.append(f"- [{title[1] if title else name}]({ADDRESS}{name}.html): {sentence}")
    return "\n".join(lines) + "\n"


def relinked(markdown: str, path: str) -> str:
    """Rewrites a page's links for the site: what is no page leads to the repository. Blocks of code stay as they are."""
    folder = posixpath.dirname(path)

    def link(match: re.Match[str]) -> str:
        opening, target, anchor = match[1], match[2], match[3] or ""
        if re.match(r"[a-z]+:|/", target):
            return match[0]
        file = posixpath.normpath(posixpath.join(folder, target))
        if file == "README.md":
            return opening + posixpath.relpath("docs/index.md", folder) + anchor
        if file.startswith("docs/") and (ROOT / file).is_file():
            return opening + posixpath.relpath(file, folder or "docs") + anchor
        kind = "tree" if (ROOT / file).is_dir() else "blob"
        return f"{opening}{REPOSITORY}/{kind}/main/{file}{anchor}"

    parts = []
    end = 0
    for fence in _FENCE.finditer(markdown):
        parts += [LINK.sub(link, markdown[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, LINK.sub(link, markdown[end:])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
