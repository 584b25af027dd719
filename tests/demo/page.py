"""How the story looks: steps, rows with a label, quotations, and what was checked. Color says nothing that the words do not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

from tests.demo.claims import Claim, NotAsToldError
from tests.github_server.model import CheckRun

WIDTH = 100
_MARGIN = 3
_INSIDE = 5
_LABEL = 10
_DEED = 23
_MARKS = {"success": ("✓", "green"), "action_required": ("●", "yellow"), "failure": ("✗", "red")}
_LEVELS = {"failure": "red", "warning": "yellow", "notice": "green"}


class Page:
    """A console of 100 columns, and a count of what was checked on it."""

    def __init__(self, console: Console) -> None:
        self.checked = 0
        self._console, self._steps = console, 0

    # --- text ---

    def title(self, text: str) -> None:
        """What this is."""
        self._write(Text(text, "bold"))

    def say(self, text: str) -> None:
        """A paragraph at the margin."""
        self.gap()
        self._wrap(Text(), text)

    def gap(self) -> None:
        """An empty line."""
        self._write(Text())

    def step(self, text: str) -> None:
        """Begin a step."""
        self._steps += 1
        self.gap()
        self.gap()
        self._write(Text.assemble((f"{self._steps}", "bold cyan"), "  ", (text, "bold")))
        self.gap()

    def tell(self, text: str) -> None:
        """A sentence inside a step."""
        self._wrap(Text(" " * _MARGIN), text)

    def row(self, label: str, text: str) -> None:
        """A fact with its name."""
        self._wrap(Text.assemble(" " * _MARGIN, (label.ljust(_LABEL), "dim")), text)

    def code(self, lines: Iterable[str], *, first: int = 1, edge: str = "│") -> None:
        """Lines of a file, with their numbers."""
        for number, line in enumerate(lines, first):
            self._write(Text.assemble(" " * _INSIDE, (f"{number} {edge} ", "dim"), line))

    def quote(self, lines: Iterable[str]) -> None:
        """What the gate says."""
        for line in lines:
            for part in textwrap.wrap(line, WIDTH - _INSIDE - 2, break_on_hyphens=False) or [""]:
                self._write(Text.assemble(" " * _INSIDE, ("│ ", "dim"), part))

    # --- what a pull request shows ---

    def check(self, run: CheckRun | None) -> None:
        """The state of the check."""
        state = (run.conclusion or run.status) if run else "no check run"
        mark, style = _MARKS.get(state, ("·", "red"))
        lead = Text.assemble(" " * _MARGIN, ("check".ljust(_LABEL), "dim"))
        lead.append(f"{mark} {(run and run.title) or 'nothing yet'}", style)
        self._write(lead.append(f"   ({state})", "dim"))

    def path_change(self, what: str, run: CheckRun | None, note: str = "") -> None:
        """What somebody did, and the state of the check after it."""
        state = (run.conclusion or run.status) if run else "no check"
        mark, style = _MARKS.get(state, ("✗", "red"))
        line = Text.assemble(" " * _MARGIN, what.ljust(_DEED), (f"{mark} {(run and run.title) or state}", style))
        self._write(line.append(f"   {note}", "dim"))

    def files(self, paths: Iterable[str], annotations: Iterable[dict[str, Any]]) -> None:
        """Every changed file, with what the gate says on its lines."""
        said = {annotation["path"]: annotation for annotation in annotations}
        places = {path: f"{path}:{said[path]['start_line']}" if path in said else path for path in paths}
        width = max(map(len, places.values()), default=0) + 3
        for index, (path, place) in enumerate(places.items()):
            line = Text.assemble(" " * _MARGIN, ("" if index else "files", "dim"))
            line.pad_right(max(0, _MARGIN + _LABEL - len(line)))
            if path in said:
                level, title = said[path]["annotation_level"], said[path]["title"]
                self._wrap(line.append(place.ljust(width)).append(level.ljust(10), _LEVELS[level]), title)
            else:
                self._write(line.append(place.ljust(width) + "no annotation", "dim"))

    def merge(self, answer: tuple[bool, str], path_change: str | None = None) -> None:
        """How GitHub answered to a merge; among deeds, to whose."""
        merged, said = answer
        label = ("merge".ljust(_LABEL), "dim") if path_change is None else (path_change.ljust(_DEED), "")
        style = "green" if merged else "red"
        lead = Text.assemble(" " * _MARGIN, label, ("✓ " if merged else "✗ ", style))
        self._wrap(lead, f"{'accepted' if merged else 'refused'}: {said}", style)

    # --- what was checked ---

    def checks(self, *claims: Claim) -> None:
        """Say what was checked; NotAsToldError at the first statement that does not hold."""
        for claim in claims:
            if not claim.holds:
                raise NotAsToldError(claim)
        self.checked += len(claims)
        self.gap()
        said = "; ".join(claim.said for claim in claims)
        self._wrap(Text.assemble(" " * _MARGIN, ("✓ ", "green"), ("checked: ", "dim")), said, "dim")

    def broken(self, claim: Claim, log: str) -> None:
        """Say loudly what is not as it is told, and what the gate printed last."""
        self.gap()
        self._write(Text.assemble(" " * _MARGIN, (f"✗ NOT AS TOLD: “{claim.said}”", "bold red")))
        for label, value in (("expected", claim.expected), ("found", claim.found)):
            self._wrap(Text.assemble(" " * _INSIDE, (label.ljust(_LABEL), "dim")), repr(value))
        if log.strip():
            self.gap()
            self.tell("The gate printed last:")
            self.quote(log.strip().splitlines())
        self.gap()

    # --- lines ---

    def _wrap(self, lead: Text, text: str, style: str = "") -> None:
        """Write text after a lead, its further lines below its beginning."""
        for part in textwrap.wrap(text, WIDTH - len(lead), break_on_hyphens=False):
            self._write(lead.append(part, style))
            lead = Text(" " * (len(lead) - len(part)))

    def _write(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, no_wrap=True, crop=False, overflow="ignore", highlight=False, markup=False)
