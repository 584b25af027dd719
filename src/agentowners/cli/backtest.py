"""Replay the policy over what was merged: what it would have blocked or held up, by month, contributor, rule and folder."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agentowners.cli.arguments import CommandParser, whole_number
from agentowners.cli.formats import deliver
from agentowners.cli.policies import load_with_other
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError
from agentowners.cli.what_if import full_ref
from agentowners.cli.work_tree import find_clone, find_policies
from agentowners.git.run import Git

if TYPE_CHECKING:
    from agentowners.github.model import Patience

LAST: Final = "1000"
_REQUESTS: Final = 1000

_EPILOG: Final = """\
what is replayed:
  the commits on the first-parent line of the default branch, each a merge, a squash or a push, with everything that it brought,
  by the evidence in its commits, as `check --base` takes it; under the policy of the work tree, saved but perhaps not committed

  git does not tell who approved: --github replays the pull requests that were merged last as GitHub has them, with who opened
  them and who approved before the merge; the token is in GITHUB_TOKEN or GH_TOKEN

  --compare judges each by another policy too, and shows which would have fared otherwise

an interrupted run says what it has by then, and ends with 130

examples:
  agentowners backtest
  agentowners backtest --since 2026-01-01 -o backtest.html
  agentowners backtest --last 200 --compare origin/main
  agentowners backtest --github --last 100

exit codes:
  0 replayed, 1 the tool failed, 2 usage, 5 a policy does not parse
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("backtest", __doc__, _EPILOG)
    extent = command.add_mutually_exclusive_group()
    extent.add_argument("--since", metavar="DATE", help="replay what was merged since this day, `2026-01-31`")
    extent.add_argument("--last", metavar="N", default=LAST, help="replay so many changes (default: %(default)s)")
    command.add_compare()
    command.add_policy_files("policy to replay, read from disk; may be repeated (default: those of the work tree)")
    command.add_argument("--ref", metavar="REF", help="full name of the branch (default: the default branch)")
    command.add_argument("--github", action="store_true", help="replay merged pull requests, and ask GitHub who approved them")
    command.add_argument("--requests", metavar="N", help=f"with --github: as many requests at most (default: {_REQUESTS})")
    command.add_delivery("backtest")
    command.add_quiet()
    return command


def main(arguments: Sequence[str], patience: Patience | None = None) -> int:
    """Replay what the arguments ask for, and write what it comes to."""
    options = parser().read(arguments)
    last = None if options.since is not None else whole_number("--last", options.last, least=1)
    since = None if options.since is None else _seconds(options.since)
    ref = full_ref(options.ref)
    if options.requests is not None and not options.github:
        raise UsageError("`--requests` requires `--github`")
    requests = _REQUESTS if options.requests is None else whole_number("--requests", options.requests, least=1)
    tree = find_clone()
    from agentowners.backtest.replay import Replay
    from agentowners.backtest.sums import Backtest
    from agentowners.cli.past import Extent, merged_commits, replay
    from agentowners.report.backtest.report import BacktestReport

    git = Git(tree.root)
    sources = tuple(file.source for file in find_policies(tree, options.policy_files, required=False))
    policy, other, compared = load_with_other(sources, options.compare, tree.names(options.policy_files))
    # thousands of judgements leave circles behind, which nothing else would free
    gc.enable()
    sums, judge = Backtest(), Replay(policy, other)
    extent = Extent(ref, last, since)
    with working("Reading what was merged", quiet=options.quiet) as spinner:
        if options.github:
            from agentowners.cli.past_pulls import merged_pulls

            past = merged_pulls(extent, requests, policy, sums, patience)
        else:
            past = merged_commits(git, extent, sums)
        whole = replay(past.changes, judge, sums, past.asked, spinner)
    report = BacktestReport(
        sums,
        sources,
        past.ref,
        past.asked,
        interrupted=not whole,
        shallow_since=past.shallow_since,
        by_github=options.github,
        other=compared,
        other_name=options.compare,
        repository=past.repository or os.path.basename(tree.root),
        texts=judge.texts,
    )
    if not options.quiet or options.output is not None:
        deliver("backtest", options, report)
    return ExitCode.FAILED if sums.is_broken else ExitCode.ALLOWED if whole else ExitCode.INTERRUPTED


def _seconds(given: str) -> int:
    """Seconds since 1970 at which a day, or a moment, begins; without a time zone in UTC."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError(f"`--since` cannot be `{given}`", help="write a day, `2026-01-31`") from None
    return int((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp())
