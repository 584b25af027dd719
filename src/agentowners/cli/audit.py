"""Look at an audit trail: whether it is whole, whether its store can keep one, or what it says."""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from agentowners.audit.chain import CheckedLog, Fault, check_log, unwitnessed
from agentowners.audit.entry import Receipt, read_receipts
from agentowners.audit.show import Wanted, check_runs_of, counted, events, repository_of
from agentowners.cli.access import STANDARD_API, token_for
from agentowners.cli.arguments import CommandParser
from agentowners.cli.inputs import read_input
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError, say
from agentowners.diagnostics import AgentownersError
from agentowners.report.audit import counted_text, probed_json, probed_text, shown_json, shown_text, verified_json, verified_text

_EPILOG: Final = """\
WHAT is verify, probe or show; WHERE is s3://bucket/prefix, or for verify and show a file.

  verify  reads every entry: each has to be there once, as it was written, and to follow the one before it. That the end is cut
          off, or a whole log replaced, only somebody else can tell: --witness names a file with receipts, of check runs or JSON
          verdicts; --check-runs asks GitHub for those of a repository, and lists entries that no check run tells of
  probe   asks a bucket six questions, with two objects of its own, which stay as long as the bucket locks them
  show    prints verdicts, newest last; with --format json as OCSF events, one a line

credentials come from the environment, as for the AWS tools; --check-runs needs GITHUB_TOKEN

examples:
  agentowners audit verify s3://acme-audit/agentowners --check-runs acme/shop
  agentowners audit verify audit.jsonl --witness verdict.json
  agentowners audit probe s3://acme-audit/agentowners
  agentowners audit show s3://acme-audit/agentowners --since 30d --by repository --would

exit codes:
  0 whole, or all six hold; 1 the tool failed, 2 usage, 6 not whole, or one of the six does not hold
"""

_SINCE: Final = re.compile(r"([1-9][0-9]{0,4})([dh])")
_SECONDS: Final = {"d": 86_400, "h": 3_600}
_ONLY: Final = {
    "verify": ("check_runs", "witness", "allow_unpublished"),
    "show": ("since", "agent", "path", "by", "would"),
    "probe": (),
}


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("audit", __doc__, _EPILOG)
    command.add_argument("what", metavar="WHAT", choices=list(_ONLY), help="one of %(choices)s")
    command.add_argument("where", metavar="WHERE", help="s3://bucket/prefix, or a file")
    command.add_argument("--endpoint", metavar="URL", help="server of the bucket, where it is not Amazon's")
    command.add_argument("--check-runs", metavar="OWNER/REPO", help="ask GitHub for this repository's receipts")
    command.add_argument("--witness", metavar="FILE", help="a file with receipts; `-` reads standard input")
    command.add_argument("--allow-unpublished", action="store_true", help="entries that no check run tells of are no fault")
    command.add_argument("--since", metavar="TIME", help="show what is newer: 30d, 12h")
    command.add_argument("--agent", metavar="NAME", help="show verdicts on this contributor, as `@copilot`")
    command.add_argument("--path", metavar="PATH", help="show verdicts on this path")
    command.add_argument("--by", choices=["repository", "rule", "agent"], help="count instead, by one of %(choices)s")
    command.add_argument("--would", action="store_true", help="show only what was told and not enforced")
    command.add_format()
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Look at the audit trail, and return the exit code that says what came of it."""
    options = parser().read(arguments)
    for what, names in _ONLY.items():
        for name in names:
            if getattr(options, name) and what != options.what:
                raise UsageError(f"`--{name.replace('_', '-')}` requires `audit {what}`")
    look = {"verify": _verify, "probe": _probe}.get(options.what, _show)
    with working("Reading the audit trail", quiet=options.quiet):
        text, code = look(options)
    if not options.quiet:
        say(text)
    return code


def _verify(options: argparse.Namespace) -> tuple[str, ExitCode]:
    logs, strangers = _checked(options)
    faults = [Fault("", 0, 0, f"`{name}` is no entry") for name in strangers]
    if options.check_runs:
        logs = [log for log in logs if log.entries and _repository(log) == options.check_runs.lower()]
        if not logs:
            raise AgentownersError(f"there is no log of `{options.check_runs}` there")
    given = _receipts(options.witness) if options.witness else []
    there = {(receipt.number, receipt.digest) for log in logs for receipt in log.receipts}
    # one that names no log may be any's, and is left out where it is one's
    witnesses = [receipt for receipt in given if receipt.log or (receipt.number, receipt.digest) not in there]
    for log in logs:
        published = _published(options.check_runs, log) if options.check_runs else []
        faults += [*log.faults, *unwitnessed(log, [*witnesses, *published])]
        witnesses = [witness for witness in witnesses if witness.log]  # what names no log is missed once
        if options.check_runs and not options.allow_unpublished:
            faults += _unpublished(log, [*published, *given])
    text = verified_json(logs, faults) if options.format == "json" else verified_text(logs, faults)
    return text, ExitCode.NOT_PROVED if faults else ExitCode.ALLOWED


def _probe(options: argparse.Namespace) -> tuple[str, ExitCode]:
    from agentowners.sinks.probe import probe
    from agentowners.sinks.s3 import S3Store, read_address

    address = read_address(options.where)
    answers = probe(S3Store(address.bucket, options.endpoint), address.prefix)
    text = probed_json(answers) if options.format == "json" else probed_text(answers)
    return text, ExitCode.ALLOWED if all(answer.holds for answer in answers) else ExitCode.NOT_PROVED


def _show(options: argparse.Namespace) -> tuple[str, ExitCode]:
    since = 0
    if options.since is not None:
        match = _SINCE.fullmatch(options.since)
        if match is None:
            raise UsageError(f"`--since` cannot be `{options.since}`", help="give days or hours: `30d`, `12h`")
        since = int(time.time()) - int(match[1]) * _SECONDS[match[2]]
    wanted = Wanted(since, options.agent, options.path, options.would)
    matches = events(_checked(options)[0], wanted)
    if options.by is not None:
        return counted_text(counted(matches, options.by), options.by, options.format == "json"), ExitCode.ALLOWED
    return shown_json(matches) if options.format == "json" else shown_text(matches), ExitCode.ALLOWED


def _checked(options: argparse.Namespace) -> tuple[list[CheckedLog], Sequence[str]]:
    """Every log there, looked at; and what is none."""
    from agentowners.sinks.file import file_entries, kept_logs, stored_entries

    if not options.where.startswith("s3:"):
        if options.endpoint:
            raise UsageError("`--endpoint` requires an address, `s3://bucket/prefix`")
        log, entries = file_entries(Path(options.where))
        return [check_log(log, entries)], ()
    from agentowners.sinks.s3 import S3Store, read_address

    address = read_address(options.where)
    store = S3Store(address.bucket, options.endpoint)
    contents = kept_logs(store, address.prefix)
    logs = [check_log(log, stored_entries(store, entries)) for log, entries in sorted(contents.logs.items())]
    if not logs:
        raise AgentownersError(f"there is no log at `{address}`")
    probes = f"{address.prefix}/probe/".lstrip("/")
    return logs, [name for name in contents.strangers if not name.startswith(probes)]


def _receipts(path: str) -> list[Receipt]:
    """The receipts in a file."""
    receipts = read_receipts(read_input(path, "file of receipts").decode("utf-8", "replace"))
    if not receipts:
        raise AgentownersError(f"there is no receipt in `{path}`", help="a receipt is `audit: <number> sha256:<digest>`")
    return receipts


def _published(repository: str, log: CheckedLog) -> list[Receipt]:
    """The receipts that check runs of the entries' commits tell."""
    from agentowners.github.checks import Checks
    from agentowners.github.client import Api
    from agentowners.github.model import Patience

    token = token_for("--check-runs")
    host = log.log.partition("/")[0]
    public = STANDARD_API if host == "github.com" else f"https://{host}/api/v3"
    url = os.environ.get("GITHUB_API_URL") or public
    with closing(Api(token, url, repository, Patience(attempts=2, timeout=15))) as api:
        runs = [run for head, name in check_runs_of(log) for run in Checks(api).of_commit(head, name)]
    return [receipt for run in runs for receipt in read_receipts(run.text, log.log)]


def _unpublished(log: CheckedLog, published: Iterable[Receipt]) -> list[Fault]:
    receipts = {(receipt.number, receipt.digest) for receipt in published}
    return [
        Fault(log.log, place.epoch, receipt.number, "no check run tells of it")
        for (place, _), receipt in zip(log.entries, log.receipts, strict=True)
        if (receipt.number, receipt.digest) not in receipts
    ]


def _repository(log: CheckedLog) -> str:
    events: Sequence[Any] = log.entries[-1][1].events
    return repository_of(events[0]).lower() if events else ""
