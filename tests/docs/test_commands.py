"""Every command has its page, and the page says all there is to say of it."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from agentowners.cli.commands import COMMANDS
from agentowners.cli.shell import ExitCode
from tests.cli.run import as_process
from tests.docs.pages import Page, codes, page
from tests.docs.sessions import commands


def of(command: str) -> Page:
    return page(f"docs/commands/{command}.md")


def help_of(command: str) -> str:
    done = as_process(command, "--help", env={"COLUMNS": "100", "LC_ALL": "C.UTF-8"})
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def sections(text: str) -> dict[str, str]:
    """The parts of a help text, by their headings."""
    found = re.split(r"^([a-z][^\n]*):\n", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_shows_the_help(command: str) -> None:
    shown = [output for block in of(command).blocks if block.language == "console" for _, output in commands(block)]
    assert help_of(command).strip("\n") in shown, f"the page of {command} does not show what `--help` prints"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_begins_with_the_command_and_says_its_exit_codes(command: str) -> None:
    where = of(command)
    assert where.headings[0][1] == f"agentowners {command}"
    assert "exit code" in where.text.lower()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_has_examples_and_exit_codes(command: str) -> None:
    said = sections(help_of(command))
    examples = [line for line in said["examples"].splitlines() if re.match(r"  \S", line)]
    assert examples
    assert all("agentowners " in line for line in examples), examples
    assert all(f"agentowners {command}" in said["examples"] for _ in examples)
    listed = {int(number) for number in re.findall(r"(?:^|[ ,])(\d) ", said["exit codes"])}
    assert {ExitCode.ALLOWED, ExitCode.FAILED, ExitCode.USAGE} <= listed <= set(ExitCode)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_explains_itself_in_one_clear_line(command: str) -> None:
    for action in import_module(COMMANDS[command].module).parser()._actions:
        said = str(action.help)
        name = " ".join(action.option_strings) or action.dest
        assert len(said) > 10, name
        assert "\n" not in said, name
        assert not said.endswith("."), name
        assert said[0].islower() or said[0] in "`-" or said.startswith(("JUnit", "JSON")), name


def test_the_index_lists_every_command_in_the_order_of_the_help() -> None:
    (table,) = [table for table in page("docs/cli.md").tables if table.header[0] == "command"]
    assert [(codes(row[0])[0], row[1]) for row in table.rows] == [(name, command.purpose) for name, command in COMMANDS.items()]
    for row in table.rows:
        assert f"(commands/{codes(row[0])[0]}.md)" in row[0]


def test_the_front_page_leads_to_the_index() -> None:
    assert "docs/cli.md" in {target for _, target in page("README.md").links}
