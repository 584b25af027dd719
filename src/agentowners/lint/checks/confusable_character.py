"""Letters that look like others: a pattern or a name that can never match what it seems to name."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.diagnostics import Span
from agentowners.lint.characters import confusable, described, looks_like
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import approvers, by_key, patterns
from agentowners.text.wording import quote


@check("confusable-character", "a letter looks like one of another script, and matches nothing")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern, ref, branch or identity with letters of several scripts in one word that look alike, each pattern that looks
    like a name in the repository, and each login that is not ASCII."""
    # what stands in YAML as an escape can be seen for what it is
    if all(layer.source is None or layer.source.data.isascii() for layer in subject.layers):
        return
    yield from _patterns(subject)
    yield from _names(subject)
    yield from _agents(subject)


def _patterns(subject: LintSubject) -> Iterator[LintFinding]:
    for at in patterns(subject):
        if (found := confusable(at.pattern.text)) is not None:
            yield _mixed(str(at.pattern), at.pattern.text[found[0]], found[1], at.span(subject))
        elif (there := _double(subject, at.pattern.text)) is not None:
            message = f"{quote(str(at.pattern))} looks like `{there}`, which is there, and is another name"
            yield mistake.finding(message, at.span(subject), "write it again by hand, if that is meant")
    for layer in subject.layers:
        for rule in layer.rules:
            for index, ref in enumerate(rule.refs):
                if (found := confusable(ref.text)) is not None:
                    yield _mixed(str(ref), ref.text[found[0]], found[1], subject.places(layer).of(rule).refs[index])


def _double(subject: LintSubject, text: str) -> str | None:
    """The name in the repository that a pattern wholly of another script, or of wide characters, looks like; None where it has
    files of its own."""
    if text.isascii() or subject.files is None:
        return None
    like = "".join(map(looks_like, text))
    if not like.isascii():
        return None
    names = subject.files.by_name
    if any(part.lower() in names for part in text.split("/") if not part.isascii()):
        return None
    return next((part for part in like.split("/") if part not in text.split("/") and part.lower() in names), None)


def _names(subject: LintSubject) -> Iterator[LintFinding]:
    for key, places in by_key(subject).items():
        if key.isascii() or subject.names.is_defined(key):
            continue
        for at in places:
            yield _no_login(str(at.pattern), at.span(subject))
    for one in approvers(subject):
        if not one.approver.text.isascii():
            yield _no_login(str(one.approver), one.span(subject))


def _agents(subject: LintSubject) -> Iterator[LintFinding]:
    for layer in subject.layers:
        for agent in layer.agents:
            for text in (agent.name, *agent.branches):
                if (found := confusable(text)) is not None:
                    yield _mixed(text, text[found[0]], found[1], subject.places(layer).of(agent).name or _whole(agent.span))
            for login in agent.logins:
                if not login.isascii():
                    yield _no_login(login, _whole(agent.span))


def _whole(span: Span | None) -> Span:
    if span is None:
        raise ValueError("not read from a source")
    return span


def _mixed(text: str, char: str, like: str, span: Span) -> LintFinding:
    message = f"{described(char)} in {quote(text)} stands among letters of another script"
    if char.isascii():
        return mistake.finding(message, span, "write the whole word in one script")
    return mistake.finding(message, span, f"it looks like `{like}`, and is none: write the whole word in one script")


def _no_login(text: str, span: Span) -> LintFinding:
    char = next(char for char in text if not char.isascii())
    like = looks_like(char)
    help = f"did you mean {quote(''.join(c if c.isascii() else looks_like(c) for c in text))}?" if like.isascii() else None
    return mistake.finding(f"{described(char)} in {quote(text)}: a login is ASCII, so that nobody has this one", span, help)
