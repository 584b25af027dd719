"""The check run that shows a verdict: in progress before anything is judged, and never a stale pass after."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote, unquote

from msgspec import Struct
from msgspec.structs import replace

from agentowners.audit.entry import Receipt, read_receipts, receipt_lines
from agentowners.engine.verdict import Outcome, Verdict
from agentowners.github.checks import Checks
from agentowners.github.errors import Trouble, suppress_trouble
from agentowners.github.model import CheckRun, RunOutput
from agentowners.report.shared.cut import shorten_bytes
from agentowners.report.shared.escape import for_markdown_prose, quoted
from agentowners.report.verdict.annotations import Annotation, annotate
from agentowners.report.verdict.conclusion import Concluded, Conclusion, Enforcement, conclude
from agentowners.report.verdict.markdown import FIELD_LIMIT, check_output
from agentowners.text.wording import listed

MAX_ANNOTATIONS: Final = 10_000
"""More than any pull request has files; a policy may have more errors than anybody wants to be told one by one."""
MAX_EARLIER: Final = 10
"""Number of earlier heads of a pull request whose verdicts are looked at."""
_PREFIX: Final = "agentowners/"
_TOLD: Final = 10
"""As many receipts of entries are told of one check run, the last ones."""
_RECEIPTS: Final = 2_000
"""Bytes that they take at the most."""
PASSING: Final = frozenset({c.value for c in Conclusion if c.passes} | {"skipped"})
JUDGING: Final = RunOutput(title="Judging", summary="The change is being judged.")


class Board(Struct):
    """One check run of ours on one commit."""

    checks: Checks
    server: str
    """Web address of GitHub, to link to."""
    name: str
    head: str
    run: CheckRun | None
    """None where the token may not write check runs."""
    done: bool = False
    shown: RunOutput | None = None
    """Result of the run, once it is complete."""
    announced: Outcome | None = None
    """Last entry written to the audit trail, before it was shown."""
    receipts: tuple[Receipt, ...] = ()
    """Ids of the entries about it, in order."""
    said: str | None = None
    """Text of the verdict, without receipts and signals."""
    section: str = ""
    """Words about a change of the policy, which are no part of the verdict."""
    seen: frozenset[str] = frozenset()
    """Signals that this verdict or an earlier one of the pull request saw."""

    @property
    def url(self) -> str:
        """Page of the check run, empty where there is none."""
        return "" if self.run is None else self.run.url

    def publish(
        self,
        outcome: Outcome,
        enforcement: Enforcement,
        notes: tuple[str, ...] = (),
        first: str | None = None,
        earlier: Sequence[str] = (),
    ) -> bool:
        """Complete the check run, and make the older ones of ours on this commit say the same.

        ``earlier`` are the heads that the pull request had before, newest first.

        Returns:
            False where a newer run of ours passes and this one does not: the facts behind this verdict may be old by now, and
            the change has to be judged again. (The newer run's word is not taken for it: whoever may write check runs could
            have written that one.)

        Raises:
            PlatformError: GitHub does not show that it was carried out; the run may be left in progress, which is no pass.
        """
        if self.run is None:
            return True
        concluded = conclude(outcome, enforcement)
        texts = check_output(outcome, enforcement, self.server)
        extra = "".join(f"\n\n{for_markdown_prose(note)}" for note in notes)
        before = "" if first is None else f"{for_markdown_prose(first)}\n\n"
        room = FIELD_LIMIT - len((before + extra).encode("utf-8", "surrogatepass"))
        summary = before + shorten_bytes(texts.summary, room) + extra
        self.said, self.seen = texts.text, signals(outcome)
        output = RunOutput(title=concluded.title, summary=summary, text=self._body())
        # annotations can only be added to a run, never taken away: of a second verdict they are left out
        annotations = () if self.done else annotate(outcome, enforcement)[:MAX_ANNOTATIONS]
        self.run = self.checks.complete(self.run, concluded.conclusion.value, output, annotations)
        ours = self._ours(self.run, self.head)
        older = [run for run in ours if run.id < self.run.id and _subject(run) == _subject(self.run)]
        known = frozenset[str]().union(*(marked(run.text) for run in older or self._of_earlier(self.run, earlier)))
        if note := gone(known, self.seen):
            self.seen |= known
            ending = f"\n\n{for_markdown_prose(note)}"
            summary = shorten_bytes(summary, FIELD_LIMIT - len(ending.encode("utf-8", "surrogatepass"))) + ending
            output = RunOutput(title=concluded.title, summary=summary, text=self._body())
            self.run = self.checks.complete(self.run, concluded.conclusion.value, output, ())
        self.shown = output
        agreed = self._align(self.run, ours, concluded)
        self.done = True
        return agreed

    def add_section(self, section: str, annotations: Sequence[Annotation]) -> None:
        """Add to the summary of the complete run, whose conclusion stays as it is; the job's summary has it where there is none.

        Raises:
            PlatformError: GitHub does not show that it was carried out.
        """
        self.section = section
        if self.run is None or self.shown is None:
            return
        ending = f"\n\n{section}"
        room = FIELD_LIMIT - len(self.shown.summary.encode("utf-8", "surrogatepass"))
        summary = self.shown.summary + shorten_bytes(ending, max(room, 0))
        self.shown = replace(self.shown, summary=summary, text=self._body())
        self.run = self.checks.add(self.run, self.shown, annotations)

    def _body(self) -> str | None:
        """The verdict's text, the receipts of its entries and the mark of what was seen."""
        receipts, ending = receipt_lines(self.receipts[-_TOLD:]), mark(self.seen)
        text = (
            self.said if not receipts else f"{shorten_bytes(self.said or '', FIELD_LIMIT - _RECEIPTS)}\n\n{receipts}".lstrip("\n")
        )
        return f"{shorten_bytes(text or '', FIELD_LIMIT - len(ending))}{ending}" if ending else text

    def _ours(self, run: CheckRun, head: str) -> list[CheckRun]:
        """The runs of this name on a commit that an earlier or later job of ours made, and this one."""
        return [
            other
            for other in self.checks.of_commit(head, self.name)
            if other.app == run.app and other.external_id.startswith(_PREFIX) and other.head == head
        ]

    def _of_earlier(self, run: CheckRun, heads: Sequence[str]) -> list[CheckRun]:
        """Runs about the same pull request on the newest of its earlier heads that has any; each goes on from those before."""
        for head in heads[:MAX_EARLIER]:
            with suppress_trouble(Trouble.NOT_FOUND, Trouble.INVALID):
                if runs := [other for other in self._ours(run, head) if _subject(other) == _subject(run)]:
                    return runs
        return []

    def _align(self, run: CheckRun, ours: Sequence[CheckRun], concluded: Concluded) -> bool:
        word, last = concluded.conclusion.value, run
        for newer in sorted((o for o in ours if o.id > run.id and o.status == "completed"), key=lambda o: o.id):
            if newer.conclusion not in PASSING:
                word, last = newer.conclusion or word, newer
        if last is not run and run.conclusion != word:
            self.run = self.checks.set_conclusion(run, word, _pointer(last, run))
        for older in ours:
            if older.id < run.id and (older.status, older.conclusion) != ("completed", word):
                self.checks.set_conclusion(older, word, _pointer(last, older))
        passed_since = any(o.id > last.id and o.conclusion in PASSING for o in ours)
        return word in PASSING or not passed_since


def _subject(run: CheckRun) -> str:
    """Subject of a run: a pull request, a push or a merge group."""
    return run.external_id.rpartition("/")[0]


def _pointer(run: CheckRun, older: CheckRun) -> RunOutput:
    # receipts stay: they are what finds a log that was replaced
    receipts = receipt_lines(read_receipts(older.text)) or None
    return RunOutput(title="Judged again since", summary=f"A later run judged this commit again: {run.url}", text=receipts)


_MARK: Final = re.compile(r"<!-- agentowners saw ([A-Za-z0-9%_.~-]{0,4000}) -->")
"""Signals that can be taken away without a commit (footers, labels) stand in each check run's text, where nobody sees them."""
_REMOVABLE: Final = ("footer in the description", "label ")
"""Beginning of the evidence of such a signal."""
_MOST: Final = 20
_LONGEST: Final = 4000


def signals(outcome: Outcome) -> frozenset[str]:
    """The signals that a verdict saw, for people."""
    if not isinstance(outcome, Verdict):
        return frozenset()
    lines = {
        f"{principal.name}: {each}"
        for principal in outcome.principals
        for each in principal.evidence
        if each.startswith(_REMOVABLE)
    }
    return frozenset(sorted(lines)[:_MOST])


def mark(seen: Iterable[str]) -> str:
    """End of a check run's text, so that later ones know; empty where there is nothing to be known."""
    known = sorted(seen)[:_MOST]
    written = quote(json.dumps(known), safe="")
    return f"\n\n<!-- agentowners saw {written} -->" if known and len(written) <= _LONGEST else ""


def marked(text: str) -> frozenset[str]:
    """The signals that a check run's text says were seen; whatever is not ours says nothing."""
    match = _MARK.search(text)
    try:
        names = json.loads(unquote(match[1])) if match is not None else []
    except ValueError:
        return frozenset()
    return frozenset(each for each in names if isinstance(each, str)) if isinstance(names, list) else frozenset()


def gone(earlier: frozenset[str], now: frozenset[str]) -> str | None:
    """A note on signals that are not there any more; None where all of them are."""
    left = sorted(earlier - now)
    if not left:
        return None
    return f"an earlier verdict of this pull request saw what is not there any more: {listed([quoted(each) for each in left])}"
