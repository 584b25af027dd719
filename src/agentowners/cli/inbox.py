"""Look at what agents propose to change in the policy; grant it on this machine for a while, or reject it."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from typing import Final

from agentowners import __version__
from agentowners.cli.arguments import CommandParser, whole_number
from agentowners.cli.moments import now
from agentowners.cli.proposing import Desk, Looked
from agentowners.cli.shell import ExitCode, UsageError, complain, emit, say
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.denial import digest_of
from agentowners.dispatch.markers import marker_in
from agentowners.proposals.merge import added_statement
from agentowners.proposals.model import ANY_SESSION, MAX_GRANT_MINUTES, AddRule, Grant, KeptProposal, ProposalState
from agentowners.report.proposal.json import summary_json
from agentowners.report.proposal.text import BEST_EFFORT, ReviewSection, list_lines, plain, review_token, row_cells, sections
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.json_text import json_document

_EPILOG: Final = """\
commands:
  list     the proposals, those that wait first
  show     one proposal, merged and proved anew, with the token that approving it takes
  approve  grant it: its operations hold at the tool calls of its principal and session on this machine, and end by themselves
  reject   reject it; the guidance goes back to the agent

approving takes a terminal, and refuses where a client says by a variable that an agent is calling. That guards against
accidents: it is best-effort, and unavailable where the agent runs as you without a sandbox, since it can then write a grant
itself. A pull request (`agentowners propose --pull-request`) is the strong way.

examples:
  agentowners inbox list
  agentowners inbox show p-0123456789abcdef
  agentowners inbox approve p-0123456789abcdef --token 0123456789abcdef --minutes 30
  agentowners inbox reject p-0123456789abcdef --guidance 'one file is enough'

exit codes:
  0 done, 1 the tool failed or refuses, 2 usage, 5 the proposal can no longer be merged
"""
_MOST_SHOWN: Final = 100
_MOST_GUIDANCE: Final = 2_000
_STATES: Final = {
    ProposalState.PENDING: "bold yellow",
    ProposalState.APPROVED: "bold green",
    ProposalState.REJECTED: "bold red",
    ProposalState.SUPERSEDED: "dim",
    ProposalState.STALE: "dim",
}
_STYLES: Final = (("looser:", "bold red"), ("stricter:", "bold green"), ("violates", "bold red"), ("+", "green"), ("-", "red"))
"""Styles of lines by how they begin."""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("inbox", __doc__, _EPILOG)
    command.add_argument("what", choices=["list", "show", "approve", "reject"], metavar="COMMAND", help="one of %(choices)s")
    command.add_argument("id", nargs="?", metavar="ID", help="the proposal; needed for all but list")
    command.add_argument("--token", metavar="TEXT", help="the review token that `show` printed last, for approve")
    command.add_argument("--session", metavar="TEXT", help="the session that gets the grant, for approve (default: its own)")
    minutes = partial(whole_number, "--minutes", least=1, most=MAX_GRANT_MINUTES)
    help = "how long at most, for approve (%(default)s)"
    command.add_argument("--minutes", metavar="N", type=minutes, default=MAX_GRANT_MINUTES, help=help)
    command.add_argument("--guidance", metavar="TEXT", default="", help="what the agent gets back, for reject")
    command.add_format()
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say, and return the exit code that says how it ended."""
    options = parser().read(arguments)
    _check(options)
    act = {"list": _list, "show": _show, "approve": _approve, "reject": _reject}[options.what]
    return act(Desk(), options)


def _check(options: Namespace) -> None:
    given = options.id is not None
    if given is (options.what == "list"):
        help = "`agentowners inbox list` shows the ids" if not given else "`inbox show` shows one"
        raise UsageError(f"`inbox {options.what}` takes {'no' if given else 'the'} id of a proposal", help=help)
    for name, what in (("token", "approve"), ("session", "approve"), ("guidance", "reject")):
        if getattr(options, name) and options.what != what:
            raise UsageError(f"`--{name}` requires `inbox {what}`")
    if options.what == "approve" and not options.token:
        raise UsageError(
            "`--token` is missing", help=f"`agentowners inbox show {options.id}` shows what is asked for, and the token"
        )
    if len(options.guidance) > _MOST_GUIDANCE:
        raise UsageError(f"`--guidance` is longer than {_MOST_GUIDANCE:,} characters")


def _list(desk: Desk, options: Namespace) -> int:
    digest = digest_of(desk.base().sources)
    listing = [(proposal, proposal.now(digest)) for proposal in desk.store.proposals()]
    listing.sort(key=lambda row: row[1] is not ProposalState.PENDING)
    grants = [grant for grant in desk.store.grants() if grant.holds(now()) and grant.base == digest]
    if options.quiet:
        return ExitCode.ALLOWED
    if options.format == "json":
        emit([json_document([summary_json(entry, state) for entry, state in listing[:_MOST_SHOWN]])])
        return ExitCode.ALLOWED
    rows = [(entry, state, _clock(entry.at)) for entry, state in listing[:_MOST_SHOWN]]
    lines = list_lines(rows, len(listing), [(grant, _ends(grant)) for grant in grants])
    if _on_terminal() and rows:
        _show_table(rows, lines[len(rows) :])
    else:
        say("".join(f"{line}\n" for line in lines) or "nothing was proposed here\n")
    return ExitCode.ALLOWED


def _show_table(rows: Sequence[tuple[KeptProposal, ProposalState, str]], rest: Sequence[str]) -> None:
    """Show proposals on a terminal, and lines below them."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("proposal", "state", "who says it is theirs", "handed in", "because")
    for proposal, state, when in rows:
        id, word, proposer, at, why = row_cells(proposal, state, when)
        table.add_row(Text(id), Text(word, _STATES[state]), Text(proposer), Text(at), Text(why))
    console = Console(highlight=False)
    console.print(table)
    for line in rest:
        console.print(Text(line))


def _show(desk: Desk, options: Namespace) -> int:
    looked = desk.look(desk.store.kept(options.id))
    sections, token = _review(looked)
    code = ExitCode.POLICY_INVALID if isinstance(looked.found, AgentownersError) else ExitCode.ALLOWED
    if options.quiet:
        return code
    if options.format == "json":
        emit([json_document(looked.as_json() | {"review_token": token})])
        return code
    if _on_terminal():
        _show_frames(sections)
    else:
        say(plain(sections))
    if token is not None:
        say(f"\nreview token: {token}\n")
    return code


def _show_frames(parts: Sequence[ReviewSection]) -> None:
    """Show on a terminal what has to be seen before a decision, a frame for each part."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    console = Console(highlight=False)
    for section in parts:
        styles = [next((style for word, style in _STYLES if line.startswith(word)), "") for line in section.lines]
        body = Text("\n").join(map(Text, section.lines, styles))
        console.print(Panel(body, title=Text(section.heading), title_align="left"))


def _review(looked: Looked) -> tuple[list[ReviewSection], str | None]:
    """Everything that is shown of a proposal, and the token of it; none where it cannot be approved."""
    parts = sections(looked.kept, looked.state, looked.found, _clock(looked.kept.at))
    open = looked.state is ProposalState.PENDING and not isinstance(looked.found, AgentownersError)
    return parts, review_token(parts, __version__) if open else None


def _approve(desk: Desk, options: Namespace) -> int:
    """Grant what was shown, if it is still what would be shown."""
    complain("".join(f"note: {line}\n" for line in BEST_EFFORT))
    _refuse_agents()
    proposal = desk.store.kept(options.id)
    session = _grantable(proposal, options.session)
    looked = desk.look(proposal)
    if isinstance(looked.found, AgentownersError):
        raise looked.found
    _, token = _review(looked)
    if token is None:
        raise AgentownersError(
            f"proposal `{proposal.id}` is {looked.state.value}", help="only one that is pending can be approved"
        )
    if token != options.token:
        raise AgentownersError(
            f"the token is not of what `{proposal.id}` would do now", help=f"look again: `agentowners inbox show {proposal.id}`"
        )
    grants = desk.store.approve(proposal, session, __version__, now(), options.minutes)
    logged = [desk.note("grant", proposal, grant=grant.id, minutes=grant.minutes) for grant in grants]
    whose = "every session" if session == ANY_SESSION else f"session {session}"
    granted = f"granted: {proposal.id} to {proposal.provenance.principal}, {whose}, until {_ends(grants[0])} at the latest"
    return _done(options, granted, logged=all(logged))


def _grantable(proposal: KeptProposal, session: str | None) -> str:
    """The session that a grant would be for.

    Raises:
        AgentownersError: the proposal names nobody whose calls it could hold for, or asks for what no grant can give.
    """
    if proposal.provenance.principal == "@agents":
        raise AgentownersError(
            "the proposal does not say which agent it is of", help="let it be proposed with `--client`, or as a pull request"
        )
    for operation in proposal.proposal.operations:
        if isinstance(operation, AddRule) and not hasattr(added_statement(operation), "outcome"):
            raise AgentownersError(
                "an `unprotect` line holds at no tool call of a principal who is only declared",
                help="let it be proposed as a pull request",
            )
    chosen = session or proposal.provenance.session
    if not chosen or (session is None and chosen == ANY_SESSION):  # for every session a person has to say so
        raise AgentownersError(
            "the proposal names no session", help=f"name one with `--session`, or `--session {ANY_SESSION}` for every one"
        )
    return chosen


def _refuse_agents() -> None:
    """Make sure, as far as that can be told, that a person is there.

    Raises:
        AgentownersError: a client's variable says that an agent is calling, or there is no terminal.
    """
    marker = marker_in(list(os.environ))
    if marker is not None:
        raise AgentownersError(f"`{marker}` is set: an agent's client is calling", help="approve it in a terminal of your own")
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise AgentownersError("approving takes a terminal", help="run it in a terminal of your own, without a pipe")


def _reject(desk: Desk, options: Namespace) -> int:
    proposal = desk.store.reject(options.id, options.guidance, now().wall)
    return _done(options, f"rejected: {proposal.id}", logged=desk.note("rejection", proposal))


def _done(options: Namespace, line: str, *, logged: bool) -> int:
    """Say what was done, and if the journal does not hold it."""
    if not options.quiet:
        say(f"{for_terminal(line)}\n" + ("" if logged else "log: unavailable\n"))
    return ExitCode.ALLOWED


def _ends(grant: Grant) -> str:
    return _clock(grant.start.wall + grant.minutes * 60_000)


def _clock(at: int) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at / 1000))
    except (OverflowError, OSError, ValueError):
        return "at no time that there is"


def _on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
