"""Run an MCP server behind the policy: a client's requests reach it if the policy lets them, all else as it is."""

from __future__ import annotations

import gc
from collections.abc import Sequence

from agentowners.cli.arguments import CommandParser
from agentowners.cli.shell import UsageError, complain

_EPILOG = """\
`tools/call`, `resources/read`, `resources/subscribe`, `subscriptions/listen` and `prompts/get` are judged as `agentowners hook`
judges an agent's calls: by the policy on the branch that changes go to, and the work tree's. What is blocked, or needs an
approval, is refused with what to do next. Frames that two readers could understand differently are refused.

the client is who it says it is (`clientInfo`); with --token-file, who the token proves. No variable of the environment is read;
the server gets all of them, its standard error is the client's, and its end is this command's.

examples:
  agentowners mcp-gateway -- npx -y @modelcontextprotocol/server-filesystem .
  agentowners mcp-gateway --name git -- mcp-server-git --repository .
  agentowners mcp-gateway --policy-file /etc/agentowners/policy -- my-server --stdio

exit codes:
  the server's own, 0 where it ended well; 1 it could not be started, 2 usage, 5 a policy file is invalid, 6 the token is refused
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("mcp-gateway", __doc__, _EPILOG)
    command.add_policy_files("further policy, read from disk at each request; may be repeated")
    command.add_argument("--token-file", metavar="F", help="a token that says who calls")
    command.add_argument("--no-grants", action="store_true", help="count no exception that was granted on this machine alone")
    command.add_argument("--name", metavar="S", help="name of the server, as clients and the policy's `tools` know it")
    command.add_argument("command", nargs="*", metavar="COMMAND", help="after `--`: the server, and its arguments")
    return command


def main(arguments: Sequence[str]) -> int:
    """Run the server until it ends, and return its exit code.

    Raises:
        UsageError: the arguments are not understood.
        TokenRefusedError: the token proves nothing.
        AgentownersError: the server cannot be started, or a file cannot be read.
    """
    options = parser().read(arguments)
    if options.command and "--" not in arguments:
        raise UsageError(f"unexpected argument `{options.command[0]}`", help="write `--` before the server's command")
    from agentowners.cli.mcp_judge import McpJudge
    from agentowners.cli.policies import from_disk
    from agentowners.policy.load import load_policy
    from agentowners.report.shared.escape import for_terminal
    from agentowners.server.relay import Relay

    if options.policy_files:
        load_policy(from_disk(options.policy_files))
    if not options.command:
        raise UsageError("the server's command is missing", help="write it after `--`")
    if options.token_file == "-":  # noqa: S105 (where one is, not what it is)
        raise UsageError("`--token-file` cannot be `-`: standard input is the client's", help="put the token into a file")
    judge = McpJudge(options.command, options.policy_files, options.token_file, options.name, grants=not options.no_grants)
    if options.token_file is not None:
        judge.prove()
    gc.enable()  # unlike other commands, this one stays

    def notice(text: str) -> None:
        complain(f"agentowners: refused: {for_terminal(text)}\n")

    return Relay(options.command, judge, notice).run()
