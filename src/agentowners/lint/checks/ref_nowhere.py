"""A ref pattern that no branch and no tag has."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.policy.warnings import is_nowhere
from agentowners.text.wording import quote


@check("ref-nowhere", "a ref that no branch and no tag is called")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ref that is neither below ``refs/heads/`` nor below ``refs/tags/``."""
    for layer in subject.layers:
        for rule in layer.rules:
            for index, ref in enumerate(rule.refs):
                if is_nowhere(ref.text):
                    name = ref.text.removeprefix("refs/")
                    near = f"refs/heads/{name.removeprefix('remotes/').removeprefix('origin/')}"
                    help = f"a branch is `refs/heads/<name>`: did you mean {quote(near)}?"
                    span = subject.places(layer).of(rule).refs[index]
                    yield mistake.finding(
                        f"no branch and no tag is called {quote(str(ref))}",
                        span,
                        help if not is_nowhere(near) else "a branch is `refs/heads/<name>`",
                    )
