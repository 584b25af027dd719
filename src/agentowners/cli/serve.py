"""Serve the policy, denials and proposals of this repository to agents: the API `policy.local`."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from collections.abc import Sequence
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from agentowners.cli.arguments import CommandParser, whole_number
from agentowners.cli.proposing import Desk
from agentowners.cli.shell import ExitCode, UsageError, say
from agentowners.cli.what_if import declared
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.model import Client
from agentowners.text.wording import reason

if TYPE_CHECKING:
    from agentowners.server.listening import ApiServer

_EPILOG: Final = """\
routes:
  GET  /v1/policy/current             the policy on the base
  GET  /v1/denials?last=N             what was denied lately (10; at most 100)
  POST /v1/proposals                  hand in a proposal
  GET  /v1/proposals/{id}             what became of it
  GET  /v1/proposals/{id}/wait        the same, as soon as a person has decided; ?timeout=60, 1 to 300 seconds, four at a time
  POST /v1/check                      how a call would be decided
  GET  /v1/openapi.json               all this for programs

it listens on a Unix socket that only you may open, in this machine's state folder, or on a port of the loopback interface for
bearers of a token. No route approves anything: people do, in `agentowners inbox`.

a token file holds a line `@principal TOKEN` for each token, 32 characters at least, and nobody else may read it.

examples:
  agentowners serve
  agentowners serve --socket /run/user/1000/policy.sock --client claude
  agentowners serve --port 8743 --token-file /run/user/1000/tokens

exit codes:
  0 ended by a signal, 1 the tool failed, 2 usage
"""
_MOST_BYTES: Final = 64 << 10
_LINE: Final = re.compile(r"@\S+[ \t]+(?P<token>[!-~]{32,512})", re.ASCII)


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("serve", __doc__, _EPILOG)
    command.add_argument("--socket", metavar="PATH", help="where to put the socket (default: in this machine's state folder)")
    port = partial(whole_number, "--port", most=65_535)
    command.add_argument("--port", metavar="N", type=port, help="listen on this port of the loopback interface; 0 for a free one")
    command.add_argument("--token-file", metavar="F", help="tokens, each with the principal it is of; needed with --port")
    command.add_client("whose agent uses the socket")
    command.add_quiet("do not say where it listens")
    return command


def main(arguments: Sequence[str]) -> int:
    """Serve until a signal ends it, and return 0."""
    options = parser().read(arguments)
    if (options.port is None) is not (options.token_file is None):
        given, other = ("--port", "--token-file") if options.token_file is None else ("--token-file", "--port")
        raise UsageError(f"`{given}` requires `{other}`", help="a port is for bearers of a token only")
    if options.port is not None and (options.socket is not None or options.client is not None):
        raise UsageError("`--socket` and `--client` cannot be used with `--port`")
    from agentowners.cli.policy_service import RepositoryService
    from agentowners.server.listening import PortServer, SocketServer
    from agentowners.server.routes import respond

    desk = Desk()
    service = RepositoryService(desk, None if options.client is None else Client(options.client))
    answer = partial(respond, service=service, document=api_document)
    if options.port is None:
        own = os.path.join(desk.store.directory, "policy.sock")
        path = os.path.abspath(own if options.socket is None else options.socket)
        server: ApiServer = SocketServer(path, answer)
        place = f"unix:{path}"
    else:
        server = PortServer(options.port, read_tokens(options.token_file), answer)
        place = f"http://127.0.0.1:{server.server_address[1]}"
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not options.quiet:
            say(f"policy.local of {desk.repository.root} on {place}\n")
        server.serve_forever()
    except KeyboardInterrupt:
        return ExitCode.ALLOWED
    finally:
        server.server_close()
    return ExitCode.ALLOWED


def api_document() -> dict[str, Any]:
    """The API's description in OpenAPI 3.1, as it is published."""
    text = resources.files("agentowners").joinpath("schemas/policy-local-1.openapi.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def read_tokens(path: str) -> dict[str, str]:
    """Tokens with the principals that they are of.

    Raises:
        AgentownersError: the file cannot be read, is not only this user's, or a line of it is none.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise AgentownersError(f"the tokens in `{path}` cannot be read: {reason(error)}") from None
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise AgentownersError(f"`{path}` is not only yours to read", help=f"`chmod 600 {path}`, as its owner")
        lines = file.read(_MOST_BYTES).decode("utf-8", "replace").splitlines()
    tokens: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None or match["token"] in tokens:
            raise AgentownersError(
                f"line {number} of `{path}` is no token of its own",
                help="write `@principal TOKEN`, the token 32 characters at least",
            )
        tokens[match["token"]] = f"@{declared(line.split()[0]).name}"
    if not tokens:
        raise AgentownersError(f"there is no token in `{path}`", help="write a line `@principal TOKEN`")
    return tokens
