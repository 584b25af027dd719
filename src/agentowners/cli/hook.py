"""Answer an agent's client before a tool runs: by the policy on the branch that changes go to, and the work tree's."""

# Whatever happens, it ends with an answer that the client takes for one: anything else would let the tool run.

from __future__ import annotations

import os
import sys
import time
from _thread import allocate_lock, start_new_thread
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from agentowners.cli.hook_progress import Progress
from agentowners.cli.hook_shield import pass_on
from agentowners.diagnostics import AgentownersError, PolicyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from agentowners.cli.arguments import CommandParser
    from agentowners.dispatch.answers import Wire
    from agentowners.dispatch.model import Client

DEADLINE = 2.0
"""Seconds; every client that was tried lets the tool run when its own, longer time is over."""
_LATE = "the call was not judged within 2 seconds"
_POSIX = os.name == "posix"
_NOT_POSIX = "tool calls cannot be judged on Windows, where paths, links and shells are others"
_WSL = "run the client in WSL, or take the hook out of its configuration: the check of the pull request holds without it"

_EPILOG = """\
the payload is read from standard input, and its shape tells whose it is. What is allowed is answered with silence; what is denied
in the client's own words, the reason on standard error too. A call that cannot be judged is denied.

no variable of the environment is read. `--policy-file` outside of what the agent may write, in the configuration of the whole
machine, is what nobody in the repository can switch off.

`agentowners hook install` writes this command into a client's configuration, and `agentowners hook doctor` tries what is
written there; each has a `--help` of its own.

examples:
  agentowners hook --client claude < payload.json
  agentowners hook --policy-file /etc/agentowners/policy
  agentowners hook install --client claude
  agentowners hook doctor

exit codes:
  0 the client goes on, or asks a person, 2 denied, or not understood; 1 never, since clients take it for a yes
"""


class HookLine(Struct, frozen=True):
    """Options of a command line as it is installed, named as the parser names them."""

    client: str | None = None
    policy_files: tuple[str, ...] = ()
    token_file: str | None = None
    no_grants: bool = False


def parser() -> CommandParser:
    """The command's grammar."""
    from agentowners.cli.arguments import CommandParser

    command = CommandParser("hook", __doc__, _EPILOG)
    command.add_client("whose payload has to come, and in whose words to answer where none does")
    command.add_policy_files("further policy, read from disk; may be repeated")
    help = "a token that says who calls; its issuer's keys have to stand in the repository"
    command.add_argument("--token-file", metavar="F", help=help)
    command.add_argument("--no-grants", action="store_true", help="count no exception that was granted on this machine alone")
    return command


def main(arguments: Sequence[str]) -> int:
    """Answer the payload on standard input, and return 0 or 2.

    Raises:
        UsageError: the arguments are not understood; the client that they name is told so in its own words first.
    """
    if list(arguments[:1]) in (["install"], ["doctor"]) and not _POSIX:
        raise AgentownersError(_NOT_POSIX, help=_WSL)
    if list(arguments[:1]) == ["install"]:
        from agentowners.cli.hook_install import main as install

        return install(arguments[1:])
    if list(arguments[:1]) == ["doctor"]:
        from agentowners.cli.hook_doctor import main as examine

        return examine(arguments[1:])
    progress = Progress(_named(arguments))
    try:
        options = read_options(arguments)
    except AgentownersError as error:
        refused = _refused(progress, error.message, error.help)
        if refused.code == 0:
            return _write(refused)
        _write(replace(refused, err=b""))
        raise
    free = allocate_lock()
    start_new_thread(_bite, (progress, free))
    answer = answer_to(options, lambda: b"" if sys.stdin is None else sys.stdin.buffer.read(), progress)
    free.acquire()
    return _write(answer)


def read_options(arguments: Sequence[str]) -> Namespace | HookLine:
    """Options of a command line. One that is installed is read here: a parser takes a tenth of the time of a call."""
    match list(arguments):
        case [] | ["--client", "claude" | "codex" | "gemini" | "qwen" | "copilot" | "droid" | "cline" | "opencode"]:
            return HookLine(client=arguments[-1] if arguments else None)
        case [word, *_] if not word.startswith("-"):
            from difflib import get_close_matches

            from agentowners.cli.shell import UsageError

            for nearest in get_close_matches(word, ("install", "doctor"), n=1):
                raise UsageError(f"unexpected argument `{word}`", help=f"did you mean `agentowners hook {nearest}`?")
        case _:
            pass
    return parser().read(arguments)


def answer_to(options: Namespace | HookLine, read: Callable[[], bytes], progress: Progress) -> Wire:
    """The answer to the payload that ``read`` gives. Nothing is raised."""
    if not _POSIX:
        return _refused(progress, _NOT_POSIX, _WSL)
    try:
        from agentowners.cli.hook_call import answer_call

        counts = not options.no_grants
        return answer_call(read(), progress, _client(options.client), options.policy_files, options.token_file, grants=counts)
    except BaseException as error:  # noqa: BLE001 (whatever it is, the answer is no)
        message, help = _said(error)
        with suppress(BaseException):  # the answer stands, whether it can be written into the journal or not
            from agentowners.cli.hook_journal import keep_refusal

            keep_refusal(progress.call, progress.named, message, progress.started)
        return _refused(progress, message, help)


def _bite(progress: Progress, free: LockType) -> None:
    """Refuse when the time is over, and leave; unless an answer is being written."""
    time.sleep(DEADLINE)
    free.acquire()
    late = _refused(progress, _LATE, None)
    os._exit(pass_on(late.out, late.err, late.code))


def _refused(progress: Progress, message: str, help: str | None) -> Wire:
    from agentowners.dispatch.answers import Reply, wire
    from agentowners.dispatch.model import Moment
    from agentowners.dispatch.words import refusal

    call = progress.call
    client, moment = (_client(progress.named), Moment.CALL) if call is None else (call.client, call.moment)
    return wire(client, moment, Reply.DENY, refusal(message, help))


def _named(arguments: Sequence[str]) -> str | None:
    """The client that the command line names, however wrong the rest of it is."""
    for index, argument in enumerate(arguments):
        if argument == "--client" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--client="):
            return argument.partition("=")[2]
    return None


def _client(name: str | None) -> Client | None:
    from agentowners.dispatch.model import Client

    return Client(name) if name in set(Client) else None


def _said(error: BaseException) -> tuple[str, str | None]:
    if isinstance(error, PolicyError):
        return f"the policy does not parse: {error.message}", error.help
    if isinstance(error, AgentownersError):
        return error.message, error.help
    if isinstance(error, MemoryError):
        return "there is not enough memory", None
    return f"this is a bug in agentowners: {type(error).__name__}: {error}", "please report it"


def _write(answer: Wire) -> int:
    try:
        for stream, data in ((sys.stderr, answer.err), (sys.stdout, answer.out)):
            if data:
                stream.buffer.write(data)
                stream.buffer.flush()
    except (OSError, ValueError, AttributeError):
        return 2
    return answer.code
