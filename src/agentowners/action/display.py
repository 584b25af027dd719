"""Displays a verdict on the pull request itself. Whatever goes wrong here is a note, never a failed verdict."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from agentowners.action.inputs import Inputs
from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import Outcome
from agentowners.github.conversation import Conversation
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Pull
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import asks
from agentowners.report.verdict.labels import label_style, labels, stale
from agentowners.report.verdict.markdown import comment_marker, sticky_comment


class Display(Struct):
    """Labels and the sticky comment of a repository's pull requests."""

    conversation: Conversation
    inputs: Inputs
    lacking: set[str] = field(default_factory=set)
    """Labels that could not be put on in this run: not tried, and not told of, a second time."""
    notes: list[str] = field(default_factory=list)
    """Remarks on what could not be done, one line each."""

    def show(self, pull: Pull, outcome: Outcome, check_name: str, app: int | None) -> None:
        """Bring the pull request's labels, and its comment where there is to be one, in line with the outcome.

        Args:
            pull: with the labels that it has.
            outcome: of this pull request, not of another that shares its head.
            check_name: tells one gate's comment from another's.
            app: the App that the token speaks for: only its comments are ours.
        """
        inputs = self.inputs
        wanted = labels(outcome, inputs.enforcement, inputs.label_prefix)
        present = {name.casefold() for name in pull.labels}
        for name in sorted(wanted):
            if name.casefold() not in present:
                self._add(pull, name)
        for name in sorted(stale(pull.labels, wanted, inputs.label_prefix)):
            self._remove(pull, name)
        if inputs.comment:
            body = sticky_comment(outcome, inputs.enforcement, check_name)
            begins = asks(outcome)
            self._try("the comment cannot be kept up to date", lambda: self._comment(pull, body, check_name, app, begins))

    def _add(self, pull: Pull, name: str) -> None:
        if name in self.lacking:
            return
        what = f"the label {quoted(name)} cannot be put on #{pull.number}"
        way_out = "`agentowners doctor --apply` creates it; or create it once by hand, or give the job `issues: write`"
        if self._try(what, lambda: self.conversation.add_label(pull.number, name, *label_style(name)), way_out):
            self.lacking.add(name)

    def _remove(self, pull: Pull, name: str) -> None:
        def remove() -> None:
            try:
                self.conversation.remove_label(pull.number, name)
            except PlatformError as error:
                # somebody else took it off meanwhile
                if error.trouble is not Trouble.NOT_FOUND:
                    raise

        self._try(f"the label {quoted(name)} cannot be taken off #{pull.number}", remove)

    def _comment(self, pull: Pull, body: str, check_name: str, app: int | None, begins: bool) -> None:
        """Bring our comments up to date; ``begins`` is True where there is to be one if there is none yet."""
        marker = comment_marker(check_name)
        ours = [c for c in self.conversation.comments(pull.number) if c.app == app and c.body.startswith(marker)]
        if begins and not ours:
            self.conversation.add_comment(pull.number, body)
        # there is one, unless GitHub did not list it once: then none of them may go on telling what was
        for comment in ours:
            if comment.body != body:
                self.conversation.change_comment(comment.id, body)

    def _try(self, what: str, act: Callable[[], None], way_out: str | None = None) -> bool:
        """True if GitHub refuses it, and will again; that, and any other failure, is noted."""
        refused = False
        try:
            act()
        except AgentownersError as error:
            refused = isinstance(error, PlatformError) and error.trouble in (
                Trouble.FORBIDDEN,
                Trouble.NOT_FOUND,
                Trouble.INVALID,
            )
            self.notes.append(f"{what}: {error.message}" + (f"; {way_out}" if way_out is not None and refused else ""))
        return refused
