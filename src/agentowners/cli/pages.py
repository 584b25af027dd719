"""Style and script of pages, read from the package."""

from __future__ import annotations

from importlib.resources import files

from agentowners.report.page.frame import Assets


def assets(subject: str) -> Assets:
    """Everything that a subject's page needs beside its data."""
    folder = files("agentowners") / "report" / "page"
    style = [(folder / name).read_text("utf-8") for name in ("page.css", f"{subject}.css")]
    script = folder / f"{subject}.js"
    return Assets("\n".join(style), script.read_text("utf-8") if script.is_file() else "")
