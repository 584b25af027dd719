"""Writes the job's outputs, summary, reports, log and result, besides the check run."""

from __future__ import annotations

from typing import Final

from agentowners.action.environment import RunnerEnvironment
from agentowners.action.files import append, inside, replace
from agentowners.action.inputs import FailJob, Inputs
from agentowners.action.publisher import Published, Publisher
from agentowners.github.runner import Runner
from agentowners.report.shared.cut import shorten_bytes
from agentowners.report.shared.escape import for_markdown_prose, printable
from agentowners.report.verdict.conclusion import Conclusion, conclude, outputs
from agentowners.report.verdict.findings import commands
from agentowners.report.verdict.json import chunks
from agentowners.report.verdict.markdown import STEP_LIMIT, job_summary

_SUMMARIES: Final = 20
"""As many verdicts of one job have a summary of their own."""
_NO_CHECKS: Final = (
    "the token may not write check runs, so this job's own result is the verdict; "
    "give the job `checks: write`, or use `pull_request_target` for pull requests from forks"
)


def tell(publisher: Publisher, runner: Runner) -> None:
    """Write everything that is to be written.

    Raises:
        FileError: a file cannot be written.
    """
    surroundings, inputs = publisher.session.surroundings, publisher.session.inputs
    for published in publisher.published:
        if published.board.run is None:
            # the runner shows ten commands of a level: what is no part of the verdict takes the place of none
            for line in (*map(printable, _notes(published)), *commands(published.outcome, inputs.enforcement)):
                runner.line(line)
        else:
            for note in published.notes:
                runner.notice(note)
            title = conclude(published.outcome, inputs.enforcement).title
            runner.notice(f"{published.board.name}: {title} {published.board.url}")
    append(surroundings.summary, _summary(publisher, inputs), "the job's summary")
    strictest = publisher.strictest()
    if strictest is None:
        return
    written = _reports(strictest, surroundings, inputs)
    values = outputs(strictest.outcome, inputs.enforcement) | {"check-run-url": strictest.board.url, "report": written}
    append(surroundings.output, "".join(runner.output_lines(name, value) for name, value in values.items()), "the job's outputs")


def _notes(published: Published) -> tuple[str, ...]:
    return published.notes if published.board.run is not None else (*published.notes, _NO_CHECKS)


def _summary(publisher: Publisher, inputs: Inputs) -> str:
    shown = sorted(publisher.published, key=lambda p: -publisher.conclusion(p).rank)
    # the runner counts bytes and takes nothing of a summary that is too long
    room = STEP_LIMIT // max(1, min(len(shown), _SUMMARIES)) - 4096
    parts = []
    for published in shown[:_SUMMARIES]:
        notes = "".join(f"\n{for_markdown_prose(note)}\n" for note in _notes(published)[-10:])
        section = "" if published.board.run is not None else shorten_bytes(published.board.section, room // 2)
        left = room - len(section.encode("utf-8", "surrogatepass"))
        summary = job_summary(published.outcome, inputs.enforcement, left, published.board.server)
        parts.append("".join([summary, notes, *(["\n", section] if section else [])]))
    if len(shown) > _SUMMARIES:
        parts.append(f"and {len(shown) - _SUMMARIES} more verdicts: see the check runs\n")
    return "\n".join(parts)


def _reports(published: Published, surroundings: RunnerEnvironment, inputs: Inputs) -> str:
    if inputs.report_file is not None:
        receipts = published.board.receipts
        lines = chunks(published.outcome, inputs.enforcement, receipts[-1].json() if receipts else None)
        replace(inside(surroundings.workspace, inputs.report_file, "report-file"), lines)
    if inputs.sarif_file is not None:
        from agentowners.report.verdict.sarif import sarif

        log = sarif(published.outcome, inputs.enforcement)
        replace(inside(surroundings.workspace, inputs.sarif_file, "sarif-file"), (log,))
    return inputs.report_file or ""


def exit_code(publisher: Publisher) -> int:
    """The job's own result.

    An error that kept a verdict from being reached or published fails the job in any case: nothing else may tell of it.
    """
    if publisher.errors:
        return 1
    match publisher.session.inputs.fail_job:
        case FailJob.NEVER:
            return 0
        case FailJob.ALWAYS:
            return int(any(not publisher.conclusion(p).passes for p in publisher.published))
        case FailJob.AUTO:
            return int(any(_fails(publisher.conclusion(p), p) for p in publisher.published))


def _fails(conclusion: Conclusion, published: Published) -> bool:
    if conclusion is Conclusion.ACTION_REQUIRED:
        return published.board.run is None
    return conclusion is Conclusion.FAILURE
