"""Show what was lately denied to agents, or asked about, at tool calls in this repository on this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

import msgspec

from agentowners.cli.arguments import CommandParser, whole_number
from agentowners.cli.shell import ExitCode, emit, say
from agentowners.diagnostics import AgentownersError
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.json_text import encode, json_document
from agentowners.store.journal import entries
from agentowners.store.machine import state_directory
from agentowners.store.repositories import Repository, repository_here

_EPILOG: Final = """\
the journal lies in ~/.local/state/agentowners. It is a help and no evidence: whoever runs the agent can edit it.

examples:
  agentowners denials
  agentowners denials --last 3 --format json
  agentowners denials --last 100 --format ocsf

exit codes:
  0 shown, 1 the tool failed, 2 usage
"""
_MOST: Final = 100


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("denials", __doc__, _EPILOG)
    last = partial(whole_number, "--last", least=1, most=_MOST)
    command.add_argument("--last", metavar="N", type=last, default=10, help="how many, newest first (default: %(default)s)")
    help = "output format; json is one list, ocsf an event on each line (default: %(default)s)"
    command.add_argument("--format", choices=["text", "json", "ocsf"], default="text", help=help)
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Show the denials, and return 0."""
    options = parser().read(arguments)
    repository = repository_here()
    entries = _newest(repository, options.format, options.last)
    if options.quiet:
        return ExitCode.ALLOWED
    if options.format == "ocsf":
        emit(f"{line}\n" for line in _events(entries, f"{os.path.basename(repository.root)}:journal"))
        return ExitCode.ALLOWED
    rows = [(entry, _completed(entry["denial"], repository) if "denial" in entry else None) for entry in entries]
    if options.format == "json":
        emit([json_document([denial for _, denial in rows])])
    else:
        say("".join(_denial_text(entry, denial) for entry, denial in rows) or "nothing was denied here lately\n")
    return ExitCode.ALLOWED


def recent(repository: Repository, last: int) -> list[dict[str, Any]]:
    """The newest denials in a repository, each with the lines that would allow it."""
    return [_completed(entry["denial"], repository) for entry in _newest(repository, "json", last)]


def _newest(repository: Repository, form: str, last: int) -> list[dict[str, Any]]:
    directory = state_directory(repository.common_dir)
    lines = entries(directory) if directory is not None else ()

    def is_shown(entry: dict[str, Any]) -> bool:
        # a call that could not be judged is no denial, and is shown where no shape is promised
        return isinstance(entry.get("denial"), dict) or (form != "json" and isinstance(entry.get("refused"), str))

    return list(islice(filter(is_shown, lines), last))


def _events(entries: Sequence[dict[str, Any]], log: str) -> Iterator[str]:
    """Each as an event; lines that somebody else wrote into the journal are left out."""
    from agentowners.audit.acts import CallRecord, call_event
    from agentowners.audit.redaction import redacted_value

    for entry in entries:
        try:
            record = msgspec.convert(entry, CallRecord)
        except msgspec.ValidationError:
            continue
        yield encode(redacted_value(call_event(record, log)), sort_keys=True)


def _completed(denial: dict[str, Any], repository: Repository) -> dict[str, Any]:
    """The denial with the lines that would allow it, where the policy is still the one that denied it."""
    from agentowners.change.model import Evidence, Signal, Strength
    from agentowners.cli.hook_policies import policies_of
    from agentowners.dispatch.denial import Denial, denied_access, digest_of
    from agentowners.dispatch.model import Access
    from agentowners.dispatch.remedies import remedies
    from agentowners.policy.model import Action, Decision

    try:
        accesses = [(Action(each["action"]), str(each["path"])) for each in denial["accesses"]]
        principal = str(denial["principals"][0]).removeprefix("@")
        evidence = Evidence(Signal.DECLARED, Strength.DECLARED, name=principal)
        policies = policies_of(repository, (), evidence, lifts=False)
        same = Denial(
            "tool",
            digest_of(policies.sources),
            tuple(map(str, denial["principals"])),
            tuple(map(str, denial["refs"])),
            tuple(denied_access(action.value, path, Decision.BLOCK, ()) for action, path in accesses),
        )
        if same.id != denial["id"] or not accesses:
            return denial
        base = policies.policies[0].policy
        rules = remedies(base, [Access(action, path) for action, path in accesses], evidence, policies.refs, lifts=False)
    except (KeyError, IndexError, TypeError, ValueError, AgentownersError):
        return denial
    return denial | {"rule_missing": list(rules)}


def _denial_text(entry: dict[str, Any], denial: dict[str, Any] | None) -> str:
    at = entry.get("at")
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at / 1000)) if isinstance(at, int) else "?"
    words = [str(word) for key in ("client", "tool", "reply") if (word := entry.get(key)) is not None]
    if denial is None:
        return "".join(f"{for_terminal(line)}\n" for line in (f"refused  {when}  {' '.join(words)}", f"  {entry['refused']}"))
    lines = [f"{denial.get('id')}  {when}  {' '.join(words)}", f"  {denial.get('detail')}"]
    lines += [f"  would be allowed with: {missing['rule']}" for missing in denial.get("rule_missing") or []]
    return "".join(f"{for_terminal(line)}\n" for line in lines)
