"""Results of looking at an audit trail, as text or as JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from agentowners.audit.canonical import Json
from agentowners.audit.chain import CheckedLog, Fault
from agentowners.audit.show import details, principals, repository_of
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.json_text import encode, json_document


def verified_text(logs: Sequence[CheckedLog], faults: Sequence[Fault]) -> str:
    """Each log with its last receipt, remarks, and what is wrong."""
    lines = []
    for log in logs:
        own = [fault for fault in faults if fault.log == log.log]
        last = f", {log.receipts[-1]}" if log.receipts else ""
        lines.append(f"{log.log}: {len(log.entries)} entries, {'not whole' if own else 'whole'}{last}")
        lines += [f"  note: {remark}" for remark in log.remarks]
        lines += [f"  entry {fault.number} of epoch {fault.epoch}: {fault.why}" for fault in own]
    lines += [fault.why for fault in faults if not fault.log]
    return "".join(f"{for_terminal(line)}\n" for line in lines)


def verified_json(logs: Sequence[CheckedLog], faults: Sequence[Fault]) -> str:
    """The same as one JSON object."""
    document: dict[str, Any] = {
        "whole": not faults,
        "logs": [
            {
                "log": log.log,
                "entries": len(log.entries),
                "last": log.receipts[-1].json() if log.receipts else None,
                "remarks": list(log.remarks),
            }
            for log in logs
        ],
        "faults": [{"log": f.log, "epoch": f.epoch, "n": f.number, "why": f.why} for f in faults],
    }
    return json_document(document)


def probed_text(answers: Sequence[tuple[str, bool, str]]) -> str:
    """Each question to a store, with its answer: is it as it has to be, and what was seen."""
    return "".join(f"{'ok' if holds else 'NO':3} {question:24} {for_terminal(seen)}\n" for question, holds, seen in answers)


def probed_json(answers: Sequence[tuple[str, bool, str]]) -> str:
    """The same as one JSON object."""
    by_question = {question: {"holds": holds, "seen": seen} for question, holds, seen in answers}
    return json_document({"holds": all(holds for _, holds, _ in answers), "answers": by_question})


def shown_text(events: Sequence[Json]) -> str:
    """A line for each event."""
    return "".join(f"{for_terminal(_entry_line(event))}\n" for event in events)


def shown_json(events: Sequence[Json]) -> str:
    """Each event as it stands, one a line."""
    return "".join(f"{encode(event, sort_keys=True)}\n" for event in events)


def counted_text(rows: Sequence[tuple[str, str, int]], by: str, as_json: bool) -> str:
    """Number of verdicts of each name and conclusion."""
    if as_json:
        return "".join(f"{encode({by: name, 'conclusion': conclusion, 'count': count})}\n" for name, conclusion, count in rows)
    return "".join(f"{count:6}  {for_terminal(conclusion):15}  {for_terminal(name)}\n" for name, conclusion, count in rows)


def _entry_line(event: Json) -> str:
    seconds = int(str(event.get("time", 0))) // 1000
    when = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S") if 0 <= seconds < 2**37 else "?"
    names = ", ".join(principals(event)[:3]) or ("nobody" if "conclusion" in details(event) else "an act, and no verdict")
    target = details(event).get("target", "")
    number = f"#{target}" if str(target).isdecimal() else str(target)
    return f"{when}  {repository_of(event)} {number}  {event.get('message', '')}  ({names})"
