"""Propose a narrow change of the policy; a person decides about it in the inbox, or on a pull request."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from agentowners.cli.access import STANDARD_API, help_for, repository_of, token_and_url
from agentowners.cli.arguments import CommandParser
from agentowners.cli.inputs import read_input
from agentowners.cli.proposing import Desk, Submitted, claimed_principal
from agentowners.cli.shell import ExitCode, emit
from agentowners.cli.tokens import present
from agentowners.cli.what_if import declared
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.judging import AccessJudge
from agentowners.policy.load import load_policy
from agentowners.proposals.model import MAX_BYTES
from agentowners.proposals.reading import read_proposal
from agentowners.report.shared.json_text import json_document

_EPILOG: Final = """\
what is handed in, at most 64 KiB of JSON, all operations or none; rules go by the ids that denials and `explain` show:
  {"intent_summary": "write the changelog of the release",
   "operations": [{"add_exception": {"rule": ".github/AGENTOWNERS:2", "pattern": "!/security/CHANGELOG.md"}}],
   "denial": "d-0123456789abcdef"}
  operations are add_rule {"text", "file"?}, add_exception {"rule", "pattern"} and remove_rule {"rule"}

what is answered: {"id", "state", "validation", "guidance"}; the validation says what would become looser, with examples

examples:
  agentowners propose proposal.json
  agentowners propose - < proposal.json
  GH_TOKEN=$(gh auth token) agentowners propose proposal.json --pull-request

exit codes:
  0 handed in, 1 the proposal cannot be read, too many wait, or the tool failed, 2 usage,
  5 the proposal or the base's policy is not valid
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("propose", __doc__, _EPILOG)
    command.add_argument("proposal", metavar="FILE", help="the proposal; `-` for standard input")
    group = command.add_mutually_exclusive_group()
    group.add_argument("--as", dest="principal", metavar="PRINCIPAL", help="who proposes; a claim, and shown as one")
    group.add_argument(
        "--token-file", metavar="F", help="a token that says who proposes; its issuer signed it, and the policy takes it"
    )
    command.add_client("the agent's client")
    command.add_argument("--session", metavar="TEXT", help="the client's session; without it that of the denial")
    command.add_argument("--pull-request", action="store_true", help="open a pull request that changes the policy alone, too")
    where = "with --pull-request: where to open it (default: GITHUB_REPOSITORY, else that of `origin`)"
    command.add_argument("--repository", metavar="OWNER/NAME", help=where)
    command.add_quiet("print nothing but errors; the exit code says if it was handed in")
    return command


def main(arguments: Sequence[str]) -> int:
    """Hand the proposal in, print the answer, and return the exit code that says how it ended."""
    options = parser().read(arguments)
    if options.principal is not None:
        declared(options.principal)
    proposal = read_proposal(read_input(options.proposal, "proposal", MAX_BYTES + 1))
    desk = Desk()
    claimed = claimed_principal(options.principal, options.client, os.environ)
    if options.token_file is not None:
        base = desk.base()
        holder = present(options.token_file, load_policy(base.sources))
        bearer = AccessJudge(holder.policy, holder.evidence, (base.ref,), None, lifts=False).principal
        claimed = replace(claimed, principal=f"@{bearer}", verified=True)
    submitted = desk.submit(proposal, replace(claimed, session=options.session or ""))
    if options.pull_request and submitted.kept is not None:
        submitted = _with_pull(desk, submitted, options.repository)
    if not options.quiet:
        emit([json_document(submitted.answer)])
    return ExitCode.ALLOWED if submitted.kept is not None else ExitCode.POLICY_INVALID


def _with_pull(desk: Desk, submitted: Submitted, named: str | None) -> Submitted:
    """Open the pull request that a proposal becomes, and name it in the answer.

    Raises:
        AgentownersError: there is no token, or GitHub refuses something; the proposal waits in the inbox all the same.
    """
    proposal, validation = submitted.kept, submitted.found
    if proposal is None or validation is None:
        return submitted
    from agentowners.github.client import Api
    from agentowners.github.model import Patience
    from agentowners.github.policy_files import open_policy_pull
    from agentowners.report.proposal.text import pull_body, pull_title

    token, url = token_and_url()
    api = Api(token, url or STANDARD_API, repository_of(named, url), Patience())
    title, body = pull_title(proposal), pull_body(proposal)
    try:
        pull = open_policy_pull(api, submitted.base.ref, validation.old, validation.new, id=proposal.id, title=title, body=body)
    except AgentownersError as error:
        message = f"`{proposal.id}` waits in the inbox, and no pull request was opened: {error.message}"
        raise AgentownersError(message, help=help_for(error, url)) from None
    finally:
        api.close()
    desk.store.attach(proposal.id, pull.url)
    desk.note("pull request", proposal, number=pull.number)
    guidance = f"A person decides on {pull.url}. Until it is merged leave these files as they are, and do the rest of the work."
    return replace(submitted, answer=submitted.answer | {"pull_request": pull.url, "guidance": guidance})
