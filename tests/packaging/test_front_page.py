"""The front page's first commands: they are commands, and come from where the project is."""

from __future__ import annotations

import shlex
import tomllib

from agentowners.cli.commands import COMMANDS
from tests.docs.pages import ROOT, page

FROM = "--from"


def test_the_set_up_runs_commands_that_there_are_from_the_project_s_own_repository() -> None:
    (block,) = [block for block in page("README.md").blocks if block.title == "set-up"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [shlex.split(line) for line in block.text.splitlines() if line.startswith("uvx")]
    assert [line[4] for line in lines] == ["init", "doctor"]
    for tool, option, source, program, command, *_ in lines:
        assert (tool, option, source) == ("uvx", FROM, f"git+{project['urls']['Source']}@v1")
        assert program in project["scripts"]
        assert command in COMMANDS


def test_it_says_what_it_is_for_before_it_shows_it_and_that_before_how_to_set_it_up() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    parts = ["| | AGENTOWNERS | CODEOWNERS |", "docs/images/check-blocked-dark.png", "docs/images/check-blocked-light.png"]
    parts += ["agentowners init", "doctor --apply", "GitHub only, GitHub Enterprise Server too", "Linux runners with Docker"]
    parts += ["git clone", "make demo", "make test", "## A policy"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_front_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 780
